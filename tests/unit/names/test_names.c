#include <criterion/criterion.h>

#include "../files.h"
#include "names/names.h"

static uint64_t
fingerprint_of(const char *key, const char *const *zones, size_t count, const char *wordlist,
	       bool suffixes)
{
	struct names names;
	struct err err;

	names_init(&names, str_of(key));
	for (size_t i = 0; i < count; i++)
		cr_assert_eq(names_add_own_zone(&names, str_of(zones[i]), &err), 0);
	if (wordlist)
		cr_assert_eq(names_add_wordlist(&names, wordlist, &err), 0, "%s", err.text);
	if (suffixes)
		cr_assert_eq(names_load_suffixes(&names, NULL, &err), 0);
	uint64_t fingerprint = names.fingerprint;
	names_release(&names);
	return fingerprint;
}

Test(names, the_fingerprint_is_of_the_settings_and_not_of_their_order_or_spelling)
{
	static const char *const zones[] = {"example.com", "example.net"};
	static const char *const turned[] = {"Example.NET.", "example.com", "EXAMPLE.com"};
	uint64_t mine = fingerprint_of("key", zones, 2, NULL, true);

	cr_expect_eq(mine, fingerprint_of("key", turned, 3, NULL, true));
	cr_expect_neq(mine, fingerprint_of("yek", zones, 2, NULL, true), "the key");
	cr_expect_neq(mine, fingerprint_of("key", zones, 1, NULL, true), "the zones");
	cr_expect_neq(mine, fingerprint_of("key", zones, 2, NULL, false), "the suffix list");
}

Test(names, words_and_zones_of_the_same_text_are_not_the_same_setting)
{
	static const char *const zones[] = {"www"};
	struct files files;
	char path[256];

	files_init(&files);
	files_write(&files, "words", STR("www\n"));
	files_path(&files, "words", path);
	cr_expect_neq(fingerprint_of("key", zones, 1, NULL, false),
		      fingerprint_of("key", NULL, 0, path, false));
	files_release(&files);
}

Test(names, a_wordlist_has_comments_blank_lines_and_any_case)
{
	struct files files;
	struct names names;
	struct err err;
	char path[256];

	files_init(&files);
	files_write(&files, "words",
		    STR("# a comment\r\n\n  WWW  \nmail\r\nwww\n\x80junk\nlast.line"));
	names_init(&names, STR("key"));
	cr_assert_eq(names_add_wordlist(&names, files_path(&files, "words", path), &err), 0);
	cr_expect_eq(names.words.count, 3, "www, mail and last.line: %u", names.words.count);
	names_release(&names);
	files_release(&files);
}

Test(names, what_cannot_be_read_or_is_no_name_is_said)
{
	static const char *const bad[] = {
		"",
		" ",
		"a b",
		"..",
		"a..b",
		".a",
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxx.com"};
	struct names names;

	names_init(&names, STR("key"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err err = {""};
		cr_expect_eq(names_add_own_zone(&names, str_of(bad[i]), &err), -1, "\"%s\"",
			     bad[i]);
		cr_expect_neq(err.text[0], '\0');
	}
	cr_expect_eq(names.own_zones.count, 0);
	struct err err = {""};
	cr_expect_eq(names_add_wordlist(&names, "/nonexistent/words", &err), -1);
	cr_expect(strstr(err.text, "/nonexistent/words") != NULL);
	cr_expect_eq(names_load_suffixes(&names, "/nonexistent/suffixes", &err), -1);
	cr_expect(strstr(err.text, "/nonexistent/suffixes") != NULL);
	names_release(&names);
}

Test(names, a_suffix_list_of_ones_own_counts)
{
	struct files files;
	struct names names;
	struct err err;
	char path[256];

	files_init(&files);
	files_write(&files, "list.dat", STR("// fleet\ncom\nfleet.test\n"));
	names_init(&names, STR("key"));
	uint64_t before = names.fingerprint;
	cr_assert_eq(names_load_suffixes(&names, files_path(&files, "list.dat", path), &err), 0);
	cr_expect_neq(names.fingerprint, before);
	struct namer *namer = namer_new(&names);
	cr_expect(str_eq(namer_look(namer, STR("a.b.fleet.test"))->zone, STR("b.fleet.test")));
	namer_free(namer);
	names_release(&names);
	files_release(&files);
}
