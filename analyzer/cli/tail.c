#include "cli/tail.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "input/reader.h"

/* Opens what has the name now, if there is anything. */
static void
open_path(struct tail *tail)
{
	struct stat st;

	tail->position = 0;
	tail->fd = open(tail->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (tail->fd < 0)
		return;
	if (fstat(tail->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(tail->fd);
		tail->fd = -1;
		return;
	}
	tail->device = (uint64_t)st.st_dev;
	tail->inode = (uint64_t)st.st_ino;
}

void
tail_open(struct tail *tail, const char *path)
{
	*tail = (struct tail){.path = path};
	tail->buffer = xcalloc(1, TAIL_BUFFER + READER_PADDING);
	open_path(tail);
}

void
tail_close(struct tail *tail)
{
	if (tail->fd >= 0)
		close(tail->fd);
	free(tail->buffer);
	tail->buffer = NULL;
}

/* An unfinished line at the end of a file that is gone will never be finished. */
static void
drop_rest(struct tail *tail)
{
	tail->offset += tail->end - tail->start;
	tail->start = tail->end = 0;
	tail->overlong = false;
}

static bool
read_more(struct tail *tail)
{
	if (tail->start > 0) {
		memmove(tail->buffer, tail->buffer + tail->start, tail->end - tail->start);
		tail->end -= tail->start;
		tail->start = 0;
	}
	if (tail->end == TAIL_BUFFER) {
		drop_rest(tail);
		tail->overlong = true;
	}
	ssize_t got = read(tail->fd, tail->buffer + tail->end, TAIL_BUFFER - tail->end);
	if (got <= 0)
		return false;
	tail->end += (size_t)got;
	tail->position += (uint64_t)got;
	return true;
}

/* At the end of what is open: has it been cut, or has another file its name? */
static bool
has_turned(struct tail *tail)
{
	struct stat st;

	if (fstat(tail->fd, &st) == 0 && (uint64_t)st.st_size < tail->position) {
		lseek(tail->fd, 0, SEEK_SET);
		tail->position = 0;
		return true;
	}
	if (stat(tail->path, &st) != 0 ||
	    ((uint64_t)st.st_dev == tail->device && (uint64_t)st.st_ino == tail->inode))
		return false;
	/* The writer may have added a last line to the old file while we looked. */
	if (read_more(tail))
		return true;
	close(tail->fd);
	open_path(tail);
	return true;
}

bool
tail_fill(struct tail *tail)
{
	if (tail->fd < 0) {
		open_path(tail);
		if (tail->fd < 0)
			return false;
	}
	size_t before = tail->end - tail->start;
	if (read_more(tail))
		return true;
	if (!has_turned(tail))
		return false;
	if (tail->end - tail->start > before)
		return true;
	tail->rotations++;
	drop_rest(tail);
	return tail->fd >= 0 && read_more(tail);
}

bool
tail_line(struct tail *tail, struct str *line, uint64_t *offset)
{
	for (;;) {
		const char *p = tail->buffer + tail->start;
		size_t left = tail->end - tail->start;
		const char *lf = left ? memchr(p, '\n', left) : NULL;
		if (!lf)
			return false;
		size_t n = (size_t)(lf - p);
		*offset = tail->offset;
		*line = str_make(p, n > 0 && p[n - 1] == '\r' ? n - 1 : n);
		tail->start += n + 1;
		tail->offset += n + 1;
		tail->lines++;
		bool skip = tail->overlong || line->n > READER_LINE_MAX;
		tail->overlong = false;
		/* A block of NUL bytes that a copytruncate left before the line is none of it. */
		while (line->n && line->p[0] == '\0')
			*line = str_skip(*line, 1);
		if (!skip)
			return true;
	}
}
