/*
 * Memory for tables that grow large: zeroed, and in huge pages where the system has them. A
 * table that is read at random misses the processor's address cache at nearly every step when
 * it lies in small pages, and the kernel hands out a huge page for the price of a few.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

enum { PAGES_HUGE = 2 << 20 };

/* `n` zeroed bytes; from half a huge page on they begin at a huge page. Never fails. */
void *pages_alloc(size_t n) __attribute__((malloc, returns_nonnull));
/* With the same `n`. */
void pages_free(void *p, size_t n);

#endif
