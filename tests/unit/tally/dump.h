/*
 * A settled tally's tables as text, one sorted line an entry with all that it holds, so that
 * two tallies can be compared whole and a difference can be read.
 */
#ifndef TESTS_TALLY_DUMP_H
#define TESTS_TALLY_DUMP_H

#include "tally/tally.h"

/* Each to be freed. */
char *dump_streams(const struct tally *tally);
char *dump_sources(const struct tally *tally);
char *dump_pairs(const struct tally *tally);
char *dump_zones(const struct tally *tally);
char *dump_sweeps(const struct tally *tally);
char *dump_events(const struct tally *tally);
char *dump_rulehits(const struct tally *tally);
char *dump_correlations(const struct tally *tally);
char *dump_timeline(const struct tally *tally);

#endif
