#include <criterion/criterion.h>

#include "../detect/lines.h"
#include "dump.h"
#include "law.h"
#include "traffic.h"

static const struct sweep *
only_sweep(const struct scene *scene)
{
	uint32_t cursor = 0;

	cr_assert_eq(scene->tally.sweeps.map.count, 1, "%u sweeps", scene->tally.sweeps.map.count);
	return map_next(&scene->tally.sweeps.map, &cursor);
}

Test(sweeps, read_reverse_names_and_nothing_else)
{
	static const struct {
		const char *name, *base; /* NULL: none */
		unsigned bit;
	} rows[] = {
		{"51.2.0.192.in-addr.arpa", "192.0.2.0/24", 51},
		{"0.2.0.192.in-addr.arpa", "192.0.2.0/24", 0},
		{"255.255.255.255.in-addr.arpa", "255.255.255.0/24", 255},
		{"256.2.0.192.in-addr.arpa", NULL, 0},
		{"051.2.0.192.in-addr.arpa", NULL, 0},
		{"2.0.192.in-addr.arpa", NULL, 0},
		{"1.51.2.0.192.in-addr.arpa", NULL, 0},
		{"0/25.2.0.192.in-addr.arpa", NULL, 0},
		{"x51.2.0.192.in-addr.arpa", NULL, 0},
		{"51.2.0.192.in-addr.arpa.example.com", NULL, 0},
		{"51.2.0.192.in-addr.arpax", NULL, 0},
		{"f.8.b.d.0.1.0.0.2.ip6.arpa", "2001:db8::/32", 15},
		{"2.ip6.arpa", "::/0", 2},
		{"a.0.2.ip6.arpa", "2000::/8", 10},
		{"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
		 "2001:db8::/124", 1},
		{"1.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", NULL,
		 0},
		{"g.0.2.ip6.arpa", NULL, 0},
		{"10.2.ip6.arpa", NULL, 0},
		{"ip6.arpa", NULL, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene scene;
		char text[PREFIX_TEXT];
		scene_init(&scene);
		lines_query(&scene.log, &(struct line){.client = "203.0.113.1",
						       .name = rows[i].name,
						       .type = "PTR"});
		scene_play(&scene);
		if (rows[i].base) {
			const struct sweep *sweep = only_sweep(&scene);
			struct prefix base = {sweep->key.base, (uint8_t)sweep->key.bits};
			cr_expect_str_eq(prefix_print(&base, text), rows[i].base, "row %zu", i);
			cr_expect(sweep->asked[rows[i].bit / 64] >> (rows[i].bit % 64) & 1,
				  "row %zu", i);
			cr_expect_eq(sweep_asked(sweep), 1, "row %zu", i);
		} else {
			cr_expect_eq(scene.tally.sweeps.map.count, 0, "row %zu: %s", i,
				     rows[i].name);
		}
		scene_release(&scene);
	}
}

Test(sweeps, tell_hosts_asked_from_hosts_asked_once)
{
	struct scene scene;
	struct line line = {.client = "203.0.113.1", .type = "PTR"};
	char name[64];

	scene_init(&scene);
	for (unsigned i = 0; i < 256; i++) {
		snprintf(name, sizeof(name), "%u.2.0.192.in-addr.arpa", i);
		line.name = name;
		lines_query(&scene.log, &line);
		if (i % 4 == 0)
			lines_query(&scene.log, &line);
	}
	scene_play(&scene);
	const struct sweep *sweep = only_sweep(&scene);
	cr_expect_eq(sweep_asked(sweep), 256);
	cr_expect_eq(sweep_asked_once(sweep), 192);
	cr_expect_eq(sweep->requests, 320);
	cr_expect(sweep->evident);
	scene_release(&scene);
}

Test(sweeps, a_line_that_is_no_request_is_no_question)
{
	struct scene scene;

	scene_init(&scene);
	lines_limited(&scene.log,
		      &(struct line){.client = "203.0.113.1", .name = "1.2.0.192.in-addr.arpa"});
	scene_play(&scene);
	cr_expect_eq(scene.tally.sweeps.map.count, 0);
	scene_release(&scene);
}

/* A sweep that is evidence in its part stays when the parts come under the ceiling together. */
Test(sweeps, evidence_survives_a_merge_that_folds)
{
	struct scene scene;
	struct tally left, right;
	struct line line = {.client = "203.0.113.1", .type = "PTR"};
	struct ip ip;
	char name[64], client[32];
	size_t swept = 0;

	scene_init(&scene);
	scene.harness.settings.limits.sweeps = 8;
	for (unsigned i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "1.%u.0.10.in-addr.arpa", i % 200);
		snprintf(client, sizeof(client), "198.51.100.%u", i % 250);
		lines_query(&scene.log,
			    &(struct line){.client = client, .name = name, .type = "PTR"});
	}
	law_whole(&scene.harness, &scene.log, &left);
	harness_log_release(&scene.log);
	for (unsigned net = 0; net < 8; net++)
		for (unsigned i = 0; i < 64; i++) {
			snprintf(name, sizeof(name), "%u.%u.0.192.in-addr.arpa", i, net);
			line.name = name;
			lines_query(&scene.log, &line);
		}
	law_whole(&scene.harness, &scene.log, &right);
	tally_merge(&left, &right);
	tally_settle(&left);
	const struct sweep *sweep;
	cr_assert(ip_parse(STR("203.0.113.1"), &ip));
	for (uint32_t i = 0; (sweep = map_next(&left.sweeps.map, &i)) != NULL;)
		swept += ip_compare(&sweep->key.address, &ip) == 0 && sweep_asked(sweep) == 64;
	cr_expect_eq(swept, 8, "%zu of 8 networks that were swept", swept);
	tally_release(&left);
	tally_release(&right);
	harness_log_release(&scene.log);
	harness_release(&scene.harness);
}

Test(sweeps, merge_to_the_table_of_all)
{
	law_expect(dump_sweeps, NULL, TRAFFIC_ALL, 3000);
}
