/*
 * struct texts: every name, zone and key that a tally keeps stands here once and is known by
 * a number. Counted references: a text goes when its last holder drops it, so that names
 * which fall out of the samples do not fill the memory.
 */
#ifndef TALLY_TEXTS_H
#define TALLY_TEXTS_H

#include "base/hash.h"
#include "base/map.h"

struct text;

struct texts {
	struct map map;
	struct hash_key key; /* random: what is printed never depends on it */
	struct text **by_id;
	uint32_t count, capacity, free_id; /* free_id: chained, 0 = none */
	size_t bytes;
};

#define TEXT_NONE 0u

void texts_init(struct texts *texts);
void texts_release(struct texts *texts);
/* The number of the text (never TEXT_NONE), with one reference more. */
uint32_t texts_hold(struct texts *texts, struct str text);
/* The number without a reference, or TEXT_NONE when nobody holds the text. */
uint32_t texts_find(const struct texts *texts, struct str text);
void texts_drop(struct texts *texts, uint32_t id);
/* Valid while somebody holds the text; empty for TEXT_NONE. */
struct str texts_get(const struct texts *texts, uint32_t id);

#endif
