#include <criterion/criterion.h>

#include "base/timestamp.h"
#include "harness.h"
#include "tally/slots.h"

static const int64_t start = 1773100800000; /* 2026-03-10, on a slot */

static bool
same(const struct slots *a, const struct slots *b)
{
	bool same = slots_count(a) == slots_count(b) && a->shift == b->shift;

	for (size_t i = 0; same && i < slots_count(a); i++)
		same = slots_at(a, i).key == slots_at(b, i).key &&
		       slots_at(a, i).count == slots_at(b, i).count;
	return same;
}

Test(slots, are_ten_minutes_long_and_ascending)
{
	struct slots slots = {0};
	uint64_t count;

	slots_add(&slots, slots_index(start + SLOT_MS), 5);
	slots_add(&slots, slots_index(start), 1);
	slots_add(&slots, slots_index(start + SLOT_MS - 1), 1);
	slots_add(&slots, slots_index(start + 2 * SLOT_MS - 1), 1);
	cr_assert_eq(slots_count(&slots), 2);
	cr_expect_eq(slots_at(&slots, 0).key, start / SLOT_MS);
	cr_expect_eq(slots_at(&slots, 0).count, 2);
	cr_expect_eq(slots_at(&slots, 1).count, 6);
	cr_expect_eq(slots_peak(&slots, &count), start + SLOT_MS);
	cr_expect_eq(count, 6);
	slots_release(&slots);
}

Test(slots, the_earliest_of_equal_peaks_counts)
{
	struct slots slots = {0};
	uint64_t count = 7;

	cr_expect_eq(slots_peak(&slots, &count), TIME_NONE);
	cr_expect_eq(count, 0);
	for (int i = 5; i > 0; i--)
		slots_add(&slots, slots_index(start + i * SLOT_MS), 3);
	cr_expect_eq(slots_peak(&slots, &count), start + SLOT_MS);
	cr_expect_eq(count, 3);
	slots_release(&slots);
}

Test(slots, no_time_is_no_slot)
{
	struct slots slots = {0};

	slots_add(&slots, slots_index(TIME_NONE), 1);
	slots_add(&slots, slots_index(-1), 1);
	cr_expect_eq(slots_count(&slots), 0);
	slots_add(&slots, slots_index(0), 1);
	slots_add(&slots, slots_index(253402300799999), 1); /* the end of 9999 */
	cr_expect_eq(slots_count(&slots), 2);
	slots_release(&slots);
}

Test(slots, double_in_length_when_too_many_are_busy_and_lose_no_count)
{
	struct slots slots = {0};
	uint64_t sum = 0, count;

	for (int i = 0; i < SLOTS_MAX; i++)
		slots_add(&slots, slots_index(start + i * (int64_t)SLOT_MS), 1);
	cr_expect_eq(slots.shift, 0, "exactly the limit fits");
	slots_add(&slots, slots_index(start + SLOTS_MAX * (int64_t)SLOT_MS), 1);
	cr_expect_eq(slots.shift, 1);
	for (int day = 0; day < 4000; day++)
		slots_add(&slots, slots_index(start + day * 86400000LL), 1);
	cr_expect(slots_count(&slots) <= SLOTS_MAX && slots.shift > 0);
	for (size_t i = 0; i < slots_count(&slots); i++) {
		sum += slots_at(&slots, i).count;
		cr_expect(i == 0 || slots_at(&slots, i).key > slots_at(&slots, i - 1).key);
	}
	cr_expect_eq(sum, SLOTS_MAX + 1 + 4000);
	int64_t peak = slots_peak(&slots, &count);
	cr_expect_eq(peak % ((int64_t)SLOT_MS << slots.shift), 0, "coarse slots are aligned");
	slots_release(&slots);
}

Test(slots, counts_saturate)
{
	struct slots a = {0}, b = {0};
	uint64_t count;

	slots_add(&a, slots_index(start), UINT32_MAX - 1);
	slots_add(&a, slots_index(start), 5);
	slots_add(&b, slots_index(start), 5);
	slots_merge(&b, &a);
	slots_peak(&b, &count);
	cr_expect_eq(count, UINT32_MAX);
	slots_release(&a);
	slots_release(&b);
}

/* The length of a slot is a function of the set of busy slots: any cut, any order of merges. */
Test(slots, merge_to_the_slots_of_all)
{
	enum { PARTS = 5 };
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct slots whole = {0}, parts[PARTS] = {0};
		uint64_t state = seed * 7919;
		uint64_t span = 1 + harness_random(&state) % 300;
		for (int i = 0; i < 200; i++) {
			uint64_t r = harness_random(&state);
			int64_t time = start + (int64_t)(r % span) * SLOT_MS * (seed % 4 ? 1 : 37);
			slots_add(&whole, slots_index(time), 1 + (uint32_t)(r >> 60));
			slots_add(&parts[(r >> 40) % PARTS], slots_index(time),
				  1 + (uint32_t)(r >> 60));
		}
		for (size_t left = PARTS; left > 1; left--) {
			size_t into = harness_random(&state) % (left - 1);
			slots_merge(&parts[into], &parts[left - 1]);
			slots_release(&parts[left - 1]);
		}
		cr_expect(same(&whole, &parts[0]), "seed %lu: shift %u and %u, %u and %u slots",
			  (unsigned long)seed, whole.shift, parts[0].shift,
			  (unsigned)slots_count(&whole), (unsigned)slots_count(&parts[0]));
		slots_release(&whole);
		slots_release(&parts[0]);
	}
}

/* A slot is a word while its count is below 512 and its index below 2^23, and must not show it. */
Test(slots, that_outgrow_a_word_tell_the_same)
{
	static const uint32_t beyond = (1u << 23) + 5; /* in 2129 */
	struct slots slots = {0};
	uint64_t count;

	for (int i = 0; i < 700; i++)
		slots_add_one(&slots, slots_index(start) + i / 600);
	slots_add_one(&slots, beyond);
	cr_assert_eq(slots_count(&slots), 3);
	cr_expect_eq(slots_at(&slots, 0).key, start / SLOT_MS);
	cr_expect_eq(slots_at(&slots, 0).count, 600);
	cr_expect_eq(slots_at(&slots, 1).key, start / SLOT_MS + 1);
	cr_expect_eq(slots_at(&slots, 1).count, 100);
	cr_expect_eq(slots_at(&slots, 2).key, beyond);
	cr_expect_eq(slots_at(&slots, 2).count, 1);
	cr_expect_eq(slots_peak(&slots, &count), start);
	cr_expect_eq(count, 600);
	slots_release(&slots);
}
