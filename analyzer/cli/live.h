/*
 * struct live: logs that are read as they grow (cli/tail.h) into one tally, which a copy of the
 * process judges from time to time while reading goes on: the tally stays as it is, and a long
 * judgement costs no line. What follow and top share. One thread.
 */
#ifndef CLI_LIVE_H
#define CLI_LIVE_H

#include <stdio.h>
#include <sys/types.h>

#include "cli/analysis.h"
#include "cli/follow_line.h"
#include "cli/tail.h"

struct live {
	struct analysis *analysis; /* borrowed; prepared */
	void *context;             /* the caller's, for the two below */
	/* In the copy: judges live->analysis and writes what it has found. */
	void (*judge)(struct live *live, FILE *to_parent);
	/* In the process itself: reads what the copy wrote, to its end. */
	void (*judged)(struct live *live, FILE *from_copy);

	uint64_t line_count; /* read so far */
	int64_t now;         /* monotonic milliseconds, as of the last live_read */
	/* Private. */
	struct tail *tails;
	struct follow_line *lines; /* by tail: what is needed to count its lines */
	uint64_t judged_at;
	int64_t last_judged, judge_took;
	int64_t first_time; /* of the log's: a day after it the tally begins anew */
	pid_t copy;         /* the process that judges; 0: none */
	int from_copy, changes;
};

/*
 * Opens the plan's logs; `analysis`, `judge` and `judged` are set by then. Only what is plain
 * can grow: -1 with a word on standard error where nothing is. live_close is needed in either
 * case.
 */
int live_open(struct live *live);
/* Reads what is there, some of it when there is much; true when there was something. */
bool live_read(struct live *live);
/* Waits, half a second at most, until something changes or `also` can be read (-1: nothing). */
void live_wait(struct live *live, int also);
/* Judges what was read since the last time, and waits: then all of it has been told. */
void live_settle(struct live *live);
/* Ends the reading: analysis->pipeline is complete, to be judged once more. */
void live_close(struct live *live);

#endif
