#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static const char collector[] = "203.0.113.5";

static void
ask(struct scene *scene, const char *client, const char *name, const char *type, unsigned i)
{
	lines_query(&scene->log, &(struct line){.at = i * SECOND,
						.client = client,
						.name = name,
						.type = type,
						.flags = "+E(0)D"});
}

Test(nsec3, one_question_of_that_type_is_a_collection)
{
	struct scene scene;

	scene_init(&scene);
	ask(&scene, collector, "etaoinsh.example.com", "NSEC3", 0);
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "nsec3-collection", collector);
	cr_assert_not_null(f);
	cr_expect(f->level >= LEVEL_MEDIUM);
	scene_release(&scene);
}

Test(nsec3, made_up_names_after_the_keys_are_one)
{
	struct scene scene;
	char name[128], label[32];

	scene_init(&scene);
	ask(&scene, collector, "example.com", "DNSKEY", 0);
	ask(&scene, collector, "example.com", "SOA", 1);
	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_random(i, label));
		ask(&scene, collector, name, "A", i + 2);
	}
	scene_play(&scene);
	cr_expect_not_null(scene_find(&scene, "nsec3-collection", collector));
	scene_release(&scene);
}

/* The same names without the keys, or the keys of a validator that asks what exists. */
Test(nsec3, a_flood_and_a_validator_are_none)
{
	struct scene scene;
	char name[128], label[32], client[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(client, sizeof(client), "100.%u.0.1", i % 100);
		snprintf(name, sizeof(name), "%s.example.com", lines_random(i, label));
		ask(&scene, client, name, "A", i);
	}
	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i % 40));
		ask(&scene, "198.51.100.3", name, i % 3 ? "A" : "AAAA", i);
		ask(&scene, "198.51.100.3", "example.com", "DNSKEY", i);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "nsec3-collection"), 0);
	scene_release(&scene);
}
