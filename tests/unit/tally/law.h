/* Law 1 of DESIGN.md as a check: the tally of a log cut at random, merged at random. */
#ifndef TESTS_TALLY_LAW_H
#define TESTS_TALLY_LAW_H

#include "harness.h"

/* The tally of the whole log; not settled. */
void law_whole(const struct harness *harness, const struct harness_log *log, struct tally *out);
/*
 * Deals the lines to `parts` tallies, singly or in runs, and merges those in a random tree.
 * Not settled.
 */
void law_parts(const struct harness *harness, const struct harness_log *log, size_t parts,
	       bool runs, uint64_t *state, struct tally *out);
/* Fails the test where the two differ, and shows the place. */
void law_expect_equal(const char *whole, const char *parts, unsigned long seed);
/*
 * Some random logs with that traffic (enum traffic), whole and in parts: `dump` must say the
 * same of both, and at least `least` bytes, so that it says something.
 */
void law_expect(char *(*dump)(const struct tally *tally), const struct tally_limits *limits,
		unsigned traffic, size_t least);

#endif
