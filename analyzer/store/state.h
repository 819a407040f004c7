/*
 * struct state: the nightly memory, one SQLite file: what was read of which log, what was told,
 * what earlier nights were like. One program writes at a time; reading never waits. Everything
 * of one night is one transaction.
 */
#ifndef STORE_STATE_H
#define STORE_STATE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/timestamp.h"

struct sqlite3;
struct state;

enum { STATE_SCHEMA = 3, STATE_APPLICATION = 0x44547374 /* "DTst" */ };

enum state_mode {
	STATE_READ,   /* must be there; nothing is written */
	STATE_CHANGE, /* must be there; another writer is waited for */
	STATE_WRITE,  /* made (mode 0600) when it is not there; another writer is waited for */
};

/*
 * Opens and, where needed, brings an older schema up to date, and completes outputs that a run
 * before could not put in their places (see store/pending.h). NULL with err.
 */
struct state *state_open(const char *path, enum state_mode mode, struct err *err);
void state_close(struct state *state);
/* All or nothing: what is not committed never was. -1 with err. */
int state_begin(struct state *state, struct err *err);
int state_commit(struct state *state, struct err *err);
void state_rollback(struct state *state);

/* The nights committed so far, and the end of the logs of the last one (TIME_NONE). */
uint64_t state_nights(struct state *state);
int64_t state_last_time(struct state *state);
/* Ends a night: counts it. `now` is the end of its logs. Within a transaction. */
int state_add_night(struct state *state, int64_t now, uint64_t requests, struct err *err);
/* A number kept under a name of the caller's; `otherwise` when there is none. */
int64_t state_number(struct state *state, const char *name, int64_t otherwise);
int state_set_number(struct state *state, const char *name, int64_t value, struct err *err);

/* For the other files of store/. */
struct sqlite3 *state_db(struct state *state);

#endif
