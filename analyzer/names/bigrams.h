/*
 * Which character follows which in the labels that people give to hosts: a table made by
 * scripts/make-data.py, compiled in, so that nothing is read at the start and a name's class
 * depends on no file.
 */
#ifndef NAMES_BIGRAMS_H
#define NAMES_BIGRAMS_H

#include <stdint.h>

/* a to z, then these. */
enum { BIGRAM_DIGIT = 26, BIGRAM_HYPHEN, BIGRAM_UNDERSCORE, BIGRAM_EDGE, BIGRAM_SYMBOLS };

/*
 * -log2 of the chance that the second symbol follows the first, in sixteenths of a bit. For
 * a digit that of one certain digit.
 */
extern const uint8_t bigram_costs[BIGRAM_SYMBOLS][BIGRAM_SYMBOLS];

#endif
