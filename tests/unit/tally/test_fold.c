/*
 * Law 6: which entries stay under a ceiling is a pure function of the set of keys, whatever
 * the order in which they came and however the tables were merged.
 */
#include <criterion/criterion.h>
#include <stddef.h>

#include "base/hash.h"
#include "harness.h"
#include "tally/fold.h"

struct entry {
	uint64_t hash;
	uint64_t key;
	uint64_t rank;
	bool evident;
	uint32_t count;
};

struct table {
	struct map map;
	struct fold fold;
	uint64_t away; /* counts of entries folded away */
	uint32_t releases;
};

static void
fold_away(void *table, void *entry)
{
	struct table *own = table;

	own->away += ((struct entry *)entry)->count;
	own->releases++;
}

static const struct fold_type type = {offsetof(struct entry, rank), offsetof(struct entry, evident),
				      fold_away, NULL};

static void
table_init(struct table *table, uint32_t limit)
{
	*table = (struct table){.fold.limit = limit};
	map_init(&table->map, sizeof(struct entry), sizeof(uint64_t));
}

static uint64_t
rank_of(uint64_t key)
{
	static const char name[] = "fold";
	struct hash_key sample_key;

	hash_key_make(&sample_key, str_make(name, 4));
	return hash_bytes(&sample_key, &key, sizeof(key));
}

/* Every third key of the upper half is evidence, by its own line. */
static bool
is_evidence(uint64_t key)
{
	return key >= 1000 && key % 3 == 0;
}

static void
put(struct table *table, uint64_t key, uint32_t count)
{
	bool created;
	struct entry *entry = fold_put(&table->fold, &type, table, &table->map, hash_mix(key, 1),
				       &key, rank_of(key), is_evidence(key), &created);

	if (!entry) { /* folded before, or at once and not counted yet */
		table->away += count;
		return;
	}
	entry->count += count;
	entry->evident |= is_evidence(key);
}

static void
merge(struct table *into, const struct table *from)
{
	const struct entry *entry;

	fold_raise(&into->fold, &type, into, &into->map, &from->fold);
	for (uint32_t i = 0; (entry = map_next(&from->map, &i)) != NULL;)
		put(into, entry->key, entry->count);
	into->away += from->away;
}

static uint64_t
sum(const struct table *table)
{
	const struct entry *entry;
	uint64_t counts = 0;

	for (uint32_t i = 0; (entry = map_next(&table->map, &i)) != NULL;)
		counts += entry->count;
	return counts;
}

static void
expect_same(struct table *a, struct table *b, unsigned long seed)
{
	const struct entry *entry;

	fold_settle(&a->fold, &type, a, &a->map);
	fold_settle(&b->fold, &type, b, &b->map);

	cr_expect_eq(a->fold.level, b->fold.level, "seed %lu: %u, %u", seed, a->fold.level,
		     b->fold.level);
	cr_expect_eq(a->fold.evidence_level, b->fold.evidence_level, "seed %lu", seed);
	cr_expect_eq(a->map.count, b->map.count, "seed %lu: %u, %u", seed, a->map.count,
		     b->map.count);
	for (uint32_t i = 0; (entry = map_next(&a->map, &i)) != NULL;)
		cr_expect_not_null(map_find(&b->map, entry->hash, &entry->key), "seed %lu", seed);
}

Test(fold, without_a_limit_all_stay)
{
	struct table table;

	table_init(&table, 0);
	for (uint64_t key = 0; key < 5000; key++)
		put(&table, key, 1);
	cr_expect_eq(table.map.count, 5000);
	map_release(&table.map);
}

Test(fold, exactly_the_limit_stays_whole_and_one_more_folds)
{
	struct table table;

	table_init(&table, 64);
	for (uint64_t key = 0; key < 64; key++)
		put(&table, key, 1);
	cr_expect_eq(table.fold.level, 0);
	cr_expect_eq(table.map.count, 64);
	put(&table, 64, 1);
	cr_expect(table.fold.level >= 1);
	cr_expect(table.fold.kept <= 64 && table.fold.kept > 0);
	cr_expect_eq(table.fold.kept, table.map.count);
	cr_expect_eq(sum(&table) + table.away, 65, "no count is lost");
	map_release(&table.map);
}

Test(fold, the_survivors_are_the_same_for_any_order)
{
	enum { KEYS = 2000 };
	struct table forward, backward;

	table_init(&forward, 100);
	table_init(&backward, 100);
	for (uint64_t key = 0; key < KEYS; key++)
		put(&forward, key, 1);
	for (uint64_t key = KEYS; key-- > 0;)
		put(&backward, key, 1);
	expect_same(&forward, &backward, 0);
	cr_expect(forward.fold.kept <= 100 && forward.fold.exempt <= 100);
	cr_expect_eq(sum(&forward) + forward.away, KEYS);
	cr_expect_eq(sum(&backward) + backward.away, KEYS);
	map_release(&forward.map);
	map_release(&backward.map);
}

/* By definition: the least level that leaves no more than the limit, of keys and of evidence. */
Test(fold, the_level_is_the_least_that_is_enough)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct table table;
		uint64_t state = seed * 13 + 1, keys = 100 + harness_random(&state) % 3000;
		uint32_t limit = 10 + (uint32_t)(harness_random(&state) % 200), at[64] = {0};
		table_init(&table, limit);
		for (uint64_t key = 0; key < keys; key++)
			put(&table, key, 1);
		for (uint64_t key = 0; key < keys; key++)
			for (int level = 0; level <= __builtin_clzll(rank_of(key)); level++)
				at[level]++;
		cr_expect_eq(table.fold.kept, at[table.fold.level], "seed %lu",
			     (unsigned long)seed);
		cr_expect(at[table.fold.level] <= limit &&
				  (table.fold.level == 0 || at[table.fold.level - 1] > limit),
			  "seed %lu", (unsigned long)seed);
		map_release(&table.map);
	}
}

