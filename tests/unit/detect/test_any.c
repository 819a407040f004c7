#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

Test(any, several_names_are_a_collection)
{
	struct scene scene;
	char name[64];

	scene_init(&scene);
	for (unsigned i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		lines_query(&scene.log,
			    &(struct line){.client = "203.0.113.5", .name = name, .type = "ANY"});
	}
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "any", "203.0.113.5");
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_LOW);
	cr_expect(str_eq(f->attack[0], STR("T1590.002")));
	scene_release(&scene);
}

/* One name over and over: the address is the victim's, not the attacker's. */
Test(any, one_name_over_and_over_is_a_reflection)
{
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 500; i++)
		lines_query(&scene.log, &(struct line){.at = i * 10,
						       .client = "198.51.100.200",
						       .type = "ANY",
						       .flags = "+E(0)"});
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "any", "198.51.100.200");
	cr_assert_not_null(f);
	cr_expect(f->level <= LEVEL_INFORMATIONAL);
	cr_expect(str_find(f->next, STR("forged"), 0) != SIZE_MAX);
	cr_expect_eq(f->spoofable, TRI_YES);
	scene_release(&scene);
}

Test(any, one_or_two_questions_are_none)
{
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 6; i++)
		lines_query(&scene.log,
			    &(struct line){.at = i * HOUR,
					   .client = "198.51.100.25",
					   .name = i % 2 ? "example.com" : "example.net",
					   .type = "ANY"});
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "any"), 0);
	scene_release(&scene);
}
