/* Does a label look as if it were drawn at random, or as if a person had thought of it? */
#ifndef NAMES_RANDOM_H
#define NAMES_RANDOM_H

#include "base/str.h"

/* Shorter labels hold too little to tell random from odd. */
enum { RANDOM_LABEL_MIN = 8 };

/*
 * How much better "drawn evenly from an alphabet" explains the folded label than "as people
 * name hosts" does, in sixteenths of a bit; negative where people explain it better. The
 * alphabet is the smallest of digits, letters, hex digits, letters and digits that the label
 * fits: a log-likelihood ratio, so longer labels decide more clearly.
 */
int random_evidence(struct str label);

/*
 * True from 7 bits of evidence on; never for labels of fewer than RANDOM_LABEL_MIN
 * characters, without any letter (numbers, dates), with an address ("ip-10-0-0-1"), or in
 * Punycode ("xn--", whose letters stand for others).
 */
bool random_label(struct str label);

#endif
