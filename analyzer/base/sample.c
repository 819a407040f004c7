#include "base/sample.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	SAMPLE_FIRST = 4,
	SAMPLE_SMALL = 16, /* up to so many places are all filled: a row of them is soon searched */
};

static uint64_t
item_hash(const char *item)
{
	uint64_t hash;

	memcpy(&hash, item, sizeof(hash));
	return hash;
}

static void
free_items(const struct sample *sample)
{
	if (sample->capacity > 1)
		free(sample->items);
}

/* How many items so many places hold. */
static uint32_t
room_of(uint32_t capacity)
{
	return capacity <= SAMPLE_SMALL ? capacity : capacity - capacity / 8;
}

/*
 * The next larger capacity. Bytes grow from a power of two to one and a half of it, and on to the
 * next: little is left empty, and these are sizes that malloc has.
 */
static uint32_t
next_capacity(uint32_t capacity, uint32_t item_size)
{
	if (capacity <= 1)
		return SAMPLE_FIRST;
	uint64_t bytes = (uint64_t)capacity * item_size;
	uint64_t power = 1ULL << (64 - __builtin_clzll(bytes - 1)); /* not less than they */
	return (uint32_t)(bytes <= power / 4 * 3 ? power : power / 2 * 3) / item_size;
}

static char *
home_of(const struct sample *sample, size_t item_size, uint64_t hash)
{
	return sample->items + sample_home(sample->capacity, hash) * item_size;
}

/* The place of `hash`, or the empty place where it belongs; NULL: it is not there, all are full. */
static char *
place_of(const struct sample *sample, size_t item_size, uint64_t hash)
{
	if (!sample->capacity)
		return NULL;
	char *home = home_of(sample, item_size, hash);
	const char *end = sample->items + sample->capacity * item_size;
	for (char *item = home; item < end; item += item_size)
		if (item_hash(item) == hash || item_hash(item) == 0)
			return item;
	for (char *item = sample->items; item < home; item += item_size)
		if (item_hash(item) == hash || item_hash(item) == 0)
			return item;
	return NULL;
}

/* Copies items to where they belong in a sample that has places for them, and none of them yet. */
static inline __attribute__((always_inline)) void
place_all(const struct sample *sample, const struct sample *from, size_t item_size)
{
	const char *end = sample->items + sample->capacity * item_size;
	const char *item = from->items;

	for (uint32_t i = 0; i < from->capacity; i++, item += item_size) {
		if (!item_hash(item))
			continue;
		char *place = home_of(sample, item_size, item_hash(item));
		while (item_hash(place)) {
			place += item_size;
			if (place == end)
				place = sample->items;
		}
		memcpy(place, item, item_size);
	}
}

void
sample_release(struct sample *sample, const struct sample_type *type, void *context)
{
	char *item;

	for (uint32_t i = 0; type->drop && (item = sample_next(sample, type, &i)) != NULL;)
		type->drop(item, context);
	free_items(sample);
	*sample = (struct sample){0};
}

void *
sample_find(const struct sample *sample, const struct sample_type *type, uint64_t hash)
{
	char *item = place_of(sample, type->item_size, hash);

	return item && item_hash(item) ? item : NULL;
}

static void
rebuild(struct sample *sample, const struct sample_type *type, uint32_t capacity)
{
	enum { COMMON = 24 }; /* a pair's names: most samples have items of that size */
	struct sample old = *sample;

	sample->capacity = capacity;
	sample->items = xcalloc(capacity, type->item_size);
	if (type->item_size == COMMON)
		place_all(sample, &old, COMMON);
	else
		place_all(sample, &old, type->item_size);
	free_items(&old);
}

/* The k-th smallest of n distinct numbers, counted from 0; their order changes (Hoare's FIND). */
static uint64_t
select_kth(uint64_t *v, uint32_t n, uint32_t k)
{
	int64_t left = 0, right = (int64_t)n - 1;

	while (left < right) {
		uint64_t pivot = v[k];
		int64_t i = left, j = right;
		do {
			while (v[i] < pivot)
				i++;
			while (v[j] > pivot)
				j--;
			if (i <= j) {
				uint64_t held = v[i];
				v[i++] = v[j];
				v[j--] = held;
			}
		} while (i <= j);
		if (j < (int64_t)k)
			left = i;
		if (i > (int64_t)k)
			right = j;
	}
	return v[k];
}

