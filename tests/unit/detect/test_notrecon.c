/* Floods and tunnels are named, so that nobody chases them. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static void
flood(struct scene *scene, unsigned sources, unsigned names)
{
	char name[128], client[32], label[32];

	for (unsigned i = 0; i < names; i++) {
		snprintf(client, sizeof(client), "100.%u.%u.1", i % sources / 100,
			 i % sources % 100);
		snprintf(name, sizeof(name), "%s.example.net", lines_random(i, label));
		lines_query(&scene->log,
			    &(struct line){.at = i * 10, .client = client, .name = name});
	}
}

Test(notrecon, a_flood_is_told_once_and_is_informational)
{
	struct scene scene;

	scene_init(&scene);
	flood(&scene, 300, 5000);
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "not-recon", NULL);
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_INFORMATIONAL);
	cr_expect(f->distinct_names > 4000 && f->distinct_names < 6000);
	cr_expect(str_eq(f->zones[0], STR("example.net")));
	cr_expect(f->attack_count && str_eq(f->attack[0], STR("T1498")));
	cr_expect_eq(scene.findings.count, 1);
	scene_release(&scene);
}

/* More sources and names than the zone's sample holds: their pairs tell them all. */
Test(notrecon, every_source_of_a_flood_is_told)
{
	struct scene scene;

	scene_init(&scene);
	flood(&scene, 2500, 20000);
	for (int i = 0; i < 40; i++)
		lines_query(&scene.log, &(struct line){.at = i * 1000,
						       .client = "100.90.0.1",
						       .name = "www.example.net"});
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "not-recon", NULL);
	cr_assert_not_null(f);
	cr_expect_eq(f->contributor_count, 2500);
	scene_release(&scene);
}

Test(notrecon, one_source_of_random_names_is_no_flood)
{
	struct scene scene;

	scene_init(&scene);
	flood(&scene, 1, 1000);
	scene_play(&scene);
	const struct finding *f;
	for (size_t i = 0; i < scene.findings.count; i++) {
		f = &scene.findings.all[i];
		cr_expect_eq(str_find(f->title, STR("Flood"), 0), SIZE_MAX);
	}
	scene_release(&scene);
}

Test(notrecon, a_zone_with_some_random_names_is_no_flood)
{
	struct scene scene;
	char name[128], client[32];

	scene_init(&scene);
	flood(&scene, 50, 90);
	for (unsigned i = 0; i < 500; i++) {
		snprintf(client, sizeof(client), "101.%u.0.1", i % 50);
		snprintf(name, sizeof(name), "%s.example.net", lines_word(i));
		lines_query(&scene.log,
			    &(struct line){.at = i * SECOND, .client = client, .name = name});
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "not-recon"), 0);
	scene_release(&scene);
}

Test(notrecon, a_tunnel_is_told_with_its_client)
{
	struct scene scene;
	char name[160], label[32], other[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "%s%s%s%02u.t.tunnel.test", lines_random(i, label),
			 lines_random(i + 5000, other), "qx7zk1vb9w", i % 100);
		lines_unbound(&scene.log, &(struct line){.at = i * SECOND,
							 .client = "10.3.2.1",
							 .name = name,
							 .type = "TXT"});
	}
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "not-recon", "10.3.2.1");
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_INFORMATIONAL);
	cr_expect(f->attack_count && str_eq(f->attack[0], STR("T1071.004")));
	cr_expect(scene_worst(&scene) <= LEVEL_INFORMATIONAL, "level %d", scene_worst(&scene));
	scene_release(&scene);
}

/* Both servers are flooded with names of one zone: two findings of one day, two ids. */
Test(notrecon, a_flood_at_two_servers_has_the_same_ids_in_every_run)
{
	struct scene scene;
	char name[128], client[32], label[32], ids[2][32];

	scene_init(&scene);
	flood(&scene, 50, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(client, sizeof(client), "10.0.%u.1", i % 50);
		snprintf(name, sizeof(name), "%s.example.net", lines_random(i, label));
		lines_unbound(&scene.log,
			      &(struct line){.at = i * 10, .client = client, .name = name});
	}
	scene_play(&scene);
	cr_assert_eq(scene_count(&scene, "not-recon"), 2);
	for (size_t i = 0; i < 2; i++)
		snprintf(ids[i], sizeof(ids[i]), "%.*s", STR_ARG(scene.findings.all[i].id));
	cr_expect_str_neq(ids[0], ids[1]);
	for (int round = 0; round < 10; round++) {
		struct tally tally;
		struct findings findings;
		tally_init(&tally, &scene.harness.settings);
		harness_add(&scene.harness, &tally, &scene.log, NULL);
		tally_settle(&tally);
		findings_init(&findings);
		detect_run(
			&(struct detect_input){.tally = &tally, .settings = &scene.harness.detect},
			&findings);
		for (size_t i = 0; i < 2; i++)
			cr_expect(str_eq(findings.all[i].id, str_of(ids[i])), "round %d", round);
		findings_release(&findings);
		tally_release(&tally);
	}
	scene_release(&scene);
}

/* Random names below www.example.net, beside many ordinary names of the zone. */
static void
below_a_host(struct scene *scene, unsigned names, unsigned repeats, const char *rcode)
{
	char name[128], client[32], label[32];

	for (unsigned i = 0; i < 1200; i++) { /* 300 names, each for four networks */
		snprintf(client, sizeof(client), "101.%u.0.1", i % 47);
		snprintf(name, sizeof(name), "%s%u.example.net", lines_word(i % 300), i % 300);
		lines_query(&scene->log,
			    &(struct line){.at = i * SECOND, .client = client, .name = name});
	}
	for (unsigned i = 0; i < names; i++) {
		snprintf(client, sizeof(client), "100.%u.%u.1", i % 60, i % 60 * 3);
		snprintf(name, sizeof(name), "%s.www.example.net", lines_random(i, label));
		struct line line = {.at = i * 10, .client = client, .name = name};
		for (unsigned k = 0; k < repeats; k++)
			lines_query(&scene->log, &line);
		if (rcode)
			lines_response(&scene->log, &line, rcode);
	}
}

Test(notrecon, a_flood_below_a_host_is_said_and_a_content_network_is_none)
{
	static const struct {
		const char *what, *rcode;
		unsigned names, repeats;
		bool said;
	} rows[] = {
		{"a flood", NULL, 400, 1, true},
		{"a flood with answers", "NXDOMAIN", 400, 1, true},
		{"names that are answered", "NOERROR", 400, 1, false},
		{"names that clients come back to", NULL, 400, 6, false},
		{"a few", NULL, 60, 1, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene scene;
		bool said = false;
		scene_init(&scene);
		below_a_host(&scene, rows[i].names, rows[i].repeats, rows[i].rcode);
		scene_play(&scene);
		for (size_t k = 0; k < scene.findings.count; k++)
			said |= str_eq(scene.findings.all[k].title,
				       STR("Flood of random names below www.example.net "
					   "(no reconnaissance)"));
		cr_expect_eq(said, rows[i].said, "%s", rows[i].what);
		cr_expect(scene_worst(&scene) < LEVEL_LOW, "%s", rows[i].what);
		scene_release(&scene);
	}
}
