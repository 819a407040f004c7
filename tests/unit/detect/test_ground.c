/* The pairs of a tally by source. */
#include "detect/ground.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

enum { SOURCES = 100 };

/* So many zones that stretches end on every side of a word's bounds. */
static unsigned
zones_of(unsigned source)
{
	return source * 7 % 90 + 1;
}

static void
ask(struct scene *scene, unsigned source)
{
	char client[32], name[64];

	snprintf(client, sizeof(client), "192.0.2.%u", source);
	for (unsigned i = 0; i < zones_of(source); i++) {
		snprintf(name, sizeof(name), "www.z%u.com", i);
		lines_query(&scene->log, &(struct line){.client = client, .name = name});
	}
}

Test(ground, steps_from_source_to_source)
{
	struct scene scene;
	struct ground ground;
	size_t first = 0;

	scene_init(&scene);
	for (unsigned i = 0; i < SOURCES; i++)
		ask(&scene, i);
	scene_play(&scene);
	struct detect_input input = {.tally = &scene.tally, .settings = &scene.harness.detect};
	ground_init(&ground, &input);
	for (unsigned i = 0; i < SOURCES; i++) {
		size_t found, count = ground_source(&ground, first);
		cr_assert_lt(first, ground.count);
		cr_expect_eq(count, zones_of(i), "source %u", i);
		cr_expect_eq(
			ground_find(&ground, &ground_pair(&ground, first)->key.address, &found),
			count);
		cr_expect_eq(found, first);
		first += count;
	}
	cr_expect_eq(first, ground.count);
	ground_release(&ground);
	scene_release(&scene);
}
