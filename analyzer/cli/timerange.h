/*
 * Time ranges that skip: what lies outside --since and --until is not read. A plain file in
 * order of time is cut by bisection; a whole file outside the range is left out. Files in
 * local time around the end of summer time, and those found in disorder, are read whole.
 */
#ifndef CLI_TIMERANGE_H
#define CLI_TIMERANGE_H

#include "cli/plan.h"

/* Lines of one file may stand so far out of their order in time (several threads log). */
enum { TIMERANGE_DISORDER_MS = 60 * 1000 };

/* What was not read. */
struct timerange_skipped {
	size_t files, cut_files; /* left out whole; read only in part */
	uint64_t bytes;
};

/*
 * The last time of all inputs: TIME_NONE where they tell none. Reads a compressed file to its
 * end where it may hold the last one. -1 with err where one is a pipe, which can be read once.
 */
int timerange_end(const struct plan *plan, int64_t *out, struct err *err);
/* Narrows what will be read; either bound may be TIME_NONE. */
void timerange_apply(struct plan *plan, int64_t since, int64_t until,
		     struct timerange_skipped *skipped);
/*
 * The time of the first line at or after a byte of a plain file that tells one, and where it
 * begins; TIME_NONE where the next 64 KiB have none.
 */
int64_t timerange_at(const struct plan_input *input, uint64_t offset, uint64_t *begin);

#endif
