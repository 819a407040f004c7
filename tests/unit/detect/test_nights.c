/*
 * What the tally of earlier nights tells: names that are established with their age, lists
 * that are spread over nights, and nothing that scanners of earlier nights could buy.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

enum { DAY = 24 * HOUR, NIGHTS = 12 };

static const char *const scanner = "203.0.113.66";

/* A log of earlier nights and one of tonight, which is NIGHTS days after the first. */
struct nights {
	struct scene tonight;
	struct harness_log log; /* of the earlier nights */
	struct tally before;
};

static void
nights_init(struct nights *nights)
{
	nights->log = (struct harness_log){0};
	scene_init(&nights->tonight);
}

static void
nights_play(struct nights *nights)
{
	struct scene *scene = &nights->tonight;

	tally_init(&nights->before, &scene->harness.settings);
	harness_add(&scene->harness, &nights->before, &nights->log, NULL);
	tally_settle(&nights->before);
	tally_init(&scene->tally, &scene->harness.settings);
	harness_add(&scene->harness, &scene->tally, &scene->log, NULL);
	tally_settle(&scene->tally);
	findings_init(&scene->findings);
	detect_run(&(struct detect_input){.tally = &scene->tally,
					  .baseline = &nights->before,
					  .settings = &scene->harness.detect},
		   &scene->findings);
}

static void
nights_release(struct nights *nights)
{
	tally_release(&nights->before);
	harness_log_release(&nights->log);
	scene_release(&nights->tonight);
}

static void
ask(struct harness_log *log, int64_t at, const char *client, const char *label, const char *flags)
{
	char name[128];

	snprintf(name, sizeof(name), "%s.example.com", label);
	lines_query(log, &(struct line){.at = at,
					.client = client,
					.name = name,
					.flags = flags,
					.port = 2000 + (unsigned)(at % 60000)});
}

/*
 * Words of the list asked by one resolver each of `networks` networks, of each in an order of
 * its own: 10 and 60 words have no divisor in common with the steps.
 */
static void
establish(struct harness_log *log, int64_t at, unsigned first, unsigned count, unsigned networks)
{
	static const unsigned steps[] = {7, 11, 13, 17};
	char client[32];

	for (unsigned n = 0; n < networks; n++)
		for (unsigned i = first; i < first + count; i++)
			for (unsigned again = 0; again < 4; again++) {
				snprintf(client, sizeof(client), "198.51.%u.53", 100 + n);
				ask(log, at + (n * count + i) * SECOND + again * MINUTE, client,
				    lines_word(first + (i - first) * steps[n % 4] % count),
				    "-E(0)DC");
			}
}

/* `count` words of the list, tried tonight at a second's pace. */
static void
scan(struct nights *nights, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		ask(&nights->tonight.log, (int64_t)NIGHTS * DAY + i * SECOND, scanner,
		    lines_word(i), "+E(0)");
}

Test(nights, names_of_earlier_nights_are_established_with_their_age)
{
	struct nights nights;

	nights_init(&nights);
	establish(&nights.log, 0, 0, 10, 3);
	scan(&nights, 60);
	nights_play(&nights);
	const struct finding *f = scene_find(&nights.tonight, "brute-force", scanner);
	cr_assert_not_null(f);
	cr_expect_eq(f->oracle, ORACLE_CATALOGUE);
	cr_expect_eq(f->oracle_nights, NIGHTS, "%u", f->oracle_nights);
	cr_expect_eq(f->answered_names, 10, "%llu", (unsigned long long)f->answered_names);
	cr_expect_eq(f->answered_count, 10);
	nights_release(&nights);
}

Test(nights, two_networks_of_earlier_nights_establish_nothing)
{
	struct nights nights;

	nights_init(&nights);
	establish(&nights.log, 0, 0, 10, 2);
	scan(&nights, 60);
	nights_play(&nights);
	const struct finding *f = scene_find(&nights.tonight, "brute-force", scanner);
	cr_assert_not_null(f);
	cr_expect_eq(f->oracle, ORACLE_NONE);
	cr_expect_eq(f->answered_names, 0);
	nights_release(&nights);
}

/* Two of an earlier night and one of tonight are three networks. */
Test(nights, networks_add_up_over_nights)
{
	struct nights nights;

	nights_init(&nights);
	establish(&nights.log, 0, 0, 10, 2);
	for (unsigned i = 0; i < 10; i++)
		ask(&nights.tonight.log, (int64_t)NIGHTS * DAY + i * MINUTE, "192.0.2.53",
		    lines_word(i), "-E(0)DC");
	scan(&nights, 60);
	nights_play(&nights);
	const struct finding *f = scene_find(&nights.tonight, "brute-force", scanner);
	cr_assert_not_null(f);
	cr_expect_eq(f->answered_names, 10, "%llu", (unsigned long long)f->answered_names);
	nights_release(&nights);
}

