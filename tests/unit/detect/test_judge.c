/* What is judged: first-time names that nothing innocent explains (DETECTION.md 14.1). */
#include "detect/judge.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "detect/scan.h"
#include "lines.h"

enum { NAMES = 30 };

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

/* The judgement of the only source that is asked about; NULL when it has too few names. */
static const struct judgement *
judgement_of(const struct stage *stage, const char *client)
{
	struct ip ip;

	cr_assert(ip_parse(str_of(client), &ip));
	for (size_t i = 0; i < stage->scans.count; i++)
		if (ip_compare(&stage->scans.all[i].judgement.pair->key.address, &ip) == 0)
			return &stage->scans.all[i].judgement;
	return NULL;
}

static void
ask(struct stage *stage, const char *client, const char *name, unsigned i)
{
	lines_query(
		&stage->scene.log,
		&(struct line){.at = i * SECOND, .client = client, .name = name, .port = 2000 + i});
}

Test(judge, judges_plain_names)
{
	struct stage stage;
	char name[128];

	scene_init(&stage.scene);
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		ask(&stage, "203.0.113.1", name, i);
	}
	stage_play(&stage);
	const struct judgement *j = judgement_of(&stage, "203.0.113.1");
	cr_assert_not_null(j);
	cr_expect_eq(j->judged, NAMES);
	cr_expect_eq(j->wordlist, NAMES);
	cr_expect_eq(j->all, NAMES);
	cr_expect_eq(j->popular, 0);
	cr_expect_eq(j->type_share, 1);
	cr_expect_eq(j->per_type, 1);
	cr_expect_eq(j->missing_share, -1, "no line tells which of them exist");
	cr_expect_eq(j->oracle, ORACLE_NONE);
	stage_release(&stage);
}

/* Each form of name that something innocent explains is asked alone by one source. */
Test(judge, what_is_explained_is_not_judged)
{
	static const struct {
		const char *what, *format;
	} rows[] = {
		{"a service", "_%s._tcp.example.com"},
		{"a selector", "%s._domainkey.example.com"},
		{"a walker's name", "\\000.%s.example.com"},
		{"another walker's", "%s-.example.com"},
		{"a reversed address", "4.3.%u.10.example.com"},
		{"a long label", "%040u.example.com"},
		{"a search suffix", "www.%s.com.example.com"},
		{"a block list by name", "%s.net.example.com"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct stage stage;
		char name[128];
		scene_init(&stage.scene);
		for (unsigned k = 0; k < NAMES; k++) {
			if (strstr(rows[i].format, "%s"))
				snprintf(name, sizeof(name), rows[i].format, lines_word(k));
			else
				snprintf(name, sizeof(name), rows[i].format, k);
			ask(&stage, "203.0.113.1", name, k);
		}
		stage_play(&stage);
		cr_expect_null(judgement_of(&stage, "203.0.113.1"), "%s: %.0f judged", rows[i].what,
			       judgement_of(&stage, "203.0.113.1")
				       ? judgement_of(&stage, "203.0.113.1")->judged
				       : 0);
		stage_release(&stage);
	}
}

Test(judge, a_suffix_that_the_source_asks_without_it_is_its_search_list)
{
	struct stage stage;
	char name[128];

	scene_init(&stage.scene);
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "%s.printer.corp", lines_word(i));
		ask(&stage, "203.0.113.1", name, i);
		snprintf(name, sizeof(name), "%s.printer.corp.example.com", lines_word(i));
		ask(&stage, "203.0.113.1", name, i);
	}
	stage_play(&stage);
	const struct judgement *j = judgement_of(&stage, "203.0.113.1");
	cr_expect(!j || !str_eq(j->zone_text, STR("example.com")), "%.0f", j ? j->judged : 0);
	stage_release(&stage);
}

Test(judge, children_that_machines_made_are_not_judged)
{
	struct stage stage;
	char name[128], label[32];

	scene_init(&stage.scene);
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "edge%s.cdn.example.com", lines_random(i, label));
		ask(&stage, "203.0.113.1", name, i);
	}
	stage_play(&stage);
	cr_expect_null(judgement_of(&stage, "203.0.113.1"));
	stage_release(&stage);
}

Test(judge, names_that_several_networks_ask_are_not_judged)
{
	static const char *const others[] = {"198.51.100.1", "192.0.2.1", "100.20.0.1"};

	for (unsigned networks = 0; networks <= 3; networks++) {
		struct stage stage;
		char name[128];
		scene_init(&stage.scene);
		for (unsigned i = 0; i < NAMES; i++) {
			snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
			ask(&stage, "203.0.113.1", name, i);
			/* Each of the others asks three of four, as resolvers with clients do. */
			for (unsigned k = 0; k < networks; k++)
				if ((i + k) % 4)
					for (unsigned n = 0; n < 3; n++)
						ask(&stage, others[k], name, i + n);
		}
		stage_play(&stage);
		const struct judgement *j = judgement_of(&stage, "203.0.113.1");
		if (networks == 3)
			cr_expect(!j || j->judged < NAMES / 3.0, "%.0f judged", j ? j->judged : 0);
		else if (networks == 0)
			cr_expect(j && j->judged == NAMES, "%.0f judged", j ? j->judged : 0);
		stage_release(&stage);
	}
}

/* One network with many addresses is one network. */
Test(judge, many_addresses_of_one_network_make_no_name_popular)
{
	struct stage stage;
	char name[128], client[32];

	scene_init(&stage.scene);
	for (unsigned i = 0; i < NAMES; i++)
		for (unsigned k = 0; k < 10; k++) {
			snprintf(client, sizeof(client), "203.0.113.%u", k);
			snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
			ask(&stage, client, name, i);
		}
	stage_play(&stage);
	const struct judgement *j = judgement_of(&stage, "203.0.113.1");
	cr_assert_not_null(j);
	cr_expect_eq(j->judged, NAMES);
	stage_release(&stage);
}

