#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static void
reply(struct scene *scene, const char *client, const char *name, unsigned micros, unsigned i)
{
	struct line line = {.at = i * SECOND, .client = client, .name = name};

	lines_unbound(&scene->log, &line);
	lines_reply(&scene->log, &line, "NOERROR", micros);
}

/* Names that others had asked before this log began: always there at once. */
Test(snoop, popular_names_that_nobody_had_fetched_are_found)
{
	struct scene scene;
	char name[64];

	scene_init(&scene);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "www.popular%u.test", i);
		reply(&scene, "10.6.6.6", name, 0, i);
		snprintf(name, sizeof(name), "www.fresh%u.test", i % 10);
		reply(&scene, "10.0.0.1", name, i < 10 ? 20000 : 0, i);
	}
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "cache-snooping", "10.6.6.6");
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_MEDIUM);
	cr_expect_eq(scene_count(&scene, "cache-snooping"), 1, "an ordinary client is none");
	scene_release(&scene);
}

/* Cached because somebody had them fetched before, in this log. */
Test(snoop, a_client_of_a_warm_cache_is_none)
{
	struct scene scene;
	char name[64];

	scene_init(&scene);
	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "www.site%u.test", i);
		reply(&scene, "10.0.0.1", name, 30000, i);
		reply(&scene, "10.0.0.2", name, 0, i + 1);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "cache-snooping"), 0);
	scene_release(&scene);
}

/* What the resolver answers from its own data is at once for everybody. */
Test(snoop, local_data_is_none)
{
	struct scene scene;
	char name[64], client[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 30; i++)
		for (unsigned k = 0; k < 5; k++) {
			snprintf(name, sizeof(name), "host%u.office.test", i);
			snprintf(client, sizeof(client), "10.0.%u.9", k);
			reply(&scene, client, name, 0, i * 5 + k);
		}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "cache-snooping"), 0);
	scene_release(&scene);
}

Test(snoop, queries_alone_tell_nothing)
{
	struct scene scene;
	char name[64];

	scene_init(&scene);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "www.popular%u.test", i);
		lines_unbound(&scene.log, &(struct line){.client = "10.6.6.6", .name = name});
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "cache-snooping"), 0);
	scene_release(&scene);
}
