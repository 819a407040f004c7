#include <criterion/criterion.h>

#include "base/str.h"

Test(str, an_empty_view_is_equal_to_any_other_empty_one)
{
	struct str none = {NULL, 0};

	cr_expect(str_eq(none, STR("")));
	cr_expect(str_eq_nocase(none, STR("")));
	cr_expect_eq(str_compare(none, STR("")), 0);
	cr_expect_eq(str_of(NULL).n, 0);
	cr_expect_eq(str_trim(none).n, 0);
	cr_expect_eq(str_index(none, 'a'), SIZE_MAX);
	cr_expect_eq(str_find(none, STR(""), 0), 0);
	cr_expect_eq(str_find(none, STR("a"), 0), SIZE_MAX);
	cr_expect_eq(str_skip(none, 7).n, 0);
}

Test(str, compares_by_bytes_with_the_shorter_prefix_first)
{
	static const struct {
		struct str a, b;
		int order;
	} rows[] = {
		{{"a", 1}, {"a", 1}, 0},    {{"a", 1}, {"b", 1}, -1},
		{{"a", 1}, {"aa", 2}, -1},  {{"ab", 2}, {"aa", 2}, 1},
		{{"\xff", 1}, {"a", 1}, 1}, {{"a\0b", 3}, {"a\0a", 3}, 1},
		{{"a\0", 2}, {"a", 1}, 1},  {{"", 0}, {"a", 1}, -1},
		{{"A", 1}, {"a", 1}, -1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int order = str_compare(rows[i].a, rows[i].b);
		int back = str_compare(rows[i].b, rows[i].a);
		cr_expect_eq((order > 0) - (order < 0), rows[i].order, "row %zu", i);
		cr_expect_eq((back > 0) - (back < 0), -rows[i].order, "row %zu, turned", i);
		cr_expect_eq(str_eq(rows[i].a, rows[i].b), rows[i].order == 0, "row %zu", i);
	}
}

Test(str, folds_ascii_letters_only)
{
	cr_expect(str_eq_nocase(STR("WwW.Example"), STR("wWw.eXAMPLE")));
	cr_expect_not(str_eq_nocase(STR("[a"), STR("{a"))); /* differ by 0x20, are no letters */
	cr_expect_not(str_eq_nocase(STR("@"), STR("`")));
	cr_expect_not(str_eq_nocase(STR("\xc4"), STR("\xe4")));
	cr_expect_not(str_eq_nocase(STR("a"), STR("aa")));
	for (int c = 0; c < 256; c++) {
		bool upper = c >= 'A' && c <= 'Z';
		cr_expect_eq(str_lower((char)c), (char)(upper ? c + 32 : c), "byte %d", c);
	}
}

Test(str, finds_from_an_offset_and_never_past_the_end)
{
	static const struct {
		const char *text, *needle;
		size_t from, at;
	} rows[] = {
		{"abcabc", "abc", 0, 0},
		{"abcabc", "abc", 1, 3},
		{"abcabc", "abc", 4, SIZE_MAX},
		{"abcabc", "abcabcd", 0, SIZE_MAX},
		{"abc", "", 3, 3},
		{"abc", "", 4, SIZE_MAX},
		{"abc", "c", 2, 2},
		{"abc", "c", SIZE_MAX, SIZE_MAX},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(str_find(str_of(rows[i].text), str_of(rows[i].needle), rows[i].from),
			     rows[i].at, "row %zu", i);
	cr_expect_eq(str_find(str_make("a\0b", 3), str_make("\0b", 2), 0), 1, "a NUL is a byte");
	cr_expect_eq(str_index(str_make("abX", 2), 'X'), SIZE_MAX, "beyond the view");
}

Test(str, trims_white_space_at_both_ends_only)
{
	cr_expect(str_eq(str_trim(STR(" \t\r\n\v\fa b \n")), STR("a b")));
	cr_expect_eq(str_trim(STR(" \t ")).n, 0);
	cr_expect(str_eq(str_trim(STR("\x1f"
				      "a"
				      "\xa0")),
			 STR("\x1f"
			     "a"
			     "\xa0")));
}

Test(str, numbers_are_decimal_whole_and_bounded)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool valid;
		uint64_t value;
	} rows[] = {
		{"0", 0, true, 0},
		{"65535", 65535, true, 65535},
		{"65536", 65535, false, 0},
		{"007", 7, true, 7},
		{"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
		{"18446744073709551616", UINT64_MAX, false, 0},
		{"99999999999999999999999999", UINT64_MAX, false, 0},
		{"9", 5, false, 0},
		{"", 9, false, 0},
		{"-1", 9, false, 0},
		{"+1", 9, false, 0},
		{" 1", 9, false, 0},
		{"1 ", 9, false, 0},
		{"0x1", 99, false, 0},
		{"1e1", 99, false, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t value = 4711;
		bool valid = str_number(str_of(rows[i].text), rows[i].max, &value);
		cr_expect_eq(valid, rows[i].valid, "row %zu: %s", i, rows[i].text);
		cr_expect_eq(value, rows[i].valid ? rows[i].value : 4711, "row %zu: %s", i,
			     rows[i].text);
	}
}

Test(str, takes_only_what_stands_there)
{
	struct str s = STR("123abc");
	uint64_t value = 0;

	cr_expect(str_take_number(&s, 1000, &value));
	cr_expect_eq(value, 123);
	cr_expect(str_eq(s, STR("abc")));
	cr_expect_not(str_take_number(&s, 1000, &value));
	cr_expect_not(str_take(&s, STR("abd")));
	cr_expect_not(str_take(&s, STR("abcd")), "longer than what is left");
	cr_expect(str_eq(s, STR("abc")), "a refusal takes nothing");
	cr_expect(str_take(&s, STR("ab")));
	cr_expect(str_eq(s, STR("c")));
	s = STR("1234");
	cr_expect_not(str_take_number(&s, 1233, &value));
	cr_expect(str_eq(s, STR("1234")), "a number out of range takes nothing");
}

Test(str, starts_and_ends_hold_for_the_whole_and_nothing)
{
	cr_expect(str_starts(STR("abc"), STR("abc")) && str_ends(STR("abc"), STR("abc")));
	cr_expect(str_starts(STR("abc"), STR("")) && str_ends(STR("abc"), STR("")));
	cr_expect_not(str_starts(STR("ab"), STR("abc")));
	cr_expect_not(str_ends(STR("bc"), STR("abc")));
	cr_expect(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("abc"), STR("ab")));
}
