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
