/*
 * Lines that are handed over tell the same as lines that stay, and a source is in one tally then.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/workers.h"
#include "harness.h"
#include "law.h"
#include "tally/exchange.h"
#include "traffic.h"

enum { SEATS_AT_MOST = 5, RUN_LINES = 200 };

/* Threads, one after the other, that read runs of a log. */
struct readers {
	const struct harness *harness;
	const struct harness_log *log;
	struct exchange *exchange;
	size_t count, takes; /* one run in so many, all take what is there; 0: at the end only */
	bool at_once;        /* each by a thread of its own */
	uint64_t state;
	struct tally tallies[SEATS_AT_MOST];
};

static void
readers_init(struct readers *readers, const struct harness *harness, const struct harness_log *log)
{
	readers->harness = harness;
	readers->log = log;
	readers->exchange = exchange_new(readers->count, 1 << 20);
	for (size_t i = 0; i < readers->count; i++)
		tally_init(&readers->tallies[i], &harness->settings);
}

static void
take_all(struct readers *readers)
{
	for (size_t i = 0; i < readers->count; i++)
		seat_take(exchange_seat(readers->exchange, i), &readers->tallies[i]);
}

/* Lines `from` to `to` by that one of them. */
static void
read_run(struct readers *readers, size_t reader, size_t from, size_t to)
{
	size_t indices[RUN_LINES];

	for (size_t i = from; i < to; i++)
		indices[i - from] = i;
	harness_add_from(readers->harness, &readers->tallies[reader],
			 exchange_seat(readers->exchange, reader), readers->log,
			 &(struct harness_part){indices, to - from});
}

static void
read_log(struct readers *readers)
{
	size_t lines = readers->log->count;

	for (size_t from = 0; from < lines; from += RUN_LINES) {
		read_run(readers, harness_random(&readers->state) % readers->count, from,
			 from + RUN_LINES < lines ? from + RUN_LINES : lines);
		if (readers->takes && harness_random(&readers->state) % readers->takes == 0)
			take_all(readers);
	}
	for (size_t i = 0; i < readers->count; i++)
		seat_flush(exchange_seat(readers->exchange, i));
	take_all(readers);
}

/* Sources in all tallies: as many as there are where each is in one of them. */
static uint32_t
sources_of(const struct readers *readers)
{
	uint32_t count = 0;

	for (size_t i = 0; i < readers->count; i++)
		count += readers->tallies[i].sources.map.count;
	return count;
}

/* Into the first. */
static void
merge(struct readers *readers)
{
	for (size_t i = 1; i < readers->count; i++) {
		tally_merge(&readers->tallies[0], &readers->tallies[i]);
		tally_release(&readers->tallies[i]);
	}
	exchange_free(readers->exchange);
}

/* All at once: the runs in turn. */
static void
read_part(void *context, size_t worker, size_t reader)
{
	struct readers *readers = context;
	size_t lines = readers->log->count;

	(void)worker;
	for (size_t from = reader * RUN_LINES; from < lines; from += readers->count * RUN_LINES) {
		read_run(readers, reader, from,
			 from + RUN_LINES < lines ? from + RUN_LINES : lines);
		seat_take(exchange_seat(readers->exchange, reader), &readers->tallies[reader]);
	}
	seat_flush(exchange_seat(readers->exchange, reader));
}

static void
read_at_once(struct readers *readers)
{
	struct workers *workers = workers_new(readers->count);

	workers_run(workers, readers->count, read_part, readers);
	workers_free(workers);
	take_all(readers);
}

static void
expect_same(struct readers *readers, unsigned traffic, size_t lines, uint64_t seed)
{
	struct harness harness;
	struct harness_log log = {0};
	struct tally whole;

	harness_init(&harness);
	traffic_make(&log, seed, lines, traffic);
	readers->state = seed;
	readers_init(readers, &harness, &log);
	if (readers->at_once)
		read_at_once(readers);
	else
		read_log(readers);
	uint32_t apart = sources_of(readers);
	merge(readers);
	cr_expect_geq(apart, readers->tallies[0].sources.map.count);
	if (traffic == TRAFFIC_PLAIN && readers->takes == 1)
		cr_expect_eq(apart, readers->tallies[0].sources.map.count);
	else if (!readers->takes && !readers->at_once) /* the lanes were full */
		cr_expect_gt(apart, readers->tallies[0].sources.map.count);
	law_whole(&harness, &log, &whole);
	char *one = harness_report(&harness, &whole, NULL),
	     *other = harness_report(&harness, &readers->tallies[0], NULL);
	cr_expect(strlen(one) > 5000, "the report of seed %lu means little", (unsigned long)seed);
	law_expect_equal(one, other, (unsigned long)seed);
	free(one);
	free(other);
	tally_release(&whole);
	tally_release(&readers->tallies[0]);
	harness_log_release(&log);
	harness_release(&harness);
}

Test(exchange, lines_handed_over_tell_the_same)
{
	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct readers readers = {.count = 2 + seed % 4, .takes = 3};
		expect_same(&readers, TRAFFIC_ALL, 4000, seed);
	}
}

Test(exchange, threads_hand_over_while_others_take)
{
	for (uint64_t seed = 31; seed <= 33; seed++) {
		struct readers readers = {.count = 2 + seed % 4, .at_once = true};
		expect_same(&readers, TRAFFIC_ALL, 6000, seed);
	}
}

Test(exchange, a_source_is_in_one_tally)
{
	for (uint64_t seed = 11; seed <= 13; seed++) {
		struct readers readers = {.count = 2 + seed % 4, .takes = 1};
		expect_same(&readers, TRAFFIC_PLAIN, 4000, seed);
	}
}

Test(exchange, lines_stay_where_the_way_is_full)
{
	struct readers readers = {.count = 3};

	expect_same(&readers, TRAFFIC_PLAIN, 30000, 21);
}

Test(exchange, pays_for_several_threads_but_not_for_any_number)
{
	cr_expect_null(exchange_new(0, 1 << 20));
	cr_expect_null(exchange_new(1, 1 << 20));
	cr_expect_null(exchange_new(1000, 1 << 20));
	struct exchange *exchange = exchange_new(2, 0);
	cr_expect_not_null(exchange);
	exchange_free(exchange);
	exchange_free(NULL);
}

Test(exchange, of_two_threads_the_first_one_adds_all)
{
	struct exchange *two = exchange_new(2, 1 << 20), *three = exchange_new(3, 1 << 20);

	cr_expect(seat_is_given_all(exchange_seat(two, 0)));
	cr_expect_not(seat_is_given_all(exchange_seat(two, 1)));
	for (size_t i = 0; i < 3; i++)
		cr_expect_not(seat_is_given_all(exchange_seat(three, i)));
	cr_expect_not(seat_is_given_all(exchange_seat(NULL, 0)));
	exchange_free(two);
	exchange_free(three);
}
