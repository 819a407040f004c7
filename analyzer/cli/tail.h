/*
 * struct tail: the lines of a plain file as they are written, through rotation (another file
 * takes the name: the old one is read to its end first), truncation (copytruncate: it begins
 * anew; what was written between copy and cut is lost, as for every reader) and a time without
 * a file. A line counts once its newline is there.
 */
#ifndef CLI_TAIL_H
#define CLI_TAIL_H

#include <stdint.h>

#include "base/str.h"

enum { TAIL_BUFFER = 256 * 1024 };

struct tail {
	const char *path; /* borrowed */
	int fd;           /* -1: there is no file now */
	uint64_t device, inode;
	uint64_t position;  /* in the file, behind what is in the buffer */
	uint64_t offset;    /* of the buffer's first byte; grows through all files of that name */
	uint64_t lines;     /* delivered or skipped so far, of all files */
	uint64_t rotations; /* and truncations seen */
	char *buffer;
	size_t start, end;
	bool overlong; /* the rest of a line longer than the buffer is skipped */
};

void tail_open(struct tail *tail, const char *path);
void tail_close(struct tail *tail);
/* Reads on; true when there is something new in the buffer. */
bool tail_fill(struct tail *tail);
/* The next whole line of the buffer; false when none is left. Lives until tail_fill. */
bool tail_line(struct tail *tail, struct str *line, uint64_t *offset);

#endif
