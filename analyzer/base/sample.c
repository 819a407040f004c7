#include "base/sample.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum { SAMPLE_FIRST = 4 };

static uint64_t
item_hash(const char *item)
{
	uint64_t hash;

	memcpy(&hash, item, sizeof(hash));
	return hash;
}

static char *
item_at(const struct sample *sample, const struct sample_type *type, uint32_t at)
{
	return sample->items + (size_t)at * type->item_size;
}

static void
free_items(const struct sample *sample)
{
	if (sample->capacity > 1)
		free(sample->items);
}

/* The place of `hash`, or the empty place where it belongs: one of the two must be there. */
static char *
place_of(const struct sample *sample, const struct sample_type *type, uint64_t hash)
{
	/* The smallest hashes are kept, so their high bits are all alike: use low ones. */
	uint32_t at = (uint32_t)hash & (sample->capacity - 1);

	for (;; at = (at + 1) & (sample->capacity - 1)) {
		char *item = item_at(sample, type, at);
		uint64_t found = item_hash(item);
		if (found == hash || found == 0)
			return item;
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
	if (sample->capacity <= 1)
		return sample->count && item_hash(sample->items) == hash ? sample->items : NULL;
	char *item = place_of(sample, type, hash);
	return item_hash(item) ? item : NULL;
}

static void
rebuild(struct sample *sample, const struct sample_type *type, uint32_t capacity)
{
	struct sample old = *sample;
	char *item;

	sample->capacity = capacity;
	sample->items = xcalloc(capacity, type->item_size);
	for (uint32_t i = 0; (item = sample_next(&old, type, &i)) != NULL;)
		memcpy(place_of(sample, type, item_hash(item)), item, type->item_size);
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

static uint32_t
full_capacity(const struct sample_type *type)
{
	uint32_t capacity = SAMPLE_FIRST;

	while (capacity < type->k * 2)
		capacity *= 2;
	return capacity;
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
	void *found = sample_find(sample, type, hash);
	if (found)
		return found;
	/* At most 3/4 full, so that a search always ends at an empty place. */
	if (sample->capacity == 0 || (sample->capacity == 1 && sample->count))
		rebuild(sample, type, SAMPLE_FIRST);
	else if (sample->capacity > 1 && sample->count >= sample->capacity - sample->capacity / 4) {
		if (sample->capacity < full_capacity(type))
			rebuild(sample, type, sample->capacity * 2);
		else
			prune(sample, type, context);
		if (!sample_admits(sample, hash))
			return NULL;
	}
	char *item = place_of(sample, type, hash);
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
	while (sample->count >= capacity - capacity / 4)
		capacity *= 2;
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
