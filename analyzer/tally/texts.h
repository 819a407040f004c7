/*
 * struct texts: every name, zone and key that a tally keeps stands here once and is known by
 * a number. Counted references: a text goes when its last holder drops it, so that names
 * which fall out of the samples do not fill the memory.
 */
#ifndef TALLY_TEXTS_H
#define TALLY_TEXTS_H

#include "base/hash.h"
#include "base/map.h"

/* One text, by its number. */
struct held_text {
	char *bytes; /* owned; of a free number: NULL */
	uint64_t hash;
	uint32_t length;
	uint32_t references; /* of a free number: the next free one, 0 = none */
};

struct texts {
	const struct hash_key *key; /* borrowed, random: what is printed never depends on it */
	struct map map;             /* from hash to number */
	struct held_text *by_id;
	uint32_t count, capacity, free_id;
	size_t bytes;
	uint32_t *moved; /* by number: that in the texts they are merged into; NULL: they are not */
	bool shared;     /* between texts_share_out and texts_gather */
};

#define TEXT_NONE 0u

/* `key` outlives the texts; callers that know a text's hash under it may pass that hash. */
void texts_init(struct texts *texts, const struct hash_key *key);
void texts_release(struct texts *texts);
/* The number of the text (never TEXT_NONE), with one reference more. */
uint32_t texts_hold(struct texts *texts, struct str text);
/*
 * The same of a text that others hold. `from` learns the number for the next time and keeps a
 * reference until texts_end_moves(): it is merged into these texts, and no others, until then.
 */
uint32_t texts_hold_from(struct texts *texts, struct texts *from, uint32_t id);
void texts_end_moves(struct texts *texts, struct texts *from);
/*
 * Moves all texts of `from` at once, so that several threads may then call texts_hold_from with
 * the two, and share and drop texts of `texts`; but nothing else, until texts_gather().
 */
void texts_share_out(struct texts *texts, struct texts *from);
void texts_gather(struct texts *texts);
/* The same where `hash` = hash_bytes(texts->key, text) is at hand. */
uint32_t texts_hold_hashed(struct texts *texts, struct str text, uint64_t hash);
/* The number without a reference, or TEXT_NONE when nobody holds the text. */
uint32_t texts_find(const struct texts *texts, struct str text);
void texts_drop(struct texts *texts, uint32_t id);
/* Valid while somebody holds the text; empty for TEXT_NONE. */
struct str texts_get(const struct texts *texts, uint32_t id);

/* Hint: texts_share(). */
static inline void
texts_prefetch(const struct texts *texts, uint32_t id)
{
	__builtin_prefetch(&texts->by_id[id], 1);
}

/* One reference more on a text that somebody holds. */
static inline void
texts_share(struct texts *texts, uint32_t id)
{
	if (texts->shared)
		__atomic_fetch_add(&texts->by_id[id].references, 1, __ATOMIC_RELAXED);
	else
		texts->by_id[id].references++;
}

#endif
