/* What Sigma rules marked, as findings. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "../files.h"
#include "lines.h"

static const char rules[] = "title: Someone asks our secret\n"
			    "id: 7f4c1d2e-0000-4000-8000-00000000000a\n"
			    "status: test\n"
			    "level: high\n"
			    "tags:\n  - attack.t1590.002\n"
			    "falsepositives:\n  - The secretary\n"
			    "logsource:\n  category: dns\n"
			    "detection:\n  s:\n    query: secret.example.com\n  condition: s\n"
			    "---\n"
			    "title: Someone asks MX\n"
			    "id: 7f4c1d2e-0000-4000-8000-00000000000b\n"
			    "level: informational\n"
			    "logsource:\n  category: dns\n"
			    "detection:\n  s:\n    record_type: MX\n  condition: s\n"
			    "---\n"
			    "title: Claimed by a detector\n"
			    "id: 7f4c1d2e-0000-4000-8000-00000000000c\n"
			    "level: high\n"
			    "tags:\n  - digtrail.transfer\n"
			    "logsource:\n  category: dns\n"
			    "detection:\n  s:\n    record_type: HINFO\n  condition: s\n";

struct ruled {
	struct files files;
	struct scene scene;
};

static void
ruled_init(struct ruled *ruled)
{
	char path[256];

	files_init(&ruled->files);
	files_write(&ruled->files, "rules.yml", str_of(rules));
	ruled->scene.log = (struct harness_log){0};
	harness_init_with(&ruled->scene.harness, files_path(&ruled->files, "rules.yml", path));
}

static void
ruled_release(struct ruled *ruled)
{
	scene_release(&ruled->scene);
	files_release(&ruled->files);
}

static const struct finding *
titled(const struct scene *scene, const char *title, size_t *count)
{
	const struct finding *found = NULL;

	*count = 0;
	for (size_t i = 0; i < scene->findings.count; i++) {
		if (!str_eq(scene->findings.all[i].title, str_of(title)))
			continue;
		found = &scene->findings.all[i];
		++*count;
	}
	return found;
}

Test(rules, each_source_of_a_rule_above_informational_is_a_finding)
{
	struct ruled ruled;
	size_t count;

	ruled_init(&ruled);
	for (unsigned i = 0; i < 12; i++)
		lines_query(&ruled.scene.log,
			    &(struct line){.at = i * SECOND,
					   .client = i % 2 ? "203.0.113.5" : "203.0.113.6",
					   .name = "SECRET.example.com"});
	scene_play(&ruled.scene);
	const struct finding *f = titled(&ruled.scene, "Someone asks our secret", &count);
	cr_assert_eq(count, 2);
	cr_expect_eq(f->level, LEVEL_HIGH);
	cr_expect(str_eq(f->kind, STR("rule")));
	cr_expect_eq(f->requests, 6);
	cr_expect_eq(f->address_count, 1);
	cr_expect(str_eq(f->attack[0], STR("T1590.002")));
	cr_expect(str_eq(f->lookalikes, STR("The secretary")));
	cr_expect(str_eq(f->zones[0], STR("example.com")));
	cr_expect_eq(f->evidence_count, 4, "the earliest lines");
	cr_expect_not(f->evidence[0].reconstructed);
	ruled_release(&ruled);
}

Test(rules, an_informational_rule_is_one_finding_for_all)
{
	struct ruled ruled;
	size_t count;
	char client[32];

	ruled_init(&ruled);
	for (unsigned i = 0; i < 60; i++) {
		snprintf(client, sizeof(client), "10.0.0.%u", i % 30);
		lines_query(&ruled.scene.log, &(struct line){.client = client, .type = "MX"});
	}
	scene_play(&ruled.scene);
	const struct finding *f = titled(&ruled.scene, "Someone asks MX", &count);
	cr_assert_eq(count, 1);
	cr_expect_eq(f->level, LEVEL_INFORMATIONAL);
	cr_expect_eq(f->address_count, 0);
	cr_expect_eq(f->contributor_count, 30);
	cr_expect_eq(f->requests, 60);
	ruled_release(&ruled);
}

Test(rules, a_rule_that_a_detector_claims_makes_no_finding_of_its_own)
{
	struct ruled ruled;
	size_t count;

	ruled_init(&ruled);
	lines_query(&ruled.scene.log, &(struct line){.client = "203.0.113.5", .type = "HINFO"});
	lines_query(&ruled.scene.log, &(struct line){.client = "203.0.113.5", .type = "AXFR"});
	scene_play(&ruled.scene);
	titled(&ruled.scene, "Claimed by a detector", &count);
	cr_expect_eq(count, 0);
	cr_expect_eq(scene_count(&ruled.scene, "rule"), 0, "shipped AXFR rules are claimed too");
	cr_expect_eq(scene_count(&ruled.scene, "transfer"), 1);
	ruled_release(&ruled);
}

Test(rules, what_does_not_match_makes_none)
{
	struct ruled ruled;

	ruled_init(&ruled);
	lines_query(&ruled.scene.log,
		    &(struct line){.client = "203.0.113.5", .name = "secret.example.com.test"});
	lines_query(&ruled.scene.log,
		    &(struct line){.client = "203.0.113.5", .name = "xsecret.example.com"});
	scene_play(&ruled.scene);
	cr_expect_eq(ruled.scene.findings.count, 0);
	ruled_release(&ruled);
}
