#include <criterion/criterion.h>

#include "record/record.h"
#include "tally/counts.h"

Test(counts, every_key_leads_back_to_its_type)
{
	size_t own = 0;

	for (int32_t type = 0; type <= 65535; type++) {
		uint16_t key = type_key(type);
		cr_assert_lt(key, TYPE_KEYS);
		if (key == TYPE_KEY_OTHER)
			continue;
		own++;
		cr_expect_eq(type_of_key(key), type, "type %d", type);
	}
	cr_expect_eq(own, 31);
	cr_expect_eq(type_key(TYPE_UNKNOWN), TYPE_KEY_OTHER);
	cr_expect_eq(type_of_key(TYPE_KEY_OTHER), TYPE_UNKNOWN);
}
