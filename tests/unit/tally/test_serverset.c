#include <criterion/criterion.h>

#include "harness.h"
#include "tally/ceiling.h"
#include "tally/serverset.h"

enum { MOST = 1000 };

/* What a plain array of flags says. */
static void
expect_members(const struct serverset *set, const bool *members, const char *when)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < MOST; i++) {
		if (!members[i])
			continue;
		cr_expect(serverset_next(set, &next) && next == i, "%s: server %u, got %u", when, i,
			  next);
		next = i + 1;
	}
	cr_expect(!serverset_next(set, &next), "%s: %u is no member", when, next);
}

Test(serverset, holds_what_was_added_whatever_the_numbers_and_their_order)
{
	static const uint32_t orders[][8] = {
		{0, 1, 5, 62, 5, 0, 62, 1},          {62, 63, 64, 0, 127, 128, 63, 62},
		{999, 0, 64, 999, 1, 63, 62, 500},   {63, 63, 63, 0, 0, 0, 63, 63},
		{128, 127, 64, 63, 62, 61, 60, 128},
	};

	for (size_t row = 0; row < sizeof(orders) / sizeof(orders[0]); row++) {
		struct serverset set = {0};
		bool members[MOST] = {false};
		for (size_t i = 0; i < 8; i++) {
			uint32_t server = orders[row][i];
			cr_expect(serverset_add(&set, server) == !members[server],
				  "row %zu: %u is new once", row, server);
			members[server] = true;
		}
		expect_members(&set, members, "added");
		serverset_release(&set);
		expect_members(&set, (const bool[MOST]){false}, "released");
	}
}

Test(serverset, a_union_is_the_same_from_both_sides_and_of_the_same_bytes)
{
	uint64_t seed = 7;

	for (int round = 0; round < 300; round++) {
		struct serverset a = {0}, b = {0}, ab = {0}, ba = {0};
		bool members[MOST] = {false};
		uint32_t most = round % 3 == 0 ? SERVERSET_NEAR : MOST;
		for (int i = 0; i < round % 9; i++) {
			uint32_t x = (uint32_t)(harness_random(&seed) % most);
			uint32_t y = (uint32_t)(harness_random(&seed) % (round % 2 ? most : 40));
			serverset_add(&a, x);
			serverset_add(&b, y);
			members[x] = members[y] = true;
		}
		serverset_merge(&ab, &a);
		serverset_merge(&ab, &b);
		serverset_merge(&ba, &b);
		serverset_merge(&ba, &a);
		expect_members(&ab, members, "merged");
		cr_expect(serverset_equal(&ab, &ba));
		cr_expect_eq(serverset_bytes(&ab), serverset_bytes(&ba));
		cr_expect(serverset_bytes(&ab) > 0 || most == SERVERSET_NEAR || round % 9 < 2 ||
			  !(ab.word & 1));
		serverset_release(&a);
		serverset_release(&b);
		serverset_release(&ab);
		serverset_release(&ba);
	}
}

Test(serverset, up_to_63_servers_take_no_memory_and_more_are_reckoned)
{
	struct serverset set = {0};

	for (uint32_t i = 0; i < SERVERSET_NEAR; i++)
		serverset_add(&set, i);
	cr_expect_eq(serverset_bytes(&set), 0);
	serverset_add(&set, 63);
	size_t one = serverset_bytes(&set);
	cr_expect_gt(one, CEILING_ENTRY);
	serverset_add(&set, 999);
	cr_expect_eq(serverset_bytes(&set), one + (999 / 64) * sizeof(uint64_t));
	serverset_release(&set);
}
