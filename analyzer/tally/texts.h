/*
 * struct texts: every name, zone and key that a tally keeps stands here once and is known by
 * a number. Counted references: a text goes when its last holder drops it, so that names
 * which fall out of the samples do not fill the memory.
 */
#ifndef TALLY_TEXTS_H
#define TALLY_TEXTS_H

#include "base/hash.h"
#include "base/map.h"
#include "base/workers.h"

/* One text. Its number is the place of this in the map, plus one. */
struct held_text {
	uint64_t hash;
	uint32_t length; /* 64 bits under a random key and this stand for the text */
	uint32_t references;
	char *bytes; /* owned */
};

struct texts {
	const struct hash_key *key; /* borrowed, random: what is printed never depends on it */
	struct map map;             /* struct held_text */
	size_t bytes;               /* of all texts */
	uint32_t *moved;            /* after texts_take(), by number; else NULL */
	bool shared;                /* among several threads */
};

#define TEXT_NONE 0u

/* `key` outlives the texts; callers that know a text's hash under it may pass that hash. */
void texts_init(struct texts *texts, const struct hash_key *key);
void texts_release(struct texts *texts);
/* The number of the text (never TEXT_NONE), with one reference more. */
uint32_t texts_hold(struct texts *texts, struct str text);
/* The same where `hash` = hash_bytes(texts->key, text) is at hand. */
uint32_t texts_hold_hashed(struct texts *texts, struct str text, uint64_t hash);
/*
 * Until texts_gather() as many threads may share and drop texts at once, but do nothing else with
 * them, and texts that nobody holds any more stay. One thread may do what it likes.
 */
void texts_share_among(struct texts *texts, struct workers *workers);
void texts_gather(struct texts *texts);
/*
 * Takes all texts of `from`, with all references on them: after texts_rename() who held a text
 * there holds it here, to keep or to drop. `from` is left empty. Until texts_end_moves()
 * `texts` is shared among the threads.
 */
void texts_take(struct texts *texts, struct texts *from, struct workers *workers);
void texts_end_moves(struct texts *texts, struct texts *from);
/* The number without a reference, or TEXT_NONE when nobody holds the text. */
uint32_t texts_find(const struct texts *texts, struct str text);
void texts_drop(struct texts *texts, uint32_t id);
/* Valid while somebody holds the text; empty for TEXT_NONE. */
struct str texts_get(const struct texts *texts, uint32_t id);

/* All numbers are below. */
static inline uint32_t
texts_numbers(const struct texts *texts)
{
	return texts->map.allocated + 1;
}

static inline struct held_text *
texts_at(const struct texts *texts, uint32_t id)
{
	uint32_t index = id - 1;

	return (struct held_text *)(void *)texts->map.chunks[index / MAP_CHUNK] + index % MAP_CHUNK;
}

/* The holder's number of a text of `from` becomes that of the text where texts_take() brought it. */
static inline void
texts_rename(const struct texts *from, uint32_t *id)
{
	*id = from->moved[*id];
}

/* One holder's reference becomes another's, who has none. */
static inline void
texts_pass(uint32_t *to, uint32_t *from)
{
	*to = *from;
	*from = TEXT_NONE;
}

/* Hint: texts_share(), texts_get(). */
static inline void
texts_prefetch(const struct texts *texts, uint32_t id)
{
	if (id != TEXT_NONE)
		__builtin_prefetch(texts_at(texts, id), 1);
}

/* One reference more on a text that somebody holds. */
static inline void
texts_share(struct texts *texts, uint32_t id)
{
	uint32_t *references = &texts_at(texts, id)->references;

	if (texts->shared)
		__atomic_fetch_add(references, 1, __ATOMIC_RELAXED);
	else
		++*references;
}

#endif
