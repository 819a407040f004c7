/* Many host names tried by one source, fast or slow; and what only looks so. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static const char scanner[] = "203.0.113.66";

/* `count` words of the list, one every `pause` milliseconds. */
static void
brute(struct scene *scene, const char *client, unsigned count, int64_t pause, const char *flags)
{
	char name[128];

	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof(name), i < 112 ? "%s.example.com" : "%s%u.example.com",
			 lines_word(i * 37), i);
		lines_query(&scene->log, &(struct line){.at = i * pause,
							.client = client,
							.name = name,
							.flags = flags,
							.port = 3000 + i % 500});
	}
}

/* Networks that ask what exists, again and again: what a zone's traffic is made of. */
static void
background(struct scene *scene)
{
	static const char *const hosts[] = {"www", "mail", "shop", "api", "ns", "cdn"};
	char name[128], client[32];

	for (unsigned i = 0; i < 1200; i++) {
		snprintf(client, sizeof(client), "100.%u.%u.7", i % 40, i % 7);
		snprintf(name, sizeof(name), "%s.example.com", hosts[i % 6]);
		lines_query(&scene->log, &(struct line){.at = i * 10 * SECOND,
							.client = client,
							.name = name,
							.type = i % 3 ? "A" : "AAAA",
							.flags = "-E(0)DC"});
	}
}

Test(brute, a_wordlist_is_found)
{
	struct scene scene;

	scene_init(&scene);
	background(&scene);
	brute(&scene, scanner, 100, 50, "+E(0)");
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "brute-force", scanner);
	cr_assert_not_null(f);
	cr_expect(f->level >= LEVEL_MEDIUM && f->level <= LEVEL_HIGH, "level %u", f->level);
	cr_expect(str_eq(f->zones[0], STR("example.com")));
	cr_expect(f->distinct_names >= 95 && f->distinct_names <= 105, "%lu names",
		  (unsigned long)f->distinct_names);
	cr_expect(f->wordlist_names >= 90);
	cr_expect(f->term_count >= 3, "each term is told");
	cr_expect(f->evidence_count == 10 && f->evidence[0].reconstructed);
	cr_expect_eq(f->spoofable, TRI_YES, "UDP without a cookie");
	cr_expect_eq(f->direction, DIRECTION_AGAINST_US);
	cr_expect_eq(scene.findings.count, 1, "nobody else");
	scene_release(&scene);
}

Test(brute, twenty_names_do_not_make_a_scan_nor_does_one_name_often)
{
	struct scene scene;

	scene_init(&scene);
	background(&scene);
	brute(&scene, scanner, 10, 50, "+E(0)");
	for (unsigned i = 0; i < 5000; i++) /* a broken client */
		lines_query(&scene.log, &(struct line){.at = i * SECOND,
						       .client = "203.0.113.67",
						       .name = "misspelt.example.com"});
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "brute-force"), 0);
	cr_expect(scene_worst(&scene) < LEVEL_LOW);
	scene_release(&scene);
}

Test(brute, dilution_with_known_names_does_not_hide_it)
{
	struct scene scene;

	scene_init(&scene);
	background(&scene);
	brute(&scene, scanner, 110, 1000, "+E(0)");
	for (unsigned i = 0; i < 1100; i++)
		lines_query(&scene.log,
			    &(struct line){.at = i * 100,
					   .client = scanner,
					   .name = i % 2 ? "www.example.com" : "mail.example.com"});
	scene_play(&scene);
	cr_expect_not_null(scene_find(&scene, "brute-force", scanner));
	scene_release(&scene);
}

