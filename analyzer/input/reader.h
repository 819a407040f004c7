/*
 * struct reader: the lines of a source. Borrowed views into its own buffer, valid until the
 * next call. No allocation per line.
 */
#ifndef INPUT_READER_H
#define INPUT_READER_H

#include "input/source.h"

enum {
#ifdef TINY_BUFFERS
	READER_LINE_MAX = 512,
	READER_BUFFER = 600,
#else
	READER_LINE_MAX = 64 * 1024,
	READER_BUFFER = 256 * 1024,
#endif
	READER_PADDING = 64, /* bytes after the end of the data that may be read, never written */
};

struct line {
	/*
	 * Without LF, CR before it, and NUL bytes at either end. READER_PADDING bytes after
	 * it may be read.
	 */
	struct str text;
	uint64_t offset; /* of its first byte (of text) in the uncompressed stream */
	uint64_t number; /* counted from 1 at the reader's start */
	bool terminated; /* false for a last line without newline */
};

struct reader {
	struct source *source; /* borrowed; NULL over a block */
	char *buffer;          /* owned; borrowed over a block */
	size_t start, end, capacity;
	size_t line_max;
	uint64_t offset;   /* of buffer[start] in the stream */
	uint64_t lines;    /* delivered or skipped so far */
	uint64_t overlong; /* lines longer than line_max, skipped to the next LF */
	/* Of overlong lines, NUL blocks and an unfinished line before damage. */
	uint64_t skipped_bytes;
	bool at_end;
	bool ends_whole; /* over a block: a last line without newline is a line */
};

/* `base` is the stream offset of the source's first byte (0 but for a range). */
void reader_init(struct reader *reader, struct source *source, uint64_t base);
/*
 * The same with a buffer and a longest line of one's own, for tests that cross boundaries
 * often. `capacity` is raised to line_max + 2 (CR and LF).
 */
void reader_init_sized(struct reader *reader, struct source *source, uint64_t base, size_t capacity,
		       size_t line_max);
/*
 * The lines of bytes in memory, which stay the caller's, followed by READER_PADDING bytes.
 * `ends_whole` tells whether a last line without newline is one: see input/blocks.h.
 */
void reader_init_block(struct reader *reader, char *bytes, size_t n, uint64_t base,
		       bool ends_whole);
void reader_release(struct reader *reader);
/* The next line; false at the end, and then source_end() says how it ended. */
bool reader_next(struct reader *reader, struct line *line);
/*
 * The next line where it can be had without reading on, so that the lines before it stay valid;
 * false where reader_next has to be asked.
 */
bool reader_next_held(struct reader *reader, struct line *line);
/* What has been read and not been delivered. */
static inline struct str
reader_rest(const struct reader *reader)
{
	return str_make(reader->buffer + reader->start, reader->end - reader->start);
}
/*
 * Delivers a line that has been found there: the first n bytes of the rest, before LF, without
 * CR or NUL bytes at their ends, no more than a line may have. The lines before it stay valid.
 */
static inline void
reader_take(struct reader *reader, size_t n, struct line *line)
{
	const char *p = reader->buffer + reader->start;

	line->text = str_make(p, n);
	line->offset = reader->offset;
	line->number = ++reader->lines;
	line->terminated = true;
	reader->start += n + 1;
	reader->offset += n + 1;
}
/*
 * Takes the first line off bytes in memory: its text as in struct line. False when no
 * terminated line is left.
 */
bool reader_cut(struct str *bytes, struct str *text);

#endif
