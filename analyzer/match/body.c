#include "match/body.h"

uint32_t
body_fields(const struct rule_node *node)
{
	uint32_t fields = 0;

	if (node->op == NODE_TEST)
		return 1U << node->test->field;
	for (size_t i = 0; i < node->count; i++)
		fields |= body_fields(node->children[i]);
	return fields;
}

static bool
compare(enum compare how, int64_t a, int64_t b)
{
	switch (how) {
	case COMPARE_LT:
		return a < b;
	case COMPARE_LTE:
		return a <= b;
	case COMPARE_GT:
		return a > b;
	case COMPARE_GTE:
		return a >= b;
	default:
		return a == b;
	}
}

/* The cheap bounds first: most subjects fail at their first byte or their length. */
static bool
match_text(const struct pattern *pattern, struct str subject, struct body_run *run)
{
	const unsigned char *first = regex_first_bytes(pattern->regex);

	if (subject.n > LINE_TEST_MAX)
		subject.n = LINE_TEST_MAX;
	if (subject.n < pattern->minimum || subject.n < pattern->tail)
		return false;
	if (pattern->tail)
		subject = str_skip(subject, subject.n - pattern->tail);
	if (first) {
		unsigned char c = subject.n ? (unsigned char)subject.p[0] : 0;
		if (subject.n == 0 || !(first[c / 8] & (1U << (c % 8))))
			return false;
	}
	enum regex_result result = regex_match(pattern->regex, run->scratch, subject);
	run->limit = run->limit || result == REGEX_LIMIT;
	return result == REGEX_MATCH;
}

static bool
test_text(const struct rule_test *test, struct body_run *run)
{
	struct str text;

	if (field_kind(test->field) != VALUE_WORDS) {
		text = field_text(run->values, test->field);
		return text.n && match_text(&test->pattern, text, run);
	}
	for (size_t i = 0; (text = field_word(run->values, i)).n; i++)
		if (match_text(&test->pattern, text, run))
			return true;
	return false;
}

static bool
test_holds(const struct rule_test *test, struct body_run *run)
{
	const struct record *record = run->values->record;
	struct ip ip;
	int64_t number;

	switch (test->kind) {
	case TEST_NEVER:
		return false;
	case TEST_PRESENT:
		return field_is_present(run->values, test->field);
	case TEST_CODE:
	case TEST_NUMBER:
		return field_number(run->values, test->field, &number) &&
		       compare(test->compare, number, test->number);
	case TEST_ADDRESS:
		return field_address(run->values, test->field, &ip) &&
		       prefix_contains(&test->prefix, &ip);
	case TEST_FLAGS:
		return (record->flags_known & test->mask) == test->mask &&
		       (record->flags & test->mask) == test->want;
	case TEST_TEXT:
		return test_text(test, run);
	}
	return false;
}

static enum verdict
test_verdict(const struct rule_test *test, struct body_run *run)
{
	if (test->kind == TEST_NEVER)
		return VERDICT_NO;
	if (run->knowledge == KNOW_NOTHING ||
	    (run->knowledge == KNOW_NAME && !field_is_of_name(test->field)))
		return VERDICT_MAYBE;
	return test_holds(test, run) ? VERDICT_YES : VERDICT_NO;
}

enum verdict
body_evaluate(const struct rule_node *node, struct body_run *run)
{
	if (node->op == NODE_TEST)
		return test_verdict(node->test, run);
	if (node->op == NODE_NOT) {
		enum verdict inner = body_evaluate(node->children[0], run);
		return inner == VERDICT_MAYBE ? VERDICT_MAYBE
		       : inner == VERDICT_YES ? VERDICT_NO
					      : VERDICT_YES;
	}
	enum verdict stop = node->op == NODE_AND ? VERDICT_NO : VERDICT_YES;
	enum verdict result = node->op == NODE_AND ? VERDICT_YES : VERDICT_NO;
	for (size_t i = 0; i < node->count; i++) {
		enum verdict one = body_evaluate(node->children[i], run);
		if (one == stop)
			return stop;
		if (one == VERDICT_MAYBE)
			result = VERDICT_MAYBE;
	}
	return result;
}
