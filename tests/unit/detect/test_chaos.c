#include <criterion/criterion.h>

#include "lines.h"

static void
ask(struct scene *scene, const char *client, const char *name, const char *type)
{
	lines_query(&scene->log,
		    &(struct line){.client = client, .name = name, .type = type, .flags = "+"});
}

Test(chaos, asking_the_version_is_a_low_finding)
{
	struct scene scene;

	scene_init(&scene);
	ask(&scene, "203.0.113.5", "version.bind", "CH TXT");
	ask(&scene, "203.0.113.5", "VERSION.BIND", "CH TXT");
	ask(&scene, "203.0.113.5", "hostname.bind", "CH TXT");
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "chaos", "203.0.113.5");
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_LOW);
	cr_expect_eq(f->requests, 3);
	cr_expect_eq(f->distinct_names, 2);
	cr_expect(finding_has_term(f, "version"));
	cr_expect(str_eq(f->attack[0], STR("T1592.002")));
	cr_expect_eq(f->evidence_count, 3);
	cr_expect_not(f->evidence[0].reconstructed, "rare lines are kept as they were");
	scene_release(&scene);
}

Test(chaos, asking_which_of_several_servers_weighs_less)
{
	struct scene scene;

	scene_init(&scene);
	ask(&scene, "203.0.113.5", "version.bind", "CH TXT");
	ask(&scene, "203.0.113.6", "id.server", "CH TXT");
	scene_play(&scene);
	const struct finding *version = scene_find(&scene, "chaos", "203.0.113.5");
	const struct finding *server = scene_find(&scene, "chaos", "203.0.113.6");
	cr_assert(version && server);
	cr_expect(server->score < version->score);
	scene_release(&scene);
}

/* The same names of class IN, and names that begin alike, are ordinary questions. */
Test(chaos, the_internet_class_is_none)
{
	struct scene scene;

	scene_init(&scene);
	ask(&scene, "203.0.113.5", "version.bind", "TXT");
	ask(&scene, "203.0.113.5", "version.example.com", "TXT");
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "chaos"), 0);
	scene_release(&scene);
}
