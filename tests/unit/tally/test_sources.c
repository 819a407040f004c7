#include <criterion/criterion.h>

#include "../detect/lines.h"
#include "dump.h"
#include "law.h"
#include "traffic.h"

static const struct source *
source_at(const struct scene *scene, const char *address, uint32_t server)
{
	struct ip ip;

	cr_assert(ip_parse(str_of(address), &ip));
	return sources_find(&scene->tally, &ip, server);
}

Test(sources, count_each_kind_of_line_apart_and_requests_by_their_own_kind)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1", .name = "www.example.com", .flags = "+E(0)TK"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	line.at = MINUTE;
	line.type = "MX";
	line.flags = "-";
	lines_query(&scene.log, &line);
	line.at = 2 * MINUTE;
	line.stream = 1; /* another file of the same server */
	lines_failed(&scene.log, &line, "REFUSED");
	lines_limited(&scene.log, &line);
	line.type = "AXFR";
	lines_denied(&scene.log, &line);
	scene_play(&scene);
	const struct source *source = source_at(&scene, "192.0.2.1", 0);
	cr_assert_not_null(source);
	cr_expect_eq(source->kinds[RECORD_QUERY], 2);
	cr_expect_eq(source->kinds[RECORD_QUERY_ERROR], 1);
	cr_expect_eq(source->kinds[RECORD_RATE_LIMITED], 1);
	cr_expect_eq(source->kinds[RECORD_DENIED], 1);
	cr_expect_eq(counts_of(&source->types, type_key(TYPE_A)), 1, "types are of requests");
	cr_expect_eq(counts_of(&source->types, type_key(TYPE_MX)), 1);
	cr_expect_eq(counts_of(&source->types, type_key(TYPE_AXFR)), 0);
	cr_expect_eq(counts_of(&source->rcodes, rcode_key(RECORD_QUERY_ERROR, RCODE_REFUSED)), 1);
	cr_expect_eq(source->flags_known, 2);
	cr_expect_eq(source->flags[0], 1, "recursion desired");
	cr_expect_eq(source->flags[1], 1, "TCP");
	cr_expect_eq(source->flags[2], 1, "EDNS");
	cr_expect_eq(source->flags[3], 0, "DO");
	cr_expect_eq(source->first, LINES_START);
	cr_expect_eq(source->last, LINES_START + 2 * MINUTE);
	cr_expect(source->evident, "a denied transfer is evidence");
	cr_expect_null(source_at(&scene, "192.0.2.1", 1), "servers are apart");
	scene_release(&scene);
}

Test(sources, an_address_is_one_source_in_both_its_forms)
{
	struct scene scene;

	scene_init(&scene);
	lines_query(&scene.log, &(struct line){.client = "192.0.2.1"});
	lines_query(&scene.log, &(struct line){.client = "::ffff:192.0.2.1"});
	lines_query(&scene.log, &(struct line){.client = "fe80::1%2"});
	lines_query(&scene.log, &(struct line){.client = "fe80::1%3"});
	scene_play(&scene);
	cr_expect_eq(scene.tally.sources.map.count, 2);
	cr_expect_eq(source_at(&scene, "192.0.2.1", 0)->kinds[RECORD_QUERY], 2);
	scene_release(&scene);
}

/* A hash of 16 bytes that was tried took these two for one, whatever its key. */
Test(sources, addresses_that_differ_in_a_few_top_bits_are_apart)
{
	struct scene scene;

	scene_init(&scene);
	for (int i = 0; i < 3; i++) {
		lines_query(&scene.log, &(struct line){.client = "2001:db8::1"});
		lines_query(&scene.log, &(struct line){.client = "2001:db8:0:80:0:80:0:81"});
	}
	scene_play(&scene);
	cr_expect_eq(scene.tally.sources.map.count, 2);
	cr_expect_eq(scene.tally.pairs.map.count, 2);
	cr_expect_eq(source_at(&scene, "2001:db8::1", 0)->kinds[RECORD_QUERY], 3);
	scene_release(&scene);
}

Test(sources, ports_are_estimated_within_a_quarter)
{
	static const unsigned counts[] = {1, 2, 5, 20, 50, 80};

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct scene scene;
		struct line line = {.client = "192.0.2.1"};
		scene_init(&scene);
		for (unsigned j = 0; j < counts[i] * 3; j++) {
			line.port = 1024 + j % counts[i] * 613;
			lines_query(&scene.log, &line);
		}
		scene_play(&scene);
		double ports = (double)source_ports(source_at(&scene, "192.0.2.1", 0));
		cr_expect(ports >= counts[i] * 0.75 - 1 && ports <= counts[i] * 1.25 + 1,
			  "%.0f of %u", ports, counts[i]);
		scene_release(&scene);
	}
}

