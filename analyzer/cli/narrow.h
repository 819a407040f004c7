/* From the filter options to what is read: the filter, and what of the plan it leaves out. */
#ifndef CLI_NARROW_H
#define CLI_NARROW_H

#include "cli/filter.h"
#include "cli/timerange.h"

enum { NARROWING_TEXT = 1024 };

struct narrowing {
	struct filter filter;
	struct timerange_skipped skipped;
	char text[NARROWING_TEXT]; /* the options as they were given; empty: all lines count */
};

/* In two steps, before and after the plan. -1 with err; narrowing_release is needed in any case. */
int narrowing_begin(struct narrowing *narrowing, const struct options *options, struct err *err);
int narrowing_end(struct narrowing *narrowing, const struct options *options, struct plan *plan,
		  const struct ruleset *rules, struct err *err);
void narrowing_release(struct narrowing *narrowing);
/* "not read: 3 files outside of it, 2.1 of 4.0 GB"; empty where all was read. */
void narrowing_describe(const struct narrowing *narrowing, struct buf *out);

#endif
