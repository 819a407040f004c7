#include <criterion/criterion.h>

#include "../detect/lines.h"
#include "dump.h"
#include "law.h"
#include "traffic.h"

static const struct event_group *
group_of(const struct scene *scene, const char *client, enum event_kind kind)
{
	const struct event_group *group;
	struct ip ip;

	cr_assert(ip_parse(str_of(client), &ip));
	for (uint64_t i = 0; (group = events_next(&scene->tally.events, &i)) != NULL;)
		if (group->key.kind == kind && ip_compare(&group->key.address, &ip) == 0)
			return group;
	return NULL;
}

Test(events, keep_each_kind_whole)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1", .type = "AXFR", .flags = "-T", .port = 5555};
	static const enum event_kind kinds[] = {EVENT_TRANSFER_QUERY,   EVENT_TRANSFER_DENIED,
						EVENT_TRANSFER_BAD,     EVENT_TRANSFER_STARTED,
						EVENT_TRANSFER_ENDED,   EVENT_TRANSFER_FAILED,
						EVENT_TRANSFER_CURRENT, EVENT_TRANSFER_REFUSED,
						EVENT_NOTIFY,           EVENT_CHAOS};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	lines_denied(&scene.log, &line);
	lines_notauth(&scene.log, &line);
	lines_started(&scene.log, &line, "IXFR", 41, 42);
	lines_ended(&scene.log, &line, "AXFR-style IXFR", 160, 42);
	lines_broken(&scene.log, &line);
	lines_current(&scene.log, &line);
	lines_failed(&scene.log, &line, "REFUSED");
	lines_notify(&scene.log, &line);
	line.name = "version.bind";
	line.type = "CH TXT";
	lines_query(&scene.log, &line);
	line.name = "www.example.com";
	line.type = "A";
	lines_query(&scene.log, &line); /* no event */
	scene_play(&scene);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct event_group *group = group_of(&scene, "192.0.2.1", kinds[i]);
		cr_assert_not_null(group, "kind %u", kinds[i]);
		cr_expect_eq(group->count, 1, "kind %u", kinds[i]);
		cr_assert_eq(group->kept, 1);
		cr_expect_eq(group->events[0]->port, 5555);
		cr_expect(str_eq(event_text(group->events[0]), str_of(scene.log.lines[i].text)));
	}
	const struct event *started =
		group_of(&scene, "192.0.2.1", EVENT_TRANSFER_STARTED)->events[0];
	cr_expect_eq(started->serial_from, 41);
	cr_expect_eq(started->serial, 42);
	cr_expect_eq(started->transfer, TRANSFER_IXFR);
	const struct event *ended = group_of(&scene, "192.0.2.1", EVENT_TRANSFER_ENDED)->events[0];
	cr_expect_eq(ended->records, 160);
	cr_expect_eq(ended->transfer, TRANSFER_AXFR_STYLE);
	cr_expect(str_eq(event_name(ended), STR("example.com")));
	scene_release(&scene);
}

Test(events, replies_of_a_resolver_that_refuses_are_events)
{
	struct scene scene;
	struct line line = {.client = "10.0.0.1", .type = "AXFR"};

	scene_init(&scene);
	lines_unbound(&scene.log, &line);
	lines_reply(&scene.log, &line, "REFUSED", 0);
	line.type = "A";
	lines_unbound(&scene.log, &line);
	lines_reply(&scene.log, &line, "REFUSED", 0);
	scene_play(&scene);
	cr_expect_eq(group_of(&scene, "10.0.0.1", EVENT_TRANSFER_QUERY)->count, 1);
	cr_expect_eq(group_of(&scene, "10.0.0.1", EVENT_TRANSFER_REFUSED)->count, 1);
	scene_release(&scene);
}

Test(events, of_a_group_the_earliest_are_kept_and_all_are_counted)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1", .type = "AXFR", .flags = "-T"};

	scene_init(&scene);
	for (unsigned i = 2000; i-- > 0;) { /* backwards in time */
		line.at = i * SECOND;
		lines_query(&scene.log, &line);
	}
	scene_play(&scene);
	const struct event_group *group = group_of(&scene, "192.0.2.1", EVENT_TRANSFER_QUERY);
	cr_expect_eq(group->count, 2000);
	cr_expect_eq(group->kept, EVENTS_KEPT);
	for (uint32_t i = 0; i < group->kept; i++)
		cr_expect_eq(group->events[i]->at.time, LINES_START + i * SECOND, "event %u", i);
	cr_expect_eq(group->first, LINES_START);
	cr_expect_eq(group->last, LINES_START + 1999 * SECOND);
	scene_release(&scene);
}

/* Anybody can forge query lines; what the server says of TCP transfers has room of its own. */
Test(events, forged_attempts_push_out_no_transfer)
{
	struct scene scene;
	char client[32];

	scene_init(&scene);
	scene.harness.settings.limits.event_groups = 30;
	lines_started(&scene.log, &(struct line){.client = "203.0.113.1"}, "AXFR", -1, 7);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(client, sizeof(client), "10.0.%u.%u", i / 250, i % 250);
		lines_query(&scene.log, &(struct line){.client = client, .type = "AXFR"});
	}
	scene_play(&scene);
	cr_expect_not_null(group_of(&scene, "203.0.113.1", EVENT_TRANSFER_STARTED));
	cr_expect(scene.tally.events.attempts.map.count <= 30);
	cr_expect_eq(scene.tally.events.attempts.map.count + scene.tally.events.attempts.folded,
		     1000);
	scene_release(&scene);
}

Test(events, merge_to_the_table_of_all)
{
	law_expect(dump_events, NULL, TRAFFIC_ALL, 30000);
}

Test(events, merge_to_the_table_of_all_when_folded)
{
	struct tally_limits limits = tally_limits_of(256u << 20);

	limits.event_groups = 12;
	law_expect(dump_events, &limits, TRAFFIC_TRANSFERS | TRAFFIC_OTHER_KINDS | TRAFFIC_TIES,
		   3000);
}
