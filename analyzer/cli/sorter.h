/*
 * struct sorter: matched lines from many files, which are read in any order by several threads,
 * into one order of time. Blocks of entries come in; what is certain to be complete up to a time
 * goes out. What is held meanwhile is bounded: beyond that, sorted runs go to unlinked
 * temporary files. One lock: any thread may call.
 */
#ifndef CLI_SORTER_H
#define CLI_SORTER_H

#include <pthread.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

/* Order: time, then stream and offset. Its text follows it in memory, padded to 8 bytes. */
struct sorter_entry {
	int64_t time;
	uint64_t offset;
	uint32_t stream, length;
};

struct sorter_run;

struct sorter {
	pthread_mutex_t lock;
	FILE *out;
	size_t limit, held;     /* bytes of blocks in memory */
	size_t count, capacity; /* runs: a heap by the first entry left */
	struct sorter_run **runs;
	struct err err; /* a temporary file failed; text empty while all is well */
};

void sorter_init(struct sorter *sorter, FILE *out, size_t limit);
void sorter_release(struct sorter *sorter);
/* Adds an entry to a block that one thread fills. */
void sorter_append(struct buf *block, const struct sorter_entry *entry, const char *text);
/* Takes what is in a block (in any order) and leaves it empty. */
void sorter_add(struct sorter *sorter, struct buf *block);
/* No more entries before `time` will come: writes those, in order. */
void sorter_advance(struct sorter *sorter, int64_t time);

#endif
