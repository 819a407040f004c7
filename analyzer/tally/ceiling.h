/*
 * The memory of a whole tally (DESIGN.md law 6): when all tables together take more than
 * tally_limits.bytes, those that take more than their share are folded (fold.h).
 *
 * What an entry takes is reckoned from what it holds, not from what malloc gave: a function of
 * the log, whatever the order of its lines, that only grows while nothing is folded. So the
 * tally of all lines takes more than it may, or not, alike for one reader and for many whose
 * tallies were merged.
 */
#ifndef TALLY_CEILING_H
#define TALLY_CEILING_H

#include "base/sample.h"
#include "tally/counts.h"
#include "tally/slots.h"
#include "tally/textset.h"

enum {
	CEILING_ENTRY = 24,       /* an entry's part of its map, or an allocation's overhead */
	CEILING_TEXT = 100,       /* a text of usual length with its number */
	CEILING_SHARED_TEXT = 40, /* one that another table holds too, as a rule */
};

/* What was found when the tables were last measured, and when to measure them again. */
struct ceiling {
	size_t bytes;    /* of all tables, then */
	size_t sketch;   /* what could be told without measuring, then */
	uint64_t lines;  /* since then */
	size_t due_at;   /* of the sketch */
	uint64_t due_in; /* lines */
	bool was_met;    /* samples were thinned, entries folded */
};

struct tally;
struct workers;
/*
 * To be called often, with the number of lines since the last call: measures the tables when
 * they may have grown enough, and folds when they take too much and `may_fold`. Returns about
 * the bytes that the tally takes.
 */
size_t ceiling_look(struct tally *tally, uint64_t lines, bool may_fold);
/* The same at the end of the lines: measures, and folds, in any case. */
void ceiling_look_now(struct tally *tally);
/* What all tables take, measured now. */
size_t ceiling_bytes(const struct tally *tally);
/* Measured now, by `workers`: more than the tally may take. */
bool ceiling_is_met(const struct tally *tally, struct workers *workers);

/* What hangs on an entry, in bytes. */
size_t counts_bytes(const struct counts *counts);
size_t slots_bytes(const struct slots *slots);
size_t textset_bytes(const struct textset *set);
/* `text` for each item. */
size_t sample_bytes(const struct sample *sample, const struct sample_type *type, size_t text);

#endif
