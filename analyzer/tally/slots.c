#include "tally/slots.h"

#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "base/xalloc.h"

void
slots_release(struct slots *slots)
{
	if (slots->capacity)
		free(slots->v);
	*slots = (struct slots){0};
}

static uint32_t
add_saturating(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static struct slot *
places(struct slots *slots)
{
	return slots->capacity ? slots->v : &slots->one;
}

/* Makes slots of twice the length; neighbours fall together. */
static void
coarsen(struct slots *slots)
{
	struct slot *v = places(slots);
	uint8_t kept = 0;

	slots->shift++;
	for (uint8_t i = 0; i < slots->count; i++) {
		struct slot slot = {v[i].index / 2, v[i].count};
		if (kept && v[kept - 1].index == slot.index)
			v[kept - 1].count = add_saturating(v[kept - 1].count, slot.count);
		else
			v[kept++] = slot;
	}
	slots->count = kept;
}

static void
make_room(struct slots *slots)
{
	if (slots->capacity) {
		slots->capacity = (uint8_t)(slots->capacity * 2);
		slots->v = xrealloc(slots->v, slots->capacity, sizeof(*slots->v));
		return;
	}
	struct slot *v = xmalloc(4 * sizeof(*v));
	v[0] = slots->one;
	slots->v = v;
	slots->capacity = 4;
}

static void
add_index(struct slots *slots, uint32_t index, uint32_t count)
{
	struct slot *v = places(slots);
	uint8_t at = slots->count;

	while (at > 0 && v[at - 1].index >= index)
		at--;
	if (at < slots->count && v[at].index == index) {
		v[at].count = add_saturating(v[at].count, count);
		return;
	}
	if (slots->count && slots->count >= slots->capacity) {
		make_room(slots);
		v = slots->v;
	}
	memmove(&v[at + 1], &v[at], (size_t)(slots->count - at) * sizeof(*v));
	v[at] = (struct slot){index, count};
	slots->count++;
	while (slots->count > SLOTS_MAX)
		coarsen(slots);
}

void
slots_add(struct slots *slots, int64_t slot, uint32_t count)
{
	if (slot >= 0)
		add_index(slots, (uint32_t)(slot >> slots->shift), count);
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
		add_index(into, slots_all(from)[i].index >> (into->shift - from->shift),
			  slots_all(from)[i].count);
}

int64_t
slots_peak(const struct slots *slots, uint64_t *count)
{
	int64_t start = TIME_NONE;

	*count = 0;
	for (uint8_t i = 0; i < slots->count; i++) {
		const struct slot *slot = &slots_all(slots)[i];
		if (slot->count <= *count)
			continue;
		*count = slot->count;
		start = (int64_t)slot->index * ((int64_t)SLOT_MS << slots->shift);
	}
	return start;
}
