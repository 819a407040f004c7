#include "match/detection.h"

enum operation {
	OPERATION_EQUALS,
	OPERATION_CONTAINS,
	OPERATION_STARTS,
	OPERATION_ENDS,
	OPERATION_RE,
	OPERATION_CIDR,
	OPERATION_EXISTS,
	OPERATION_LT,
	OPERATION_LTE,
	OPERATION_GT,
	OPERATION_GTE
};

/* "query|contains|all" taken apart. */
struct item {
	enum field field;
	struct str name; /* as written */
	unsigned line;
	enum operation operation;
	bool all, cased, negated;
	unsigned re_flags;
};

struct modifier {
	const char *name;
	enum operation operation;
};

static const struct modifier modifiers[] = {
	{"contains", OPERATION_CONTAINS},
	{"startswith", OPERATION_STARTS},
	{"endswith", OPERATION_ENDS},
	{"re", OPERATION_RE},
	{"cidr", OPERATION_CIDR},
	{"exists", OPERATION_EXISTS},
	{"lt", OPERATION_LT},
	{"lte", OPERATION_LTE},
	{"gt", OPERATION_GT},
	{"gte", OPERATION_GTE},
};

static bool
re_modifier(struct item *item, struct str word)
{
	if (item->operation != OPERATION_RE || word.n != 1)
		return false;
	switch (word.p[0]) {
	case 'i':
		item->re_flags |= REGEX_CASELESS;
		return true;
	case 'm':
		item->re_flags |= REGEX_MULTILINE;
		return true;
	case 's':
		item->re_flags |= REGEX_DOTALL;
		return true;
	default:
		return false;
	}
}

static void
take_modifier(struct build *build, struct item *item, struct str word)
{
	if (str_eq(word, STR("all"))) {
		item->all = true;
		return;
	}
	if (str_eq(word, STR("cased"))) {
		item->cased = true;
		return;
	}
	if (str_eq(word, STR("neq"))) {
		item->negated = true;
		return;
	}
	if (re_modifier(item, word))
		return;
	for (size_t i = 0; i < sizeof(modifiers) / sizeof(modifiers[0]); i++) {
		if (!str_eq(word, str_of(modifiers[i].name)))
			continue;
		if (item->operation != OPERATION_EQUALS)
			build_fail(build, item->line,
				   "'%.60s': two comparisons in one field; keep one of them",
				   item->name.p);
		item->operation = modifiers[i].operation;
		return;
	}
	build_fail(build, item->line,
		   "unknown modifier '%.*s'; known are contains, startswith, endswith, re (with "
		   "i, m, s), all, cased, cidr, exists, lt, lte, gt, gte, neq",
		   word.n > 40 ? 40 : (int)word.n, word.p);
}

/* The key of a map entry; false when it has a mistake. */
static bool
parse_key(struct build *build, const struct yaml_node *key, struct item *item)
{
	struct str rest = key->text;
	size_t bar = str_index(rest, '|');
	struct str name = str_make(rest.p, bar == SIZE_MAX ? rest.n : bar);

	*item = (struct item){.name = key->text, .line = key->line};
	item->field = name.n ? field_find(name) : FIELD_LINE;
	if (item->field == FIELDS) {
		build_fail(build, key->line, "unknown field '%.*s'; fields are %s",
			   name.n > 40 ? 40 : (int)name.n, name.p, field_list());
		return false;
	}
	while (bar != SIZE_MAX) {
		rest = str_skip(rest, bar + 1);
		bar = str_index(rest, '|');
		take_modifier(build, item, str_make(rest.p, bar == SIZE_MAX ? rest.n : bar));
	}
	if (build->failed)
		return false;
	/* The folded name has no case left: cased tests look at the name as it was asked. */
	if (item->cased && item->field == FIELD_QUERY)
		item->field = FIELD_QUERY_RAW;
	if (item->cased && item->field == FIELD_LABEL)
		item->field = FIELD_LABEL_RAW;
	if (item->field == FIELD_NEVER)
		build_note(build, key->line,
			   "'%.*s' is in no nameserver's query log: this selection can never match",
			   name.n > 40 ? 40 : (int)name.n, name.p);
	return true;
}

/* An optional minus and digits. */
static bool
parse_integer(struct str text, int64_t *out)
{
	uint64_t number;
	bool negative = str_take(&text, STR("-"));

	if (!str_number(text, INT64_MAX, &number))
		return false;
	*out = negative ? -(int64_t)number : (int64_t)number;
	return true;
}

/* Names have no case: only `cased` tests and fields that keep it are exact. */
static unsigned
re_flags(const struct item *item)
{
	bool folded = field_kind(item->field) != VALUE_TEXT || field_is_of_name(item->field);

	return item->re_flags | (folded && !item->cased ? REGEX_CASELESS : 0);
}

