#include <criterion/criterion.h>

#include "base/hash.h"
#include "base/sample.h"

struct item {
	uint64_t hash;
	uint64_t count;
};

static const struct sample_type type = {sizeof(struct item), 64, NULL};

static void
offer(struct sample *sample, const struct hash_key *key, uint64_t value)
{
	uint64_t hash = hash_bytes(key, &value, sizeof(value));
	struct item *item = sample_put(sample, &type, hash, NULL, NULL);

	if (item)
		item->count++;
}

Test(sample, is_exact_up_to_k)
{
	struct sample sample = {0};
	struct hash_key key;

	hash_key_make(&key, STR("test"));
	for (int round = 0; round < 3; round++)
		for (uint64_t i = 0; i < 64; i++)
			offer(&sample, &key, i);
	sample_settle(&sample, &type, NULL);
	cr_expect_eq(sample_distinct(&sample, &type), 64);
	cr_expect(sample_is_exact(&sample));
	const struct item *item;
	for (uint32_t i = 0; (item = sample_next(&sample, &type, &i)) != NULL;)
		cr_expect_eq(item->count, 3);
	sample_release(&sample, &type, NULL);
}

Test(sample, counts_of_kept_items_are_exact_beyond_k)
{
	struct sample sample = {0};
	struct hash_key key;

	hash_key_make(&key, STR("test"));
	for (int round = 0; round < 5; round++)
		for (uint64_t i = 0; i < 10000; i++)
			offer(&sample, &key, i);
	sample_settle(&sample, &type, NULL);
	cr_expect_eq(sample.count, 64);
	uint64_t distinct = sample_distinct(&sample, &type);
	cr_expect(distinct > 6500 && distinct < 14000, "estimate %lu", (unsigned long)distinct);
	const struct item *item;
	for (uint32_t i = 0; (item = sample_next(&sample, &type, &i)) != NULL;)
		cr_expect_eq(item->count, 5);
	sample_release(&sample, &type, NULL);
}
