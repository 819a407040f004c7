/* What a zone says of all its pairs, so that nobody need look at them. */
#include "detect/survey.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "detect/traits.h"
#include "lines.h"

#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static uint8_t
hints_of(const struct ground *ground, const char *zone)
{
	uint32_t text = texts_find(&ground->input->tally->texts, str_of(zone));

	cr_assert_neq(text, TEXT_NONE);
	return ground->hints[ground_hint(text, false)];
}

/* The hints of example.com when `name` is asked among plain ones. */
static uint8_t
hints_with(const char *name)
{
	static const char *const plain[] = {"www.example.com", "_dmarc.example.com", "example.com"};
	struct scene scene;
	struct ground ground;

	scene_init(&scene);
	for (size_t i = 0; i < 3; i++)
		lines_query(&scene.log, &(struct line){.client = "192.0.2.1", .name = plain[i]});
	if (name)
		lines_query(&scene.log, &(struct line){.client = "192.0.2.9", .name = name});
	scene_play(&scene);
	struct detect_input input = {.tally = &scene.tally, .settings = &scene.harness.detect};
	ground_init(&ground, &input);
	uint8_t hints = hints_of(&ground, "example.com");
	ground_release(&ground);
	scene_release(&scene);
	return hints;
}

Test(survey, says_what_no_name_of_a_zone_is)
{
	static const struct {
		const char *name;
		uint8_t hints;
	} rows[] = {
		{NULL, ZONE_IS_PLAIN | ZONE_IS_SHORT},
		{"mail.example.com", ZONE_IS_PLAIN | ZONE_IS_SHORT},
		{"wpad.example.com", ZONE_IS_SHORT},
		{"_.example.com", ZONE_IS_SHORT},
		{"a.b.example.com", ZONE_IS_SHORT},
		{"4.3.2.1.example.com", ZONE_IS_SHORT},
		{LONG ".example.com", ZONE_IS_PLAIN},
		{LONG ".a.example.com", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(hints_with(rows[i].name), rows[i].hints, "row %zu", i);
}

/* A sample that was cut may have lost any name. */
Test(survey, says_nothing_of_a_zone_that_does_not_hold_all_its_names)
{
	struct scene scene;
	struct ground ground;
	char name[128];

	scene_init(&scene);
	for (unsigned i = 0; i < 3 * ZONE_K; i++) {
		snprintf(name, sizeof(name), "n%ux.example.com", i);
		lines_query(&scene.log, &(struct line){.client = "192.0.2.1", .name = name});
	}
	lines_query(&scene.log, &(struct line){.client = "192.0.2.1", .name = "a.example.net"});
	scene_play(&scene);
	struct detect_input input = {.tally = &scene.tally, .settings = &scene.harness.detect};
	ground_init(&ground, &input);
	cr_expect_eq(hints_of(&ground, "example.com"), 0);
	cr_expect_neq(hints_of(&ground, "example.net"), 0);
	ground_release(&ground);
	scene.tally.zones.fold.level = 1;
	ground_init(&ground, &input);
	cr_expect_eq(hints_of(&ground, "example.net"), 0, "it may have been folded away before");
	ground_release(&ground);
	scene_release(&scene);
}
