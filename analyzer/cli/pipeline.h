/*
 * The whole program on one screen: planned inputs to one settled tally. Each worker reads
 * whole units (a file, or a range of one) into a tally of its own; then the tallies merge.
 */
#ifndef CLI_PIPELINE_H
#define CLI_PIPELINE_H

#include <signal.h>

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
	size_t threads;
	uint64_t unit_bytes; /* 0: the plan's own; tests cut smaller */

	/* Filled by pipeline_run. */
	struct tally tally;           /* settled */
	struct input_result *results; /* by input */
	size_t disabled_count;        /* rules switched off: a pattern hit its limit */
	uint16_t disabled[DISABLED_RULES_MAX];
};

void pipeline_run(struct pipeline *pipeline);
void pipeline_release(struct pipeline *pipeline);

#endif
