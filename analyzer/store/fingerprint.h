/* What must be the same of two tallies for their merge to mean anything, each with a name. */
#ifndef STORE_FINGERPRINT_H
#define STORE_FINGERPRINT_H

#include "tally/tally.h"

enum fingerprint_part {
	PRINT_SAMPLE_KEY,
	PRINT_OWN_ZONES,
	PRINT_WORDLISTS,
	PRINT_SUFFIXES,
	PRINT_RULES,
	PRINT_SAMPLES,
	FINGERPRINT_PARTS
};

enum { FINGERPRINT_TEXT = 80 };

struct fingerprint {
	char parts[FINGERPRINT_PARTS][FINGERPRINT_TEXT];
	char limits[2 * FINGERPRINT_TEXT]; /* matters only where something was folded */
};

extern const char *const fingerprint_names[FINGERPRINT_PARTS]; /* as the meta table has them */

void fingerprint_make(struct fingerprint *print, const struct tally_settings *settings);
/* -1 with err naming the first part in which `other` differs from `own`. */
int fingerprint_compare(const struct fingerprint *other, const struct fingerprint *own,
			struct err *err);

#endif
