/* Life cycle, and the budgets: what an entry may take, measured. */
#define _GNU_SOURCE /* mallinfo2 */
#include <criterion/criterion.h>
#include <malloc.h>
#include <stdio.h>

#include "../detect/lines.h"
#include "base/xalloc.h"
#include "dump.h"
#include "law.h"
#include "traffic.h"

/* The structs of which there may be millions. A change is a change of the memory ceiling. */
_Static_assert(sizeof(struct pair_name) <= 24, "pair_name");
_Static_assert(sizeof(struct zone_name) <= 88, "zone_name");
_Static_assert(sizeof(struct pair_class) <= 40, "pair_class");
_Static_assert(sizeof(struct pair) <= 128, "pair");
_Static_assert(sizeof(struct source) <= 256, "source");
_Static_assert(sizeof(struct zone) <= 192, "zone");
_Static_assert(sizeof(struct sweep) <= 160, "sweep");
_Static_assert(sizeof(struct event_group) <= 88, "event_group");
_Static_assert(sizeof(struct rulehit) <= 360, "rulehit");
_Static_assert(sizeof(struct correlation_slot) <= 184, "correlation_slot");

Test(tally, an_empty_one_merges_settles_and_goes)
{
	struct harness harness;
	struct tally a, b;

	harness_init(&harness);
	tally_init(&a, &harness.settings);
	tally_init(&b, &harness.settings);
	tally_merge(&a, &b);
	tally_settle(&a);
	char *report = harness_report(&harness, &a, NULL);
	cr_expect(strlen(report) > 100);
	free(report);
	tally_release(&a);
	tally_release(&b);
	harness_release(&harness);
}

Test(tally, what_was_merged_is_empty_and_can_be_used_again)
{
	struct harness harness;
	struct harness_log log = {0};
	struct tally a, b;

	harness_init(&harness);
	traffic_make(&log, 5, 500, TRAFFIC_ALL);
	tally_init(&a, &harness.settings);
	law_whole(&harness, &log, &b);
	tally_merge(&a, &b);
	cr_expect_eq(b.sources.map.count, 0);
	cr_expect_eq(b.texts.map.count, 0);
	harness_add(&harness, &b, &log, NULL);
	cr_expect_eq(a.sources.map.count, b.sources.map.count);
	tally_settle(&a);
	tally_settle(&b);
	char *one = dump_sources(&a), *other = dump_sources(&b);
	law_expect_equal(one, other, 5);
	free(one);
	free(other);
	tally_release(&a);
	tally_release(&b);
	harness_log_release(&log);
	harness_release(&harness);
}

/* What moved from one tally to the other, or fell out on the way, is held by nobody else. */
Test(tally, a_merge_leaves_no_text_behind)
{
	struct harness harness;
	struct harness_log log = {0};
	struct tally whole, merged, other;

	harness_init(&harness);
	traffic_make(&log, 7, 3000, TRAFFIC_ALL);
	law_whole(&harness, &log, &whole);
	tally_init(&merged, &harness.settings);
	tally_init(&other, &harness.settings);
	size_t *indices = xcalloc(log.count, sizeof(*indices)), half = log.count / 2;
	for (size_t i = 0; i < log.count; i++)
		indices[i] = i;
	harness_add(&harness, &merged, &log, &(struct harness_part){indices, half});
	harness_add(&harness, &other, &log,
		    &(struct harness_part){indices + half, log.count - half});
	tally_merge(&merged, &other);
	cr_expect_eq(merged.texts.map.count, whole.texts.map.count);
	pairs_forget_before(&merged, INT64_MAX);
	pairs_forget_before(&whole, INT64_MAX);
	zones_forget_before(&merged, INT64_MAX);
	zones_forget_before(&whole, INT64_MAX);
	cr_expect_eq(merged.texts.map.count, whole.texts.map.count);
	tally_release(&whole);
	tally_release(&merged);
	tally_release(&other);
	free(indices);
	harness_log_release(&log);
	harness_release(&harness);
}

/* An empty tally is the neutral element, on either side. */
Test(tally, merging_with_nothing_changes_nothing)
{
	struct harness harness;
	struct harness_log log = {0};
	struct tally plain, left, right, nothing;

	harness_init(&harness);
	traffic_make(&log, 6, 1500, TRAFFIC_ALL);
	law_whole(&harness, &log, &plain);
	law_whole(&harness, &log, &right);
	tally_init(&left, &harness.settings);
	tally_init(&nothing, &harness.settings);
	tally_merge(&left, &right);   /* nothing + log */
	tally_merge(&left, &nothing); /* log + nothing */
	char *one = harness_report(&harness, &plain, NULL);
	char *other = harness_report(&harness, &left, NULL);
	law_expect_equal(one, other, 6);
	free(one);
	free(other);
	tally_release(&plain);
	tally_release(&left);
	tally_release(&right);
	tally_release(&nothing);
	harness_log_release(&log);
	harness_release(&harness);
}

