#include <criterion/criterion.h>

#include "harness.h"
#include "tally/textset.h"

Test(textset, keeps_the_smallest_once_each_in_order)
{
	static const char *const words[] = {"i", "h", "g", "f", "e", "d", "c", "b", "a", "a", "i"};
	struct textset *set = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		textset_add(&set, str_of(words[i]));
		cr_expect_eq(set->more, i >= 8, "after %zu", i);
	}
	cr_assert_eq(set->count, TEXTSET_MAX);
	for (uint8_t i = 0; i < set->count; i++)
		cr_expect_eq(set->texts[i][0], 'a' + i);
	textset_free(set);
	textset_free(NULL);
}

Test(textset, cuts_what_is_too_long)
{
	char text[400];
	struct textset *set = NULL;

	memset(text, 'x', sizeof(text));
	textset_add(&set, str_make(text, sizeof(text)));
	textset_add(&set, str_make(text, 300));
	cr_expect_eq(set->count, 1);
	cr_expect_eq(strlen(set->texts[0]), TEXTSET_TEXT);
	textset_free(set);
}

Test(textset, merges_to_the_set_of_all)
{
	enum { PARTS = 4 };
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct textset *whole = NULL, *parts[PARTS] = {NULL};
		uint64_t state = seed * 31, words = 1 + harness_random(&state) % 16;
		char text[16];
		textset_merge(&parts[0], NULL);
		for (int i = 0; i < 40; i++) {
			uint64_t r = harness_random(&state);
			snprintf(text, sizeof(text), "k%u", (unsigned)(r % words));
			textset_add(&whole, str_of(text));
			textset_add(&parts[(r >> 32) % PARTS], str_of(text));
		}
		for (size_t left = PARTS; left > 1; left--) {
			size_t into = harness_random(&state) % (left - 1);
			textset_merge(&parts[into], parts[left - 1]);
			textset_free(parts[left - 1]);
		}
		cr_assert(parts[0] && whole->count == parts[0]->count &&
				  whole->more == parts[0]->more,
			  "seed %lu", (unsigned long)seed);
		for (uint8_t i = 0; i < whole->count; i++)
			cr_expect_str_eq(whole->texts[i], parts[0]->texts[i]);
		textset_free(whole);
		textset_free(parts[0]);
	}
}