/* The k-th smallest hash held; there are at least k. */
static uint64_t
kth_hash(const struct sample *sample, const struct sample_type *type, uint32_t k)
{
	uint64_t *hashes = xmalloc(sample->count * sizeof(*hashes));
	const char *item;
	uint32_t n = 0;

	for (uint32_t i = 0; (item = sample_next(sample, type, &i)) != NULL;)
		hashes[n++] = item_hash(item);
	uint64_t kth = select_kth(hashes, n, k - 1);
	free(hashes);
	return kth;
}

/* Drops what is above the threshold. */
static void
cut(struct sample *sample, const struct sample_type *type, void *context)
{
	char *item;

	for (uint32_t i = 0; (item = sample_next(sample, type, &i)) != NULL;) {
		if (item_hash(item) <= sample->threshold)
			continue;
		if (type->drop)
			type->drop(item, context);
		memset(item, 0, type->item_size);
		sample->count--;
	}
	if (sample->capacity > 1)
		rebuild(sample, type, sample->capacity);
}

static void
prune(struct sample *sample, const struct sample_type *type, void *context)
{
	sample->threshold = kth_hash(sample, type, type->k);
	cut(sample, type, context);
}

void
sample_limit(struct sample *sample, const struct sample_type *type, uint64_t threshold,
	     void *context)
{
	if (threshold == 0 || (sample->threshold && sample->threshold <= threshold))
		return;
	sample->threshold = threshold;
	cut(sample, type, context);
}

/* Room for another item: more places, or, where there are enough for a full sample, fewer items. */
static void
make_room(struct sample *sample, const struct sample_type *type, void *context)
{
	if (room_of(sample->capacity) < type->k + type->k / 4)
		rebuild(sample, type, next_capacity(sample->capacity, type->item_size));
	else
		prune(sample, type, context);
}

void *
sample_put(struct sample *sample, const struct sample_type *type, uint64_t hash, bool *created,
	   void *context)
{
	assert(hash != 0);
	if (created)
		*created = false;
	if (!sample_admits(sample, hash))
		return NULL;
	char *item = place_of(sample, type->item_size, hash);
	if (item && item_hash(item))
		return item;
	if (!item || sample->count >= room_of(sample->capacity)) {
		make_room(sample, type, context);
		if (!sample_admits(sample, hash))
			return NULL;
		item = place_of(sample, type->item_size, hash);
	}
	memcpy(item, &hash, sizeof(hash));
	sample->count++;
	if (created)
		*created = true;
	return item;
}

void
sample_settle(struct sample *sample, const struct sample_type *type, void *context)
{
	if (sample->count > type->k)
		prune(sample, type, context);
}

void
sample_thin(struct sample *sample, const struct sample_type *type, uint32_t k, void *context)
{
	uint32_t capacity = SAMPLE_FIRST;

	if (sample->count <= k)
		return;
	sample->threshold = kth_hash(sample, type, k);
	cut(sample, type, context);
	while (sample->count > room_of(capacity))
		capacity = next_capacity(capacity, type->item_size);
	if (capacity < sample->capacity)
		rebuild(sample, type, capacity);
}

uint64_t
sample_distinct(const struct sample *sample, const struct sample_type *type)
{
	if (sample_is_exact(sample))
		return sample->count;
	/* After thinning fewer than k are held. (k - 1) / U(k), the usual unbiased estimator, with U(k) in (0, 1]. */
	double fraction = ((double)sample->threshold + 1.0) / 18446744073709551616.0;
	uint32_t k = sample->count < type->k ? sample->count : type->k;
	return k ? (uint64_t)((double)(k - 1) / fraction + 0.5) : 0;
}
