#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, madvise */
#endif
#include "base/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/xalloc.h"

static size_t
whole_pages(size_t n)
{
	return (n + PAGES_HUGE - 1) & ~(size_t)(PAGES_HUGE - 1);
}

void *
pages_alloc(size_t n)
{
	if (n < PAGES_HUGE / 2)
		return xcalloc(1, n);
	size_t size = whole_pages(n);
	/* The kernel places a mapping at any small page: map one huge page more, cut both ends. */
	char *p = mmap(NULL, size + PAGES_HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	if (p == MAP_FAILED)
		xalloc_fail();
	size_t front = whole_pages((uintptr_t)p) - (uintptr_t)p;
	if (front)
		munmap(p, front);
	if (PAGES_HUGE - front)
		munmap(p + front + size, PAGES_HUGE - front);
	madvise(p + front, size, MADV_HUGEPAGE);
	return p + front;
}

void
pages_free(void *p, size_t n)
{
	if (n < PAGES_HUGE / 2)
		free(p);
	else if (p)
		munmap(p, whole_pages(n));
}
