#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static const char *const tlds[] = {"com", "net", "org", "info", "biz", "de", "fr",
				   "nl",  "eu",  "it",  "es",   "ch",  "at", "co.uk",
				   "se",  "no",  "dk",  "fi",   "pl",  "cz"};

Test(tld, one_label_under_many_is_a_sweep)
{
	struct scene scene;
	char name[64];

	scene_init(&scene);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "ourbrand.%s", tlds[i]);
		lines_unbound(&scene.log,
			      &(struct line){.at = i * SECOND, .client = "10.0.0.7", .name = name});
	}
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "tld-sweep", "10.0.0.7");
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_LOW);
	cr_expect_eq(f->zone_count, 20);
	cr_expect(str_find(f->title, STR("ourbrand"), 0) != SIZE_MAX);
	scene_release(&scene);
}

/* A browser asks many brands, each under two or three; a crawler many zones of one TLD. */
Test(tld, browsing_and_crawling_are_none)
{
	struct scene scene;
	char name[64];

	scene_init(&scene);
	for (unsigned i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "www.brand%u.%s", i % 60, tlds[i % 3]);
		lines_unbound(&scene.log, &(struct line){.client = "10.0.0.8", .name = name});
		snprintf(name, sizeof(name), "www.site%u.com", i);
		lines_unbound(&scene.log, &(struct line){.client = "10.0.0.9", .name = name});
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "tld-sweep"), 0);
	scene_release(&scene);
}

/* Reverse zones all begin with a number. */
Test(tld, reverse_zones_are_none)
{
	struct scene scene;
	char name[64];

	scene_init(&scene);
	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "9.5.%u.10.in-addr.arpa", i);
		lines_unbound(&scene.log,
			      &(struct line){.client = "10.0.0.9", .name = name, .type = "PTR"});
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "tld-sweep"), 0);
	scene_release(&scene);
}
