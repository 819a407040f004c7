#include <criterion/criterion.h>

#include "../detect/lines.h"
#include "dump.h"
#include "law.h"
#include "traffic.h"

static uint64_t
requests_of(const struct tally *tally, uint32_t server)
{
	const struct timeline_slot *slot;
	uint64_t requests = 0;

	for (uint32_t i = 0; (slot = map_next(&tally->timeline.map, &i)) != NULL;)
		if (slot->key.server == server)
			requests += slot->requests;
	return requests;
}

Test(timeline, counts_lines_by_kind_and_distinct_names_of_requests)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1", .name = "a.example.com"};
	uint32_t cursor = 0;

	scene_init(&scene);
	for (unsigned i = 0; i < 6; i++) {
		line.at = i * MINUTE;
		line.name = i % 2 ? "a.example.com" : "B.example.com";
		lines_query(&scene.log, &line);
	}
	line.name = "c.example.com";
	lines_limited(&scene.log, &line);
	line.at = LINES_NOTIME;
	lines_query(&scene.log, &line);
	scene_play(&scene);
	cr_assert_eq(scene.tally.timeline.map.count, 1);
	const struct timeline_slot *slot = map_next(&scene.tally.timeline.map, &cursor);
	cr_expect_eq(slot->requests, 6, "a line without a time is in no slot");
	cr_expect_eq(slot->kinds[RECORD_QUERY], 6);
	cr_expect_eq(slot->kinds[RECORD_RATE_LIMITED], 1);
	cr_expect_eq(sample_distinct(&slot->names, &timeline_name_type), 2);
	cr_expect_eq(timeline_length(&scene.tally.timeline), 600000);
	scene_release(&scene);
}

Test(timeline, slots_double_in_length_when_there_are_too_many)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1"};

	scene_init(&scene);
	scene.harness.settings.limits.timeline = 20;
	for (unsigned i = 0; i < 200; i++) {
		line.at = (int64_t)i * 10 * MINUTE;
		lines_query(&scene.log, &line);
		lines_unbound(&scene.log, &line);
	}
	scene_play(&scene);
	cr_expect(scene.tally.timeline.map.count <= 20);
	cr_expect(timeline_length(&scene.tally.timeline) >= 20 * 600000);
	cr_expect_eq(requests_of(&scene.tally, 0), 200);
	cr_expect_eq(requests_of(&scene.tally, 1), 200);
	scene_release(&scene);
}

/* One line with a time far off must not turn the day into one slot. */
Test(timeline, a_stray_time_costs_one_slot)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1"};

	scene_init(&scene);
	for (unsigned i = 0; i < 100; i++) {
		line.at = (int64_t)i * 10 * MINUTE;
		lines_query(&scene.log, &line);
	}
	harness_log_add(&scene.log, 0,
			"01-Jan-1971 00:00:00.000 queries: info: client @0x1 192.0.2.1#53 "
			"(a.example.com): query: a.example.com IN A - (198.51.100.1)");
	harness_log_add(&scene.log, 0,
			"31-Dec-9999 23:59:59.999 queries: info: client @0x1 192.0.2.1#53 "
			"(a.example.com): query: a.example.com IN A - (198.51.100.1)");
	scene_play(&scene);
	cr_expect_eq(timeline_length(&scene.tally.timeline), 600000);
	cr_expect_eq(scene.tally.timeline.map.count, 102);
	scene_release(&scene);
}

Test(timeline, merges_to_the_table_of_all)
{
	law_expect(dump_timeline, NULL, TRAFFIC_ALL, 2000);
}

Test(timeline, merges_to_the_table_of_all_when_coarse)
{
	struct tally_limits limits = tally_limits_of(256u << 20);

	limits.timeline = 3;
	law_expect(dump_timeline, &limits, TRAFFIC_UNBOUND | TRAFFIC_OTHER_KINDS, 500);
}
