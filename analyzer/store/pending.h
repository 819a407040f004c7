/*
 * Outputs that belong to a night: their files are written under other names, named in the
 * state when it is committed, then renamed. Whatever happens in between, either the night was
 * not, or its files appear: at once, or when the state is opened next.
 */
#ifndef STORE_PENDING_H
#define STORE_PENDING_H

#include "store/state.h"

/* Within a transaction: the file `name` shall be renamed to `path`. Both absolute. */
int pending_add(struct state *state, const char *name, const char *path, struct err *err);
/*
 * After the commit: renames all and forgets them. A file that is no more was renamed before
 * the program ended. -1 with err when one cannot be renamed; it stays pending.
 */
int pending_complete(struct state *state, struct err *err);

#endif
