/*
 * Logs that should be there: what each server wrote in earlier nights, and what of it is
 * missing tonight.
 */
#ifndef STORE_QUIET_H
#define STORE_QUIET_H

#include "store/state.h"
#include "tally/tally.h"

/* From so many nights on a kind of line that is missing is worth a word, in so many nights. */
enum { QUIET_NIGHTS = 3, QUIET_TOLD = 14 };

struct quiet {
	struct str server;
	struct str category; /* "query", "transfer", ... ; empty: all of its lines */
	int64_t last;        /* its last line; TIME_NONE */
	uint64_t nights;     /* in which it was there */
	bool vanished;       /* no log of that server was given tonight */
};

/*
 * Compares the night with those before and adds it to them: a kind of line that a server wrote
 * in at least QUIET_NIGHTS nights, and in four of five between its first and its last, is
 * missing. It is told QUIET_TOLD nights long, or until it is back, or quiet_forget. Within a
 * transaction.
 */
int quiet_tonight(struct state *state, const struct tally *tally, struct err *err);
/* What is missing since the last night, by server and category. Texts live in the arena. */
int quiet_list(struct state *state, struct arena *arena, struct quiet **all, size_t *count,
	       struct err *err);
/* The server is no more: commits by itself. 1 done, 0 not found, -1 with err. */
int quiet_forget(struct state *state, struct str server, struct err *err);

#endif
