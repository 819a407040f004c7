/*
 * struct slots: requests per slot of ten minutes, sparse. When more than SLOTS_MAX slots are
 * in use the slots double in length: the length is a function of the set of busy ten-minute
 * slots, so merging in any order gives the same. A zeroed struct is empty.
 */
#ifndef TALLY_SLOTS_H
#define TALLY_SLOTS_H

#include <stddef.h>
#include <stdint.h>

enum { SLOT_MS = 600000, SLOTS_MAX = 48 };

struct slot {
	uint32_t index; /* time / (SLOT_MS << shift) */
	uint32_t count;
};

/* Packed: 12 bytes in each of a million entries. At a multiple of 8, where leak checkers look for v. */
struct slots {
	union {
		struct slot *v;  /* owned; ascending by index */
		struct slot one; /* while capacity is 0: most pairs are busy once */
	};
	uint8_t count, capacity, shift;
} __attribute__((packed, aligned(4)));

static inline const struct slot *
slots_all(const struct slots *slots)
{
	return slots->capacity ? slots->v : &slots->one;
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
/* Adds one. Inline for the hot path where it is the last slot: lines come in order. */
static inline void
slots_add_one(struct slots *slots, int64_t slot)
{
	if (slots->count && slot >= 0) {
		struct slot *last = &(slots->capacity ? slots->v : &slots->one)[slots->count - 1];
		if (last->index == (uint32_t)slot >> slots->shift && last->count < UINT32_MAX) {
			last->count++;
			return;
		}
	}
	slots_add(slots, slot, 1);
}
void slots_merge(struct slots *into, const struct slots *from);
/* Start of the busiest slot (the earliest of equals) and its count; TIME_NONE when empty. */
int64_t slots_peak(const struct slots *slots, uint64_t *count);

#endif