Test(tally, limits_are_a_function_of_the_memory_and_grow_with_it)
{
	struct tally_limits small = tally_limits_of(16u << 20), again = tally_limits_of(16u << 20);
	struct tally_limits large = tally_limits_of(1ULL << 30), huge = tally_limits_of(UINT64_MAX);

	cr_expect_eq(memcmp(&small, &again, sizeof(small)), 0);
	cr_expect(small.bytes < large.bytes && large.bytes < huge.bytes);
	cr_expect(small.bytes <= 16u << 20 && small.timeline <= large.timeline);
	struct tally_limits none = tally_limits_of(0);
	cr_expect(none.bytes > 0 && none.timeline > 0, "a limit of 0 would be none at all");
}

/* Bytes in use by malloc, whatever arena; what the process would have to page in. */
static size_t
in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* A harness_add without the memo and the matcher, which are not the tally's. */
struct measure {
	struct scene scene;
	size_t before;
};

static void
measure_begin(struct measure *measure)
{
	scene_init(&measure->scene);
}

/* Tallies the log; the bytes that the tally holds now. */
static size_t
measure_end(struct measure *measure)
{
	struct scene *scene = &measure->scene;
	size_t before = in_use();

	law_whole(&scene->harness, &scene->log, &scene->tally);
	size_t after = in_use();
	tally_settle(&scene->tally);
	if (after == before) /* see below */
		return 0;
	const struct tally *tally = &scene->tally;
	return after - before + map_mapped(&tally->sources.map) + map_mapped(&tally->pairs.map) +
	       map_mapped(&tally->zones.map) + map_mapped(&tally->texts.map);
}

static void
measure_release(struct measure *measure)
{
	tally_release(&measure->scene.tally);
	harness_log_release(&measure->scene.log);
	harness_release(&measure->scene.harness);
}

/* What ceiling.c reckons is not less than what malloc gave, but for a tenth. */
static void
expect_reckoned(const char *what, size_t bytes, const struct tally *tally)
{
	size_t reckoned = ceiling_bytes(tally);

	cr_log_info("%-16s %8zu KiB from malloc, %8zu reckoned", what, bytes / 1024,
		    reckoned / 1024);
	cr_expect(reckoned >= bytes / 10 * 9, "%s: %zu bytes, %zu reckoned", what, bytes, reckoned);
	/* The sanitizers' allocator does not say what it holds. */
	cr_expect(bytes == 0 || reckoned <= bytes * 3, "%s: %zu bytes, %zu reckoned", what, bytes,
		  reckoned);
}

/*
 * Lab-like: in raw/ the median source sends a few requests for one or two names in one zone;
 * pairs, zones and texts share what a line brings, so all are measured together and the sum
 * is held against the sum of the budgets.
 */
Test(tally, small_sources_stay_within_their_bytes)
{
	struct measure measure;
	struct line line = {0};
	char client[32], name[64];
	uint64_t state = 11;

	measure_begin(&measure);
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(client, sizeof(client), "10.%u.%u.%u", i / 65536, i / 256 % 256, i % 256);
		line.client = client;
		line.at = (int64_t)(harness_random(&state) % (24 * HOUR));
		for (unsigned j = 0; j < 1 + i % 5; j++) { /* about 3 requests a source */
			unsigned r = (unsigned)(harness_random(&state) % 400);
			snprintf(name, sizeof(name), "%s.example.com", lines_word(r));
			line.name = name;
			line.type = j % 2 ? "AAAA" : "A";
			lines_query(&measure.scene.log, &line);
		}
	}
	size_t bytes = measure_end(&measure);
	const struct tally *tally = &measure.scene.tally;
	cr_assert_eq(tally->sources.map.count, 20000);
	expect_reckoned("sources, pairs", bytes, tally);
	if (bytes == 0) { /* the sanitizers' allocator does not say what it holds */
		cr_log_info("malloc does not count here: tally_bytes NOT COMPARED");
		measure_release(&measure);
		return;
	}
	cr_expect(tally_bytes(tally) <= bytes, "tally_bytes says %zu, malloc %zu",
		  tally_bytes(tally), bytes);
	cr_expect(tally_bytes(tally) >= bytes / 4, "tally_bytes says %zu, malloc %zu",
		  tally_bytes(tally), bytes);
	measure_release(&measure);
}

