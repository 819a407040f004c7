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

struct slots {
	struct slot *v; /* ascending by index */
	uint8_t count, capacity, shift;
};

void slots_release(struct slots *slots);
/* `time` in milliseconds; times before 1970 and TIME_NONE are ignored. */
void slots_add(struct slots *slots, int64_t time, uint32_t count);
void slots_merge(struct slots *into, const struct slots *from);
/* Start of the busiest slot (the earliest of equals) and its count; TIME_NONE when empty. */
int64_t slots_peak(const struct slots *slots, uint64_t *count);

#endif