/* A resolver whose clients ask tonight what everybody asked before looks for nothing. */
Test(nights, who_asks_established_names_is_no_scanner)
{
	struct nights nights;

	nights_init(&nights);
	establish(&nights.log, 0, 0, 60, 4);
	scan(&nights, 60);
	nights_play(&nights);
	cr_expect(scene_worst(&nights.tonight) < LEVEL_LOW);
	nights_release(&nights);
}

/* Three scanners of last night asked one list: it is no catalogue. */
Test(nights, scanners_of_earlier_nights_establish_nothing)
{
	static const char *const scanners[] = {"192.0.2.9", "198.18.7.9", "198.19.7.9"};
	struct nights nights;

	nights_init(&nights);
	for (size_t s = 0; s < sizeof(scanners) / sizeof(*scanners); s++)
		for (unsigned i = 0; i < 80; i++)
			ask(&nights.log, (int64_t)s * HOUR + i * SECOND, scanners[s], lines_word(i),
			    "+E(0)");
	scan(&nights, 60);
	nights_play(&nights);
	const struct finding *f = scene_find(&nights.tonight, "brute-force", scanner);
	cr_assert_not_null(f, "last night's scanners are not tonight's alibi");
	cr_expect_eq(f->answered_names, 0, "%llu", (unsigned long long)f->answered_names);
	nights_release(&nights);
}

Test(nights, a_name_answered_on_an_earlier_night_was_there)
{
	struct nights nights;

	nights_init(&nights);
	for (unsigned i = 0; i < 5; i++) {
		char name[128];
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		struct line line = {.at = i * SECOND, .client = "198.51.100.53", .name = name};
		lines_query(&nights.log, &line);
		lines_response(&nights.log, &line, "NOERROR");
	}
	scan(&nights, 60);
	nights_play(&nights);
	const struct finding *f = scene_find(&nights.tonight, "brute-force", scanner);
	cr_assert_not_null(f);
	cr_expect_eq(f->answered_names, 5, "%llu", (unsigned long long)f->answered_names);
	nights_release(&nights);
}

/* Five words a night: no night shows it, twelve do. */
Test(nights, a_list_spread_over_nights_is_found)
{
	struct nights nights;

	nights_init(&nights);
	for (unsigned night = 0; night <= NIGHTS; night++)
		for (unsigned i = 0; i < 5; i++)
			ask(night < NIGHTS ? &nights.log : &nights.tonight.log,
			    (int64_t)night * DAY + i * HOUR, scanner, lines_word(night * 5 + i),
			    "+E(0)");
	nights_play(&nights);
	const struct finding *f = scene_find(&nights.tonight, "slow-enumeration", scanner);
	cr_assert_not_null(f);
	cr_expect(f->level >= LEVEL_MEDIUM, "%u", f->level);
	cr_expect(finding_has_term(f, "earlier nights"));
	cr_expect(f->last_seen - f->first_seen > 11LL * DAY);
	cr_expect_eq(scene_count(&nights.tonight, "brute-force"), 0);
	nights_release(&nights);
}

/* Told on the night when it happened; a night without anything new tells nothing. */
Test(nights, what_does_not_go_on_is_not_told_again)
{
	struct nights nights;

	nights_init(&nights);
	for (unsigned i = 0; i < 60; i++)
		ask(&nights.log, i * SECOND, scanner, lines_word(i), "+E(0)");
	for (unsigned i = 0; i < 5; i++)
		ask(&nights.tonight.log, (int64_t)NIGHTS * DAY + i * SECOND, scanner, lines_word(i),
		    "+E(0)");
	nights_play(&nights);
	cr_expect_eq(scene_count(&nights.tonight, "slow-enumeration"), 0);
	cr_expect_eq(scene_count(&nights.tonight, "brute-force"), 0);
	nights_release(&nights);
}

/* A mail server asks a few names of its own each night, in many types and again and again. */
Test(nights, a_steady_client_is_none_over_nights)
{
	static const char *const types[] = {"A", "AAAA", "MX", "TXT"};
	struct nights nights;

	nights_init(&nights);
	for (unsigned night = 0; night <= NIGHTS; night++)
		for (unsigned i = 0; i < 80; i++) {
			char name[128];
			snprintf(name, sizeof(name), "%s.example.com",
				 lines_word(night * 5 + i % 5));
			lines_query(night < NIGHTS ? &nights.log : &nights.tonight.log,
				    &(struct line){.at = (int64_t)night * DAY + i * MINUTE,
						   .client = "198.51.100.25",
						   .name = name,
						   .type = types[i * 7 % (1 + i % 5) % 4],
						   .flags = "-E(0)DC"});
		}
	nights_play(&nights);
	cr_expect(scene_worst(&nights.tonight) < LEVEL_LOW);
	nights_release(&nights);
}
