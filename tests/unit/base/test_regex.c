#include <criterion/criterion.h>

#include "base/regex.h"

struct row {
	const char *pattern;
	unsigned flags;
	const char *subject;
	enum regex_result result;
};

static const struct row rows[] = {
	{"abc", 0, "xxabcxx", REGEX_MATCH},
	{"abc", 0, "xxABCxx", REGEX_NO_MATCH},
	{"abc", REGEX_CASELESS, "xxABCxx", REGEX_MATCH},
	{"abc", REGEX_ANCHORED, "xabc", REGEX_NO_MATCH},
	{"abc", REGEX_ANCHORED, "abcx", REGEX_MATCH},
	{"abc", REGEX_ANCHORED | REGEX_WHOLE, "abcx", REGEX_NO_MATCH},
	{"abc", REGEX_ANCHORED | REGEX_WHOLE, "abc", REGEX_MATCH},
	{"^b$", 0, "a\nb\nc", REGEX_NO_MATCH},
	{"^b$", REGEX_MULTILINE, "a\nb\nc", REGEX_MATCH},
	{"a.b", 0, "a\nb", REGEX_NO_MATCH},
	{"a.b", REGEX_DOTALL, "a\nb", REGEX_MATCH},
	{"", 0, "", REGEX_MATCH},
	{"^(a|b)*c$", 0, "abababababc", REGEX_MATCH},
	{"^[a-z0-9]{63}$", 0, "short", REGEX_NO_MATCH},
	{"\\xe9", REGEX_CASELESS, "caf\xe9", REGEX_MATCH},
	{"(?=.{3}).*+(?<=abc)", REGEX_ANCHORED, "xyzabc", REGEX_MATCH},
	{"(?>.*?a)(?>.*?b)", REGEX_ANCHORED, "xxbxxaxx", REGEX_NO_MATCH},
};

/* The interpreter is what runs where the system forbids machine code. */
Test(regex, gives_the_same_verdict_with_jit_and_interpreter)
{
	struct regex_scratch *scratch = regex_scratch_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err err;
		struct str pattern = str_of(rows[i].pattern), subject = str_of(rows[i].subject);
		struct regex *regex = regex_compile(pattern, rows[i].flags, &err);
		cr_assert(regex, "row %zu: %s", i, err.text);
		cr_expect(!regex_has_jit(regex), "row %zu", i);
		cr_expect(regex_match(regex, scratch, subject) == rows[i].result, "row %zu", i);
		regex_jit(regex);
		cr_expect(regex_match(regex, scratch, subject) == rows[i].result, "row %zu, jit %d",
			  i, regex_has_jit(regex));
		regex_free(regex);
	}
	regex_scratch_free(scratch);
}

Test(regex, says_where_a_pattern_is_wrong)
{
	struct err err;

	cr_expect_null(regex_compile(STR("ab(c"), 0, &err));
	cr_expect(strstr(err.text, "at offset 4"), "%s", err.text);
	cr_expect_null(regex_compile(STR("[z-a]"), 0, &err));
	cr_expect(strstr(err.text, "at offset 3"), "%s", err.text);
	cr_expect_null(regex_compile(STR("(*UTF)a"), 0, &err));
}

Test(regex, refuses_patterns_that_are_too_long_or_too_deep)
{
	static char text[REGEX_PATTERN_MAX + 2];
	struct err err;

	memset(text, 'a', sizeof(text));
	cr_expect_null(regex_compile(str_make(text, REGEX_PATTERN_MAX + 1), 0, &err));
	memset(text, '(', 500);
	memset(text + 500, ')', 500);
	cr_expect_null(regex_compile(str_make(text, 1000), 0, &err));
}

Test(regex, stops_a_runaway_pattern_in_both_engines)
{
	struct regex_scratch *scratch = regex_scratch_new();
	struct err err;
	struct regex *regex = regex_compile(STR("^(a+)+$"), 0, &err);
	struct str subject = STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");

	cr_expect(regex_match(regex, scratch, subject) == REGEX_LIMIT);
	regex_jit(regex);
	cr_expect(regex_match(regex, scratch, subject) == REGEX_LIMIT);
	/* The scratch is as good as new afterwards. */
	cr_expect(regex_match(regex, scratch, STR("aaaa")) == REGEX_MATCH);
	regex_free(regex);
	regex_scratch_free(scratch);
}

Test(regex, leaves_honest_patterns_alone_on_the_longest_name)
{
	static const char *const patterns[] = {"^[a-z0-9.-]+$", "^(?:[a-z]+\\.?)+$", "(?:ab)*c?$"};
	struct regex_scratch *scratch = regex_scratch_new();
	char name[1004];

	memset(name, 'a', sizeof(name));
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		struct err err;
		struct regex *regex = regex_compile(str_of(patterns[i]), 0, &err);
		struct str subject = str_make(name, sizeof(name));
		cr_expect(regex_match(regex, scratch, subject) == REGEX_MATCH, "row %zu", i);
		regex_jit(regex);
		cr_expect(regex_match(regex, scratch, subject) == REGEX_MATCH, "row %zu", i);
		regex_free(regex);
	}
	regex_scratch_free(scratch);
}

struct first_row {
	const char *pattern;
	unsigned flags;
	const char *first; /* NULL: none is known */
	size_t minimum;
};

static const struct first_row first_rows[] = {
	{"www", REGEX_ANCHORED, "wW", 3},
	{"^www", 0, "wW", 3},
	{"^(?:mail|ns)", 0, "mn", 2},
	{"^[0-2]x", 0, "012", 2},
	{"www", 0, NULL, 3},      /* may begin anywhere */
	{"^www|ftp", 0, NULL, 3}, /* not every branch is anchored */
	{"^a*", 0, NULL, 0},      /* matches the empty name */
	{"^www", REGEX_MULTILINE, NULL, 3},
};

Test(regex, bounds_what_a_subject_can_begin_with)
{
	for (size_t i = 0; i < sizeof(first_rows) / sizeof(first_rows[0]); i++) {
		const struct first_row *row = &first_rows[i];
		struct err err;
		struct regex *regex = regex_compile(str_of(row->pattern), row->flags, &err);
		const unsigned char *first = regex_first_bytes(regex);
		cr_expect(regex_minimum(regex) == row->minimum, "row %zu: %zu", i,
			  regex_minimum(regex));
		cr_expect((first != NULL) == (row->first != NULL), "row %zu", i);
		for (const char *p = row->first; first && *p; p++)
			cr_expect(first[(unsigned char)*p / 8] & (1U << (*p % 8)), "row %zu: %c", i,
				  *p);
		if (first)
			cr_expect(!(first['q' / 8] & (1U << ('q' % 8))), "row %zu", i);
		regex_free(regex);
	}
}
