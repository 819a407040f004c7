/*
 * What is at hand while a rule file is read: where mistakes go and where things live. Builds
 * the nodes of a rule's tree.
 */
#ifndef MATCH_BUILD_H
#define MATCH_BUILD_H

#include "base/yaml.h"
#include "match/body.h"

struct build {
	struct ruleset *ruleset;
	struct rule_errors *errors;
	struct str file;
	bool failed; /* the rule at hand has a mistake and will be left out */
};

/* Adds a mistake in `line`; returns NULL so that `return build_fail(...)` reads well. */
void *build_fail(struct build *build, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Adds a note; the rule is kept. */
void build_note(struct build *build, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

struct rule_node *build_test(struct build *build, const struct rule_test *test);
struct rule_node *build_not(struct build *build, struct rule_node *child);

/* Children come one by one; a group of one is its child. */
struct build_group {
	enum node_op op;
	size_t count, capacity;
	struct rule_node **nodes;
};
void build_add(struct build *build, struct build_group *group, struct rule_node *node);
struct rule_node *build_end(struct build *build, const struct build_group *group);

#endif