Test(fold, evidence_stays_above_the_level)
{
	struct table table;

	table_init(&table, 200);
	for (uint64_t key = 0; key < 1500; key++)
		put(&table, key, 1);
	for (uint64_t key = 1002; key < 1500; key += 3) {
		uint64_t hash = hash_mix(key, 1);
		cr_expect_not_null(map_find(&table.map, hash, &key), "key %lu", (unsigned long)key);
	}
	cr_expect(table.fold.level > 0 && table.fold.evidence_level == 0);
	map_release(&table.map);
}

Test(fold, a_flood_of_evidence_has_a_ceiling_too)
{
	struct table table;

	table_init(&table, 50);
	for (uint64_t key = 1002; key < 100000; key += 3)
		put(&table, key, 1);
	cr_expect(table.map.count <= 100, "%u entries", table.map.count);
	cr_expect(table.fold.evidence_level > 0);
	map_release(&table.map);
}

Test(fold, merges_to_the_table_of_all)
{
	enum { PARTS = 6 };
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct table whole, parts[PARTS];
		uint64_t state = seed * 101, keys = 50 + harness_random(&state) % 2500;
		size_t lines = 4000;
		table_init(&whole, 80);
		for (size_t i = 0; i < PARTS; i++)
			table_init(&parts[i], 80);
		for (size_t i = 0; i < lines; i++) {
			uint64_t r = harness_random(&state), key = r % keys;
			put(&whole, key, 1);
			put(&parts[(r >> 32) % PARTS], key, 1);
		}
		for (size_t left = PARTS; left > 1; left--) {
			size_t into = harness_random(&state) % (left - 1);
			merge(&parts[into], &parts[left - 1]);
			map_release(&parts[left - 1].map);
		}
		expect_same(&whole, &parts[0], (unsigned long)seed);
		cr_expect_eq(sum(&parts[0]) + parts[0].away, lines, "seed %lu",
			     (unsigned long)seed);
		cr_expect_eq(sum(&whole), sum(&parts[0]), "seed %lu: counts of the survivors",
			     (unsigned long)seed);
		map_release(&whole.map);
		map_release(&parts[0].map);
	}
}

static uint64_t
weight_of(const void *table, const void *entry)
{
	(void)table;
	return ((const struct entry *)entry)->count;
}

/* As a fleet's merge: it takes over what other tables folded, and has no limit of its own yet. */
Test(fold, what_another_kept_for_its_weight_stays_when_its_level_is_taken_over)
{
	static const struct fold_type weighed = {offsetof(struct entry, rank),
						 offsetof(struct entry, evident), fold_away,
						 weight_of};
	const struct fold other = {.limit = 100, .level = 20, .heaviest = 50};
	struct table table;

	table_init(&table, 0);
	fold_raise(&table.fold, &weighed, &table, &table.map, &other);
	for (uint64_t key = 0; key < 40; key++) {
		bool created;
		struct entry *entry =
			fold_put(&table.fold, &weighed, &table, &table.map, hash_mix(key, 1), &key,
				 rank_of(key), false, &created);
		cr_assert(entry && created, "key %lu", (unsigned long)key);
		entry->count = 1000;
	}
	fold_settle(&table.fold, &weighed, &table, &table.map);
	cr_expect_eq(table.map.count, 40);
	cr_expect_eq(table.releases, 0);
	map_release(&table.map);
}

/*
 * Sweeps walk places, used or not. A limit that came down far below what the map has places for
 * must not have each new key walk all of them.
 */
Test(fold, places_walked_are_in_proportion_to_the_keys_that_came)
{
	static const struct fold_type weighed = {offsetof(struct entry, rank),
						 offsetof(struct entry, evident), fold_away,
						 weight_of};
	enum { BEFORE = 20000, AFTER = 20000, WALKED_A_KEY = 24 };
	static const uint32_t limits[] = {1, 2, 30, 1000, 10000};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct table table;
		uint64_t walked = 0;
		table_init(&table, 0);
		for (uint64_t key = 1; key <= BEFORE; key++)
			put(&table, key * 3 + 1, 1);
		table.fold.heaviest = limits[i] / 4 + 8;
		fold_lower(&table.fold, &weighed, &table, &table.map, limits[i]);
		uint32_t places = table.map.allocated;
		for (uint64_t key = BEFORE + 1; key <= BEFORE + AFTER; key++) {
			uint32_t before = table.fold.probation + table.fold.kept;
			uint64_t name = key * 3 + 1; /* no evidence */
			bool created;
			fold_put(&table.fold, &weighed, &table, &table.map, hash_mix(name, 1),
				 &name, rank_of(name), false, &created);
			if (table.fold.probation + table.fold.kept <= before)
				walked += table.map.allocated;
		}
		cr_expect(walked > 0, "limit %u: nothing was swept, this tests nothing", limits[i]);
		cr_expect(walked <= (uint64_t)AFTER * WALKED_A_KEY, "limit %u: %llu places",
			  limits[i], (unsigned long long)walked);
		cr_expect_eq(table.map.allocated, places, "limit %u: the table grew", limits[i]);
		map_release(&table.map);
	}
}
