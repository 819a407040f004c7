#define _GNU_SOURCE /* memfd_create */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { AROUND = 60 };

void
help_must(bool holds, const char *condition, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

void
help_same(struct str one, struct str other, const char *what)
{
	size_t at = 0;

	if (str_eq(one, other))
		return;
	while (at < one.n && at < other.n && one.p[at] == other.p[at])
		at++;
	size_t from = at > AROUND ? at - AROUND : 0;
	fprintf(stderr, "%s: differ at byte %zu\n-%.*s\n+%.*s\n", what, at,
		(int)(one.n - from > 2 * AROUND ? 2 * AROUND : one.n - from), one.p + from,
		(int)(other.n - from > 2 * AROUND ? 2 * AROUND : other.n - from), other.p + from);
	abort();
}

void
help_equal(uint64_t one, uint64_t other, const char *what)
{
	if (one == other)
		return;
	fprintf(stderr, "%s: %llu and %llu\n", what, (unsigned long long)one,
		(unsigned long long)other);
	abort();
}

int
help_file(struct str bytes, char path[HELP_PATH])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	MUST(fd >= 0 && (bytes.n == 0 || write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n));
	snprintf(path, HELP_PATH, "/proc/self/fd/%d", fd);
	return fd;
}

struct str
help_take(struct str *from, size_t n)
{
	struct str taken = str_make(from->p, n < from->n ? n : from->n);

	*from = str_skip(*from, taken.n);
	return taken;
}

unsigned
help_byte(struct str *from)
{
	struct str taken = help_take(from, 1);

	return taken.n ? (unsigned char)*taken.p : 0;
}

bool
help_line(struct str *from, struct str *text)
{
	if (from->n == 0)
		return false;
	const char *newline = memchr(from->p, '\n', from->n);
	size_t n = newline ? (size_t)(newline - from->p) : from->n;
	char *copy = malloc(n ? n : 1);

	MUST(copy != NULL);
	memcpy(copy, from->p, n);
	*text = str_make(copy, n);
	help_take(from, n + 1);
	return true;
}

const char *
help_data(const char *name, char path[1024])
{
	const char *root = getenv("DIGTRAIL_DATADIR");

	snprintf(path, 1024, "%s/%s", root ? root : "patterns", name);
	return path;
}
