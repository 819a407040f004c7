/* Zone transfers: one finding an actor and episode, with the right outcome and level. */
#include <criterion/criterion.h>

#include "lines.h"

static const char attacker[] = "203.0.113.1", secondary[] = "198.51.100.9";

static const struct finding *
play(struct scene *scene, const char *actor)
{
	scene_play(scene);
	const struct finding *finding = scene_find(scene, "transfer", actor);
	cr_assert_not_null(finding, "no transfer finding of %s", actor);
	return finding;
}

static void
expect_text(struct str text, const char *part)
{
	cr_expect(str_find(text, str_of(part), 0) != SIZE_MAX, "\"%.*s\" says nothing of \"%s\"",
		  STR_ARG(text), part);
}

/* A real secondary: the serial by SOA, then the zone, then again when it changes. */
static void
secondary_lines(struct harness_log *log, const struct line *base, unsigned rounds)
{
	struct line line = *base;

	for (unsigned i = 0; i < rounds; i++) {
		line.at = (int64_t)i * 30 * MINUTE;
		line.port = 6000 + 2 * i;
		line.type = "SOA";
		line.flags = "-E(0)";
		lines_query(log, &line);
		line.at += SECOND;
		line.port++;
		line.type = "AXFR";
		line.flags = base->key ? "-ST" : "-T";
		lines_transfer(log, &line, 2026031000 + i);
	}
}

Test(transfer, granted_to_a_stranger_is_critical)
{
	struct scene scene;

	scene_init(&scene);
	lines_transfer(&scene.log, &(struct line){.client = attacker}, 2026031001);
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->level, LEVEL_CRITICAL);
	cr_expect_eq(f->outcome, OUTCOME_GRANTED);
	cr_expect_not(f->confirm);
	cr_expect_eq(f->zone_count, 1);
	cr_expect(str_eq(f->zones[0], STR("example.com")));
	cr_assert_eq(f->transfer_count, 1);
	cr_expect_eq(f->transfers[0].serial, 2026031001);
	cr_expect_eq(f->transfers[0].records, 160);
	cr_expect_eq(f->transfers[0].bytes, 160 * 27);
	cr_expect_eq(f->spoofable, TRI_NO);
	expect_text(f->next, "dig @198.51.100.53 example.com AXFR");
	expect_text(f->next, "allow-transfer");
	cr_expect_eq(f->evidence_count, 3);
	cr_expect_eq(f->first_seen, LINES_START);
	cr_expect_eq(f->last_seen, LINES_START + 2 * SECOND);
	scene_release(&scene);
}

Test(transfer, refused_alone_is_low)
{
	struct scene scene;
	struct line line = {.client = attacker, .type = "AXFR", .flags = "-TE(0)K"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	line.stream = 1;
	lines_denied(&scene.log, &line);
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->level, LEVEL_LOW);
	cr_expect_eq(f->outcome, OUTCOME_REFUSED);
	expect_text(f->next, "refuses");
	scene_release(&scene);
}

Test(transfer, not_authoritative_is_refused)
{
	struct scene scene;
	struct line line = {.client = attacker, .name = "not.ours", .type = "AXFR", .flags = "-T"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	line.stream = 1;
	lines_notauth(&scene.log, &line);
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->outcome, OUTCOME_REFUSED);
	cr_expect_eq(f->level, LEVEL_LOW);
	scene_release(&scene);
}

Test(transfer, that_broke_off_is_high)
{
	struct scene scene;
	struct line line = {.client = attacker, .type = "AXFR", .flags = "-T"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	line.stream = 1;
	lines_started(&scene.log, &line, "AXFR", -1, 7);
	line.at = SECOND;
	lines_broken(&scene.log, &line);
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->outcome, OUTCOME_FAILED);
	cr_expect_eq(f->level, LEVEL_HIGH);
	scene_release(&scene);
}

Test(transfer, only_asked_is_unknown_and_says_what_to_log)
{
	struct scene scene;

	scene_init(&scene);
	lines_query(&scene.log, &(struct line){.client = attacker, .type = "AXFR", .flags = "-T"});
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->outcome, OUTCOME_UNKNOWN);
	cr_expect_eq(f->level, LEVEL_LOW);
	expect_text(f->next, "xfer-out");
	expect_text(f->next, "security");
	scene_release(&scene);
}