Test(sources, keys_and_client_subnets_are_kept_but_not_without_end)
{
	struct scene scene;
	char key[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 50; i++) {
		snprintf(key, sizeof(key), "key-%02u", i);
		lines_query(&scene.log, &(struct line){.client = "192.0.2.1", .key = key});
	}
	harness_log_add(&scene.log, 0,
			"10-Mar-2026 00:00:00.000 queries: info: client @0x1 192.0.2.1#53 (a.b): "
			"query: a.b IN A + (198.51.100.1) [ECS 203.0.113.0/24/0]");
	scene_play(&scene);
	const struct source *source = source_at(&scene, "192.0.2.1", 0);
	cr_assert(source->keys && source->keys->count == TEXTSET_MAX && source->keys->more);
	cr_expect_str_eq(source->keys->texts[0], "key-00");
	cr_assert(source->ecs && source->ecs->count == 1 && !source->ecs->more);
	cr_expect_str_eq(source->ecs->texts[0], "203.0.113.0/24");
	scene_release(&scene);
}

Test(sources, what_is_folded_is_remembered_by_its_16_and_no_request_is_lost)
{
	struct scene scene;
	const struct source *source;
	const struct folded *folded;
	char client[32];
	uint64_t kept = 0, gone = 0;

	scene_init(&scene);
	scene.harness.settings.limits.sources = 50;
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(client, sizeof(client), "10.%u.%u.1", i % 3, i / 3 % 250);
		lines_query(&scene.log, &(struct line){.client = client});
	}
	lines_denied(&scene.log, &(struct line){.client = "203.0.113.9"});
	scene_play(&scene);
	cr_expect(scene.tally.sources.map.count <= 51, "%u", scene.tally.sources.map.count);
	cr_expect_not_null(source_at(&scene, "203.0.113.9", 0), "who has evidence stays");
	for (uint32_t i = 0; (source = map_next(&scene.tally.sources.map, &i)) != NULL;)
		kept += source->kinds[RECORD_QUERY];
	for (uint32_t i = 0; (folded = map_next(&scene.tally.sources.folded, &i)) != NULL;) {
		gone += folded->requests;
		cr_expect(folded->key.address.b[14] == 0 && folded->key.address.b[15] == 0);
	}
	cr_expect_eq(scene.tally.sources.folded.count, 3);
	cr_expect_eq(gone, scene.tally.sources.folded_requests);
	cr_expect_eq(kept + gone, 3000);
	cr_expect_eq(scene.tally.sources.map.count + sources_folded(&scene.tally.sources), 751);
	scene_release(&scene);
}

Test(sources, prefixes_of_folded_ones_are_as_long_as_their_limit_lets_them_be)
{
	static const struct {
		uint32_t limit, count;
		uint8_t bits;
	} rows[] = {{0, 24, 16}, {24, 24, 16}, {23, 12, 15}, {12, 12, 15},
		    {5, 3, 13},  {2, 2, 12},   {1, 1, 11}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene scene;
		const struct folded *folded;
		char client[32];
		uint64_t gone = 0;
		scene_init(&scene);
		scene.harness.settings.limits.sources = 20;
		scene.harness.settings.limits.prefixes = rows[i].limit;
		for (unsigned j = 0; j < 2400; j++) {
			snprintf(client, sizeof(client), "10.%u.%u.1", j % 24, j / 24);
			lines_query(&scene.log, &(struct line){.client = client});
		}
		scene_play(&scene);
		const struct sources *sources = &scene.tally.sources;
		for (uint32_t k = 0; (folded = map_next(&sources->folded, &k)) != NULL;)
			gone += folded->requests;
		cr_expect_eq(sources->folded.count, rows[i].count, "row %zu: %u", i,
			     sources->folded.count);
		cr_expect_eq(sources->prefix_bits, rows[i].bits, "row %zu: %u", i,
			     sources->prefix_bits);
		cr_expect_eq(gone, sources->folded_requests, "row %zu", i);
		cr_expect_eq(gone + sources->map.count, 2400, "row %zu", i);
		scene_release(&scene);
	}
}

Test(sources, merge_to_the_table_of_all)
{
	law_expect(dump_sources, NULL, TRAFFIC_ALL, 5000);
}

Test(sources, merge_to_the_table_of_all_when_folded)
{
	/* Without evidence: a source that gets its own late is counted from then on (law 6). */
	struct tally_limits limits = tally_limits_of(256u << 20);

	limits.sources = 30;
	law_expect(dump_sources, &limits, TRAFFIC_PLAIN, 3000);
	limits.prefixes = 3;
	law_expect(dump_sources, &limits, TRAFFIC_PLAIN, 3000);
}
