#include "tally/slots.h"

#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "base/xalloc.h"

void
slots_release(struct slots *slots)
{
	free(slots->v);
	*slots = (struct slots){0};
}

static uint32_t
add_saturating(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* Makes slots of twice the length; neighbours fall together. */
static void
coarsen(struct slots *slots)
{
	uint8_t kept = 0;

	slots->shift++;
	for (uint8_t i = 0; i < slots->count; i++) {
		struct slot slot = {slots->v[i].index / 2, slots->v[i].count};
		if (kept && slots->v[kept - 1].index == slot.index)
			slots->v[kept - 1].count =
				add_saturating(slots->v[kept - 1].count, slot.count);
		else
			slots->v[kept++] = slot;
	}
	slots->count = kept;
}

static void
add_index(struct slots *slots, uint32_t index, uint32_t count)
{
	uint8_t at = slots->count;

	while (at > 0 && slots->v[at - 1].index >= index)
		at--;
	if (at < slots->count && slots->v[at].index == index) {
		slots->v[at].count = add_saturating(slots->v[at].count, count);
		return;
	}
	if (slots->count == slots->capacity) {
		slots->capacity = slots->capacity ? (uint8_t)(slots->capacity * 2) : 2;
		slots->v = xrealloc(slots->v, slots->capacity, sizeof(*slots->v));
	}
	memmove(&slots->v[at + 1], &slots->v[at], (slots->count - at) * sizeof(*slots->v));
	slots->v[at] = (struct slot){index, count};
	slots->count++;
	while (slots->count > SLOTS_MAX)
		coarsen(slots);
}

void
slots_add(struct slots *slots, int64_t time, uint32_t count)
{
	if (time < 0)
		return;
	add_index(slots, (uint32_t)((time / SLOT_MS) >> slots->shift), count);
}

void
slots_merge(struct slots *into, const struct slots *from)
{
	while (into->count && into->shift < from->shift)
		coarsen(into);
	if (!into->count)
		into->shift = from->shift;
	/* add_index may coarsen `into` on the way: the shift is looked at for each slot. */
	for (uint8_t i = 0; i < from->count; i++)
		add_index(into, from->v[i].index >> (into->shift - from->shift), from->v[i].count);
}

int64_t
slots_peak(const struct slots *slots, uint64_t *count)
{
	int64_t start = TIME_NONE;

	*count = 0;
	for (uint8_t i = 0; i < slots->count; i++) {
		if (slots->v[i].count <= *count)
			continue;
		*count = slots->v[i].count;
		start = (int64_t)slots->v[i].index * ((int64_t)SLOT_MS << slots->shift);
	}
	return start;
}
