#include <criterion/criterion.h>

#include "record/record.h"
#include "tally/counts.h"

Test(counts, are_sparse_ascending_and_saturate)
{
	struct counts counts = {0};

	for (uint16_t key = 200; key-- > 0;)
		counts_add(&counts, (uint16_t)(key * 7 % 200), key);
	cr_expect_eq(counts.count, 200);
	for (uint16_t i = 1; i < counts.count; i++)
		cr_expect(counts_at(&counts, (uint16_t)(i)).key >
			  counts_at(&counts, (uint16_t)(i - 1)).key);
	cr_expect_eq(counts_of(&counts, 7), 1);
	cr_expect_eq(counts_of(&counts, 200), 0);
	counts_add(&counts, 7, UINT32_MAX);
	cr_expect_eq(counts_of(&counts, 7), UINT32_MAX);
	counts_release(&counts);
	cr_expect_eq(counts_of(&counts, 7), 0);
}

Test(counts, merge_by_adding)
{
	struct counts a = {0}, b = {0};

	counts_add(&a, 1, 10);
	counts_add(&a, 3, 30);
	counts_add(&b, 3, 3);
	counts_add(&b, 2, 2);
	counts_merge(&a, &b);
	cr_expect_eq(a.count, 3);
	cr_expect_eq(counts_of(&a, 1), 10);
	cr_expect_eq(counts_of(&a, 2), 2);
	cr_expect_eq(counts_of(&a, 3), 33);
	counts_merge(&a, &(struct counts){0});
	cr_expect_eq(a.count, 3);
	counts_release(&a);
	counts_release(&b);
}

Test(counts, each_type_that_means_something_has_a_key_of_its_own_and_comes_back)
{
	static const int32_t types[] = {
		TYPE_A,   TYPE_AAAA,  TYPE_NS,     TYPE_SOA, TYPE_MX,   TYPE_TXT,       TYPE_PTR,
		TYPE_SRV, TYPE_AXFR,  TYPE_IXFR,   TYPE_ANY, TYPE_NSEC, TYPE_NSEC3,     TYPE_CAA,
		TYPE_SPF, TYPE_HTTPS, TYPE_DNSKEY, TYPE_DS,  TYPE_NULL, TYPE_NSEC3PARAM};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		cr_expect_eq(type_of_key(type_key(types[i])), types[i], "type %d", types[i]);
		for (size_t j = 0; j < i; j++)
			cr_expect_neq(type_key(types[i]), type_key(types[j]));
	}
	for (int32_t type = -1; type < 65536; type++) {
		cr_assert(type_key(type) < TYPE_KEYS, "type %d", type);
		int32_t back = type_of_key(type_key(type));
		cr_assert(back == type || back == TYPE_UNKNOWN, "type %d", type);
		uint16_t bit = type_bit(type);
		cr_assert(bit && !(bit & (bit - 1)), "type %d has one bit", type);
	}
}

Test(counts, the_bits_of_types_that_are_judged_apart_are_apart)
{
	static const int32_t types[] = {TYPE_A,    TYPE_AAAA, TYPE_NS,  TYPE_MX,   TYPE_TXT,
					TYPE_SOA,  TYPE_PTR,  TYPE_SRV, TYPE_CAA,  TYPE_DS,
					TYPE_NSEC, TYPE_ANY,  TYPE_SPF, TYPE_HTTPS};
	uint16_t seen = 0;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		cr_expect_not(seen & type_bit(types[i]), "type %d", types[i]);
		seen |= type_bit(types[i]);
	}
}