Test(tally, zones_of_a_resolver_stay_within_their_bytes)
{
	struct measure measure;
	struct line line = {.client = "10.0.0.1"};
	char client[32], name[64];
	uint64_t state = 12;

	measure_begin(&measure);
	for (unsigned i = 0; i < 8000; i++) {
		for (unsigned j = 0; j < 3; j++) {
			static const char *const fronts[] = {"www.", "", "mail.", "api.", "cdn."};
			uint64_t r = harness_random(&state);
			snprintf(client, sizeof(client), "10.20.0.%u", (unsigned)(r % 200));
			snprintf(name, sizeof(name), "%szone%u.test", fronts[(r >> 8) % 5], i);
			line.client = client;
			line.name = name;
			line.at = (int64_t)((r >> 16) % (24 * HOUR));
			lines_unbound(&measure.scene.log, &line);
		}
	}
	size_t bytes = measure_end(&measure);
	const struct tally *tally = &measure.scene.tally;
	cr_assert_eq(tally->zones.map.count, 8000);
	expect_reckoned("zones, pairs", bytes, tally);
	measure_release(&measure);
}

Test(tally, sweeps_stay_within_their_bytes)
{
	struct measure measure;
	char name[64];

	measure_begin(&measure);
	measure.scene.harness.settings.limits.pairs = 1; /* not measured here */
	measure.scene.harness.settings.limits.zones = 1;
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "%u.%u.%u.10.in-addr.arpa", i % 7, i % 256, i / 256);
		lines_query(&measure.scene.log,
			    &(struct line){.client = "192.0.2.1", .name = name, .type = "PTR"});
	}
	size_t bytes = measure_end(&measure);
	cr_assert_eq(measure.scene.tally.sweeps.map.count, 20000);
	expect_reckoned("sweeps", bytes, &measure.scene.tally);
	measure_release(&measure);
}

Test(tally, events_and_rule_hits_stay_within_their_bytes)
{
	struct measure measure;
	char client[32];

	measure_begin(&measure);
	measure.scene.harness.settings.limits.pairs = 1;
	measure.scene.harness.settings.limits.sources = 1;
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(client, sizeof(client), "10.0.%u.%u", i / 256, i % 256);
		struct line line = {.client = client, .type = "AXFR", .flags = "-T"};
		lines_query(&measure.scene.log, &line);
		line.stream = 1;
		lines_denied(&measure.scene.log, &line);
	}
	size_t bytes = measure_end(&measure);
	const struct tally *tally = &measure.scene.tally;
	cr_assert_eq(tally->events.attempts.map.count, 10000);
	expect_reckoned("events, hits", bytes, tally);
	measure_release(&measure);
}

/*
 * The worst a log can do to one entry, for the record: far from the mean, which is why the
 * ceiling counts bytes. A full class of a zone's names is 8,192 places of 88 bytes.
 */
Test(tally, a_pair_and_a_zone_with_full_samples_are_bounded)
{
	struct measure measure;
	struct line line = {.client = "192.0.2.1"};
	char name[96], label[32];
	size_t most_pair =
		sizeof(struct pair) +
		NAME_CLASSES * (sizeof(struct pair_class) + 2 * PAIR_K * sizeof(struct pair_name));
	size_t most_zone =
		sizeof(struct zone) +
		NAME_CLASSES * (sizeof(struct zone_class) + 2 * ZONE_K * sizeof(struct zone_name));
	/* A text is held once, for zone and pair: map entry, bytes, number. */
	size_t most_texts = NAME_CLASSES * 2 * ZONE_K * (size_t)128;

	measure_begin(&measure);
	for (unsigned i = 0; i < 40000; i++) {
		static const char *const forms[] = {"%s.example.net", "_%s._tcp.example.net",
						    "%s-.example.net", "a%s1.example.net"};
		snprintf(name, sizeof(name), forms[i % 4], lines_random(i, label));
		line.name = name;
		line.at = i * SECOND;
		lines_query(&measure.scene.log, &line);
	}
	size_t bytes = measure_end(&measure);
	cr_log_info("40,000 names of one pair: %zu KiB; at most %zu for the pair, %zu for the zone",
		    bytes / 1024, most_pair / 1024, most_zone / 1024);
	cr_expect(bytes < most_pair + most_zone + most_texts, "%zu bytes", bytes);
	measure_release(&measure);
}
