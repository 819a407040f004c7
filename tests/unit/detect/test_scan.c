/* The score of a scan, term by term, and its two passes (DETECTION.md 14.2, 14.6). */
#include "detect/scan.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

struct stage {
	struct scene scene;
	struct scans scans;
};

static void
stage_play(struct stage *stage)
{
	scene_play(&stage->scene);
	scans_make(&stage->scans, &(struct detect_input){.tally = &stage->scene.tally,
							 .settings = &stage->scene.harness.detect});
}

static void
stage_release(struct stage *stage)
{
	scans_release(&stage->scans);
	scene_release(&stage->scene);
}

static const struct scan *
scan_of(const struct stage *stage, const char *client)
{
	struct ip ip;

	cr_assert(ip_parse(str_of(client), &ip));
	for (size_t i = 0; i < stage->scans.count; i++)
		if (ip_compare(&stage->scans.all[i].judgement.pair->key.address, &ip) == 0)
			return &stage->scans.all[i];
	return NULL;
}

static int
points_of(const struct scan *scan, const char *term)
{
	for (size_t i = 0; i < scan->term_count; i++)
		if (strstr(scan->terms[i].name, term))
			return scan->terms[i].points;
	return 0;
}

/* `count` words of the list from the `first`-th on. */
static void
try_words(struct stage *stage, const char *client, unsigned first, unsigned count, const char *type,
	  const char *flags)
{
	char name[128];

	for (unsigned i = first; i < first + count; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		lines_query(&stage->scene.log, &(struct line){.at = i * SECOND,
							      .client = client,
							      .name = name,
							      .type = type,
							      .flags = flags,
							      .port = 2000 + i});
	}
}

Test(scan, a_score_is_the_sum_of_its_terms)
{
	struct stage stage;

	scene_init(&stage.scene);
	try_words(&stage, "203.0.113.1", 0, 60, "A", "+E(0)");
	try_words(&stage, "198.51.100.1", 5, 20, "A", "-E(0)");
	stage_play(&stage);
	cr_assert(stage.scans.count >= 2);
	for (size_t i = 0; i < stage.scans.count; i++) {
		const struct scan *scan = &stage.scans.all[i];
		int sum = 0;
		for (size_t k = 0; k < scan->term_count; k++)
			sum += scan->terms[k].points;
		cr_expect_eq(sum, scan->score);
		cr_expect(scan->term_count <= SCAN_TERMS_MAX);
	}
	stage_release(&stage);
}

Test(scan, each_mark_of_a_tool_has_its_points)
{
	struct stage stage;

	scene_init(&stage.scene);
	/* Words apart, so that no name is asked by several networks. */
	try_words(&stage, "203.0.113.1", 0, 28, "A", "+E(0)");   /* recursion desired */
	try_words(&stage, "198.51.100.1", 28, 28, "A", "-E(0)"); /* not */
	try_words(&stage, "192.0.2.1", 56, 14, "A", "-E(0)");    /* two sets of types */
	try_words(&stage, "192.0.2.1", 70, 14, "AAAA", "-E(0)");
	for (int i = 0; i < 4; i++) /* again and again */
		try_words(&stage, "100.20.0.1", 84, 28, "A", "-E(0)");
	stage_play(&stage);
	const struct scan *eager = scan_of(&stage, "203.0.113.1");
	const struct scan *modest = scan_of(&stage, "198.51.100.1");
	const struct scan *mixed = scan_of(&stage, "192.0.2.1");
	const struct scan *repeating = scan_of(&stage, "100.20.0.1");
	cr_assert(eager && modest && mixed && repeating);
	cr_expect(points_of(eager, "recursion") > 0);
	cr_expect_eq(points_of(modest, "recursion"), 0);
	cr_expect(points_of(modest, "one set of types") > points_of(mixed, "one set of types"));
	cr_expect(points_of(modest, "per name and type") > 0);
	cr_expect(points_of(repeating, "per name and type") < 0);
	cr_expect(points_of(modest, "wordlist") > 0);
	cr_expect(points_of(modest, "names judged") > 0);
	stage_release(&stage);
}

/* An internal client of ours may want recursion wherever it asks. */
Test(scan, recursion_of_an_internal_client_is_no_mark)
{
	struct stage stage;

	scene_init(&stage.scene);
	try_words(&stage, "10.1.2.3", 0, 60, "A", "+E(0)");
	stage_play(&stage);
	const struct scan *scan = scan_of(&stage, "10.1.2.3");
	cr_assert_not_null(scan);
	cr_expect_eq(points_of(scan, "recursion"), 0);
	stage_release(&stage);
}

/* Five attackers with one list establish each other's names: the second pass sees through. */
Test(scan, attackers_do_not_make_each_other_s_names_popular)
{
	static const char *const clients[] = {"203.0.113.1", "198.51.100.1", "192.0.2.1",
					      "100.20.0.1", "101.20.0.1"};
	struct stage stage;

	scene_init(&stage.scene);
	for (size_t i = 0; i < 5; i++)
		try_words(&stage, clients[i], (unsigned)i * 20, 60, "A", "+E(0)");
	stage_play(&stage);
	for (size_t i = 0; i < 5; i++) {
		const struct scan *scan = scan_of(&stage, clients[i]);
		cr_assert_not_null(scan, "%s", clients[i]);
		cr_expect_eq(scan->judgement.judged, 60, "%s: %.0f", clients[i],
			     scan->judgement.judged);
		cr_expect(scan->score >= SCAN_MEDIUM, "%s: %d", clients[i], scan->score);
	}
	stage_release(&stage);
}

Test(scan, random_labels_are_no_list_of_names)
{
	struct stage stage;
	char name[128], label[32];

	scene_init(&stage.scene);
	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_random(i, label));
		lines_query(
			&stage.scene.log,
			&(struct line){.at = i * SECOND, .client = "203.0.113.1", .name = name});
	}
	stage_play(&stage);
	const struct scan *scan = scan_of(&stage, "203.0.113.1");
	cr_assert_not_null(scan);
	cr_expect(scan->is_random);
	cr_expect(scan->score < SCAN_LOW);
	stage_release(&stage);
}
