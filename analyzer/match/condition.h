/*
 * Sigma's condition: names of selections, `1 of pattern`, `all of them`, and, or, not,
 * brackets. `not` binds closer than `and`, that closer than `or`.
 */
#ifndef MATCH_CONDITION_H
#define MATCH_CONDITION_H

#include "match/build.h"

enum { SELECTIONS_MAX = 256 };

struct selection {
	struct str name;
	unsigned line;
	struct rule_node *node; /* NULL when the selection itself has a mistake */
	bool used;
};

/* The tree, or NULL after telling what is wrong. */
struct rule_node *condition_parse(struct build *build, const struct yaml_node *text,
				  struct selection *selections, size_t count);

#endif
