#include <criterion/criterion.h>

#include "../detect/lines.h"
#include "dump.h"
#include "law.h"
#include "traffic.h"

static const struct rulehit *
hit_of(const struct scene *scene, const char *rule_name, const char *client)
{
	const struct rulehit *hit;
	struct ip ip;

	cr_assert(ip_parse(str_of(client), &ip));
	for (uint32_t i = 0; (hit = map_next(&scene->tally.rulehits.map, &i)) != NULL;)
		if (str_eq(scene->harness.rules.rules[hit->key.rule].name, str_of(rule_name)) &&
		    ip_compare(&hit->key.address, &ip) == 0)
			return hit;
	return NULL;
}

Test(rulehits, count_all_and_keep_the_earliest_lines)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1", .type = "AXFR", .flags = "-T"};

	scene_init(&scene);
	for (unsigned i = 10; i-- > 0;) {
		line.at = i * MINUTE;
		line.name = i % 2 ? "example.com" : "example.net";
		lines_query(&scene.log, &line);
	}
	scene_play(&scene);
	const struct rulehit *hit = hit_of(&scene, "transfer_axfr", "192.0.2.1");
	cr_assert_not_null(hit);
	cr_expect_eq(hit->count, 10);
	cr_expect_eq(hit->line_count, RULEHIT_LINES);
	for (unsigned i = 0; i < RULEHIT_LINES; i++)
		cr_expect_eq(hit->lines[i].at.time, LINES_START + i * MINUTE);
	cr_expect_eq(hit->first, LINES_START);
	cr_expect_eq(hit->last, LINES_START + 9 * MINUTE);
	cr_expect_eq(hit->zones.count, 2);
	cr_expect_null(hit_of(&scene, "transfer_ixfr", "192.0.2.1"));
	scene_release(&scene);
}

/* One request, told by its query line and its denial, is one hit of a rule about questions. */
Test(rulehits, a_request_told_by_two_lines_is_one_hit)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1", .type = "AXFR", .flags = "-T"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	line.stream = 1;
	lines_denied(&scene.log, &line);
	scene_play(&scene);
	cr_expect_eq(hit_of(&scene, "transfer_axfr", "192.0.2.1")->count, 1);
	scene_release(&scene);
}

Test(rulehits, long_lines_are_cut)
{
	struct scene scene;
	char name[1010];
	size_t n = 0;

	scene_init(&scene);
	for (int label = 0; label < 4; label++) {
		for (int i = 0; i < (label < 3 ? 63 : 61); i++)
			n += (size_t)snprintf(name + n, sizeof(name) - n, "\\000");
		n += (size_t)snprintf(name + n, sizeof(name) - n, "%s", label < 3 ? "." : "");
	}
	harness_log_add(&scene.log, 0,
			"10-Mar-2026 00:00:00.000 queries: info: client @0x1 192.0.2.1#53 (%s): "
			"query: %s IN NSEC3 + (198.51.100.1)",
			name, name);
	scene_play(&scene);
	const struct rulehit *hit;
	size_t hits = 0;
	for (uint32_t i = 0; (hit = map_next(&scene.tally.rulehits.map, &i)) != NULL; hits++)
		cr_expect_eq(hit->lines[0].length, RULEHIT_TEXT);
	cr_expect(hits > 0);
	scene_release(&scene);
}

Test(rulehits, forgetting_a_rule_drops_its_hits_and_no_other)
{
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 100; i++) {
		char client[32];
		snprintf(client, sizeof(client), "192.0.2.%u", i);
		lines_query(&scene.log, &(struct line){.client = client, .type = "AXFR"});
		lines_query(&scene.log, &(struct line){.client = client, .type = "IXFR"});
	}
	scene_play(&scene);
	uint32_t rule = hit_of(&scene, "transfer_axfr", "192.0.2.1")->key.rule;
	cr_expect_eq(hit_of(&scene, "transfer_ixfr", "192.0.2.1")->count, 1);
	tally_forget_rule(&scene.tally, (uint16_t)rule);
	cr_expect_null(hit_of(&scene, "transfer_axfr", "192.0.2.1"));
	for (unsigned i = 0; i < 100; i++) {
		char client[32];
		snprintf(client, sizeof(client), "192.0.2.%u", i);
		cr_expect_not_null(hit_of(&scene, "transfer_ixfr", client));
	}
	scene_release(&scene);
}

Test(rulehits, merge_to_the_table_of_all)
{
	law_expect(dump_rulehits, NULL, TRAFFIC_ALL, 20000);
}

Test(rulehits, merge_to_the_table_of_all_when_folded)
{
	struct tally_limits limits = tally_limits_of(256u << 20);

	limits.rule_hits = 20;
	law_expect(dump_rulehits, &limits, TRAFFIC_ALL, 3000);
}
