/*
 * struct source: the uncompressed bytes of one input, whatever holds it. Compression is
 * recognised by content, never by name. One reader at a time; not shared between threads.
 */
#ifndef INPUT_SOURCE_H
#define INPUT_SOURCE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/timestamp.h"

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

enum {
	SOURCE_HEAD = 16,
	SOURCE_RATIO = 200, /* a log that is packed better than this is no log */
	/* Below it a file may unpack to whatever it likes. */
	SOURCE_UNPACKED_ANYWAY = 64 * 1024 * 1024,
};

struct source;

/* What a kind of source does; one const table row for each kind. */
struct source_ops {
	const char *name; /* "gzip" */
	struct str magic; /* first bytes; empty for plain */
	/*
	 * Takes over an open descriptor and the bytes already read from it (at most
	 * SOURCE_HEAD, copied). On failure (NULL) the descriptor stays the caller's.
	 */
	void *(*open)(int fd, struct str head, struct err *err);
	/*
	 * Up to n bytes; 0 at the end; -1 on an error, which also ends the source. `end` and
	 * `err` are set when it returns 0 or -1. Bytes that came before an error are delivered
	 * first. For gzip, zstd and xz only whole lines before damage are certain; the reader
	 * drops an unfinished last line of a source that did not end COMPLETE.
	 */
	ssize_t (*read)(void *state, char *p, size_t n, enum source_end *end, struct err *err);
	void (*close)(void *state);
	/* Bytes taken from the descriptor so far, `head` included. */
	uint64_t (*consumed)(const void *state);
	/* When the container says its content was last changed, or TIME_NONE; may be NULL. */
	int64_t (*time)(const void *state);
	bool available; /* false where built without the library */
};

extern const struct source_ops source_plain, source_gzip, source_zstd, source_xz;
/* gzip by ISA-L instead of zlib: the same content and the same ends, in less time. */
extern const struct source_ops source_gzip_isal;

/*
 * Opens `path` ("-" is standard input), or NULL with err. Directories and devices are errors;
 * a device behind standard input is not. The text of every error begins with the path.
 */
struct source *source_open(const char *path, struct err *err);
/*
 * Opens `path` (a plain file) at byte `from`, ending before byte `to`. A file that has become
 * shorter than that ends as SOURCE_FAILED.
 */
struct source *source_open_range(const char *path, uint64_t from, uint64_t to, struct err *err);
/*
 * Opens `path` where a compressed member begins at byte `member` of the file, passes over
 * `skip` bytes of the content from there on, and ends after `take` more (UINT64_MAX: at its
 * end).
 */
struct source *source_open_slice(const char *path, uint64_t member, uint64_t skip, uint64_t take,
				 struct err *err);
/*
 * Ends a compressed source SOURCE_FAILED where it has given more than `ratio` times the bytes
 * it has taken (and more than SOURCE_UNPACKED_ANYWAY). It is SOURCE_RATIO unless told here.
 */
void source_limit_ratio(struct source *source, uint64_t ratio);
void source_close(struct source *source);
/* A source over any ops and state; takes both. `name` stands in its messages. */
struct source *source_new(const struct source_ops *ops, void *state, const char *name);
/* See source_ops.read. */
ssize_t source_read(struct source *source, char *p, size_t n);
/*
 * The next bytes without taking them: `want`, or fewer when the source ends before (then
 * source_end says how). They are read again by source_read. The view lives until the next
 * call for this source. To be called at most once, before the first source_read.
 */
struct str source_peek(struct source *source, size_t want);
enum source_kind source_kind(const struct source *source);
enum source_end source_end(const struct source *source);
/* Why the source did not end COMPLETE; empty text when it did. */
const struct err *source_error(const struct source *source);
/* Bytes taken from the file so far (compressed), for progress. */
uint64_t source_consumed(const struct source *source);
/* When the container says its content was last changed (gzip header), or TIME_NONE; known
 * after the first byte was read. */
int64_t source_time(const struct source *source);
/* "plain", "gzip", ... ; and whether this build can read it. */
const char *source_kind_name(enum source_kind kind);
bool source_kind_available(enum source_kind kind);

#endif
