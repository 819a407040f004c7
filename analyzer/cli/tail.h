/*
 * struct tail: the lines of a plain log as they are written, each once, through
 *
 * - rotation: another file takes the name. The old one is read on until the new one has content,
 *   so that what its writer still had in hand is not lost.
 * - truncation (copytruncate): what was written between the last look and the cut is read from
 *   the copy; without a copy it is lost, as for every reader.
 * - several rotations between two looks: the files between are found in the directory by their
 *   content, plain or compressed by then (cli/siblings.h).
 * - a time without a file.
 *
 * A line counts once its newline is there. Files that lay beside the log at the start are not
 * read.
 */
#ifndef CLI_TAIL_H
#define CLI_TAIL_H

#include <stdint.h>

#include "base/str.h"
#include "input/identity.h"
#include "input/source.h"

enum { TAIL_BUFFER = 256 * 1024, TAIL_HEAD = 512, TAIL_KNOWN = 64 };

/* A file to read: by descriptor, or, when it is compressed, as a source. */
struct tail_piece {
	int fd;                /* -1: there is none */
	struct source *source; /* NULL: plain */
	uint64_t device, inode;
	int64_t opened_at;    /* when its content had been changed last then; nanoseconds UTC */
	uint64_t position;    /* in its content, behind what was read; to be passed over first */
	struct identity head; /* of its first TAIL_HEAD bytes, or of fewer while it is short */
};

struct tail {
	const char *path; /* borrowed */
	bool stays;       /* a file rotated already: whoever takes its name is not read */
	struct tail_piece now;
	size_t next, piece_count;
	struct tail_piece *pieces; /* those from `next` on follow, the last one has the name */
	struct identity known[TAIL_KNOWN]; /* a ring: what was read, or was there at the start */
	size_t known_count;
	uint64_t offset;    /* of the buffer's first byte; grows through all files of that name */
	uint64_t lines;     /* delivered or skipped so far, of all files */
	uint64_t rotations; /* and truncations seen */
	char *buffer;
	size_t start, end;
	bool overlong; /* the rest of a line longer than the buffer is skipped */
};

/* `stays`: the file is one that was rotated away before, and another tail has its log. */
void tail_open(struct tail *tail, const char *path, bool stays);
void tail_close(struct tail *tail);
/* Reads on; true when there is something new in the buffer. */
bool tail_fill(struct tail *tail);
/* The next whole line of the buffer; false when none is left. Lives until tail_fill. */
bool tail_line(struct tail *tail, struct str *line, uint64_t *offset);

#endif