Test(judge, what_exists_is_not_judged_and_what_is_missing_is_counted)
{
	struct stage stage;
	char name[128];

	scene_init(&stage.scene);
	for (unsigned i = 0; i < 3 * NAMES; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		struct line line = {.client = "10.0.0.1", .name = name, .at = i * SECOND};
		lines_unbound(&stage.scene.log, &line);
		lines_reply(&stage.scene.log, &line, i % 3 ? "NXDOMAIN" : "NOERROR", 1000);
	}
	stage_play(&stage);
	const struct judgement *j = judgement_of(&stage, "10.0.0.1");
	double distinct = 0;
	cr_assert_not_null(j);
	distinct = j->answered + j->missing;
	cr_expect(distinct > 80 && distinct < 100, "%.0f", distinct);
	cr_expect(j->judged > 50 && j->judged < 70, "%.0f", j->judged);
	cr_expect_eq(j->oracle, ORACLE_RCODE);
	cr_expect(j->missing_share > 0.6 && j->missing_share < 0.72, "%.2f", j->missing_share);
	cr_expect(j->existence > 0.99);
	stage_release(&stage);
}

Test(judge, rate_limit_lines_are_partial_knowledge)
{
	struct stage stage;
	char name[128];

	scene_init(&stage.scene);
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		ask(&stage, "203.0.113.1", name, i);
		if (i % 2)
			lines_limited(&stage.scene.log,
				      &(struct line){.client = "203.0.113.1", .name = name});
	}
	stage_play(&stage);
	const struct judgement *j = judgement_of(&stage, "203.0.113.1");
	cr_assert_not_null(j);
	cr_expect_eq(j->oracle, ORACLE_RATE_LIMIT);
	cr_expect_eq(j->missing, NAMES / 2);
	cr_expect_eq(j->missing_share, -1,
		     "a share of what a limit happened to name means nothing");
	stage_release(&stage);
}

/* Ascending, descending, shuffled: the concordance tells them apart; retries do not matter. */
Test(judge, order_is_seen_in_time_not_in_the_file)
{
	static const struct {
		const char *what;
		unsigned step; /* of the i-th name in the list */
		bool ascending, descending;
	} rows[] = {{"in order", 1, true, false},
		    {"backwards", 99, false, true},
		    {"shuffled", 37, false, false}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct stage stage;
		char name[128];
		scene_init(&stage.scene);
		for (unsigned k = 0; k < 100; k++) {
			snprintf(name, sizeof(name), "n%02u.example.com", k * rows[i].step % 100);
			ask(&stage, "203.0.113.1", name, k);
			ask(&stage, "203.0.113.1", name, k + 3);
		}
		stage_play(&stage);
		const struct judgement *j = judgement_of(&stage, "203.0.113.1");
		cr_assert_not_null(j, "%s", rows[i].what);
		cr_expect_eq(j->tau >= 0.95, rows[i].ascending, "%s: %.2f", rows[i].what, j->tau);
		cr_expect_eq(j->tau <= 0.05, rows[i].descending, "%s: %.2f", rows[i].what, j->tau);
		cr_expect(j->tau >= 0);
		stage_release(&stage);
	}
}

Test(judge, timeless_lines_have_the_order_of_their_file)
{
	struct stage stage;
	char name[128];

	scene_init(&stage.scene);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "n%02u.example.com", i);
		lines_query(
			&stage.scene.log,
			&(struct line){.at = LINES_NOTIME, .client = "203.0.113.1", .name = name});
	}
	stage_play(&stage);
	const struct judgement *j = judgement_of(&stage, "203.0.113.1");
	cr_assert_not_null(j);
	cr_expect(j->tau >= 0.95, "%.2f", j->tau);
	stage_release(&stage);
}

Test(judge, long_labels_are_seen_wherever_they_stand)
{
	static const struct {
		const char *front;
		bool has;
	} rows[] = {
		{"", false},
		{"www", false},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true},
		{"www.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.x", true},
		{"aaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaa", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(traits_have_long_label(str_of(rows[i].front)), rows[i].has, "row %zu",
			     i);
}

/* `own` names that nobody else asks, among many that three networks do. */
static const struct judgement *
judgement_among_popular(struct stage *stage, unsigned own)
{
	static const char *const clients[] = {"203.0.113.1", "192.0.2.1", "198.51.100.1",
					      "100.64.0.1"};
	char name[128];

	scene_init(&stage->scene);
	for (size_t c = 0; c < sizeof(clients) / sizeof(*clients); c++)
		for (unsigned i = 0; i < NAMES; i++) {
			snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
			ask(stage, clients[c], name, i);
		}
	for (unsigned i = 0; i < own; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(NAMES + i));
		ask(stage, clients[0], name, NAMES + i);
	}
	stage_play(stage);
	return judgement_of(stage, clients[0]);
}

Test(judge, finds_just_enough_names_among_popular_ones)
{
	struct stage stage;
	const struct judgement *j = judgement_among_popular(&stage, SCAN_COHORT_NAMES);

	cr_assert_not_null(j);
	cr_expect_eq(j->judged, SCAN_COHORT_NAMES);
	cr_expect_eq(j->popular, NAMES);
	stage_release(&stage);
	cr_expect_null(judgement_among_popular(&stage, SCAN_COHORT_NAMES - 1));
	stage_release(&stage);
}