/* Three networks asked each name, and all three are scanners: that makes no name popular. */
Test(brute, scanners_with_one_list_do_not_excuse_each_other)
{
	static const char *const scanners[] = {"203.0.113.66", "198.18.7.9", "198.19.7.9"};
	struct scene scene;

	scene_init(&scene);
	for (size_t i = 0; i < 3; i++)
		brute(&scene, scanners[i], 80, 1000, "+E(0)");
	scene_play(&scene);
	for (size_t i = 0; i < 3; i++)
		cr_expect_not_null(scene_find(&scene, "brute-force", scanners[i]), "%s",
				   scanners[i]);
	scene_release(&scene);
}

Test(brute, a_slow_one_is_found_and_called_slow)
{
	struct scene scene;

	scene_init(&scene);
	background(&scene);
	brute(&scene, scanner, 110, 5 * MINUTE, "+E(0)");
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "slow-enumeration", scanner);
	cr_assert_not_null(f);
	cr_expect(f->level >= LEVEL_MEDIUM);
	cr_expect_eq(scene_count(&scene, "brute-force"), 0, "one of the two, not both");
	cr_expect(f->last_seen - f->first_seen > 8 * HOUR);
	scene_release(&scene);
}

Test(brute, several_zones_are_one_finding)
{
	struct scene scene;
	char name[128];

	scene_init(&scene);
	for (unsigned zone = 0; zone < 3; zone++)
		for (unsigned i = 0; i < 80; i++) {
			snprintf(name, sizeof(name), "%s.zone%u.test", lines_word(i), zone);
			lines_query(&scene.log, &(struct line){.at = (zone * 80 + i) * 100,
							       .client = scanner,
							       .name = name,
							       .flags = "+E(0)"});
		}
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "brute-force", scanner);
	cr_assert_not_null(f);
	cr_expect_eq(f->zone_count, 3);
	scene_release(&scene);
}

Test(brute, answers_lift_it_to_high_and_name_the_way_in)
{
	struct scene scene;
	char name[128];

	scene_init(&scene);
	for (unsigned i = 0; i < 60; i++) { /* what a sample holds whole */
		const char *word = i ? lines_word(i) : "vpn";
		snprintf(name, sizeof(name), "%s.example.org", word);
		struct line line = {.at = i * 100, .client = "10.9.8.7", .name = name};
		bool exists = i % 18 == 0 || strcmp(word, "app") == 0;
		lines_unbound(&scene.log, &line);
		lines_reply(&scene.log, &line, exists ? "NOERROR" : "NXDOMAIN", 9000);
	}
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "brute-force", "10.9.8.7");
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_HIGH, "level %u", f->level);
	cr_expect_eq(f->oracle, ORACLE_RCODE);
	cr_assert(f->answered_count >= 4);
	size_t vpn = SIZE_MAX, app = SIZE_MAX;
	for (size_t i = 0; i < f->answered_count; i++) {
		vpn = str_eq(f->answered[i], STR("vpn.example.org")) ? i : vpn;
		app = str_eq(f->answered[i], STR("app.example.org")) ? i : app;
	}
	cr_expect(vpn < app && app != SIZE_MAX, "remote access comes first: %zu, %zu", vpn, app);
	cr_expect(f->unknown_names > 50);
	cr_expect_eq(f->direction, DIRECTION_BY_OUR_CLIENT);
	scene_release(&scene);
}

Test(brute, without_answers_it_is_never_high)
{
	struct scene scene;

	scene_init(&scene);
	brute(&scene, scanner, 2000, 20, "+E(0)");
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "brute-force", scanner);
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_MEDIUM);
	scene_release(&scene);
}

