/* One of our own hosts that looks around in more than one way (DETECTION.md R22). */
#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static const char host[] = "10.1.2.3";

enum way { CONTROLLERS = 1, TRANSFER = 2, NAMES = 4, ADDRESSES = 8 };

static void
look_around(struct scene *scene, const char *client, unsigned how)
{
	static const char *const controllers[] = {"_ldap._tcp.dc._msdcs.example.com",
						  "_kerberos._tcp.dc._msdcs.example.com"};
	char name[128];

	for (unsigned i = 0; how & CONTROLLERS && i < 2; i++)
		lines_query(&scene->log, &(struct line){.at = i * SECOND,
							.client = client,
							.name = controllers[i],
							.type = "SRV"});
	if (how & TRANSFER) {
		struct line line = {.at = 10 * SECOND,
				    .client = client,
				    .name = "example.com",
				    .type = "AXFR",
				    .flags = "+E(0)TK"};
		lines_query(&scene->log, &line);
		lines_denied(&scene->log, &line);
	}
	for (unsigned i = 0; how & NAMES && i < 60; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		lines_query(&scene->log, &(struct line){.at = MINUTE + i * SECOND,
							.client = client,
							.name = name,
							.flags = "+E(0)",
							.port = 2000 + i});
	}
	for (unsigned i = 1; how & ADDRESSES && i < 255; i++) {
		snprintf(name, sizeof(name), "%u.2.1.10.in-addr.arpa", i);
		lines_query(&scene->log, &(struct line){.at = HOUR + i * SECOND,
							.client = client,
							.name = name,
							.type = "PTR"});
	}
}

Test(discovery, two_ways_of_an_own_host_are_one_finding)
{
	static const struct {
		unsigned how;
		size_t attacks;
	} rows[] = {
		{CONTROLLERS | TRANSFER, 2},
		{NAMES | ADDRESSES, 2},
		{CONTROLLERS | ADDRESSES, 2},
		{CONTROLLERS | TRANSFER | NAMES | ADDRESSES, 3},
	};
	struct prefix inside;

	cr_assert(prefix_parse(STR("10.0.0.0/8"), &inside));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene scene;
		scene_init(&scene);
		scene.harness.detect.internals = &inside;
		scene.harness.detect.internal_count = 1;
		look_around(&scene, host, rows[i].how);
		scene_play(&scene);
		const struct finding *f = scene_find(&scene, "internal-discovery", host);
		cr_assert_not_null(f, "row %zu", i);
		cr_expect_eq(f->level, LEVEL_HIGH, "row %zu: %d", i, f->score);
		cr_expect_eq(f->direction, DIRECTION_INTERNAL);
		cr_expect_eq(f->attack_count, rows[i].attacks, "row %zu: %zu", i, f->attack_count);
		cr_expect(f->zone_list_count >= 1 && f->evidence_count > 0 && f->server_count == 1);
		scene_release(&scene);
	}
}

/* Members of the domain locate its controllers; one way alone has its own detector. */
Test(discovery, one_way_and_hosts_of_others_are_none)
{
	static const unsigned rows[] = {CONTROLLERS, TRANSFER, NAMES, ADDRESSES};
	struct prefix inside;

	cr_assert(prefix_parse(STR("10.0.0.0/8"), &inside));
	for (size_t i = 0; i <= sizeof(rows) / sizeof(*rows); i++) {
		struct scene scene;
		scene_init(&scene);
		scene.harness.detect.internals = &inside;
		scene.harness.detect.internal_count = 1;
		if (i < sizeof(rows) / sizeof(*rows))
			look_around(&scene, host, rows[i]);
		else
			look_around(&scene, "203.0.113.9", CONTROLLERS | TRANSFER);
		scene_play(&scene);
		cr_expect_eq(scene_count(&scene, "internal-discovery"), 0, "row %zu", i);
		scene_release(&scene);
	}
}

Test(discovery, a_secondary_of_ours_may_transfer_and_locate)
{
	struct prefix inside, secondary;
	struct scene scene;

	cr_assert(prefix_parse(STR("10.0.0.0/8"), &inside));
	cr_assert(prefix_parse(STR("10.1.2.3/32"), &secondary));
	scene_init(&scene);
	scene.harness.detect.internals = &inside;
	scene.harness.detect.internal_count = 1;
	scene.harness.detect.secondaries = &secondary;
	scene.harness.detect.secondary_count = 1;
	look_around(&scene, host, CONTROLLERS | TRANSFER);
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "internal-discovery"), 0);
	scene_release(&scene);
}