/* An IXFR with an old serial takes the whole zone, and no query line says AXFR. */
Test(transfer, axfr_style_ixfr_is_a_zone_that_left)
{
	struct scene scene;
	struct line line = {.client = attacker, .type = "IXFR", .flags = "-T"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	line.stream = 1;
	lines_started(&scene.log, &line, "AXFR-style IXFR", -1, 7);
	lines_ended(&scene.log, &line, "AXFR-style IXFR", 160, 7);
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->outcome, OUTCOME_GRANTED);
	cr_expect_eq(f->level, LEVEL_CRITICAL);
	cr_expect_eq(f->transfers[0].style, TRANSFER_AXFR_STYLE);
	expect_text(f->title, "IXFR");
	scene_release(&scene);
}

Test(transfer, nothing_new_to_send_is_no_zone_that_left)
{
	struct scene scene;
	struct line line = {.client = attacker, .type = "IXFR", .flags = "-T"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	line.stream = 1;
	lines_current(&scene.log, &line);
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->outcome, OUTCOME_GRANTED);
	cr_expect(f->level < LEVEL_HIGH);
	expect_text(f->title, "nothing new");
	scene_release(&scene);
}

Test(transfer, a_sweep_over_zones_and_servers_is_one_finding_and_weighs_more)
{
	struct scene scene;
	char zone[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 5; i++) {
		snprintf(zone, sizeof(zone), "zone%u.test", i);
		struct line line = {.at = i * SECOND,
				    .client = attacker,
				    .name = zone,
				    .type = i % 2 ? "IXFR" : "AXFR",
				    .flags = "+T",
				    .port = 5000 + i};
		lines_query(&scene.log, &line);
		line.stream = 1;
		lines_denied(&scene.log, &line);
		line.port = 0;
		lines_unbound(&scene.log, &line);
		lines_reply(&scene.log, &line, "REFUSED", 0);
	}
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->zone_count, 5);
	cr_expect_eq(f->server_count, 2);
	cr_expect_eq(f->requests, 10);
	cr_expect(finding_has_term(f, "zones asked") && finding_has_term(f, "servers asked"));
	cr_expect(finding_has_term(f, "both AXFR and IXFR") &&
		  finding_has_term(f, "recursion desired"));
	cr_expect(f->score > 20 + 10);
	scene_release(&scene);
}

Test(transfer, axfr_over_udp_is_forgeable_and_said_so)
{
	struct scene scene;
	struct line line = {.client = attacker, .type = "AXFR", .flags = "+E(0)"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	line.stream = 1;
	lines_denied(&scene.log, &line);
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->spoofable, TRI_YES);
	cr_expect(finding_has_term(f, "AXFR over UDP"));
	scene_release(&scene);
}

Test(transfer, a_configured_secondary_is_expected)
{
	struct scene scene;
	struct prefix prefix;

	scene_init(&scene);
	cr_assert(prefix_parse(STR("198.51.100.0/28"), &prefix));
	scene.harness.detect.secondaries = &prefix;
	scene.harness.detect.secondary_count = 1;
	secondary_lines(&scene.log, &(struct line){.client = secondary}, 3);
	lines_transfer(&scene.log, &(struct line){.client = attacker}, 7);
	const struct finding *f = play(&scene, secondary);
	cr_expect(str_eq(f->suppressed_by, STR("secondary")));
	cr_expect(str_eq(f->role, STR("secondary")));
	f = scene_find(&scene, "transfer", attacker);
	cr_expect(f && f->level == LEVEL_CRITICAL && f->suppressed_by.n == 0);
	scene_release(&scene);
}