static struct rule_node *
text_test(struct build *build, const struct item *item, const struct yaml_node *value)
{
	static const enum pattern_place places[] = {
		[OPERATION_EQUALS] = PATTERN_WHOLE,
		[OPERATION_CONTAINS] = PATTERN_ANYWHERE,
		[OPERATION_STARTS] = PATTERN_START,
		[OPERATION_ENDS] = PATTERN_END,
	};
	struct patterns *patterns = build->ruleset->patterns;
	struct rule_test test = {.kind = TEST_TEXT, .field = item->field};
	struct str text = value->text;
	struct err err;
	int result;

	if (item->operation == OPERATION_RE) {
		result = pattern_regex(patterns, text, re_flags(item), &test.pattern, &err);
	} else {
		enum pattern_place place = places[item->operation];
		if (item->field == FIELD_LINE && place == PATTERN_WHOLE)
			place = PATTERN_ANYWHERE;
		/* Names in records have no final dot; a rule may write one. */
		bool name = item->field == FIELD_QUERY || item->field == FIELD_QUERY_RAW ||
			    item->field == FIELD_ZONE;
		if (name && (place == PATTERN_WHOLE || place == PATTERN_END) && text.n > 1 &&
		    text.p[text.n - 1] == '.' && text.p[text.n - 2] != '\\')
			text.n--;
		result = pattern_glob(patterns, text, place, !item->cased, &test.pattern, &err);
	}
	if (result < 0)
		return build_fail(build, value->line, "'%.40s': %s: %s", item->name.p,
				  item->operation == OPERATION_RE
					  ? "not a regular expression (PCRE2)"
					  : "value cannot be used",
				  err.text);
	return build_test(build, &test);
}

static struct rule_node *
number_test(struct build *build, const struct item *item, const struct yaml_node *value)
{
	static const enum compare compares[] = {
		[OPERATION_EQUALS] = COMPARE_EQ, [OPERATION_LT] = COMPARE_LT,
		[OPERATION_LTE] = COMPARE_LTE,   [OPERATION_GT] = COMPARE_GT,
		[OPERATION_GTE] = COMPARE_GTE,
	};
	struct rule_test test = {
		.kind = TEST_NUMBER, .field = item->field, .compare = compares[item->operation]};

	if (field_kind(item->field) != VALUE_NUMBER && field_kind(item->field) != VALUE_CODE)
		return build_fail(build, item->line,
				  "'%.40s' is no number and cannot be compared so; numbers are "
				  "src_port, query_length, label_count and the codes",
				  item->name.p);
	if (!parse_integer(value->text, &test.number))
		return build_fail(build, value->line, "'%.40s': number expected, not '%.40s'",
				  item->name.p, value->text.p);
	return build_test(build, &test);
}

static struct rule_node *
cidr_test(struct build *build, const struct item *item, const struct yaml_node *value)
{
	struct rule_test test = {.kind = TEST_ADDRESS, .field = item->field};

	if (field_kind(item->field) != VALUE_ADDRESS && item->field != FIELD_ECS)
		return build_fail(build, item->line,
				  "'%.40s' is no address; cidr goes with src_ip, dst_ip and ecs",
				  item->name.p);
	if (!prefix_parse(value->text, &test.prefix))
		return build_fail(build, value->line,
				  "'%.60s' is no network; write 192.0.2.0/24 or 2001:db8::/32, "
				  "without host bits",
				  value->text.p);
	return build_test(build, &test);
}

static struct rule_node *
exists_test(struct build *build, const struct item *item, const struct yaml_node *value)
{
	struct rule_test test = {.kind = TEST_PRESENT, .field = item->field};
	bool wanted;

	if (!yaml_bool(value, &wanted))
		return build_fail(build, value->line, "'%.40s': true or false expected",
				  item->name.p);
	if (item->field == FIELD_NEVER)
		test.kind = TEST_NEVER;
	struct rule_node *node = build_test(build, &test);
	return wanted ? node : build_not(build, node);
}

/* Codes, numbers, addresses and flags that are written out compare as what they are. */
static struct rule_node *
typed_test(struct build *build, const struct item *item, struct str text)
{
	struct rule_test test = {.field = item->field};
	int32_t code;

	switch (field_kind(item->field)) {
	case VALUE_CODE:
		test.kind = TEST_CODE;
		if (!field_code(item->field, text, &code))
			return NULL;
		test.number = code;
		return build_test(build, &test);
	case VALUE_NUMBER:
		test.kind = TEST_NUMBER;
		return parse_integer(text, &test.number) ? build_test(build, &test) : NULL;
	case VALUE_ADDRESS:
		test.kind = TEST_ADDRESS;
		if (!ip_parse(text, &test.prefix.ip))
			return NULL;
		test.prefix.bits = 128;
		return build_test(build, &test);
	case VALUE_FLAGS:
		test.kind = TEST_FLAGS;
		return field_flags(text, &test.mask, &test.want) ? build_test(build, &test) : NULL;
	default:
		return NULL;
	}
}

