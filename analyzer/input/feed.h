/*
 * struct feed: the stored (compressed) bytes of a descriptor, in a buffer from which a
 * decompressor takes what it wants. Owns the descriptor.
 */
#ifndef INPUT_FEED_H
#define INPUT_FEED_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* TINY_BUFFERS: builds of the fuzzers, in which short inputs cross every boundary. */
#ifdef TINY_BUFFERS
enum { FEED_BUFFER = 40 };
#else
enum { FEED_BUFFER = 128 * 1024 };
#endif

struct feed {
	int fd;
	char *buffer;      /* FEED_BUFFER bytes */
	size_t start, end; /* the bytes not taken yet */
	uint64_t taken;    /* from the descriptor so far */
	bool at_end;
};

/* What follows a finished member of a compressed file. */
enum feed_follower {
	FEED_NOTHING, /* the end of the file, after zero padding or none */
	FEED_MEMBER,  /* another member begins at `start` */
	FEED_GARBAGE, /* something else */
	FEED_FAILED,  /* the system could not read; err is set */
};

/* `head` was already read from `fd` and is copied. */
void feed_open(struct feed *feed, int fd, struct str head);
void feed_close(struct feed *feed);
/* Reads on: 1 when bytes were added, 0 at the end of the file, -1 with err. */
int feed_fill(struct feed *feed, struct err *err);
/* Takes zero bytes off and says what follows. Part of the magic at the end is a member cut short. */
enum feed_follower feed_follow(struct feed *feed, struct str magic, struct err *err);
/* read(2) that goes on after a signal, but for one that ends the waiting (input/wait.h): -1 with err. */
ssize_t feed_read(int fd, char *p, size_t n, struct err *err);

#endif
