#include "record/qname.h"

#include <criterion/criterion.h>

#define LABEL_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

Test(record_qname, the_span_ends_at_a_blank_or_a_bracket)
{
	static const struct {
		const char *text;
		size_t span;
	} rows[] = {
		{"www.example.com IN A", 15},
		{"www.example.com.) x", 16},
		{". IN", 1},
		{".", 1},
		{".)", 1},
		{"", 0},
		{" a", 0},
		{"a\\032b.c d", 8},
		{"a\\).b) ", 5},
		{"a\\\\) ", 3},
		{"2001:db8::: x", 11},
		{"x'y/A/IN' z", 9},
		{"..", SIZE_MAX},
		{"a..b", SIZE_MAX},
		{".a", SIZE_MAX},
		{"a\\", SIZE_MAX},
		{"a\\2", SIZE_MAX},
		{"a\\25", SIZE_MAX},
		{"a\\25x", SIZE_MAX},
		{"a\\256", SIZE_MAX},
		{"a\\255", 5},
		{"a\tb", SIZE_MAX},
		{"a\x80", SIZE_MAX},
		{"a\x7f", SIZE_MAX},
		{LABEL_63, 63},
		{LABEL_63 "a", SIZE_MAX},
		{LABEL_63 "a.b", SIZE_MAX},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(qname_span(str_of(rows[i].text)), rows[i].span, "row %zu: %zu", i,
			     qname_span(str_of(rows[i].text)));
}

Test(record_qname, a_name_has_255_octets_at_most)
{
	const char *fits =
		LABEL_63 "." LABEL_63 "." LABEL_63
			 ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	char text[300];

	cr_expect(qname_is_valid(str_of(fits)));
	snprintf(text, sizeof(text), "%s.", fits);
	cr_expect(qname_is_valid(str_of(text)));
	snprintf(text, sizeof(text), "%sa", fits);
	cr_expect_not(qname_is_valid(str_of(text)));
	snprintf(text, sizeof(text), "%s.a", fits);
	cr_expect_not(qname_is_valid(str_of(text)));
	cr_expect_not(qname_is_valid(STR("")));
	cr_expect_not(qname_is_valid(STR("a b")));
}

Test(record_qname, only_an_unescaped_final_dot_is_trimmed)
{
	static const struct {
		const char *text, *trimmed;
	} rows[] = {
		{"a.b.", "a.b"},
		{"a.b", "a.b"},
		{".", "."},
		{"", ""},
		{"a\\.", "a\\."},
		{"a\\\\.", "a\\\\"},
		{"a\\\\\\.", "a\\\\\\."},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect(str_eq(qname_trim_dot(str_of(rows[i].text)), str_of(rows[i].trimmed)),
			  "row %zu", i);
}

Test(record_qname, labels_begin_behind_unescaped_dots)
{
	static const struct {
		const char *name;
		size_t count;
		uint16_t starts[4];
		const char *first;
	} rows[] = {
		{"www.example.com", 3, {0, 4, 12}, "www"},
		{".", 0, {0}, ""},
		{"", 0, {0}, ""},
		{"a\\.b.c", 2, {0, 5}, "a\\.b"},
		{"a\\\\.b", 2, {0, 4}, "a\\\\"},
		{"a\\046b.c", 2, {0, 7}, "a\\046b"},
		{"a", 1, {0}, "a"},
		{"a\\", 1, {0}, "a\\"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint16_t starts[4] = {0};
		size_t count = qname_labels(str_of(rows[i].name), starts, 4);
		cr_expect_eq(count, rows[i].count, "row %zu: %zu", i, count);
		cr_expect(memcmp(starts, rows[i].starts, sizeof(starts)) == 0, "row %zu", i);
		cr_expect(str_eq(qname_first_label(str_of(rows[i].name)), str_of(rows[i].first)),
			  "row %zu", i);
	}
}

Test(record_qname, labels_beyond_the_room_are_counted_only)
{
	uint16_t starts[3] = {9, 9, 9};

	cr_expect_eq(qname_labels(STR("a.b.c.d"), starts, 2), 4);
	cr_expect_eq(starts[2], 9);
}

Test(record_qname, below_is_by_labels_not_by_characters)
{
	static const struct {
		const char *name, *zone;
		bool below;
	} rows[] = {
		{"www.example.com", "example.com", true},
		{"example.com", "example.com", true},
		{"wwwexample.com", "example.com", false},
		{"www\\.example.com", "example.com", false},
		{"www\\\\.example.com", "example.com", true},
		{"com", "example.com", false},
		{"example.com", ".", true},
		{".", ".", true},
		{".", "com", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(qname_is_below(str_of(rows[i].name), str_of(rows[i].zone)),
			     rows[i].below, "row %zu", i);
}

/* Every byte at every place of names of every length, and no byte written behind them. */
Test(record_qname, folding_is_the_same_for_all_lengths)
{
	char text[80], out[QNAME_TEXT_MAX];

	for (size_t n = 0; n <= sizeof(text); n++) {
		for (unsigned first = 0; first < 256; first++) {
			for (size_t i = 0; i < n; i++)
				text[i] = (char)(first + i);
			memset(out, '#', sizeof(out));
			struct str folded = qname_fold(str_make(text, n), out);
			cr_assert(folded.p == out && folded.n == n);
			for (size_t i = 0; i < n; i++)
				cr_assert_eq(out[i], str_lower(text[i]), "byte %zu of %zu", i, n);
			cr_assert_eq(out[n], '#', "%zu", n);
		}
	}
}

Test(record_qname, folding_lowers_letters_and_cuts_what_is_too_long)
{
	char out[QNAME_TEXT_MAX], longer[QNAME_TEXT_MAX + 10];

	cr_expect(str_eq(qname_fold(STR("WwW.Ex\\065.COM"), out), STR("www.ex\\065.com")));
	memset(longer, 'A', sizeof(longer));
	cr_expect_eq(qname_fold(str_make(longer, sizeof(longer)), out).n, QNAME_TEXT_MAX);
}

Test(qname, labels_are_taken_off_the_end)
{
	static const struct {
		const char *name, *label, *rest;
	} rows[] = {
		{"www.example.com", "com", "www.example"}, {"com", "com", ""},        {"", "", ""},
		{"a.first\\.last", "first\\.last", "a"},   {"a\\\\.b", "b", "a\\\\"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str name = str_of(rows[i].name), label = qname_take_last_label(&name);
		cr_expect(str_eq(label, str_of(rows[i].label)), "row %zu", i);
		cr_expect(str_eq(name, str_of(rows[i].rest)), "row %zu", i);
	}
}

Test(qname, parent_is_the_name_without_its_first_label)
{
	static const char *const rows[][2] = {
		{"www.example.com", "example.com"},
		{"com", ""},
		{"a\\.b.example", "example"},
		{"", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect(str_eq(qname_parent(str_of(rows[i][0])), str_of(rows[i][1])), "%s",
			  rows[i][0]);
}
