/*
 * Which malloc the program has. A night's tally is millions of small pieces that hang together:
 * how malloc places them decides how often the processor waits. mimalloc, where it was found at
 * build time, replaces the C library's malloc in the program (not in its tests, whose byte
 * budgets ask the latter); this is its one setting.
 */
#ifndef BASE_ALLOCATOR_H
#define BASE_ALLOCATOR_H

#include <stdint.h>

/*
 * To be called once, before much is allocated, with the bytes that the run may take. Nothing
 * happens without mimalloc.
 */
void allocator_start(uint64_t memory);

#endif
