/*
 * struct reader: the lines of a source. Borrowed views into its own buffer, valid until the
 * next call. No allocation per line.
 */
#ifndef INPUT_READER_H
#define INPUT_READER_H

#include "input/source.h"

enum { READER_LINE_MAX = 64 * 1024 };

struct line {
	struct str text; /* without LF, CR before it, and NUL bytes at either end */
	uint64_t offset; /* of its first byte in the uncompressed stream */
	uint64_t number; /* counted from 1 at the reader's start */
	bool terminated; /* false for a last line without newline */
};

struct reader {
	struct source *source; /* borrowed */
	char *buffer;
	size_t start, end, capacity;
	uint64_t offset;   /* of buffer[start] in the stream */
	uint64_t lines;    /* delivered or skipped so far */
	uint64_t overlong; /* lines longer than READER_LINE_MAX, skipped to the next LF */
	uint64_t
		skipped_bytes; /* of overlong lines, NUL blocks and an unfinished line before damage */
	bool at_end;
};

/* `base` is the stream offset of the source's first byte (0 but for a range). */
void reader_init(struct reader *reader, struct source *source, uint64_t base);
void reader_release(struct reader *reader);
/* The next line; false at the end, and then source_end() says how it ended. */
bool reader_next(struct reader *reader, struct line *line);

#endif
