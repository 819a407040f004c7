/*
 * The mail that says that digtrail still runs: after so many days of logs it comes even when
 * nothing is new, so that silence means something.
 */
#ifndef STORE_ALIVE_H
#define STORE_ALIVE_H

#include "store/state.h"

struct alive {
	bool is_due;
	/* Of the nights that it tells of, this one included. */
	uint64_t nights, requests;
	int64_t since; /* the end of the logs when it was said last; TIME_NONE: never */
};

/*
 * Whether it is due this night, which state_add_night has just ended, and if so notes that it is
 * said. `days` 0: never. Within a transaction.
 */
int alive_tonight(struct state *state, int64_t days, int64_t now, struct alive *alive,
		  struct err *err);

#endif
