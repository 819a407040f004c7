#include "detect/nameset.h"

#include <stdlib.h>

#include "base/xalloc.h"

enum { SLOTS_FIRST = 1024 };

static const uint64_t flag_bits = NAMESET_FLAGS;

void
nameset_init(struct nameset *set, size_t limit)
{
	*set = (struct nameset){.limit = limit};
}

void
nameset_release(struct nameset *set)
{
	free(set->slots);
	*set = (struct nameset){0};
}

/* The slot of that name, or the free one where it belongs. */
static uint64_t *
slot_of(const struct nameset *set, uint64_t hash)
{
	size_t i = (size_t)(hash >> 4) & set->mask;

	while (set->slots[i] && (set->slots[i] ^ hash) & ~flag_bits)
		i = (i + 1) & set->mask;
	return &set->slots[i];
}

static void
grow(struct nameset *set)
{
	size_t n = set->slots ? (set->mask + 1) * 2 : SLOTS_FIRST;
	struct nameset larger = {.slots = xcalloc(n, sizeof(*larger.slots)), .mask = n - 1};

	for (size_t i = 0; set->slots && i <= set->mask; i++)
		if (set->slots[i])
			*slot_of(&larger, set->slots[i]) = set->slots[i];
	free(set->slots);
	set->slots = larger.slots;
	set->mask = larger.mask;
}

enum nameset_result
nameset_put(struct nameset *set, uint64_t hash, unsigned flags)
{
	uint64_t bits = (flags | NAMESET_USED) & flag_bits;

	if (set->slots) {
		uint64_t *slot = slot_of(set, hash);

		if (*slot) {
			*slot |= bits;
			return NAMESET_OLD;
		}
	}
	if (set->count >= set->limit)
		return NAMESET_FULL;
	/* At most four fifths full: linear probing stays short. */
	if (!set->slots || (set->count + 1) * 5 > (set->mask + 1) * 4)
		grow(set);
	*slot_of(set, hash) = (hash & ~flag_bits) | bits;
	set->count++;
	return NAMESET_NEW;
}

unsigned
nameset_find(const struct nameset *set, uint64_t hash)
{
	return set->slots ? (unsigned)(*slot_of(set, hash) & flag_bits) : 0;
}

size_t
nameset_bytes(const struct nameset *set)
{
	return set->slots ? (set->mask + 1) * sizeof(*set->slots) : 0;
}
