/*
 * Law 1 of DESIGN.md: however a log is cut, in whatever order the parts are merged, and
 * whatever tree the merges form, the report is the same byte for byte.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "law.h"
#include "traffic.h"

/* Settles, detects, prints. */
static char *
report_of(const struct harness *harness, struct tally *tally)
{
	char *report = harness_report(harness, tally, NULL);

	tally_release(tally);
	return report;
}

static void
expect_law(const struct harness *harness, const struct harness_log *log, uint64_t seed)
{
	uint64_t state = seed * 77 + 1;
	struct tally tally;

	law_whole(harness, log, &tally);
	char *whole = report_of(harness, &tally);
	law_parts(harness, log, 2 + seed % 6, seed % 2, &state, &tally);
	char *parts = report_of(harness, &tally);
	cr_expect(strlen(whole) > 10000, "the report of seed %lu is too small to mean anything",
		  (unsigned long)seed);
	law_expect_equal(whole, parts, (unsigned long)seed);
	free(whole);
	free(parts);
}

static void
expect_law_for(unsigned traffic, uint64_t from, uint64_t to)
{
	for (uint64_t seed = from; seed <= to; seed++) {
		struct harness harness;
		struct harness_log log = {0};
		harness_init(&harness);
		traffic_make(&log, seed, 4000, traffic);
		expect_law(&harness, &log, seed);
		harness_log_release(&log);
		harness_release(&harness);
	}
}

Test(merge, gives_the_report_of_one_run_for_random_cuts_and_orders)
{
	expect_law_for(TRAFFIC_TRANSFERS | TRAFFIC_UNBOUND | TRAFFIC_REVERSE | TRAFFIC_OTHER_KINDS |
			       TRAFFIC_BROKEN,
		       1, 8);
}

Test(merge, holds_where_times_tie_between_files_and_lines_are_there_twice)
{
	expect_law_for(TRAFFIC_ALL & ~(unsigned)(TRAFFIC_TIMELESS | TRAFFIC_YEARLESS), 31, 36);
}

Test(merge, holds_for_lines_without_time_or_year_and_hostile_names)
{
	expect_law_for(TRAFFIC_ALL, 41, 46);
}

Test(merge, holds_where_no_line_has_a_time)
{
	struct harness harness;
	struct harness_log log = {0}, timeless = {0};

	harness_init(&harness);
	traffic_make(&log, 51, 4000, TRAFFIC_TRANSFERS | TRAFFIC_OTHER_KINDS);
	for (size_t i = 0; i < log.count; i++)
		harness_log_add(&timeless, log.lines[i].stream, "%s",
				strchr(log.lines[i].text, ' ') + 1);
	expect_law(&harness, &timeless, 51);
	harness_log_release(&timeless);
	harness_log_release(&log);
	harness_release(&harness);
}

Test(merge, holds_under_ceilings_that_fold)
{
	for (uint64_t seed = 21; seed <= 26; seed++) {
		struct harness harness;
		struct harness_log log = {0};
		uint64_t state = seed;
		unsigned long long ms = 1773100800000;
		harness_init(&harness);
		/* Sources without evidence: what has evidence is exempt, and may differ (law 6). */
		harness.settings.limits = (struct tally_limits){.sources = 40,
								.pairs = 50,
								.zones = 20,
								.sweeps = 20,
								.event_groups = 20,
								.rule_hits = 20,
								.correlations = 20,
								.timeline = 16};
		for (size_t i = 0; i < 3000; i++) {
			uint64_t r = harness_random(&state);
			ms += r % 60000;
			char time[TIME_TEXT];
			timestamp_print((int64_t)ms, time);
			harness_log_add(&log, 0,
					"%s queries: info: client @0x1 10.%u.%u.1#53 (d%u.test): "
					"query: d%u.test IN A -E(0)D (198.51.100.1)",
					time, (unsigned)(r >> 8) % 200, (unsigned)(r >> 16) % 3,
					(unsigned)(r >> 20) % 300, (unsigned)(r >> 20) % 300);
		}
		struct tally tally;
		law_whole(&harness, &log, &tally);
		char *whole = report_of(&harness, &tally);
		law_parts(&harness, &log, 5, true, &state, &tally);
		char *parts = report_of(&harness, &tally);
		law_expect_equal(whole, parts, (unsigned long)seed);
		cr_expect(strstr(whole, "\"approximate\":true") ||
				  strstr(whole, "\"approximate\": true"),
			  "nothing was folded: the test tests nothing");
		free(whole);
		free(parts);
		harness_log_release(&log);
		harness_release(&harness);
	}
}
