#include <criterion/criterion.h>

#include "base/hash.h"

Test(hash, the_same_bytes_give_the_same_key_and_hash)
{
	struct hash_key a, b, other;

	hash_key_make(&a, STR("installation"));
	hash_key_make(&b, STR("installation"));
	hash_key_make(&other, STR("installatioN"));
	cr_expect_eq(hash_bytes(&a, "www", 3), hash_bytes(&b, "www", 3));
	cr_expect_neq(hash_bytes(&a, "www", 3), hash_bytes(&other, "www", 3));
	cr_expect_neq(hash_bytes(&a, "www", 3), hash_bytes(&a, "www", 2));
	cr_expect_neq(hash_bytes(&a, "", 0), 0);
	cr_expect_eq(hash_bytes(&a, NULL, 0), hash_bytes(&a, "", 0));
}

Test(hash, samples_of_today_can_be_merged_with_those_of_another_machine_and_year)
{
	struct hash_key key;

	/* Fixed: a change of the function would silently spoil every saved tally. */
	hash_key_make(&key, STR("digtrail default sample key"));
	cr_expect_eq(hash_bytes(&key, "www.example.com", 15), 0x48541eff45f616fa, "0x%llx",
		     (unsigned long long)hash_bytes(&key, "www.example.com", 15));
}

Test(hash, random_keys_differ)
{
	struct hash_key a, b;

	hash_key_random(&a);
	hash_key_random(&b);
	cr_expect_neq(hash_bytes(&a, "www", 3), hash_bytes(&b, "www", 3));
}

Test(hash, the_name_of_a_key_is_eight_digits_and_not_its_bytes)
{
	struct hash_key a, b;
	char first[9], second[9];

	hash_key_make(&a, STR("one"));
	hash_key_make(&b, STR("two"));
	hash_key_name(&a, first);
	hash_key_name(&b, second);
	cr_expect_eq(strspn(first, "0123456789abcdef"), 8);
	cr_expect_eq(first[8], '\0');
	cr_expect_str_neq(first, second);
	cr_expect_eq(strspn(second, "0123456789abcdef"), 8);
}

Test(hash, mixing_tells_the_order_and_is_never_zero)
{
	cr_expect_neq(hash_mix(1, 2), hash_mix(2, 1));
	cr_expect_neq(hash_mix(0, 0), 0);
	for (uint64_t i = 0; i < 100000; i++)
		cr_assert_neq(hash_mix(i, i * 0x9e3779b97f4a7c15ULL), 0);
	/* a ^ (b + C + …) can be made zero on purpose */
	cr_expect_neq(hash_mix(0, (uint64_t)0 - 0x9e3779b97f4a7c15ULL), 0);
}

Test(hash, spreads_over_its_bits)
{
	struct hash_key key;
	unsigned ones[64] = {0};

	hash_key_make(&key, STR("spread"));
	for (uint32_t i = 0; i < 4096; i++) {
		uint64_t hash = hash_bytes(&key, &i, sizeof(i));
		for (int bit = 0; bit < 64; bit++)
			ones[bit] += hash >> bit & 1;
	}
	for (int bit = 0; bit < 64; bit++) /* 2,048 wanted; 200 is more than 6 sigma */
		cr_expect(ones[bit] > 1848 && ones[bit] < 2248, "bit %d: %u", bit, ones[bit]);
}
