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

static const struct sample_type plain = {sizeof(struct item), 64, NULL};

/* A seeded generator (xorshift64*). */
static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

static void
merge(struct sample *into, const struct sample *from)
{
	const struct item *item;

	for (uint32_t i = 0; (item = sample_next(from, &plain, &i)) != NULL;) {
		struct item *own = sample_put(into, &plain, item->hash, NULL, NULL);
		if (own)
			own->count += item->count;
	}
	sample_limit(into, &plain, from->threshold, NULL);
}

static void
expect_same(const struct sample *whole, const struct sample *merged, uint64_t seed)
{
	const struct item *item;

	cr_expect_eq(whole->count, merged->count, "seed %lu", (unsigned long)seed);
	cr_expect_eq(whole->threshold, merged->threshold, "seed %lu", (unsigned long)seed);
	for (uint32_t i = 0; (item = sample_next(whole, &plain, &i)) != NULL;) {
		const struct item *other = sample_find(merged, &plain, item->hash);
		cr_expect(other && other->count == item->count, "seed %lu", (unsigned long)seed);
	}
}

/* Law 1: whatever the cuts and the tree of merges, items and their counts are the same. */
Test(sample, merges_to_the_sample_of_all)
{
	enum { PARTS = 7 };
	struct hash_key key;

	hash_key_make(&key, STR("merge"));
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct sample whole = {0}, parts[PARTS] = {{0}};
		uint64_t state = seed, keys = 1 + next_random(&state) % 600;
		size_t left = PARTS;
		for (int i = 0; i < 3000; i++) {
			uint64_t r = next_random(&state), value = r % keys;
			offer(&whole, &key, value);
			offer(&parts[(r >> 32) % PARTS], &key, value);
		}
		for (; left > 1; left--) {
			size_t into = next_random(&state) % (left - 1);
			if (next_random(&state) % 2)
				sample_settle(&parts[left - 1], &plain, NULL);
			merge(&parts[into], &parts[left - 1]);
			sample_release(&parts[left - 1], &plain, NULL);
		}
		sample_settle(&whole, &plain, NULL);
		sample_settle(&parts[0], &plain, NULL);
		expect_same(&whole, &parts[0], seed);
		sample_release(&whole, &plain, NULL);
		sample_release(&parts[0], &plain, NULL);
	}
}

static void
count_drop(void *item, void *context)
{
	cr_assert_neq(((struct item *)item)->hash, 0);
	++*(int *)context;
}

Test(sample, drops_each_item_that_leaves_and_no_other)
{
	static const struct sample_type counted = {sizeof(struct item), 16, count_drop};
	struct sample sample = {0};
	struct hash_key key;
	int made = 0, dropped = 0;

	hash_key_make(&key, STR("drop"));
	for (uint64_t i = 0; i < 5000; i++) {
		bool created;
		uint64_t hash = hash_bytes(&key, &i, sizeof(i));
		sample_put(&sample, &counted, hash, &created, &dropped);
		made += created;
		cr_assert_eq(made - dropped, sample.count, "after %lu keys", (unsigned long)i);
	}
	cr_expect(dropped > 0);
	sample_settle(&sample, &counted, &dropped);
	cr_expect_eq(sample.count, 16);
	cr_expect_eq(made - dropped, 16);
	sample_limit(&sample, &counted, sample.threshold - 1, &dropped);
	cr_expect_eq(sample.count, 15, "the largest hash was the threshold");
	cr_expect_eq(made - dropped, 15);
	sample_release(&sample, &counted, &dropped);
	cr_expect_eq(made, dropped);
}

Test(sample, keeps_the_smallest_hashes)
{
	struct sample sample = {0};
	uint64_t state = 3, hashes[1000], kept = 0;
	struct item *item;

	for (int i = 0; i < 1000; i++) {
		hashes[i] = next_random(&state) | 1;
		sample_put(&sample, &plain, hashes[i], NULL, NULL);
	}
	sample_settle(&sample, &plain, NULL);
	uint64_t largest = 0;
	for (uint32_t i = 0; (item = sample_next(&sample, &plain, &i)) != NULL;)
		largest = item->hash > largest ? item->hash : largest;
	for (int i = 0; i < 1000; i++)
		kept += hashes[i] <= largest;
	cr_expect_eq(sample.count, 64);
	cr_expect_eq(kept, 64, "no smaller hash was left out");
	cr_expect_eq(sample.threshold, largest);
	sample_release(&sample, &plain, NULL);
}

