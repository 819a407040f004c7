/*
 * struct schedule: what each thread of a run does next. Parts of plain files are ranges, read
 * by one thread each. Anything else (compressed files, pipes, and everything when `in_order`)
 * is a flow: one thread at a time fills its ring of blocks, others read them. There is no
 * thread for decompressing alone: whoever finds a ring with room fills it, else reads what is
 * ready (or the other way round), so that no processor waits while there is work.
 *
 * The blocks of a flow are handed out in their order; those of an `ordered` flow one after the
 * other. With `in_order` the flows are read one after the other too, in the order of the plan:
 * then the lines are read in one fixed order, whatever the number of threads.
 */
#ifndef CLI_SCHEDULE_H
#define CLI_SCHEDULE_H

#include <pthread.h>

#include "cli/plan.h"
#include "input/blocks.h"

enum { FLOW_BLOCKS = 8 };

struct flow {
	size_t unit; /* number in the plan's units */
	bool ordered;
	struct parser parser; /* of an ordered flow; set up by who reads its first block */
	bool parser_is_made;

	/* For who fills: open after the first time. */
	struct source *source;
	struct blocks blocks;
	uint64_t consumed; /* told to the progress so far */

	/* Private to schedule.c. */
	struct block ring[FLOW_BLOCKS];
	bool busy[FLOW_BLOCKS];     /* being filled, ready or being read */
	uint8_t ready[FLOW_BLOCKS]; /* numbers of filled blocks, first in first out */
	unsigned ready_count, readers;
	bool filling, ended;
};

enum task_kind {
	TASK_NONE,  /* nothing is left, or the schedule was stopped */
	TASK_RANGE, /* read the unit */
	TASK_FILL,  /* fill the block from the flow */
	TASK_READ,  /* read the lines of the block */
};

struct task {
	enum task_kind kind;
	size_t unit;
	struct flow *flow;
	struct block *block;
};

struct schedule {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	const struct plan *plan;
	const struct plan_units *units; /* borrowed */
	bool in_order, stopped, draining;
	size_t next;   /* unit not begun */
	unsigned goal; /* blocks that a flow holds ready */
	size_t active_count, active_max;
	struct flow **active; /* ascending by unit */
};

void schedule_init(struct schedule *schedule, const struct plan *plan,
		   const struct plan_units *units, size_t threads, bool in_order);
/* Closes what a stopped schedule has left open. */
void schedule_release(struct schedule *schedule);
/*
 * Waits for something to do: `reads_first`, rather blocks to be read than one to be filled. Every
 * task but TASK_NONE is to be given back by schedule_done.
 */
void schedule_next(struct schedule *schedule, struct task *task, bool reads_first);
/* `more`: the block was filled. Without it a flow has come to its end. */
void schedule_done(struct schedule *schedule, const struct task *task, bool more);
/* No further task is handed out. */
void schedule_stop(struct schedule *schedule);
/*
 * Nothing more is read in: only blocks that are filled are handed out, and of each pipe what came
 * before it was opened as an input: that is all that there may be for hours.
 */
void schedule_drain(struct schedule *schedule);

#endif
