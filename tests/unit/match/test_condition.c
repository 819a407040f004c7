#include <criterion/criterion.h>

#include "rules.h"

/* Selections a, b, c hold when the name contains their letter; _hidden when it has an x. */
#define SELECTIONS                                                           \
	"  sel_a:\n    query|contains: a\n  sel_b:\n    query|contains: b\n" \
	"  other_c:\n    query|contains: c\n  _hidden:\n    query|contains: x\n"

struct row {
	const char *condition, *query;
	bool matches;
};

static const struct row rows[] = {
	{"sel_a", "a", true},
	{"sel_a", "b", false},
	{"sel_a and sel_b", "ab", true},
	{"sel_a and sel_b", "a", false},
	{"sel_a or sel_b", "b", true},
	{"not sel_a", "b", true},
	{"not sel_a", "a", false},
	{"not not sel_a", "a", true},
	/* and binds closer than or, not closer than and. */
	{"sel_a or sel_b and other_c", "a", true},
	{"sel_a or sel_b and other_c", "b", false},
	{"sel_b and other_c or sel_a", "a", true},
	{"(sel_a or sel_b) and other_c", "a", false},
	{"(sel_a or sel_b) and other_c", "bc", true},
	{"not sel_a and sel_b", "b", true},
	{"not sel_a and sel_b", "ab", false},
	{"not (sel_a and sel_b)", "a", true},
	{"not sel_a or sel_b", "ab", true},
	{"1 of sel_*", "b", true},
	{"1 of sel_*", "c", false},
	{"any of sel_*", "b", true},
	{"all of sel_*", "ab", true},
	{"all of sel_*", "a", false},
	{"1 of sel_?", "a", true},
	{"1 of *_c", "c", true},
	{"1 of them", "c", true},
	{"1 of them", "x", false}, /* names that begin with '_' are not "them" */
	{"all of them", "abc", true},
	{"all of them", "ab", false},
	{"1 of _hidden", "x", true},
	{"sel_a and not 1 of other_*", "a", true},
	{"sel_a and not 1 of other_*", "ac", false},
	{"SEL_a", "a", false}, /* names keep their case: a mistake, so no rule */
	{"sel_a AND NOT sel_b", "a", true},
	{"((((sel_a))))", "a", true},
	{"(sel_a)and(sel_b)", "ab", true},
	{"[sel_a, sel_b]", "b", true}, /* a list of conditions: any */
	{"|\n    sel_a\n    and sel_b", "ab", true},
};

static void
open_condition(struct rules *rules, const char *condition)
{
	char text[1024];

	snprintf(text, sizeof(text), SELECTIONS "  condition: %s\n", condition);
	rules_open_detection(rules, text, true);
}

Test(condition, follows_the_grammar)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rules rules;
		struct ask ask = {.query = rows[i].query};
		open_condition(&rules, rows[i].condition);
		cr_expect(rules_ask(&rules, &ask) == rows[i].matches, "row %zu: %s", i,
			  rows[i].condition);
		rules_close(&rules);
	}
}

struct mistake {
	const char *condition, *told;
};

static const struct mistake mistakes[] = {
	{"sel_z", "14: condition: no selection is called 'sel_z'; this rule has sel_a, sel_b, "
		  "other_c, _hidden\n"},
	{"1 of foo*", "14: condition: no selection is called 'foo*'"},
	{"sel_*", "14: condition: 'sel_*' alone is ambiguous; write '1 of sel_*' or"},
	{"sel_a and", "14: condition: a selection expected before 'its end'\n"},
	{"and sel_a", "14: condition: a selection expected before 'and'\n"},
	{"sel_a sel_b", "14: condition: 'and' or 'or' expected before 'sel_b'\n"},
	{"(sel_a", "14: condition: ')' expected before 'its end'\n"},
	{"sel_a)", "14: condition: 'and' or 'or' expected before ')'\n"},
	{"sel_a | count() > 5", "14: condition: '|' (an aggregation) is no longer Sigma"},
	{"1 of", "14: condition: 'them' or a pattern of names expected before 'its end'\n"},
	{"''", "14: condition: an expression expected, not nothing\n"},
	{"{a: b}", "14: condition: an expression expected, not a map\n"},
	{"sel_a & sel_b", "14: condition: 'and' or 'or' expected before '&'\n"},
};

Test(condition, tells_where_it_is_wrong)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct rules rules;
		char text[1024];
		open_condition(&rules, mistakes[i].condition);
		rules_mistakes(&rules, text, sizeof(text));
		cr_expect(strstr(text, mistakes[i].told) == text, "row %zu: %s", i, text);
		cr_expect(rules.ruleset.count == 0, "row %zu", i);
		rules_close(&rules);
	}
}

Test(condition, refuses_endless_brackets)
{
	char text[4200], told[512];
	struct rules rules;

	memset(text, '(', 2000);
	memcpy(text + 2000, "sel_a", sizeof("sel_a"));
	open_condition(&rules, "sel_a");
	rules_close(&rules);
	char detection[4800];
	snprintf(detection, sizeof(detection), SELECTIONS "  condition: %s\n", text);
	rules_open_detection(&rules, detection, true);
	rules_mistakes(&rules, told, sizeof(told));
	cr_expect(strstr(told, "condition: nested too deeply"), "%s", told);
	rules_close(&rules);
}

Test(condition, notes_a_selection_that_nobody_uses)
{
	struct rules rules;
	char text[512];

	open_condition(&rules, "1 of sel_* or _hidden");
	cr_expect_str_eq(rules_mistakes(&rules, text, sizeof(text)),
			 "10: note: selection 'other_c' is not used in the condition\n");
	cr_expect(rules.ruleset.count == 1);
	rules_close(&rules);
}
