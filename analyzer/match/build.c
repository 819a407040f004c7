#include "match/build.h"

#include <stdarg.h>

#include "base/xalloc.h"

static void
add_error(struct build *build, unsigned line, bool note, const char *format, va_list args)
{
	struct rule_errors *errors = build->errors;

	if (errors->count == errors->capacity) {
		errors->capacity = errors->capacity ? errors->capacity * 2 : 8;
		errors->errors =
			xrealloc(errors->errors, errors->capacity, sizeof(*errors->errors));
	}
	struct rule_error *error = &errors->errors[errors->count++];
	*error = (struct rule_error){.file = build->file, .line = line, .note = note};
	errors->notes += note;
	vsnprintf(error->text, sizeof(error->text), format, args);
}

void *
build_fail(struct build *build, unsigned line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_error(build, line, false, format, args);
	va_end(args);
	build->failed = true;
	return NULL;
}

void
build_note(struct build *build, unsigned line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_error(build, line, true, format, args);
	va_end(args);
}

static struct rule_node *
make_node(struct build *build, enum node_op op)
{
	struct rule_node *node = arena_alloc(&build->ruleset->arena, sizeof(*node));

	node->op = op;
	return node;
}

struct rule_node *
build_test(struct build *build, const struct rule_test *test)
{
	struct rule_node *node = make_node(build, NODE_TEST);

	node->test = arena_alloc(&build->ruleset->arena, sizeof(*test));
	*node->test = *test;
	return node;
}

struct rule_node *
build_not(struct build *build, struct rule_node *child)
{
	struct rule_node *node = make_node(build, NODE_NOT);

	if (!child)
		return NULL;
	node->children = arena_alloc(&build->ruleset->arena, sizeof(struct rule_node *));
	node->children[0] = child;
	node->count = 1;
	return node;
}

void
build_add(struct build *build, struct build_group *group, struct rule_node *node)
{
	if (!node)
		return;
	if (group->count == group->capacity) {
		size_t capacity = group->capacity ? group->capacity * 2 : 4;
		struct rule_node **nodes =
			arena_alloc(&build->ruleset->arena, capacity * sizeof(struct rule_node *));
		if (group->count)
			memcpy(nodes, group->nodes, group->count * sizeof(struct rule_node *));
		group->nodes = nodes;
		group->capacity = capacity;
	}
	group->nodes[group->count++] = node;
}

/* What a node costs: codes and numbers are asked before patterns. */
static int
cost(const struct rule_node *node)
{
	if (node->op == NODE_TEST)
		return node->test->kind == TEST_TEXT ? 1 : 0;
	return node->op == NODE_NOT ? cost(node->children[0]) : 2;
}

struct rule_node *
build_end(struct build *build, const struct build_group *group)
{
	if (group->count == 0)
		return NULL;
	if (group->count == 1)
		return group->nodes[0];
	struct rule_node *node = make_node(build, group->op);
	node->children =
		arena_alloc(&build->ruleset->arena, group->count * sizeof(struct rule_node *));
	for (int wanted = 0; wanted <= 2; wanted++)
		for (size_t i = 0; i < group->count; i++)
			if (cost(group->nodes[i]) == wanted)
				node->children[node->count++] = group->nodes[i];
	return node;
}