static struct rule_node *
equals_test(struct build *build, const struct item *item, const struct yaml_node *value)
{
	struct arena *arena = &build->ruleset->arena;
	char *plain = arena_alloc(arena, value->text.n + 1);
	size_t length;

	if (pattern_is_plain(value->text, plain, &length)) {
		struct rule_node *node = typed_test(build, item, str_make(plain, length));
		if (node)
			return node;
		if (field_kind(item->field) == VALUE_NUMBER)
			return build_fail(build, value->line,
					  "'%.40s': number expected, not '%.40s'", item->name.p,
					  value->text.p);
		if (field_kind(item->field) == VALUE_CODE)
			build_note(build, value->line,
				   "'%.40s': '%.40s' is no %s that DNS knows: it can never match",
				   item->name.p, value->text.p, field_name(item->field));
	}
	return text_test(build, item, value);
}

static struct rule_node *
value_test(struct build *build, const struct item *item, const struct yaml_node *value)
{
	struct rule_test present = {.kind = TEST_PRESENT, .field = item->field};

	if (value->kind != YAML_SCALAR)
		return build_fail(build, value->line, "'%.40s': a value expected, not %s",
				  item->name.p, yaml_kind_name(value));
	if (item->operation == OPERATION_EXISTS)
		return exists_test(build, item, value);
	if (yaml_is_null(value)) {
		if (item->operation != OPERATION_EQUALS)
			return build_fail(build, value->line,
					  "'%.40s': null cannot be compared so; write '%s: null'",
					  item->name.p, field_name(item->field));
		if (item->field == FIELD_NEVER)
			present.kind = TEST_NEVER;
		return build_not(build, build_test(build, &present));
	}
	if (item->field == FIELD_NEVER)
		return build_test(build,
				  &(struct rule_test){.kind = TEST_NEVER, .field = FIELD_NEVER});
	switch (item->operation) {
	case OPERATION_CIDR:
		return cidr_test(build, item, value);
	case OPERATION_LT:
	case OPERATION_LTE:
	case OPERATION_GT:
	case OPERATION_GTE:
		return number_test(build, item, value);
	case OPERATION_EQUALS:
		return equals_test(build, item, value);
	case OPERATION_CONTAINS: {
		/* Flags are a set: to contain one is to have it. */
		struct rule_node *node = field_kind(item->field) == VALUE_FLAGS
						 ? typed_test(build, item, value->text)
						 : NULL;
		return node ? node : text_test(build, item, value);
	}
	default:
		return text_test(build, item, value);
	}
}

/* One field with its value or values. */
static struct rule_node *
item_node(struct build *build, const struct item *item, const struct yaml_node *value)
{
	struct build_group group = {.op = item->all ? NODE_AND : NODE_OR};

	if (value->kind == YAML_SEQUENCE && value->count == 0)
		return build_fail(build, value->line, "'%.40s': the list is empty", item->name.p);
	if (value->kind == YAML_SEQUENCE)
		for (size_t i = 0; i < value->count; i++)
			build_add(build, &group, value_test(build, item, value->items[i]));
	else
		build_add(build, &group, value_test(build, item, value));
	struct rule_node *node = build_end(build, &group);
	return node && item->negated ? build_not(build, node) : node;
}

static struct rule_node *
map_node(struct build *build, const struct yaml_node *map)
{
	struct build_group group = {.op = NODE_AND};

	if (map->count == 0)
		return build_fail(build, map->line, "an empty selection matches nothing");
	for (size_t i = 0; i < map->count; i++) {
		struct item item;
		bool failed = build->failed;
		build->failed = false;
		if (parse_key(build, map->keys[i], &item))
			build_add(build, &group, item_node(build, &item, map->items[i]));
		build->failed = build->failed || failed;
	}
	return build_end(build, &group);
}

static struct rule_node *
keyword_node(struct build *build, const struct yaml_node *value)
{
	struct item item = {.field = FIELD_LINE, .name = STR("keyword"), .line = value->line};

	if (yaml_is_null(value))
		return build_fail(build, value->line, "a keyword cannot be null");
	return text_test(build, &item, value);
}

struct rule_node *
detection_selection(struct build *build, const struct yaml_node *node)
{
	struct build_group group = {.op = NODE_OR};

	if (node->kind == YAML_MAPPING)
		return map_node(build, node);
	if (node->kind == YAML_SCALAR)
		return keyword_node(build, node);
	if (node->count == 0)
		return build_fail(build, node->line, "an empty selection matches nothing");
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *one = node->items[i];
		if (one->kind == YAML_SEQUENCE)
			build_fail(build, one->line, "a list inside a list; write one list");
		else
			build_add(build, &group,
				  one->kind == YAML_MAPPING ? map_node(build, one)
							    : keyword_node(build, one));
	}
	return build_end(build, &group);
}
