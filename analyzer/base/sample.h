/*
 * struct sample: a bottom-k sample. Of all distinct keys offered it keeps the k with the
 * smallest keyed hash: exact up to k keys, a fair sample beyond, and it merges (Cohen and
 * Kaplan, "Summarizing data using bottom-k sketches", PODC 2007).
 *
 * An item is a struct of the caller's that begins with `uint64_t hash`. The type says how
 * large an item is, k, and how to release an item that falls out. A key that is in the final
 * sample was admitted at its first offer and never dropped since, so what an item
 * accumulates is exact. A zeroed struct is an empty sample.
 */
#ifndef BASE_SAMPLE_H
#define BASE_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sample {
	char *items;        /* open addressing, hash 0 = empty */
	uint32_t count;     /* items held: up to about 2k between prunings */
	uint32_t capacity;  /* 0: none yet; 1: `items` is the owner's, see sample_lend */
	uint64_t threshold; /* largest hash still admitted; 0 = everything so far */
};

struct sample_type {
	uint32_t item_size;
	uint32_t k;
	void (*drop)(void *item, void *context); /* may be NULL */
};

void sample_release(struct sample *sample, const struct sample_type *type, void *context);
/*
 * Gives an empty sample the memory of its first item, zeroed: most samples never hold more
 * than one, and need no allocation then. It must live where it is as long as the sample.
 */
static inline void
sample_lend(struct sample *sample, void *item)
{
	sample->items = item;
	sample->capacity = 1;
}
/* True when a key of that hash would be kept. */
static inline bool
sample_admits(const struct sample *sample, uint64_t hash)
{
	return sample->threshold == 0 || hash <= sample->threshold;
}
/*
 * The first place looked at for a hash. The smallest hashes are kept, so their high bits are all
 * alike: the low ones decide. The factor makes the order of items another one in each capacity:
 * what is filled from another sample, item by item in its order, would have long rows otherwise.
 */
static inline uint32_t
sample_home(uint32_t capacity, uint64_t hash)
{
	uint32_t low = (uint32_t)hash * (2 * capacity + 1);

	return (uint32_t)((uint64_t)low * capacity >> 32);
}
/* Hint: the item of that hash is about to be looked for. */
enum { SAMPLE_LINE = 64 };
static inline void
sample_prefetch(const struct sample *sample, const struct sample_type *type, uint64_t hash)
{
	if (sample->capacity <= 1)
		return;
	const char *home =
		sample->items + sample_home(sample->capacity, hash) * (size_t)type->item_size;
	/* All of it, and of small ones the next, where it may stand. */
	size_t bytes = type->item_size > SAMPLE_LINE ? type->item_size : 2 * type->item_size;
	__builtin_prefetch(home, 1);
	__builtin_prefetch(home + bytes - 1, 1);
}
/* The item of that hash, or NULL. */
void *sample_find(const struct sample *sample, const struct sample_type *type, uint64_t hash);
/*
 * The item of that hash, made (zeroed but for the hash) when new; NULL when not admitted.
 * Any call may drop or move other items: do not keep pointers across calls.
 */
void *sample_put(struct sample *sample, const struct sample_type *type, uint64_t hash,
		 bool *created, void *context);
/*
 * sample_put() for the hot path: inline where the item is not admitted, or stands in the first
 * place looked at.
 * `item_size` is the type's, told again so that the compiler knows it.
 */
static inline void *
sample_put_near(struct sample *sample, const struct sample_type *type, size_t item_size,
		uint64_t hash, bool *created, void *context)
{
	uint64_t found;

	*created = false;
	if (!sample_admits(sample, hash))
		return NULL;
	if (sample->capacity) {
		char *item = sample->items + sample_home(sample->capacity, hash) * item_size;
		memcpy(&found, item, sizeof(found));
		if (found == hash)
			return item;
	}
	return sample_put(sample, type, hash, created, context);
}
/*
 * Before one sample is merged into another, item by item: `larger` gets the more items of the two,
 * `smaller` the fewer, which may lie in memory that was lent to `larger` then.
 */
static inline void
sample_swap_larger(struct sample *larger, struct sample *smaller)
{
	struct sample held = *larger;

	if (smaller->count <= larger->count || smaller->capacity <= 1)
		return;
	*larger = *smaller;
	*smaller = held;
}
/*
 * Lowers the threshold: for merging, when the other sample has dropped keys above its own
 * (`threshold` 0: it has not, and nothing happens).
 */
void sample_limit(struct sample *sample, const struct sample_type *type, uint64_t threshold,
		  void *context);
/* Keeps only the `k` smallest, at least 2, and less memory: a coarser sample of the same keys. */
void sample_thin(struct sample *sample, const struct sample_type *type, uint32_t k, void *context);
/* Prunes to exactly min(count, k): to be called once before reading. */
void sample_settle(struct sample *sample, const struct sample_type *type, void *context);
/* Iteration in no particular order; start with *cursor = 0. */
static inline void *
sample_next(const struct sample *sample, const struct sample_type *type, uint32_t *cursor)
{
	uint64_t hash;

	while (*cursor < sample->capacity) {
		char *item = sample->items + (size_t)(*cursor)++ * type->item_size;
		memcpy(&hash, item, sizeof(hash));
		if (hash)
			return item;
	}
	return NULL;
}
/* Estimated number of distinct keys offered: exact while it is at most k. After settling. */
uint64_t sample_distinct(const struct sample *sample, const struct sample_type *type);
/* True when the sample holds every key that was offered. */
static inline bool
sample_is_exact(const struct sample *sample)
{
	return sample->threshold == 0;
}

#endif
