/*
 * Allocation that does not fail: out of memory ends the program with one line on standard
 * error and status 2. Tables that grow with the input have limits and never come here
 * because of what a log says.
 */
#ifndef BASE_XALLOC_H
#define BASE_XALLOC_H

#include <stddef.h>

void *xmalloc(size_t n) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t n) __attribute__((malloc, returns_nonnull));
/* At the beginning of a line of the processor's cache; n is a multiple of XALLOC_LINE. */
enum { XALLOC_LINE = 64 };
void *xmalloc_lines(size_t n) __attribute__((malloc, returns_nonnull));
/* Resizes to count * n bytes; an overflow of the product counts as out of memory. */
void *xrealloc(void *p, size_t count, size_t n) __attribute__((returns_nonnull));
/* A copy of n bytes, followed by a NUL that does not belong to them. */
void *xmemdup(const void *p, size_t n) __attribute__((malloc, returns_nonnull));
/* Ends the program as a failed allocation does. */
void xalloc_fail(void) __attribute__((noreturn));
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));

#endif
