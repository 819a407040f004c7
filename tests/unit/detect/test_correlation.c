/* Sigma correlations: windows over slots, right to within an eighth of the timespan. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "../files.h"
#include "lines.h"

#define HEAD(title, name, id)                                                               \
	"title: " title "\nname: " name "\nid: 7f4c1d2e-0000-4000-8000-00000000001" id "\n" \
	"level: medium\n"
#define RULE(name, id, detection)                         \
	HEAD(name, name, id)                              \
	"logsource:\n  category: dns\ndetection:\n  s:\n" \
	"    " detection "\n  condition: s\n"

static const char rules[] = RULE("is_naptr", "1", "record_type: NAPTR") "---\n" RULE(
	"is_hinfo", "2",
	"record_type: HINFO") "---\n" HEAD("Ten events", "events",
					   "3") "correlation:\n  type: event_count\n  rules:\n    "
						"- is_naptr\n  group-by:\n    - src_ip\n"
						"  timespan: 8m\n  condition:\n    gte: "
						"10\n---\n" HEAD(
							"Five names", "values",
							"4") "correlation:\n  type: value_count\n  "
							     "rules:\n    - is_hinfo\n  group-by:\n"
							     "    - src_ip\n  timespan: 8m\n  "
							     "condition:\n    field: query\n    "
							     "gte: 5\n---\n" HEAD(
								     "Both", "both",
								     "5") "correlation:\n  type: "
									  "temporal\n  rules:\n    "
									  "- is_naptr\n    - "
									  "is_hinfo\n  group-by:\n"
									  "    - src_ip\n    - "
									  "zone\n  timespan: 8m\n";

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
titled(const struct scene *scene, const char *title)
{
	for (size_t i = 0; i < scene->findings.count; i++)
		if (str_starts(scene->findings.all[i].title, str_of(title)))
			return &scene->findings.all[i];
	return NULL;
}

/* Ten lines, `gap` milliseconds apart, from `start`. */
static bool
ten_events(int64_t start, int64_t gap)
{
	struct ruled ruled;

	ruled_init(&ruled);
	for (unsigned i = 0; i < 10; i++)
		lines_query(&ruled.scene.log, &(struct line){.at = start + i * gap,
							     .client = "203.0.113.5",
							     .type = "NAPTR"});
	scene_play(&ruled.scene);
	bool found = titled(&ruled.scene, "Ten events") != NULL;
	ruled_release(&ruled);
	return found;
}

Test(correlation, a_window_is_right_to_within_one_slot)
{
	/* A minute is a slot; nine gaps. Wherever the log begins within a slot: */
	for (int64_t start = 0; start < MINUTE; start += 7 * SECOND) {
		cr_expect(ten_events(start, 40 * SECOND), "six minutes from %lld",
			  (long long)start);
		cr_expect_not(ten_events(start, 62 * SECOND), "9.3 minutes from %lld",
			      (long long)start);
	}
	cr_expect(ten_events(23 * HOUR + 57 * MINUTE, 30 * SECOND), "across midnight");
}

Test(correlation, nine_of_ten_are_none_and_groups_do_not_add_up)
{
	struct ruled ruled;

	ruled_init(&ruled);
	for (unsigned i = 0; i < 18; i++)
		lines_query(&ruled.scene.log,
			    &(struct line){.at = i * SECOND,
					   .client = i % 2 ? "203.0.113.5" : "203.0.113.6",
					   .type = "NAPTR"});
	scene_play(&ruled.scene);
	cr_expect_null(titled(&ruled.scene, "Ten events"));
	ruled_release(&ruled);
}

Test(correlation, says_the_group_the_actor_and_the_fullest_window)
{
	struct ruled ruled;

	ruled_init(&ruled);
	for (unsigned i = 0; i < 12; i++)
		lines_query(&ruled.scene.log, &(struct line){.at = 5 * HOUR + i * 10 * SECOND,
							     .client = "203.0.113.5",
							     .type = "NAPTR"});
	lines_query(&ruled.scene.log,
		    &(struct line){.at = HOUR, .client = "203.0.113.5", .type = "NAPTR"});
	scene_play(&ruled.scene);
	const struct finding *f = titled(&ruled.scene, "Ten events");
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_MEDIUM);
	cr_expect(str_find(f->title, STR("src_ip 203.0.113.5"), 0) != SIZE_MAX);
	cr_expect_eq(f->address_count, 1);
	cr_expect_eq(f->requests, 12);
	cr_expect_eq(f->first_seen, LINES_START + 5 * HOUR);
	cr_expect(f->evidence_count > 0);
	ruled_release(&ruled);
}

Test(correlation, values_count_once_each_over_the_whole_window)
{
	struct ruled ruled;
	char name[64];

	ruled_init(&ruled);
	for (unsigned i = 0; i < 40; i++) { /* four names, again in every slot */
		snprintf(name, sizeof(name), "n%u.example.com", i % 4);
		lines_query(&ruled.scene.log, &(struct line){.at = i * 10 * SECOND,
							     .client = "203.0.113.5",
							     .name = name,
							     .type = "HINFO"});
		snprintf(name, sizeof(name), "n%u.example.com",
			 i / 8); /* five, one after another */
		lines_query(&ruled.scene.log, &(struct line){.at = i * 10 * SECOND,
							     .client = "203.0.113.6",
							     .name = name,
							     .type = "HINFO"});
	}
	scene_play(&ruled.scene);
	const struct finding *f = titled(&ruled.scene, "Five names");
	char text[IP_TEXT];
	cr_assert_not_null(f);
	cr_expect_str_eq(ip_print(&f->addresses[0], text), "203.0.113.6");
	size_t count = 0;
	for (size_t i = 0; i < ruled.scene.findings.count; i++)
		count += str_starts(ruled.scene.findings.all[i].title, STR("Five names"));
	cr_expect_eq(count, 1);
	ruled_release(&ruled);
}

Test(correlation, temporal_needs_every_rule_in_one_group_and_window)
{
	static const struct {
		const char *what, *second_name;
		int64_t later;
		bool found;
	} rows[] = {
		{"together", "a.example.com", MINUTE, true},
		{"too late", "a.example.com", 10 * MINUTE, false},
		{"in another zone", "a.example.net", MINUTE, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ruled ruled;
		ruled_init(&ruled);
		lines_query(&ruled.scene.log, &(struct line){.client = "203.0.113.5",
							     .name = "b.example.com",
							     .type = "NAPTR"});
		lines_query(&ruled.scene.log, &(struct line){.at = rows[i].later,
							     .client = "203.0.113.5",
							     .name = rows[i].second_name,
							     .type = "HINFO"});
		scene_play(&ruled.scene);
		cr_expect_eq(titled(&ruled.scene, "Both") != NULL, rows[i].found, "%s",
			     rows[i].what);
		ruled_release(&ruled);
	}
}
