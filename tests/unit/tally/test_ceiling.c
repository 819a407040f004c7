/* Law 6 for a whole tally: what is given up first, and what stays. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "../detect/lines.h"

enum { LINES_A_LOOK = 4096 };

/* As one thread of the pipeline does. */
static void
add_with_looks(struct scene *scene)
{
	size_t indices[LINES_A_LOOK];

	for (size_t at = 0; at < scene->log.count;) {
		size_t count = 0;
		while (count < LINES_A_LOOK && at < scene->log.count)
			indices[count++] = at++;
		harness_add(&scene->harness, &scene->tally, &scene->log,
			    &(struct harness_part){indices, count});
		ceiling_look(&scene->tally, count, true);
	}
	ceiling_look_now(&scene->tally);
}

/*
 * Once the rows of 57,088 prefixes took more than the sources' share of a small ceiling, and no
 * limit was low enough: 1 was the last to be tried, and each line swept the table.
 */
Test(ceiling, what_is_remembered_of_folded_sources_leaves_room_for_sources)
{
	enum { LINES = 50000, MEMORY = 4 << 20 };
	struct scene scene;
	char client[32];

	scene_init(&scene);
	scene.harness.settings.limits = tally_limits_of(MEMORY);
	for (unsigned i = 0; i < LINES; i++) {
		snprintf(client, sizeof(client), "%u.%u.3.4", 1 + i % 223, i / 223 % 256);
		lines_query(&scene.log, &(struct line){.client = client});
	}
	tally_init(&scene.tally, &scene.harness.settings);
	add_with_looks(&scene);
	const struct sources *sources = &scene.tally.sources;
	cr_expect(sources->folded.count > 0 && sources->prefix_bits < SOURCE_PREFIX,
		  "nothing was folded: this tests nothing");
	cr_expect(sources->folded.count <= scene.harness.settings.limits.prefixes, "%u rows",
		  sources->folded.count);
	cr_expect(sources->fold.limit >= 500, "limit %u", sources->fold.limit);
	cr_expect(ceiling_bytes(&scene.tally) <= scene.harness.settings.limits.bytes);
	tally_release(&scene.tally);
	harness_log_release(&scene.log);
	harness_release(&scene.harness);
}
