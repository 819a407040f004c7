/*
 * struct counts: a sparse vector of counters over small keys, ascending by key. The caller
 * keeps the number of possible keys small. A zeroed struct is empty.
 */
#ifndef TALLY_COUNTS_H
#define TALLY_COUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "record/record.h"

struct count {
	uint16_t key;
	uint32_t count;
};

/*
 * A counter is one word, key << COUNTS_BITS | count, while its key and count are small enough. A
 * few stand in the struct itself: most sources ask few types of a zone.
 */
enum { COUNTS_FEW = 4, COUNTS_BITS = 25, COUNTS_KEYS = 1 << (32 - COUNTS_BITS) };
#define COUNTS_MOST ((1u << COUNTS_BITS) - 1)
/* In `capacity`: the counters are of struct count. */
enum { COUNTS_WIDE = 0x8000 };

/* Packed: 20 bytes in each of a million entries. At a multiple of 8, where leak checkers look for v. */
struct counts {
	union {
		uint32_t few[COUNTS_FEW]; /* while capacity is 0 */
		uint32_t *v;              /* owned; the first `count` are set */
		struct count *wide;
	};
	uint16_t count, capacity;
} __attribute__((packed, aligned(4)));

/* The counters where they are words. */
static inline const uint32_t *
counts_words(const struct counts *counts)
{
	return counts->capacity ? counts->v : counts->few;
}

/* The i-th counter. */
static inline struct count
counts_at(const struct counts *counts, uint16_t i)
{
	if (counts->capacity & COUNTS_WIDE)
		return counts->wide[i];
	uint32_t word = counts_words(counts)[i];
	return (struct count){(uint16_t)(word >> COUNTS_BITS), word & COUNTS_MOST};
}

void counts_release(struct counts *counts);
/* Saturates at UINT32_MAX. */
void counts_add(struct counts *counts, uint16_t key, uint32_t count);
/* Adds one. Inline for the hot path where the key is there. */
static inline void
counts_add_one(struct counts *counts, uint16_t key)
{
	uint32_t *words = counts->capacity ? counts->v : counts->few;

	for (uint16_t i = 0; !(counts->capacity & COUNTS_WIDE) && i < counts->count; i++)
		if (words[i] >> COUNTS_BITS == key && (words[i] & COUNTS_MOST) < COUNTS_MOST) {
			words[i]++;
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
	uint64_t keys = 0;

	for (uint16_t i = 0; i < counts->count; i++) {
		uint16_t key = counts_at(counts, i).key;
		if (key < 64)
			keys |= 1ULL << key;
	}
	return keys;
}

/*
 * Types and rcodes as keys. A source may ask any of 65,536 types, so only the types that
 * mean something here have a counter of their own; the others share TYPE_KEY_OTHER.
 */
enum { TYPE_KEYS = 40, TYPE_KEY_OTHER = TYPE_KEYS - 1, TYPE_BIT_OTHER = 15 };
/* By type: its key, and which of sixteen groups of types it is in, both plus one; 0: the last. */
struct type_place {
	uint8_t key, group;
};
extern const struct type_place type_places[TYPE_CAA + 1];

static inline uint16_t
type_key(int32_t qtype)
{
	uint8_t key = (uint32_t)qtype <= TYPE_CAA ? type_places[qtype].key : 0;

	return key ? (uint16_t)(key - 1) : TYPE_KEY_OTHER;
}

/* The type of a key; -1 (TYPE_UNKNOWN) for TYPE_KEY_OTHER. */
int32_t type_of_key(uint16_t key);

/* The group as a bit, for the samples. */
static inline uint16_t
type_bit(int32_t qtype)
{
	uint8_t group = (uint32_t)qtype <= TYPE_CAA ? type_places[qtype].group : 0;

	return (uint16_t)(1u << (group ? group - 1 : TYPE_BIT_OTHER));
}

#endif
