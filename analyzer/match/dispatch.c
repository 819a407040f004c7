#include "match/dispatch.h"

#include <limits.h>

#include "base/xalloc.h"

/* What must hold of a record so that a tree can be true; wider than the truth, never narrower. */
struct guard {
	uint64_t types[(TYPE_SETS + 63) / 64];
	unsigned classes; /* bits */
	unsigned char first[FIRST_SETS / 8];
	size_t minimum, label_minimum;
	unsigned traits; /* enum line_trait, all of them */
	struct needs needs;
};

static struct needs
needs_of(uint64_t bytes)
{
	return (struct needs){{bytes, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
}

/* What any name must hold that meets them. */
static uint64_t
needs_common(const struct needs *needs)
{
	uint64_t common = UINT64_MAX;

	for (size_t i = 0; i < NEEDS; i++)
		common &= needs->any[i];
	return common;
}

/* Adds an alternative; where there is no room for one more, the last becomes wider. */
static void
needs_or(struct needs *needs, uint64_t bytes)
{
	size_t i = 0;

	while (i < NEEDS - 1 && needs->any[i] != UINT64_MAX && needs->any[i] != bytes)
		i++;
	needs->any[i] &= bytes;
}

/* Of one side only what all of its alternatives have in common: products would not fit. */
static struct needs
needs_join(const struct needs *a, const struct needs *b, bool both)
{
	struct needs joined = *a;

	for (size_t i = 0; !both && i < NEEDS; i++)
		if (b->any[i] != UINT64_MAX)
			needs_or(&joined, b->any[i]);
	if (!both)
		return joined;
	if (needs_common(a) == a->any[0]) {
		const struct needs *one = a;
		joined = *b;
		b = one;
	}
	for (size_t i = 0; i < NEEDS; i++)
		joined.any[i] |= needs_common(b);
	return joined;
}

static void
guard_fill(struct guard *guard, bool all)
{
	memset(guard->types, all ? 0xff : 0, sizeof(guard->types));
	guard->classes = all ? (1U << CLASS_SETS) - 1 : 0;
	memset(guard->first, all ? 0xff : 0, sizeof(guard->first));
	guard->minimum = all ? 0 : SIZE_MAX;
	guard->label_minimum = all ? 0 : SIZE_MAX;
	guard->traits = all ? 0 : UINT_MAX;
	guard->needs = needs_of(all ? 0 : UINT64_MAX);
}

/* Folds the bits of capital letters onto the small ones: names in tables are folded. */
static void
fold_first(unsigned char *first)
{
	for (unsigned c = 'A'; c <= 'Z'; c++)
		if (first[c / 8] & (1U << (c % 8)))
			first[(c | 0x20) / 8] |= (unsigned char)(1U << ((c | 0x20) % 8));
}

static void
guard_test(const struct rule_test *test, struct guard *guard)
{
	guard_fill(guard, true);
	if (test->kind == TEST_CODE && test->field == FIELD_TYPE) {
		size_t set = dispatch_type_set((int32_t)test->number);
		memset(guard->types, 0, sizeof(guard->types));
		guard->types[set / 64] |= 1ULL << (set % 64);
		return;
	}
	if (test->kind == TEST_CODE && test->field == FIELD_CLASS) {
		guard->classes = 1U << dispatch_class_set((int32_t)test->number);
		return;
	}
	if (test->field == FIELD_ECS)
		guard->traits = LINE_ECS;
	/* The first label begins where the name begins. */
	bool label = test->field == FIELD_LABEL || test->field == FIELD_LABEL_RAW;
	bool name = label || test->field == FIELD_QUERY || test->field == FIELD_QUERY_RAW;
	if (test->kind != TEST_TEXT || !name)
		return;
	guard->minimum = test->pattern.minimum;
	guard->label_minimum = label ? test->pattern.minimum : 0;
	guard->needs = needs_of(test->pattern.needs);
	const unsigned char *first = regex_first_bytes(test->pattern.regex);
	if (first && !test->pattern.tail) {
		memcpy(guard->first, first, sizeof(guard->first));
		fold_first(guard->first);
	}
}

/* The larger where both must hold, else the smaller. */
static size_t
join_minimum(size_t a, size_t b, bool both)
{
	return (a > b) == both ? a : b;
}

static void
guard_join(struct guard *guard, const struct guard *other, bool both)
{
	for (size_t i = 0; i < sizeof(guard->types) / sizeof(guard->types[0]); i++)
		guard->types[i] = both ? guard->types[i] & other->types[i]
				       : guard->types[i] | other->types[i];
	for (size_t i = 0; i < sizeof(guard->first); i++)
		guard->first[i] = (unsigned char)(both ? guard->first[i] & other->first[i]
						       : guard->first[i] | other->first[i]);
	guard->classes = both ? guard->classes & other->classes : guard->classes | other->classes;
	guard->needs = needs_join(&guard->needs, &other->needs, both);
	guard->traits = both ? guard->traits | other->traits : guard->traits & other->traits;
	guard->minimum = join_minimum(guard->minimum, other->minimum, both);
	guard->label_minimum = join_minimum(guard->label_minimum, other->label_minimum, both);
}

static void
guard_node(const struct rule_node *node, struct guard *guard)
{
	struct guard child;

	if (node->op == NODE_TEST) {
		guard_test(node->test, guard);
		return;
	}
	guard_fill(guard, node->op != NODE_OR);
	if (node->op == NODE_NOT)
		return;
	for (size_t i = 0; i < node->count; i++) {
		guard_node(node->children[i], &child);
		guard_join(guard, &child, node->op == NODE_AND);
	}
}

static void
set_bit(uint64_t *sets, size_t words, size_t set, size_t rule)
{
	sets[set * words + rule / 64] |= 1ULL << (rule % 64);
}

static void
add_line_sets(struct dispatch *dispatch, size_t index, const struct rule *rule, unsigned traits)
{
	unsigned needed = traits | (rule->needs_rcode ? LINE_RCODE : 0) |
			  (rule->needs_action ? LINE_ACTION : 0) |
			  (rule->needs_request ? LINE_REQUEST : 0);

	for (unsigned set = 0; set < LINE_SETS; set++)
		if ((set & needed) == needed)
			set_bit(dispatch->lines, dispatch->words, set, index);
}

static bool
asks_name(const struct rule_node *root)
{
	uint32_t fields = body_fields(root);

	for (enum field field = 0; field < FIELDS; field++)
		if (fields & (1U << field) && field_is_of_name(field))
			return true;
	return false;
}

static void
add_rule(struct dispatch *dispatch, size_t index, const struct rule *rule)
{
	size_t words = dispatch->words;
	struct guard guard;

	guard_node(rule->body->root, &guard);
	for (size_t set = 0; set < TYPE_SETS; set++)
		if (guard.types[set / 64] & (1ULL << (set % 64)))
			set_bit(dispatch->types, words, set, index);
	for (size_t set = 0; set < CLASS_SETS; set++)
		if (guard.classes & (1U << set))
			set_bit(dispatch->classes, words, set, index);
	for (size_t set = 0; set < FIRST_SETS; set++)
		if (guard.first[set / 8] & (1U << (set % 8)))
			set_bit(dispatch->firsts, words, set, index);
	for (size_t set = 0; set < LENGTH_SETS; set++)
		if (set >= guard.minimum || set == LENGTH_SETS - 1)
			set_bit(dispatch->lengths, words, set, index);
	for (size_t set = 0; set < LABEL_SETS; set++)
		if (set >= guard.label_minimum || set == LABEL_SETS - 1)
			set_bit(dispatch->labels, words, set, index);
	set_bit(dispatch->all, words, 0, index);
	if (!asks_name(rule->body->root))
		set_bit(dispatch->nameless, words, 0, index);
	dispatch->needs[index] = guard.needs;
	add_line_sets(dispatch, index, rule, guard.traits);
}

static bool
asks_nobody(const struct dispatch *dispatch, size_t line, size_t class_, size_t type)
{
	size_t words = dispatch->words;
	uint64_t asked = 0;

	for (size_t w = 0; w < words; w++)
		asked |= dispatch->lines[line * words + w] & dispatch->classes[class_ * words + w] &
			 dispatch->types[type * words + w] & dispatch->nameless[w];
	return !asked;
}

static void
find_idle(struct dispatch *dispatch)
{
	for (size_t line = 0; line < LINE_SETS; line++)
		for (size_t class_ = 0; class_ < CLASS_SETS; class_++)
			for (size_t type = 0; type < TYPE_SETS; type++)
				dispatch->idle[dispatch_index(line, class_, type)] =
					asks_nobody(dispatch, line, class_, type);
}

struct dispatch *
dispatch_new(const struct ruleset *ruleset)
{
	struct dispatch *dispatch = xcalloc(1, sizeof(*dispatch));
	size_t words = (ruleset->count + 63) / 64;

	dispatch->words = words;
	dispatch->types = xcalloc(TYPE_SETS * words + 1, sizeof(uint64_t));
	dispatch->classes = xcalloc(CLASS_SETS * words + 1, sizeof(uint64_t));
	dispatch->firsts = xcalloc(FIRST_SETS * words + 1, sizeof(uint64_t));
	dispatch->lengths = xcalloc(LENGTH_SETS * words + 1, sizeof(uint64_t));
	dispatch->labels = xcalloc(LABEL_SETS * words + 1, sizeof(uint64_t));
	dispatch->nameless = xcalloc(words + 1, sizeof(uint64_t));
	dispatch->all = xcalloc(words + 1, sizeof(uint64_t));
	dispatch->lines = xcalloc(LINE_SETS * words + 1, sizeof(uint64_t));
	dispatch->idle = xcalloc(LINE_SETS * CLASS_SETS * TYPE_SETS, sizeof(bool));
	dispatch->needs = xcalloc(ruleset->count + 1, sizeof(*dispatch->needs));
	for (size_t i = 0; i < ruleset->count; i++)
		if (!ruleset->rules[i].never)
			add_rule(dispatch, i, &ruleset->rules[i]);
	find_idle(dispatch);
	return dispatch;
}

void
dispatch_free(struct dispatch *dispatch)
{
	if (!dispatch)
		return;
	free(dispatch->types);
	free(dispatch->classes);
	free(dispatch->firsts);
	free(dispatch->lengths);
	free(dispatch->labels);
	free(dispatch->nameless);
	free(dispatch->all);
	free(dispatch->lines);
	free(dispatch->idle);
	free(dispatch->needs);
	free(dispatch);
}
