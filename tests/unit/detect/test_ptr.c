#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static const char sweeper[] = "203.0.113.5";

static void
ask_v4(struct scene *scene, const char *client, unsigned net, unsigned host, int64_t at)
{
	char name[64];

	snprintf(name, sizeof(name), "%u.%u.0.192.in-addr.arpa", host, net);
	lines_query(&scene->log,
		    &(struct line){.at = at, .client = client, .name = name, .type = "PTR"});
}

Test(ptr, a_whole_24_is_a_sweep_in_any_order)
{
	for (unsigned step = 1; step < 256; step += 74) { /* odd: every host comes once */
		struct scene scene;
		scene_init(&scene);
		for (unsigned i = 0; i < 256; i++)
			ask_v4(&scene, sweeper, 2, (i * step) % 256, i * 100);
		scene_play(&scene);
		const struct finding *f = scene_find(&scene, "ptr-sweep", sweeper);
		cr_assert_not_null(f, "step %u", step);
		cr_expect_eq(f->level, LEVEL_MEDIUM);
		cr_expect_eq(f->distinct_names, 256);
		cr_expect(str_eq(f->zones[0], STR("2.0.192.in-addr.arpa")));
		scene_release(&scene);
	}
}

Test(ptr, several_networks_are_one_finding)
{
	struct scene scene;

	scene_init(&scene);
	for (unsigned net = 0; net < 4; net++)
		for (unsigned i = 0; i < 100; i++)
			ask_v4(&scene, sweeper, net, i, (net * 100 + i) * 100);
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "ptr-sweep", sweeper);
	cr_assert_not_null(f);
	cr_expect_eq(f->zone_count, 4);
	cr_expect(finding_has_term(f, "networks"));
	scene_release(&scene);
}

Test(ptr, a_compact_half_is_one_and_a_scattered_one_is_none)
{
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 40; i++) {
		ask_v4(&scene, sweeper, 2, 10 + i, i * 100);
		ask_v4(&scene, "203.0.113.6", 3, i * 6 % 256,
		       i * 100); /* a mail server's clients */
	}
	scene_play(&scene);
	cr_expect_not_null(scene_find(&scene, "ptr-sweep", sweeper));
	cr_expect_null(scene_find(&scene, "ptr-sweep", "203.0.113.6"));
	scene_release(&scene);
}

/* Enrichment of logs asks the same addresses again all day, up to nearly all of a network. */
Test(ptr, log_enrichment_is_none)
{
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 1500; i++)
		ask_v4(&scene, "198.51.100.4", 2, i * i % 251, i * MINUTE / 2);
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "ptr-sweep"), 0);
	cr_expect(scene_worst(&scene) < LEVEL_LOW, "level %d", scene_worst(&scene));
	scene_release(&scene);
}

static void
ask_v6(struct scene *scene, const char *client, const char *front, const char *type, unsigned i)
{
	char name[128];

	snprintf(name, sizeof(name), "%s8.b.d.0.1.0.0.2.ip6.arpa", front);
	lines_query(&scene->log,
		    &(struct line){.at = i * 100, .client = client, .name = name, .type = type});
}

Test(ptr, a_walk_of_the_ip6_tree_is_found)
{
	struct scene scene;
	char front[32];
	unsigned n = 0;

	scene_init(&scene);
	for (unsigned depth = 1; depth <= 4; depth++)
		for (unsigned nibble = 0; nibble < 16; nibble++) {
			int at = snprintf(front, sizeof(front), "%x.", nibble);
			for (unsigned i = 1; i < depth; i++)
				at += snprintf(front + at, sizeof(front) - (size_t)at, "0.");
			ask_v6(&scene, sweeper, front, "PTR", n++);
		}
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "ptr6-walk", sweeper);
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_HIGH);
	cr_expect(str_find(f->title, STR("2001:db8::/32"), 0) != SIZE_MAX);
	scene_release(&scene);
}

/* QNAME minimisation asks the path to a name at its boundaries, never the siblings. */
Test(ptr, minimised_names_are_no_walk)
{
	static const char *const paths[] = {"", "0.0.0.0.", "1.0.0.0.0.0.", "2.1.0.0.0.0.0.0."};
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 400; i++)
		ask_v6(&scene, "198.51.100.5", paths[i % 4], i % 2 ? "NS" : "A", i);
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "ptr6-walk"), 0);
	scene_release(&scene);
}

/* One /124 full of hosts is asked by a mail server: many children at one depth are no walk. */
Test(ptr, the_hosts_of_one_node_are_no_walk)
{
	struct scene scene;
	char front[80];

	scene_init(&scene);
	for (unsigned i = 0; i < 16; i++) {
		snprintf(front, sizeof(front), "%x.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.",
			 i);
		ask_v6(&scene, "198.51.100.6", front, "PTR", i);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "ptr6-walk"), 0);
	scene_release(&scene);
}
