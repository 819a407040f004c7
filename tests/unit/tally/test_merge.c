/*
 * Law 1 of DESIGN.md: however a log is cut, in whatever order the parts are merged, and
 * whatever tree the merges form, the report is the same byte for byte.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "harness.h"

static const char *const types[] = {"A",  "AAAA", "MX",     "TXT", "SOA",
				    "NS", "PTR",  "TYPE65", "ANY", "CAA"};

/* Random traffic with all the tables in it: names of every class, sweeps, transfers, noise. */
static void
make_log(struct harness_log *log, uint64_t seed, size_t lines)
{
	uint64_t state = seed * 2 + 1;
	unsigned long long ms = 1773100800000; /* 2026-03-10 */

	for (size_t i = 0; i < lines; i++) {
		uint64_t r = harness_random(&state);
		unsigned source = (unsigned)(r % 97), name = (unsigned)(r >> 8) % 3000;
		const char *type = types[(r >> 24) % 10];
		char time[TIME_TEXT];
		ms += (r >> 40) % 2000;
		timestamp_print((int64_t)ms, time);
		const char *flags = r & 1 << 30 ? "+E(0)K" : "-E(0)TDC";
		if (r % 50 == 0)
			harness_log_add(
				log, 1,
				"%s xfer-out: info: client @0x1 192.0.2.%u#%u (z%u.example.com): "
				"transfer of 'z%u.example.com/IN': AXFR started (serial %u)",
				time, source, 1000 + name, source % 7, source % 7, name);
		else if (r % 50 == 1)
			harness_log_add(
				log, 0,
				"%s queries: info: client @0x1 192.0.2.%u#%u (z%u.example.com): "
				"query: z%u.example.com IN AXFR -T (198.51.100.1)",
				time, source, 1000 + name, source % 7, source % 7);
		else if (r % 50 == 2)
			harness_log_add(
				log, 1,
				"%s security: error: client @0x1 192.0.2.%u#%u (example.com): "
				"zone transfer 'example.com/AXFR/IN' denied",
				time, source, 2000 + name);
		else if (r % 50 == 3)
			harness_log_add(
				log, 0,
				"%s queries: info: client @0x1 192.0.2.%u#%u (version.bind): "
				"query: version.bind CH TXT + (198.51.100.1)",
				time, source, name);
		else if (r % 50 == 4)
			harness_log_add(log, 0, "a line %u that no server wrote", name);
		else if (r % 50 < 12)
			harness_log_add(
				log, 2,
				"[%llu] unbound[7:0] info: 10.0.%u.%u host%u.example.net. %s IN",
				ms / 1000, source % 3, source, name, type);
		else if (r % 50 < 20)
			harness_log_add(log, 2,
					"[%llu] unbound[7:0] info: 10.0.%u.%u host%u.example.net. "
					"%s IN %s 0.01 0 64",
					ms / 1000, source % 3, source, name, type,
					name % 3 ? "NXDOMAIN" : "NOERROR");
		else if (r % 50 < 25)
			harness_log_add(log, 0,
					"%s queries: info: client @0x1 192.0.2.%u#%u "
					"(%u.2.0.192.in-addr.arpa): "
					"query: %u.2.0.192.in-addr.arpa IN PTR %s (198.51.100.1)",
					time, source, 1000 + name, name % 256, name % 256, flags);
		else
			harness_log_add(log, 0,
					"%s queries: info: client @0x1 192.0.2.%u#%u "
					"(n%u.z%u.example.com): "
					"query: n%u.z%u.example.com IN %s %s (198.51.100.1)",
					time, source, 1000 + name, name, name % 5, name, name % 5,
					type, flags);
	}
}

/* Deals the lines to `count` tallies at random, merges them in a random tree. */
static char *
report_in_parts(const struct harness *harness, const struct harness_log *log, size_t count,
		uint64_t *state, bool runs)
{
	struct tally *tallies = xcalloc(count, sizeof(*tallies));
	size_t *owner = xcalloc(log->count, sizeof(*owner)),
	       *indices = xcalloc(log->count, sizeof(*indices));

	for (size_t i = 0; i < log->count; i++)
		owner[i] = runs && i && harness_random(state) % 50 ? owner[i - 1]
								   : harness_random(state) % count;
	for (size_t part = 0; part < count; part++) {
		size_t n = 0;
		for (size_t i = 0; i < log->count; i++)
			if (owner[i] == part)
				indices[n++] = i;
		tally_init(&tallies[part], &harness->settings);
		harness_add(harness, &tallies[part], log, &(struct harness_part){indices, n});
	}
	for (size_t left = count; left > 1; left--) {
		size_t into = harness_random(state) % left,
		       from = harness_random(state) % (left - 1);
		if (from >= into)
			from++;
		tally_merge(&tallies[into], &tallies[from]);
		tally_release(&tallies[from]);
		tallies[from] = tallies[left - 1];
	}
	char *report = harness_report(harness, &tallies[0], NULL);
	tally_release(&tallies[0]);
	free(tallies);
	free(owner);
	free(indices);
	return report;
}

static char *
report_whole(const struct harness *harness, const struct harness_log *log)
{
	struct tally tally;

	tally_init(&tally, &harness->settings);
	harness_add(harness, &tally, log, NULL);
	char *report = harness_report(harness, &tally, NULL);
	tally_release(&tally);
	return report;
}

/* Shows where two reports part, which a failed comparison of megabytes does not. */
static void
expect_equal(const char *whole, const char *parts, unsigned long seed)
{
	size_t at = 0;

	while (whole[at] && whole[at] == parts[at])
		at++;
	size_t from = at > 80 ? at - 80 : 0;
	cr_expect(whole[at] == parts[at], "seed %lu: reports part at byte %zu:\n%.160s\n%.160s",
		  seed, at, whole + from, parts + from);
}

Test(merge, gives_the_report_of_one_run_for_random_cuts_and_orders)
{
	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct harness harness;
		struct harness_log log = {0};
		uint64_t state = seed * 77 + 1;
		harness_init(&harness);
		make_log(&log, seed, 4000);
		char *whole = report_whole(&harness, &log);
		cr_assert(strlen(whole) > 10000,
			  "the report of seed %lu is too small to mean anything",
			  (unsigned long)seed);
		char *parts = report_in_parts(&harness, &log, 2 + seed % 6, &state, seed % 2);
		expect_equal(whole, parts, (unsigned long)seed);
		free(whole);
		free(parts);
		harness_log_release(&log);
		harness_release(&harness);
	}
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
		char *whole = report_whole(&harness, &log);
		char *parts = report_in_parts(&harness, &log, 5, &state, true);
		expect_equal(whole, parts, (unsigned long)seed);
		cr_expect(strstr(whole, "\"approximate\":true") ||
				  strstr(whole, "\"approximate\": true"),
			  "nothing was folded: the test tests nothing");
		free(whole);
		free(parts);
		harness_log_release(&log);
		harness_release(&harness);
	}
}
