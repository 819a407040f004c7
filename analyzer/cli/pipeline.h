/*
 * The whole program on one screen: planned inputs to one settled tally. Each worker reads
 * ranges of plain files, and blocks of all others, into a tally of its own, but for the lines that
 * it hands over to others (tally/exchange.h); then the tallies merge (schedule.h).
 *
 * Where together they take more than the ceiling allows, all is read anew in the plan's order
 * by one worker at a time into one tally, with decompression beside it, as one thread reads
 * from the beginning; pipes, which cannot be read twice, are read so in any case. Below the
 * ceiling the order of lines changes nothing (law 1); above it there is only one order. So the
 * report is the same for any number of threads.
 */
#ifndef CLI_PIPELINE_H
#define CLI_PIPELINE_H

#include <signal.h>

#include "cli/filter.h"
#include "cli/plan.h"
#include "cli/progress.h"
#include "tally/tally.h"

enum { DISABLED_RULES_MAX = 64 };

/* How the reading of one input went. */
struct input_result {
	uint64_t lines, bytes, skipped_bytes;
	bool complete;
	struct err err; /* why not; empty when complete */
};

struct pipeline {
	struct plan *plan;
	const struct tally_settings *settings;
	struct progress *progress;
	const volatile sig_atomic_t *interrupted; /* nonzero: stop reading */
	const struct filter *filter;              /* NULL: every line counts */
	struct workers *workers;                  /* NULL is none beside the caller */
	/*
	 * So many of them have memory for a tally of their own; 0: all. One: there is no thread
	 * beside it, nor a ring that it would fill.
	 */
	size_t readers;
	uint64_t unit_bytes; /* 0: the plan's own; tests cut smaller */

	/* Filled by pipeline_run. */
	struct tally tally;           /* settled */
	struct input_result *results; /* by input */
	uint64_t filtered;            /* lines that the filter left out */
	size_t disabled_count;        /* rules switched off: a pattern hit its limit */
	uint16_t disabled[DISABLED_RULES_MAX];
};

void pipeline_run(struct pipeline *pipeline);
void pipeline_release(struct pipeline *pipeline);

#endif
