/*
 * struct progress: how far the reading is, on standard error. Any thread may add to it; at
 * most five times a second one of them prints. Nothing is shown in the first half second, so
 * that short runs leave the terminal alone. A message to standard error between start and
 * end must go through progress_clear first. Between the two SIGUSR1 is answered by a thread.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "cli/options.h"

struct progress {
	FILE *out; /* NULL: nothing is shown, but where it is asked for */
	FILE *asked;
	bool terminal;
	uint64_t total; /* bytes as they lie on the disk; 0: unknown */
	int64_t start;  /* monotonic milliseconds */
	_Atomic uint64_t done;
	_Atomic int64_t due; /* when the next line may be printed */
	_Atomic bool drawn;  /* a line stands on the terminal */
	_Atomic bool is_over;
	bool has_asker;
	pthread_t asker;  /* answers SIGUSR1, also while everybody else waits for a pipe */
	sigset_t signals; /* blocked before progress_start */
};

/* WHEN_AUTO shows it when `out` is a terminal that can move its cursor. */
void progress_start(struct progress *progress, FILE *out, enum option_when when, uint64_t total);
/* `bytes` more were read. For every block, not for every line: it asks for the time. */
void progress_add(struct progress *progress, uint64_t bytes);
/* All is read anew. */
void progress_restart(struct progress *progress);
/* Wipes the line; the next progress_add draws it anew. */
void progress_clear(struct progress *progress);
/* The same for good. */
void progress_end(struct progress *progress);
/* "42 %  1.3 of 3.1 GB  310 MB/s  0:06 left" after that many milliseconds. */
void progress_print(struct buf *buf, uint64_t done, uint64_t total, int64_t elapsed);

#endif
