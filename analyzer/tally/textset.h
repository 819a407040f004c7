/*
 * struct textset: the TEXTSET_MAX smallest of a set of short texts, in memcmp order: which
 * keys or prefixes a source used, without letting it fill the memory with them.
 */
#ifndef TALLY_TEXTSET_H
#define TALLY_TEXTSET_H

#include "base/str.h"

enum { TEXTSET_MAX = 8, TEXTSET_TEXT = 255 };

struct textset {
	uint8_t count;
	bool more; /* others were left out */
	char *texts[TEXTSET_MAX];
};

void textset_free(struct textset *set);
/* Makes the set when *set is NULL. A longer text is cut. */
void textset_add(struct textset **set, struct str text);
/* `from` may be NULL. */
void textset_merge(struct textset **into, const struct textset *from);

#endif
