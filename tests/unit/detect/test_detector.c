/* What holds for all detectors: pure, ordered, named. */
#include <criterion/criterion.h>

#include "../tally/law.h"
#include "../tally/traffic.h"
#include "lines.h"

Test(detector, findings_are_sorted_named_and_have_ids_of_their_own)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct scene scene;
		scene_init(&scene);
		traffic_make(&scene.log, seed, 4000, TRAFFIC_ALL);
		scene_play(&scene);
		cr_assert(scene.findings.count > 20);
		for (size_t i = 0; i < scene.findings.count; i++) {
			const struct finding *f = &scene.findings.all[i];
			cr_expect_eq(f->id.n, 12);
			cr_expect(f->kind.n && f->detector.n && f->title.n && f->term_count);
			cr_expect(f->score >= 0 && f->score <= 100);
			cr_expect(f->level < LEVELS);
			cr_expect(detect_has_kind(f->kind));
			if (i)
				cr_expect(f->score <= scene.findings.all[i - 1].score);
			for (size_t j = 0; j < i; j++)
				cr_expect_not(str_eq(f->id, scene.findings.all[j].id),
					      "%.*s and %.*s", STR_ARG(f->title),
					      STR_ARG(scene.findings.all[j].title));
		}
		scene_release(&scene);
	}
}

Test(detector, an_empty_tally_has_no_findings)
{
	struct scene scene;

	scene_init(&scene);
	scene_play(&scene);
	cr_expect_eq(scene.findings.count, 0);
	scene_release(&scene);
}

Test(detector, each_says_its_kind_and_what_it_needs)
{
	for (size_t i = 0; detectors[i]; i++) {
		cr_expect(detectors[i]->name && detectors[i]->kind && detectors[i]->run);
		cr_expect(!detectors[i]->needs_any || detectors[i]->needs);
		cr_expect(!detectors[i]->needs || detectors[i]->enable_bind ||
				  detectors[i]->enable_unbound,
			  "%s: how to get it", detectors[i]->name);
		cr_expect(detect_has_kind(str_of(detectors[i]->kind)));
	}
	cr_expect_not(detect_has_kind(STR("no-such-kind")));
}

/* A hostile log: long names, names as syntax. Detectors must not mind. */
Test(detector, hostile_names_alone_are_survived)
{
	struct scene scene;

	scene_init(&scene);
	traffic_make(&scene.log, 99, 6000, TRAFFIC_HOSTILE | TRAFFIC_BROKEN);
	scene_play(&scene);
	char *report = harness_report(&scene.harness, &scene.tally, NULL);
	cr_expect(strlen(report) > 1000);
	for (const char *p = report; *p; p++)
		cr_assert(*p == '\n' || *p == '\t' || (unsigned char)*p >= 0x20,
			  "a control byte in the report");
	free(report);
	scene_release(&scene);
}

/* Scores of the ladder: each level's band begins where DESIGN.md says. */
Test(detector, scores_mean_levels)
{
	static const struct {
		int score;
		enum level level;
	} rows[] = {{0, LEVEL_INFORMATIONAL}, {19, LEVEL_INFORMATIONAL}, {20, LEVEL_LOW},
		    {39, LEVEL_LOW},          {40, LEVEL_MEDIUM},        {69, LEVEL_MEDIUM},
		    {70, LEVEL_HIGH},         {89, LEVEL_HIGH},          {90, LEVEL_CRITICAL},
		    {100, LEVEL_CRITICAL}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(level_of_score(rows[i].score), rows[i].level, "%d", rows[i].score);
}
