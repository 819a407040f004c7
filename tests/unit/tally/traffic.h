/*
 * Random logs for the property tests: every kind of line, every table, and what is awkward
 * (times that tie, lines without time or year, duplicates, hostile names, broken lines).
 */
#ifndef TESTS_TALLY_TRAFFIC_H
#define TESTS_TALLY_TRAFFIC_H

#include "harness.h"

/* What a log may hold besides BIND queries with full times. */
enum traffic {
	TRAFFIC_TRANSFERS = 1 << 0,
	TRAFFIC_UNBOUND = 1 << 1,
	TRAFFIC_REVERSE = 1 << 2,
	TRAFFIC_OTHER_KINDS = 1 << 3, /* denials, rate limits, responses, updates, CHAOS, noise */
	TRAFFIC_BROKEN = 1 << 4,      /* unknown and malformed lines */
	TRAFFIC_TIMELESS = 1 << 5,
	TRAFFIC_YEARLESS = 1 << 6,
	TRAFFIC_TIES = 1 << 7, /* most lines share their millisecond with others, in all files */
	TRAFFIC_DUPLICATES = 1 << 8,
	TRAFFIC_HOSTILE = 1 << 9, /* names that look like syntax, names of 1,003 characters */
	TRAFFIC_ALL = (1 << 10) - 1,
	/* Alone: many sources and zones, nothing that is evidence; for ceilings (law 6). */
	TRAFFIC_PLAIN = 1 << 10,
};

void traffic_make(struct harness_log *log, uint64_t seed, size_t lines, unsigned traffic);

#endif