Test(transfer, a_configured_key_makes_expected_what_is_signed_with_it_and_nothing_else)
{
	static const struct str keys[] = {{"xfer-key", 8}};
	static const struct {
		const char *first, *second;
		bool expected;
	} rows[] = {
		{"xfer-key", "Xfer-Key", true},
		{"xfer-key", NULL, false},
		{"other-key", NULL, false},
		{NULL, NULL, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene scene;
		struct line line = {.client = secondary, .key = rows[i].first};
		scene_init(&scene);
		scene.harness.detect.keys = keys;
		scene.harness.detect.key_count = 1;
		lines_transfer(&scene.log, &line, 7);
		line.key = rows[i].second;
		line.port = 4001;
		line.at = MINUTE;
		lines_transfer(&scene.log, &line, 7);
		const struct finding *f = play(&scene, secondary);
		cr_expect_eq(f->suppressed_by.n > 0, rows[i].expected, "row %zu", i);
		cr_expect_eq(f->level == LEVEL_CRITICAL && !f->suppressed_by.n, !rows[i].expected,
			     "row %zu", i);
		scene_release(&scene);
	}
}

/* Nothing is configured: who behaves like a secondary is to be confirmed, not an alarm. */
Test(transfer, hosts_that_behave_like_secondaries_are_to_be_confirmed)
{
	static const struct {
		const char *what, *zone, *key;
		bool polls, incremental;
		const char *configure;
	} rows[] = {
		{"signs", NULL, "xfer-key", false, false, "--secondary key:xfer-key"},
		{"polls the serial", NULL, NULL, true, false, "--secondary 198.51.100.9"},
		{"takes differences", NULL, NULL, false, true, "--secondary 198.51.100.9"},
		{"polls a delegated zone", "lab.example.net", NULL, true, false,
		 "--secondary 198.51.100.9"},
		{"polls a reverse zone that is no /24", "168.192.in-addr.arpa", NULL, true, false,
		 "--secondary 198.51.100.9"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene scene;
		struct line line = {.client = secondary,
				    .name = rows[i].zone,
				    .key = rows[i].key,
				    .port = 5000};
		scene_init(&scene);
		if (rows[i].polls) {
			secondary_lines(&scene.log, &line, 3);
		} else if (rows[i].incremental) {
			line.type = "IXFR";
			line.flags = "-T";
			lines_query(&scene.log, &line);
			lines_started(&scene.log, &line, "IXFR", 41, 42);
			lines_ended(&scene.log, &line, "IXFR", 4, 42);
		} else {
			lines_transfer(&scene.log, &line, 7);
		}
		const struct finding *f = play(&scene, secondary);
		cr_expect(f->confirm, "%s", rows[i].what);
		cr_expect(f->level < LEVEL_LOW, "%s: level %u", rows[i].what, f->level);
		cr_expect_eq(f->outcome, OUTCOME_GRANTED, "%s", rows[i].what);
		expect_text(f->next, rows[i].configure);
		scene_release(&scene);
	}
}

Test(transfer, an_imitation_that_gives_itself_away_is_critical)
{
	static const struct {
		const char *what;
		bool recursion, refused, other_zone;
	} rows[] = {
		{"wants recursion for the SOA", true, false, false},
		{"is refused another zone", false, true, false},
		{"takes a zone whose serial it never asked", false, false, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene scene;
		struct line line = {.client = attacker, .type = "SOA", .port = 7000};
		scene_init(&scene);
		line.flags = rows[i].recursion ? "+E(0)" : "-E(0)";
		lines_query(&scene.log, &line);
		line.at = SECOND;
		line.port++;
		line.type = "AXFR";
		line.flags = rows[i].recursion ? "+T" : "-T";
		lines_transfer(&scene.log, &line, 7);
		line.at = MINUTE;
		line.port++;
		line.name = "example.net";
		if (rows[i].refused)
			lines_denied(&scene.log, &line);
		if (rows[i].other_zone)
			lines_transfer(&scene.log, &line, 7);
		const struct finding *f = play(&scene, attacker);
		cr_expect_eq(f->level, LEVEL_CRITICAL, "%s: level %u", rows[i].what, f->level);
		cr_expect_not(f->confirm, "%s", rows[i].what);
		scene_release(&scene);
	}
}

/* Where secondaries are configured, behaving like one buys nothing. */
Test(transfer, an_imitation_beside_configured_secondaries_is_critical)
{
	struct scene scene;
	struct prefix prefix;

	scene_init(&scene);
	cr_assert(prefix_parse(STR("198.51.100.9"), &prefix));
	scene.harness.detect.secondaries = &prefix;
	scene.harness.detect.secondary_count = 1;
	secondary_lines(&scene.log, &(struct line){.client = attacker}, 4);
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->level, LEVEL_CRITICAL);
	cr_expect_not(f->confirm);
	scene_release(&scene);
}

Test(transfer, unbound_refuses_everybody)
{
	struct scene scene;
	struct line line = {.client = "10.0.0.7", .type = "AXFR"};

	scene_init(&scene);
	lines_unbound(&scene.log, &line);
	lines_reply(&scene.log, &line, "REFUSED", 0);
	const struct finding *f = play(&scene, "10.0.0.7");
	cr_expect_eq(f->outcome, OUTCOME_REFUSED);
	cr_expect_eq(f->level, LEVEL_LOW);
	cr_expect_eq(f->direction, DIRECTION_BY_OUR_CLIENT);
	expect_text(f->next, "10.0.0.7");
	scene_release(&scene);
}

Test(transfer, lines_in_several_files_that_tie_in_time_are_one_request)
{
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 20; i++) {
		struct line line = {.client = attacker,
				    .type = "AXFR",
				    .flags = "-T",
				    .port = 5000 + i,
				    .stream = 1}; /* xfer before queries: the other file */
		lines_started(&scene.log, &line, "AXFR", -1, 7);
		lines_ended(&scene.log, &line, "AXFR", 160, 7);
		line.stream = 0;
		lines_query(&scene.log, &line);
	}
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->requests, 20);
	cr_expect_eq(f->outcome, OUTCOME_GRANTED);
	for (size_t i = 0; i < f->transfer_count; i++)
		cr_expect_eq(f->transfers[i].outcome, OUTCOME_GRANTED);
	scene_release(&scene);
}

