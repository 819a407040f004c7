/*
 * How a table of entries that hang together with nothing else becomes one with another tally's.
 * The look-ups miss the processor's caches: entries that both tables have are added side by side,
 * by as many threads as the caller has; new ones after them, in the order of their table. So the
 * result does not depend on the threads.
 */
#ifndef TALLY_JOIN_H
#define TALLY_JOIN_H

#include "base/map.h"

struct tally;

struct join {
	struct tally *into, *from;
	const struct map *own, *others; /* the table in either */
	/* Hint: what the entry owns is about to be read; NULL: it owns little. */
	void (*fetch_owned)(const void *entry);
	/* Adds an entry of `others` to what `own` has of it; false where it has nothing. */
	bool (*add_known)(struct tally *into, struct tally *from, void *entry);
	void (*add_new)(struct tally *into, struct tally *from, void *entry);
};

/* More than one thread only where no two of `others` are the same entry in `own`. */
void join_tables(const struct join *join, size_t threads);

#endif
