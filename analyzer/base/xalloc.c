#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
xalloc_fail(void)
{
	static const char text[] = "digtrail: out of memory\n";

	ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)written;
	_exit(2);
}

static void *
check(void *p)
{
	if (!p)
		xalloc_fail();
	return p;
}

void *
xmalloc(size_t n)
{
	return check(malloc(n ? n : 1));
}

void *
xcalloc(size_t count, size_t n)
{
	return check(calloc(count ? count : 1, n ? n : 1));
}

void *
xmalloc_lines(size_t n)
{
	return check(aligned_alloc(XALLOC_LINE, n));
}

void *
xrealloc(void *p, size_t count, size_t n)
{
	size_t total;

	if (__builtin_mul_overflow(count, n, &total))
		check(NULL);
	return check(realloc(p, total ? total : 1));
}

void *
xmemdup(const void *p, size_t n)
{
	char *copy = xmalloc(n + 1);

	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *
xstrdup(const char *text)
{
	return xmemdup(text, strlen(text));
}
