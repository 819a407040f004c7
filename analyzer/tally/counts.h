/*
 * struct counts: a sparse vector of counters over small keys, ascending by key. The caller
 * keeps the number of possible keys small. A zeroed struct is empty.
 */
#ifndef TALLY_COUNTS_H
#define TALLY_COUNTS_H

#include <stddef.h>
#include <stdint.h>

struct count {
	uint16_t key;
	uint32_t count;
};

struct counts {
	union {
		struct count *v;  /* owned; the first `count` are set */
		struct count one; /* while capacity is 0: most sources ask one type of a zone */
	};
	uint16_t count, capacity;
};

static inline const struct count *
counts_all(const struct counts *counts)
{
	return counts->capacity ? counts->v : &counts->one;
}

void counts_release(struct counts *counts);
/* Saturates at UINT32_MAX. */
void counts_add(struct counts *counts, uint16_t key, uint32_t count);
/* Adds one. Inline for the hot path where the key is among the first: most ask few types. */
static inline void
counts_add_one(struct counts *counts, uint16_t key)
{
	struct count *v = counts->capacity ? counts->v : &counts->one;

	for (uint16_t at = 0; at < counts->count && v[at].key <= key; at++)
		if (v[at].key == key && v[at].count < UINT32_MAX) {
			v[at].count++;
			return;
		}
	counts_add(counts, key, 1);
}
void counts_merge(struct counts *into, const struct counts *from);
uint32_t counts_of(const struct counts *counts, uint16_t key);
/* The keys below 64 that are there, as bits. */
static inline uint64_t
counts_keys(const struct counts *counts)
{
	const struct count *v = counts_all(counts);
	uint64_t keys = 0;

	for (uint16_t i = 0; i < counts->count && v[i].key < 64; i++)
		keys |= 1ULL << v[i].key;
	return keys;
}

/*
 * Types and rcodes as keys. A source may ask any of 65,536 types, so only the types that
 * mean something here have a counter of their own; the others share TYPE_KEY_OTHER.
 */
enum { TYPE_KEYS = 40, TYPE_KEY_OTHER = TYPE_KEYS - 1 };
uint16_t type_key(int32_t qtype);
/* The type of a key; -1 (TYPE_UNKNOWN) for TYPE_KEY_OTHER. */
int32_t type_of_key(uint16_t key);
/* One bit of sixteen groups of types, for the samples. */
uint16_t type_bit(int32_t qtype);

#endif