/* The look-alikes of DETECTION.md 5: none is worth a mail. */
Test(brute, a_resolver_with_many_clients_is_none)
{
	struct scene scene;
	char name[128];
	static const char *const types[] = {"A", "AAAA", "HTTPS", "MX", "TXT", "NS"};

	scene_init(&scene);
	background(&scene);
	/* Names that exist and that other resolvers ask too; mixed types, repeats, RD 0. */
	for (unsigned r = 0; r < 4; r++)
		for (unsigned i = 0; i < 600; i++) {
			char client[32];
			snprintf(client, sizeof(client), "198.%u.100.53", 18 + r);
			snprintf(name, sizeof(name), "%s.example.com", lines_word(i * 7 % 60));
			lines_query(&scene.log, &(struct line){.at = (i * 4 + r) * 20 * SECOND,
							       .client = client,
							       .name = name,
							       .type = types[i * 5 % 6],
							       .flags = "-E(0)DCV"});
		}
	scene_play(&scene);
	cr_expect(scene_worst(&scene) < LEVEL_LOW, "level %d", scene_worst(&scene));
	scene_release(&scene);
}

Test(brute, monitoring_is_none)
{
	struct scene scene;
	char name[128];

	scene_init(&scene);
	for (unsigned i = 0; i < 3000; i++) { /* 25 hosts, every few minutes, all day */
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i % 25));
		lines_query(&scene.log, &(struct line){.at = i * 25 * SECOND,
						       .client = "198.51.100.77",
						       .name = name,
						       .flags = "+E(0)K"});
	}
	scene_play(&scene);
	cr_expect(scene_worst(&scene) < LEVEL_LOW, "level %d", scene_worst(&scene));
	scene_release(&scene);
}

Test(brute, a_cdn_s_hash_names_are_none)
{
	struct scene scene;
	char name[128], label[32];

	scene_init(&scene);
	background(&scene);
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "%s.edge.example.com", lines_random(i, label));
		lines_query(&scene.log,
			    &(struct line){.at = i * 5 * SECOND,
					   .client = i % 2 ? "198.51.100.8" : "192.0.2.8",
					   .name = name,
					   .flags = "-E(0)DC"});
	}
	scene_play(&scene);
	cr_expect(scene_worst(&scene) < LEVEL_LOW, "level %d", scene_worst(&scene));
	scene_release(&scene);
}

Test(brute, a_leaking_search_list_is_none)
{
	struct scene scene;
	char name[128];

	scene_init(&scene);
	background(&scene);
	for (unsigned i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "www.%s%u.com.example.com", lines_word(i), i);
		lines_query(&scene.log, &(struct line){.at = i * MINUTE,
						       .client = "198.51.100.40",
						       .name = name,
						       .type = i % 2 ? "A" : "AAAA",
						       .flags = "+"});
	}
	scene_play(&scene);
	cr_expect(scene_worst(&scene) < LEVEL_LOW, "level %d", scene_worst(&scene));
	scene_release(&scene);
}

Test(brute, a_block_list_s_clients_are_none)
{
	struct scene scene;
	char name[128];

	scene_init(&scene);
	for (unsigned i = 0; i < 800; i++) {
		snprintf(name, sizeof(name), "%u.%u.%u.%u.bl.example.com", i % 251, i % 13, i % 97,
			 10 + i % 80);
		lines_query(&scene.log, &(struct line){.at = i * 20 * SECOND,
						       .client = "198.51.100.25",
						       .name = name,
						       .flags = "-E(0)DC"});
	}
	scene_play(&scene);
	cr_expect(scene_worst(&scene) < LEVEL_LOW, "level %d", scene_worst(&scene));
	scene_release(&scene);
}

/* A configured resolver and an internal host are named as such. */
Test(brute, the_actor_s_role_and_place_are_told)
{
	struct scene scene;
	struct prefix internal;

	scene_init(&scene);
	cr_assert(prefix_parse(STR("203.0.113.0/24"), &internal));
	scene.harness.detect.internals = &internal;
	scene.harness.detect.internal_count = 1;
	brute(&scene, scanner, 100, 50, "+E(0)");
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "brute-force", scanner);
	cr_assert_not_null(f);
	cr_expect(f->internal);
	cr_expect_eq(f->direction, DIRECTION_INTERNAL);
	cr_expect(f->attack_count && str_eq(f->attack[0], STR("T1018")));
	scene_release(&scene);
}
