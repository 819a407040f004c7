/*
 * How a table of entries that hang together with nothing else becomes one with another tally's.
 * The look-ups miss the processor's caches: entries that both tables have are added side by side,
 * by all of the caller's workers; new ones after them, in the order of their table. So the
 * result does not depend on the threads.
 */
#ifndef TALLY_JOIN_H
#define TALLY_JOIN_H

#include "base/map.h"
#include "tally/fold.h"

struct tally;
struct workers;

/* The tally's texts must have been taken (texts_take), where entries hold any. */
struct join {
	struct tally *into, *from;
	struct map *own, *others; /* the table in either */
	struct fold *fold;        /* of `own` */
	/* Hint: what the entry owns is about to be read; NULL: it owns little. */
	void (*fetch_owned)(const void *entry);
	/* All texts of an entry of `others` become those of `into`; NULL: it has none. */
	void (*rename)(const struct tally *from, void *entry);
	/* Adds an entry of `others` to what `own` has of it; false where it has nothing. */
	bool (*add_known)(struct tally *into, struct tally *from, void *entry);
	void (*add_new)(struct tally *into, struct tally *from, void *entry);
	/* To be called for an entry that was copied into `own`; NULL: nothing is to be done. */
	void (*arrive)(struct tally *into, void *entry);
	/* Of an entry of `others` what nobody has taken. */
	void (*release)(struct tally *into, void *entry);
};

/*
 * Leaves `others` empty. More than one thread only where the two tallies have the same settings,
 * so that an entry has the same key and the same ranks in both.
 */
void join_tables(const struct join *join, struct workers *workers);

#endif
