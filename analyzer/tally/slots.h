/*
 * struct slots: requests per slot of ten minutes, sparse. When more than SLOTS_MAX slots are
 * in use the slots double in length: the length is a function of the set of busy ten-minute
 * slots, so merging in any order gives the same. A zeroed struct is empty.
 */
#ifndef TALLY_SLOTS_H
#define TALLY_SLOTS_H

#include <stddef.h>
#include <stdint.h>

#include "tally/counts.h"

/* The index of a slot of ten minutes takes 23 bits until 2129. */
enum { SLOT_MS = 600000, SLOTS_MAX = 48, SLOT_BITS = 9 };

/* Packed: 20 bytes in each of a million entries, see struct counts. */
struct slots {
	struct counts counts; /* by index: time / (SLOT_MS << shift) */
	uint8_t shift;
} __attribute__((packed, aligned(2)));

/* The i-th slot: its index and its requests. */
static inline struct count
slots_at(const struct slots *slots, size_t i)
{
	return counts_unpack(&slots->counts, SLOT_BITS, i);
}

static inline size_t
slots_count(const struct slots *slots)
{
	return slots->counts.count;
}

void slots_release(struct slots *slots);
/* The ten-minute slot of a time in milliseconds; -1 for one before 1970 and TIME_NONE. */
static inline int64_t
slots_index(int64_t time)
{
	return time < 0 ? -1 : time / SLOT_MS;
}
/* `slot` as slots_index() has it; -1 is ignored. */
void slots_add(struct slots *slots, int64_t slot, uint32_t count);
/* Adds one. Inline for the hot path where it is the last slot or a new one behind it. */
static inline void
slots_add_one(struct slots *slots, int64_t slot)
{
	struct counts *counts = &slots->counts;
	uint32_t index = (uint32_t)slot >> slots->shift;

	if (slot >= 0 && counts->count && !(counts->room & COUNTS_WIDE) &&
	    index >> (32 - SLOT_BITS) == 0 &&
	    counts_bump(&counts_words(counts)[counts->count - 1], SLOT_BITS, index))
		return;
	if (slot < 0 || counts->count >= SLOTS_MAX ||
	    !counts_append(counts, SLOT_BITS, (struct count){index, 1}))
		slots_add(slots, slot, 1);
}
/*
 * Whether there was a request before the ten minutes of `slot`, as slots_index() has it: false
 * also where that is not known.
 */
static inline bool
slots_began_before(const struct slots *slots, int64_t slot)
{
	return slots_count(slots) && ((int64_t)slots_at(slots, 0).key + 1) << slots->shift <= slot;
}
void slots_merge(struct slots *into, const struct slots *from);
/* Start of the busiest slot (the earliest of equals) and its count; TIME_NONE when empty. */
int64_t slots_peak(const struct slots *slots, uint64_t *count);

#endif
