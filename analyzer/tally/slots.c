#include "tally/slots.h"

#include "base/timestamp.h"

void
slots_release(struct slots *slots)
{
	counts_release(&slots->counts);
	slots->shift = 0;
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
	struct count last = {0};
	uint8_t kept = 0;

	slots->shift++;
	for (size_t i = 0; i < slots_count(slots); i++) {
		struct count slot = slots_at(slots, i);
		slot.key /= 2;
		if (kept && last.key == slot.key)
			slot.count = add_saturating(last.count, slot.count);
		else
			kept++;
		counts_set_packed(&slots->counts, SLOT_BITS, kept - 1u, last = slot);
	}
	slots->counts.count = kept;
}

static void
add_index(struct slots *slots, uint32_t index, uint32_t count)
{
	counts_add_packed(&slots->counts, SLOT_BITS, index, count);
	while (slots_count(slots) > SLOTS_MAX)
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
	while (slots_count(into) && into->shift < from->shift)
		coarsen(into);
	if (!slots_count(into))
		into->shift = from->shift;
	for (size_t i = 0, at = 0; i < slots_count(from); i++) {
		struct count slot = slots_at(from, i);
		slot.key >>= into->shift - from->shift;
		at = counts_add_after(&into->counts, SLOT_BITS, at, slot.key, slot.count);
		for (; slots_count(into) > SLOTS_MAX; at = 0)
			coarsen(into);
	}
}

int64_t
slots_peak(const struct slots *slots, uint64_t *count)
{
	int64_t start = TIME_NONE;

	*count = 0;
	for (size_t i = 0; i < slots_count(slots); i++) {
		struct count slot = slots_at(slots, i);
		if (slot.count <= *count)
			continue;
		*count = slot.count;
		start = (int64_t)slot.key * ((int64_t)SLOT_MS << slots->shift);
	}
	return start;
}