Test(transfer, a_large_one_that_ends_hours_later_is_one)
{
	struct scene scene;
	struct line line = {.client = attacker, .type = "AXFR", .flags = "-T"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	line.stream = 1;
	lines_started(&scene.log, &line, "AXFR", -1, 7);
	line.at = 20 * HOUR;
	lines_ended(&scene.log, &line, "AXFR", 30000000, 7);
	line.at = 25 * HOUR; /* within the episode, which lasts as long as its transfers */
	line.port = 4001;
	lines_denied(&scene.log, &line);
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->transfer_count, 2);
	cr_expect_eq(f->transfers[0].records, 30000000);
	cr_expect_eq(f->last_seen, LINES_START + 25 * HOUR);
	scene_release(&scene);
}

Test(transfer, timeless_logs_give_the_same_finding_without_times)
{
	struct scene scene;
	struct line line = {.at = LINES_NOTIME, .client = attacker};

	scene_init(&scene);
	lines_transfer(&scene.log, &line, 7);
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->level, LEVEL_CRITICAL);
	cr_expect_eq(f->outcome, OUTCOME_GRANTED);
	cr_expect_eq(f->first_seen, TIME_NONE);
	cr_expect_eq(f->last_seen, TIME_NONE);
	cr_expect_eq(f->requests, 1);
	scene_release(&scene);
}

Test(transfer, a_pause_of_half_a_day_ends_an_episode)
{
	struct scene scene;
	struct line line = {.client = attacker, .type = "AXFR", .flags = "-T"};

	scene_init(&scene);
	for (unsigned i = 0; i < 3; i++) {
		line.at = i * 13 * (int64_t)HOUR;
		line.port = 5000 + i;
		lines_query(&scene.log, &line);
		lines_denied(&scene.log, &line);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "transfer"), 3);
	/* Two of them began on one day: ids must tell them apart all the same. */
	for (size_t i = 0; i < scene.findings.count; i++)
		for (size_t j = 0; j < i; j++)
			cr_expect_not(str_eq(scene.findings.all[i].id, scene.findings.all[j].id));
	scene_release(&scene);
}

Test(transfer, the_worst_outcome_names_the_episode)
{
	struct scene scene;
	struct line line = {.client = attacker, .type = "AXFR", .flags = "-T", .name = "a.test"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	lines_denied(&scene.log, &line);
	line.port = 4001;
	line.name = "b.test";
	line.at = MINUTE;
	lines_transfer(&scene.log, &line, 7);
	line.port = 4002;
	line.name = "c.test";
	line.at = 2 * MINUTE;
	lines_query(&scene.log, &line);
	const struct finding *f = play(&scene, attacker);
	cr_expect_eq(f->outcome, OUTCOME_GRANTED);
	cr_expect_eq(f->zone_count, 3);
	expect_text(f->title, "b.test");
	cr_expect(str_find(f->evidence[0].text, STR("b.test"), 0) != SIZE_MAX,
		  "evidence of what decided comes first");
	scene_release(&scene);
}

/* Look-alikes: none of these is a transfer. */
Test(transfer, other_requests_make_no_finding)
{
	struct scene scene;
	struct line line = {.client = secondary, .type = "SOA", .flags = "-E(0)"};

	scene_init(&scene);
	for (unsigned i = 0; i < 10; i++) {
		line.at = i * HOUR;
		lines_query(&scene.log, &line); /* polls, and is up to date */
	}
	lines_notify(&scene.log, &line);
	line.type = "A";
	line.name = "axfr.example.com";
	lines_query(&scene.log, &line);
	harness_log_add(&scene.log, 1,
			"10-Mar-2026 00:00:00.000 xfer-in: info: transfer of 'example.com/IN' from "
			"198.51.100.7#53: Transfer completed: 1 messages, 9 records, 300 bytes, "
			"0.001 secs (300000 bytes/sec) (serial 7)");
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "transfer"), 0);
	cr_expect(scene_worst(&scene) < LEVEL_LOW);
	scene_release(&scene);
}
