#include <criterion/criterion.h>

#include "tally/texts.h"

Test(texts, stand_once_and_go_with_their_last_holder)
{
	struct texts texts;
	struct hash_key key;

	hash_key_random(&key);
	texts_init(&texts, &key);
	uint32_t www = texts_hold(&texts, STR("www")), mail = texts_hold(&texts, STR("mail"));
	cr_expect_neq(www, TEXT_NONE);
	cr_expect_neq(www, mail);
	cr_expect_eq(texts_hold(&texts, STR("www")), www);
	size_t bytes = texts.bytes;
	texts_drop(&texts, www);
	cr_expect_eq(texts.bytes, bytes, "somebody holds it still");
	cr_expect(str_eq(texts_get(&texts, www), STR("www")));
	texts_drop(&texts, www);
	cr_expect(texts.bytes < bytes);
	cr_expect_eq(texts_find(&texts, STR("www")), TEXT_NONE);
	cr_expect_eq(texts_find(&texts, STR("mail")), mail);
	cr_expect_eq(texts_hold(&texts, STR("ftp")), www, "a free number is used again");
	texts_release(&texts);
}

Test(texts, none_is_empty_and_droppable_and_the_empty_text_is_not_none)
{
	struct texts texts;
	struct hash_key key;

	hash_key_random(&key);
	texts_init(&texts, &key);
	texts_drop(&texts, TEXT_NONE);
	cr_expect_eq(texts_get(&texts, TEXT_NONE).n, 0);
	uint32_t empty = texts_hold(&texts, STR(""));
	cr_expect_neq(empty, TEXT_NONE);
	cr_expect_eq(texts_find(&texts, STR("")), empty);
	uint32_t nul = texts_hold(&texts, str_make("a\0b", 3));
	cr_expect(str_eq(texts_get(&texts, nul), str_make("a\0b", 3)));
	texts_release(&texts);
}

Test(texts, a_flood_that_comes_and_goes_leaves_no_memory_behind)
{
	struct texts texts;
	struct hash_key key;
	char text[32];
	uint32_t ids[100];

	hash_key_random(&key);
	texts_init(&texts, &key);
	for (int round = 0; round < 1000; round++) {
		for (int i = 0; i < 100; i++) {
			snprintf(text, sizeof(text), "name-%d-%d", round, i);
			ids[i] = texts_hold(&texts, str_of(text));
			cr_assert(str_eq(texts_get(&texts, ids[i]), str_of(text)));
		}
		for (int i = 0; i < 100; i++)
			texts_drop(&texts, ids[(i * 37) % 100]);
	}
	cr_expect_eq(texts.bytes, 0);
	cr_expect_eq(texts.map.count, 0);
	cr_expect(texts_numbers(&texts) <= 101, "%u numbers for 100 texts", texts_numbers(&texts));
	cr_expect(map_bytes(&texts.map) < 64 * 1024, "%zu bytes", map_bytes(&texts.map));
	texts_release(&texts);
}

/* What `from` holds goes over, with its references, whether the key is the same or not. */
static void
expect_taken(const struct hash_key *key, const struct hash_key *other, size_t threads)
{
	struct workers *workers = workers_new(threads);
	struct texts texts, from;

	texts_init(&texts, key);
	texts_init(&from, other);
	uint32_t www = texts_hold(&texts, STR("www")), gone = texts_hold(&texts, STR("gone"));
	uint32_t theirs = texts_hold(&from, STR("www")), mail = texts_hold(&from, STR("mail"));
	uint32_t again = texts_hold(&from, STR("mail")), passed = TEXT_NONE;
	texts_drop(&from, texts_hold(&from, STR("dropped")));
	texts_take(&texts, &from, workers);
	texts_rename(&from, &theirs);
	texts_rename(&from, &mail);
	texts_rename(&from, &again);
	cr_expect_eq(theirs, www);
	cr_expect_eq(mail, again);
	texts_drop(&texts, gone);
	if (threads > 1)
		cr_expect(str_eq(texts_get(&texts, gone), STR("gone")), "others may look at it");
	texts_pass(&passed, &mail);
	texts_drop(&texts, mail);
	texts_end_moves(&texts, &from);
	cr_expect_eq(texts_find(&texts, STR("gone")), TEXT_NONE);
	cr_expect_eq(texts_find(&texts, STR("dropped")), TEXT_NONE);
	cr_expect(str_eq(texts_get(&texts, passed), STR("mail")));
	texts_drop(&texts, passed);
	cr_expect_eq(texts_find(&texts, STR("mail")), again, "one holder is left");
	texts_drop(&texts, again);
	texts_drop(&texts, www);
	cr_expect_eq(texts_find(&texts, STR("mail")), TEXT_NONE);
	cr_expect_eq(texts_find(&texts, STR("www")), theirs);
	texts_drop(&texts, theirs);
	cr_expect_eq(texts.map.count + texts.bytes, 0);
	cr_expect_eq(from.map.count + from.bytes, 0);
	texts_release(&texts);
	texts_release(&from);
	workers_free(workers);
}

Test(texts, those_that_are_taken_keep_their_holders)
{
	struct hash_key key, other;

	hash_key_random(&key);
	hash_key_random(&other);
	for (size_t threads = 1; threads <= 3; threads++) {
		expect_taken(&key, &key, threads);
		expect_taken(&key, &other, threads);
	}
}

Test(texts, nothing_is_taken_of_nothing)
{
	struct texts texts, from;
	struct hash_key key;

	hash_key_random(&key);
	texts_init(&texts, &key);
	texts_init(&from, &key);
	texts_take(&texts, &from, NULL);
	uint32_t none = TEXT_NONE;
	texts_rename(&from, &none);
	cr_expect_eq(none, TEXT_NONE);
	texts_end_moves(&texts, &from);
	texts_release(&texts);
	texts_release(&from);
}
