/*
 * The compiled detection of a rule: a tree of and, or, not over tests. Selections that a
 * condition names twice are shared, so it is a graph without circles; all of it lives in the
 * ruleset's arena and is constant.
 */
#ifndef MATCH_BODY_H
#define MATCH_BODY_H

#include "match/field.h"
#include "match/pattern.h"
#include "match/rule.h"

enum test_kind {
	TEST_NEVER,   /* a field that no query log has */
	TEST_PRESENT, /* the record tells the field */
	TEST_CODE,    /* type, class or rcode equals `number` */
	TEST_NUMBER,  /* compare */
	TEST_ADDRESS, /* in `prefix` */
	TEST_FLAGS,   /* all of `mask` known and equal to `want` */
	TEST_TEXT     /* the pattern */
};

enum compare { COMPARE_EQ, COMPARE_LT, COMPARE_LTE, COMPARE_GT, COMPARE_GTE };

struct rule_test {
	enum test_kind kind;
	enum field field;
	enum compare compare;
	int64_t number;
	struct prefix prefix;
	uint16_t mask, want;
	struct pattern pattern;
};

enum node_op { NODE_AND, NODE_OR, NODE_NOT, NODE_TEST };

struct rule_node {
	enum node_op op;
	size_t count;
	struct rule_node **children;
	struct rule_test *test;
};

struct rule_body {
	struct rule_node *root;
	unsigned line; /* where the rule begins in its file */
};

/* Bits for every field the tree asks for. */
uint32_t body_fields(const struct rule_node *node);

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_MAYBE };

/* How much is known: nothing (is it false by itself?), the name alone, everything. */
enum knowledge { KNOW_NOTHING, KNOW_NAME, KNOW_ALL };

struct body_run {
	struct field_values *values; /* NULL with KNOW_NOTHING */
	struct regex_scratch *scratch;
	enum knowledge knowledge;
	bool limit; /* set when a pattern reached its limit */
};

/*
 * Three-valued: a test that needs more than what is known is MAYBE. With KNOW_ALL the answer
 * is YES or NO.
 */
enum verdict body_evaluate(const struct rule_node *node, struct body_run *run);

enum { LINE_TEST_MAX = 8192 };

#endif
