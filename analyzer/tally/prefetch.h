/*
 * The tables do not fit the processor's caches: what a batch of lines will touch is asked for
 * before the first of them is added, step by step for all lines, so that by the time a step comes
 * back to a line, the memory it needs has arrived. Nothing here decides anything.
 */
#ifndef TALLY_PREFETCH_H
#define TALLY_PREFETCH_H

#include "tally/tally.h"

/*
 * Asks for the entries of the lines' sources, zones and pairs, and for what hangs on them. Sets
 * line->source, zone and pair to what is probably theirs, or to NULL.
 */
void prefetch_lines(const struct tally *tally, struct tally_line *lines, size_t count);

#endif