Test(sample, estimates_stay_within_their_error)
{
	struct hash_key key;
	double error = 0;
	int runs = 40;

	/* The standard error is 1 / sqrt(k - 2), 12.7 % for k = 64; the mean of runs is unbiased. */
	for (int run = 0; run < runs; run++) {
		struct sample sample = {0};
		char name[16];
		snprintf(name, sizeof(name), "run %d", run);
		hash_key_make(&key, str_of(name));
		for (uint64_t i = 0; i < 20000; i++)
			offer(&sample, &key, i);
		sample_settle(&sample, &plain, NULL);
		error += (double)sample_distinct(&sample, &plain) / 20000 - 1;
		sample_release(&sample, &plain, NULL);
	}
	cr_expect(error / runs > -0.08 && error / runs < 0.08, "mean error %.3f", error / runs);
}

Test(sample, a_hash_that_is_not_admitted_changes_nothing)
{
	struct sample sample = {0};
	bool created = true;

	for (uint64_t i = 1; i <= 64; i++)
		sample_put(&sample, &plain, i, NULL, NULL);
	sample_limit(&sample, &plain, 50, NULL);
	cr_expect_eq(sample.count, 50);
	cr_expect_not(sample_is_exact(&sample));
	cr_expect_null(sample_put(&sample, &plain, 51, &created, NULL));
	cr_expect_not(created);
	cr_expect_not_null(sample_put(&sample, &plain, 50, &created, NULL));
	cr_expect_not(created);
	sample_limit(&sample, &plain, 60, NULL);
	cr_expect_eq(sample.threshold, 50, "a higher limit lowers nothing");
	sample_limit(&sample, &plain, 0, NULL);
	cr_expect_eq(sample.threshold, 50, "0: the other has dropped nothing");
	sample_release(&sample, &plain, NULL);
}

Test(sample, the_larger_of_two_is_merged_into)
{
	struct sample one = {0}, other = {0};
	struct hash_key key;
	struct item lent[2] = {{0}, {0}};

	hash_key_make(&key, STR("test"));
	sample_lend(&one, &lent[0]);
	sample_lend(&other, &lent[1]);
	offer(&other, &key, 1);
	sample_swap_larger(&one, &other);
	cr_expect_eq(one.items, (char *)&lent[0], "what is lent stays with its owner");
	offer(&one, &key, 1);
	for (uint64_t i = 2; i < 10; i++)
		offer(&other, &key, i);
	const char *items = other.items;
	sample_swap_larger(&one, &other);
	cr_expect_eq(one.items, items);
	cr_expect_eq(one.count, 9);
	cr_expect_eq(other.items, (char *)&lent[0]);
	cr_expect_eq(other.count, 1);
	sample_swap_larger(&one, &other);
	cr_expect_eq(one.count, 9, "it has the larger");
	sample_release(&one, &type, NULL);
	sample_release(&other, &type, NULL);
}

/* Small samples are filled to the last place: a search must end there too. */
Test(sample, finds_what_is_there_and_nothing_else_at_each_size)
{
	static const struct sample_type large = {sizeof(struct item), 4096, NULL};
	struct sample sample = {0};
	struct hash_key key;

	hash_key_make(&key, STR("sizes"));
	for (uint64_t i = 0; i < 300; i++) {
		uint64_t absent = hash_bytes(&key, &i, sizeof(i));
		cr_expect_null(sample_find(&sample, &large, absent), "%lu", (unsigned long)i);
		bool created;
		sample_put(&sample, &large, absent, &created, NULL);
		cr_expect(created, "%lu", (unsigned long)i);
		for (uint64_t j = 0; j <= i; j++) {
			uint64_t hash = hash_bytes(&key, &j, sizeof(j));
			cr_expect_not_null(sample_find(&sample, &large, hash));
			sample_put(&sample, &large, hash, &created, NULL);
			cr_expect_not(created);
		}
		cr_expect_eq(sample.count, i + 1);
	}
	sample_release(&sample, &large, NULL);
}
