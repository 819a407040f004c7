/*
 * struct counts: a sparse vector of counters, ascending by key: at most 255 of them. A zeroed
 * struct is empty.
 */
#ifndef TALLY_COUNTS_H
#define TALLY_COUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "record/record.h"

struct count {
	uint32_t key, count;
};

/*
 * A counter is one word, key << bits | count, while its key and count are small enough; how many
 * bits the count has is the caller's choice, and the same in all calls for one vector. A few
 * counters stand in the struct itself: most sources ask few types of a zone.
 */
enum { COUNTS_FEW = 4 };
/* In `room`: the counters are of struct count. */
enum { COUNTS_WIDE = 0x80 };

/* A counter as a word, which may stand at any multiple of 2. */
typedef uint32_t count_word __attribute__((aligned(2)));

/*
 * Packed: 18 bytes in each of a million entries; there at a multiple of 8, where leak checkers look
 * for pointers.
 */
struct counts {
	union {
		count_word few[COUNTS_FEW]; /* while room is 0 */
		count_word *v;              /* owned; the first `count` are set */
		struct count *wide;
	};
	uint8_t count;
	uint8_t room; /* there is room for 1 << room; 0: for COUNTS_FEW */
} __attribute__((packed, aligned(2)));

/* The counters where they are words. */
static inline count_word *
counts_words(struct counts *counts)
{
	return counts->room ? counts->v : counts->few;
}

/* The i-th counter of words with `bits` of count. */
static inline struct count
counts_unpack(const struct counts *counts, unsigned bits, size_t i)
{
	if (counts->room & COUNTS_WIDE)
		return counts->wide[i];
	uint32_t word = counts->room ? counts->v[i] : counts->few[i];
	return (struct count){word >> bits, word & ((1u << bits) - 1)};
}

/* How many there is room for. */
static inline size_t
counts_room(const struct counts *counts)
{
	return counts->room ? (size_t)1 << (counts->room & ~COUNTS_WIDE) : COUNTS_FEW;
}

/* Whether a counter fits a word. */
static inline bool
counts_fits(unsigned bits, struct count made)
{
	return made.key >> (32 - bits) == 0 && made.count >> bits == 0;
}

void counts_release(struct counts *counts);
/* Saturates at UINT32_MAX. */
void counts_add_packed(struct counts *counts, unsigned bits, uint32_t key, uint32_t count);
/*
 * The same for keys that ascend from call to call: `at` is what the last one returned, 0 for the
 * first. So two vectors are merged in one walk.
 */
size_t counts_add_after(struct counts *counts, unsigned bits, size_t at, uint32_t key,
			uint32_t count);
/* Replaces the i-th, which keeps its place in the order. */
void counts_set_packed(struct counts *counts, unsigned bits, size_t i, struct count made);
/*
 * Adds one to a counter that is a word of that key and not full; else false, and nothing is done.
 * The key is one that fits.
 */
static inline bool
counts_bump(count_word *word, unsigned bits, uint32_t key)
{
	if (*word - (key << bits) >= (1u << bits) - 1)
		return false;
	++*word;
	return true;
}

/* The same of a counter that becomes the last, where that takes no more than a word. */
static inline bool
counts_append(struct counts *counts, unsigned bits, struct count made)
{
	count_word *words = counts_words(counts);
	size_t n = counts->count;

	if (counts->room & COUNTS_WIDE || n >= counts_room(counts) || !counts_fits(bits, made) ||
	    (n && words[n - 1] >> bits >= made.key))
		return false;
	words[n] = made.key << bits | made.count;
	counts->count++;
	return true;
}

/* The common kind: keys below 128, such as types and rcodes. */
enum { COUNTS_BITS = 25 };

static inline struct count
counts_at(const struct counts *counts, size_t i)
{
	return counts_unpack(counts, COUNTS_BITS, i);
}

static inline void
counts_add(struct counts *counts, uint32_t key, uint32_t count)
{
	counts_add_packed(counts, COUNTS_BITS, key, count);
}

/* Adds one. Inline for the hot path where the key is there. */
static inline void
counts_add_one(struct counts *counts, uint32_t key)
{
	count_word *words = counts_words(counts);
	size_t count = counts->room & COUNTS_WIDE ? 0 : counts->count;

	for (size_t i = 0; i < count; i++)
		if (counts_bump(&words[i], COUNTS_BITS, key))
			return;
	counts_add(counts, key, 1);
}
void counts_merge(struct counts *into, const struct counts *from);
uint32_t counts_of(const struct counts *counts, uint32_t key);
/* The keys below 64 that are there, as bits. */
static inline uint64_t
counts_keys(const struct counts *counts)
{
	uint64_t keys = 0;

	for (size_t i = 0; i < counts->count; i++) {
		uint32_t key = counts_at(counts, i).key;
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
