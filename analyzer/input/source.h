/*
 * struct source: the uncompressed bytes of one input, whatever holds it. Compression is
 * recognised by content, never by name. One reader at a time; not shared between threads.
 */
#ifndef INPUT_SOURCE_H
#define INPUT_SOURCE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

enum source_kind { SOURCE_PLAIN, SOURCE_GZIP, SOURCE_ZSTD, SOURCE_XZ, SOURCE_KINDS };

/* How an input ended. Anything but COMPLETE means: some of it could not be read (exit 2). */
enum source_end {
	SOURCE_OPEN,      /* not at its end yet */
	SOURCE_COMPLETE,  /* read to the end */
	SOURCE_TRUNCATED, /* the compressed stream stops in the middle */
	SOURCE_CORRUPT,   /* the compressed stream is damaged */
	SOURCE_TRAILING,  /* garbage follows the last compressed member; all members were read */
	SOURCE_FAILED,    /* the system could not read */
};

struct source;

/* What a kind of source does; one const table row for each kind. */
struct source_ops {
	const char *name; /* "gzip" */
	struct str magic; /* first bytes; empty for plain */
	/* Takes over an open descriptor and the bytes already read from it. */
	void *(*open)(int fd, struct str head, struct err *err);
	/*
	 * Up to n bytes; 0 at the end; -1 on an error, which also ends the source. `end` and
	 * `err` are set when it returns 0 or -1. Bytes that came before an error are delivered
	 * first. For gzip, zstd and xz only whole lines before damage are certain; the reader
	 * drops an unfinished last line of a source that did not end COMPLETE.
	 */
	ssize_t (*read)(void *state, char *p, size_t n, enum source_end *end, struct err *err);
	void (*close)(void *state);
	bool available; /* false where built without the library */
};

/* Opens `path` ("-" is standard input), or NULL with err. A directory is an error. */
struct source *source_open(const char *path, struct err *err);
/* Opens `path` (a plain file) at byte `from`, ending before byte `to`. */
struct source *source_open_range(const char *path, uint64_t from, uint64_t to, struct err *err);
void source_close(struct source *source);
/* See source_ops.read. */
ssize_t source_read(struct source *source, char *p, size_t n);
enum source_kind source_kind(const struct source *source);
enum source_end source_end(const struct source *source);
/* Why the source did not end COMPLETE; empty text when it did. */
const struct err *source_error(const struct source *source);
/* Bytes taken from the file so far (compressed), for progress. */
uint64_t source_consumed(const struct source *source);
/* "plain", "gzip", ... ; and whether this build can read it. */
const char *source_kind_name(enum source_kind kind);
bool source_kind_available(enum source_kind kind);

#endif
