#include <criterion/criterion.h>

#include "base/hash.h"
#include "base/map.h"

struct entry {
	uint64_t hash;
	uint32_t key, value;
};

/* A poor hash on purpose: long chains cross the places where removal closes gaps. */
static uint64_t
poor_hash(uint32_t key)
{
	return key % 13 + 1;
}

Test(map, finds_what_was_put_and_forgets_what_was_removed)
{
	struct map map;
	bool created;

	map_init(&map, sizeof(struct entry), sizeof(uint32_t));
	for (uint32_t key = 0; key < 1000; key++) {
		struct entry *entry = map_put(&map, poor_hash(key), &key, &created);
		cr_assert(created);
		entry->value = key * 7;
	}
	for (uint32_t key = 0; key < 1000; key += 3)
		map_remove(&map, map_find(&map, poor_hash(key), &key));
	for (uint32_t key = 0; key < 1000; key++) {
		const struct entry *entry = map_find(&map, poor_hash(key), &key);
		if (key % 3 == 0)
			cr_expect_null(entry);
		else
			cr_expect(entry && entry->value == key * 7);
	}
	uint32_t seen = 0;
	for (uint32_t cursor = 0; map_next(&map, &cursor);)
		seen++;
	cr_expect_eq(seen, map.count);
	for (uint32_t key = 0; key < 300; key++)
		map_put(&map, poor_hash(key), &key, NULL);
	cr_expect_eq(map.allocated, 1000, "removed entries are used again");
	map_release(&map);
}

Test(map, entries_never_move)
{
	struct map map;
	struct entry *entries[5000];

	map_init(&map, sizeof(struct entry), sizeof(uint32_t));
	for (uint32_t key = 0; key < 5000; key++)
		entries[key] = map_put(&map, key * 2654435761u + 1, &key, NULL);
	for (uint32_t key = 0; key < 5000; key++)
		cr_assert_eq(map_find(&map, key * 2654435761u + 1, &key), entries[key]);
	map_release(&map);
	cr_expect_eq(map.count, 0);
	cr_expect_not_null(map_put(&map, 1, &(uint32_t){1}, NULL), "usable after release");
	map_release(&map);
}

Test(map, equal_hashes_of_different_keys_stay_apart)
{
	struct map map;
	bool created;

	map_init(&map, sizeof(struct entry), sizeof(uint32_t));
	for (uint32_t key = 0; key < 100; key++) {
		struct entry *entry = map_put(&map, 7, &key, &created);
		cr_assert(created);
		entry->value = key;
	}
	for (uint32_t key = 0; key < 100; key++) {
		struct entry *entry = map_put(&map, 7, &key, &created);
		cr_assert(!created && entry->value == key);
	}
	map_release(&map);
}

Test(map, a_reused_entry_starts_zeroed)
{
	struct map map;
	uint32_t key = 1;

	map_init(&map, sizeof(struct entry), sizeof(uint32_t));
	struct entry *entry = map_put(&map, 5, &key, NULL);
	entry->value = 99;
	map_remove(&map, entry);
	cr_expect_null(map_find(&map, 5, &key));
	key = 2;
	struct entry *again = map_put(&map, 6, &key, NULL);
	cr_expect_eq(again, entry);
	cr_expect_eq(again->value, 0);
	map_release(&map);
}

Test(map, the_current_entry_may_be_removed_while_walking)
{
	struct map map;
	struct entry *entry;
	uint32_t seen = 0;

	map_init(&map, sizeof(struct entry), sizeof(uint32_t));
	for (uint32_t key = 0; key < 1000; key++)
		map_put(&map, poor_hash(key), &key, NULL);
	for (uint32_t cursor = 0; (entry = map_next(&map, &cursor)) != NULL; seen++)
		if (entry->key % 2)
			map_remove(&map, entry);
	cr_expect_eq(seen, 1000);
	cr_expect_eq(map.count, 500);
	for (uint32_t key = 0; key < 1000; key++)
		cr_expect_eq(map_find(&map, poor_hash(key), &key) != NULL, key % 2 == 0);
	map_release(&map);
}

/* Against an array as the model, with chains that wrap around the end of the slots. */
Test(map, agrees_with_a_model_over_random_changes)
{
	enum { KEYS = 300 };
	struct map map;
	uint32_t model[KEYS] = {0}, count = 0, state = 12345;

	map_init(&map, sizeof(struct entry), sizeof(uint32_t));
	for (uint32_t step = 1; step <= 100000; step++) {
		state = state * 1664525 + 1013904223;
		uint32_t key = (state >> 8) % KEYS;
		uint64_t hash = 0xfffffff0ULL + key % 17; /* home slots at the end and the start */
		struct entry *entry = map_find(&map, hash, &key);
		cr_assert_eq(entry != NULL, model[key] != 0, "step %u, key %u", step, key);
		if (entry)
			cr_assert_eq(entry->value, model[key], "step %u, key %u", step, key);
		if (state >> 30) {
			if (!entry)
				count++;
			model[key] = step;
			((struct entry *)map_put(&map, hash, &key, NULL))->value = step;
		} else if (entry) {
			map_remove(&map, entry);
			model[key] = 0;
			count--;
		}
		cr_assert_eq(map.count, count);
	}
	cr_expect(map.allocated <= KEYS, "removed entries are used again");
	map_release(&map);
}

Test(map, says_how_much_memory_it_holds)
{
	struct map map;

	map_init(&map, sizeof(struct entry), sizeof(uint32_t));
	cr_expect_eq(map_bytes(&map), 0);
	for (uint32_t key = 0; key < 10000; key++)
		map_put(&map, key * 2654435761u + 1, &key, NULL);
	size_t least = 10000 * (sizeof(struct entry) + sizeof(struct map_slot));
	cr_expect(map_bytes(&map) >= least && map_bytes(&map) <= least * 2, "%zu bytes, %zu least",
		  map_bytes(&map), least);
	map_release(&map);
	cr_expect_eq(map_bytes(&map), 0);
}

Test(map, is_extended_by_entries_that_were_made_elsewhere)
{
	struct map map;
	uint64_t hashes[1000];

	map_init(&map, sizeof(struct entry), sizeof(uint32_t));
	for (uint32_t key = 0; key < 100; key++)
		map_put(&map, poor_hash(key), &key, NULL);
	map_remove(&map, map_find(&map, poor_hash(7), &(uint32_t){7}));
	for (uint32_t i = 0; i < 1000; i++)
		hashes[i] = i % 3 ? poor_hash(1000 + i) : 0;
	uint32_t at = map_extend(&map, hashes, 1000);
	cr_expect_eq(at, 100);
	for (uint32_t i = 0; i < 1000; i++) {
		struct entry entry = {hashes[i], 1000 + i, i};
		if (hashes[i])
			memcpy(map_entry(&map, at++), &entry, sizeof(entry));
	}
	cr_expect_eq(map.count, 99 + 666);
	cr_expect_eq(at, map.allocated);
	for (uint32_t i = 0; i < 1000; i++) {
		const struct entry *entry =
			map_find(&map, poor_hash(1000 + i), &(uint32_t){1000 + i});
		if (i % 3 == 0)
			cr_expect_null(entry);
		else
			cr_expect(entry && entry->value == i);
	}
	cr_expect_not_null(map_find(&map, poor_hash(8), &(uint32_t){8}));
	cr_expect_eq(map_extend(&map, hashes, 0), map.allocated, "by none");
	map_release(&map);
	cr_expect_eq(map_extend(&map, hashes + 1, 1), 0, "an empty one");
	map_release(&map);
}
