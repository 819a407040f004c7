#include "match/correlation.h"

#include "base/xalloc.h"
#include "match/rulefile.h"

struct type_name {
	const char *name;
	enum correlation_type type;
};

static const struct type_name type_names[] = {
	{"event_count", CORRELATION_EVENT_COUNT},
	{"value_count", CORRELATION_VALUE_COUNT},
	{"temporal", CORRELATION_TEMPORAL},
};

struct unit {
	char letter;
	int64_t seconds;
};

static const struct unit units[] = {
	{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400},
};

/* Longer spans than a year are a slip of the pen. */
enum { TIMESPAN_DAYS_MAX = 366 };

static void
read_type(struct build *build, const struct yaml_node *map, struct correlation *correlation)
{
	const struct yaml_node *node = yaml_get(map, "type");

	for (size_t i = 0; node && i < sizeof(type_names) / sizeof(type_names[0]); i++) {
		if (node->kind != YAML_SCALAR || !str_eq(node->text, str_of(type_names[i].name)))
			continue;
		correlation->type = type_names[i].type;
		return;
	}
	build_fail(build, node ? node->line : map->line,
		   "correlation type '%.40s' is none that digtrail knows; write event_count, "
		   "value_count or temporal",
		   node && node->kind == YAML_SCALAR ? node->text.p : "(none)");
}

static void
read_timespan(struct build *build, const struct yaml_node *map, struct correlation *correlation)
{
	const struct yaml_node *node = yaml_get(map, "timespan");
	struct str text = node && node->kind == YAML_SCALAR ? node->text : STR("(none)");
	struct str rest = text;
	uint64_t number;

	if (str_take_number(&rest, 100000000, &number) && number && rest.n == 1) {
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
			int64_t seconds = (int64_t)number * units[i].seconds;
			if (rest.p[0] != units[i].letter ||
			    seconds > (int64_t)TIMESPAN_DAYS_MAX * 86400)
				continue;
			correlation->timespan = seconds * 1000;
			return;
		}
	}
	build_fail(build, node ? node->line : map->line,
		   "timespan '%.40s' is none; write a number and s, m, h or d, such as 10m, 1h, 1d",
		   text.p);
}

/* One operator of the condition narrows [minimum, maximum]; both ends stay uint64_t. */
static bool
narrow(struct correlation *correlation, struct str operation, uint64_t n)
{
	uint64_t low = 0, high = UINT64_MAX;

	if (str_eq(operation, STR("gte")))
		low = n;
	else if (str_eq(operation, STR("gt")))
		low = n + 1;
	else if (str_eq(operation, STR("lte")))
		high = n;
	else if (str_eq(operation, STR("lt")))
		high = n ? n - 1 : 0;
	else if (str_eq(operation, STR("eq")))
		low = high = n;
	else
		return false;
	correlation->minimum = low > correlation->minimum ? low : correlation->minimum;
	correlation->maximum = high < correlation->maximum ? high : correlation->maximum;
	return true;
}

static bool
is_field(struct build *build, const struct yaml_node *node, struct str *out)
{
	if (node->kind != YAML_SCALAR || field_find(node->text) == FIELDS) {
		build_fail(build, node->line, "unknown field '%.40s'; fields are %s",
			   node->kind == YAML_SCALAR ? node->text.p : yaml_kind_name(node),
			   field_list());
		return false;
	}
	*out = arena_str(&build->ruleset->arena, node->text);
	return true;
}

static void
read_condition(struct build *build, const struct yaml_node *map, struct correlation *correlation)
{
	const struct yaml_node *node = yaml_get(map, "condition");
	bool any = false;

	correlation->minimum = 0;
	correlation->maximum = UINT64_MAX;
	if (!node && correlation->type == CORRELATION_TEMPORAL)
		return; /* all of its rules, in whatever order */
	if (!node || node->kind != YAML_MAPPING) {
		build_fail(
			build, node ? node->line : map->line,
			"the correlation has no condition; add 'condition:' with gte and a number");
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *key = node->keys[i], *value = node->items[i];
		uint64_t number;
		if (str_eq(key->text, STR("field"))) {
			is_field(build, value, &correlation->value_field);
			continue;
		}
		if (value->kind != YAML_SCALAR || !str_number(value->text, UINT32_MAX, &number))
			build_fail(build, value->line, "condition: %.20s: number expected",
				   key->text.p);
		else if (!narrow(correlation, key->text, number))
			build_fail(build, key->line,
				   "condition: unknown comparison '%.40s'; write gte, gt, lte, lt "
				   "or eq",
				   key->text.p);
		else
			any = true;
	}
	if (!any)
		build_fail(build, node->line, "condition: a comparison is missing; add gte: 10");
	else if (correlation->minimum > correlation->maximum)
		build_fail(build, node->line, "condition: no number fulfils it");
	if (correlation->type == CORRELATION_VALUE_COUNT && !correlation->value_field.n)
		build_fail(build, node->line,
			   "value_count counts values of a field; add 'field:' to the condition");
}

static void
read_group(struct build *build, const struct yaml_node *map, struct correlation *correlation)
{
	const struct yaml_node *node = yaml_get(map, "group-by");

	if (!node || yaml_is_null(node))
		return;
	size_t n = node->kind == YAML_SCALAR ? 1 : node->count;
	if (n > CORRELATION_GROUP_MAX || node->kind == YAML_MAPPING) {
		build_fail(build, node->line, "group-by: a list of at most %d fields expected",
			   CORRELATION_GROUP_MAX);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (is_field(build, node->kind == YAML_SCALAR ? node : node->items[i],
			     &correlation->group_by[correlation->group_count]))
			correlation->group_count++;
}

static void
read_rules(struct build *build, const struct yaml_node *map, struct pending *pending)
{
	const struct yaml_node *node = yaml_get(map, "rules");

	if (!node || yaml_is_null(node) || node->kind == YAML_MAPPING ||
	    (node->kind == YAML_SEQUENCE && node->count == 0)) {
		build_fail(build, node ? node->line : map->line,
			   "the correlation has no rules; add 'rules:' with names or ids of rules");
		return;
	}
	size_t n = node->kind == YAML_SCALAR ? 1 : node->count;
	if (n > CORRELATION_RULES_MAX) {
		build_fail(build, node->line, "more than %d rules in one correlation",
			   CORRELATION_RULES_MAX);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *one = node->kind == YAML_SCALAR ? node : node->items[i];
		if (one->kind != YAML_SCALAR) {
			build_fail(build, one->line, "rules: a name or an id expected");
			return;
		}
		pending->rules[pending->count++] = (struct pending_rule){
			arena_str(&build->ruleset->arena, one->text), one->line};
	}
}

void
correlation_read(struct build *build, const struct yaml_node *document)
{
	const struct yaml_node *map = yaml_get(document, "correlation");
	const struct yaml_node *generate;
	struct ruleset *ruleset = build->ruleset;
	struct correlation correlation = {0};
	struct pending *pending = arena_alloc(&ruleset->arena, sizeof(*pending));

	rulefile_metadata(build, document, &correlation.rule);
	if (map->kind != YAML_MAPPING) {
		build_fail(build, map->line,
			   "correlation: a map of type, rules, group-by, timespan and condition "
			   "expected");
		return;
	}
	if (yaml_get(document, "detection"))
		build_fail(build, map->line,
			   "a document is a rule or a correlation; put '---' between them");
	read_type(build, map, &correlation);
	read_rules(build, map, pending);
	read_group(build, map, &correlation);
	read_timespan(build, map, &correlation);
	read_condition(build, map, &correlation);
	if (yaml_get(map, "aliases"))
		build_fail(build, yaml_get(map, "aliases")->line,
			   "aliases are not supported: all rules here name fields alike; use the "
			   "field itself in group-by");
	generate = yaml_get(map, "generate");
	if (!generate)
		generate = yaml_get(document, "generate");
	if (generate && !yaml_bool(generate, &pending->generate))
		build_fail(build, generate->line, "generate: true or false expected");
	if (rulefile_is_duplicate(build, document, &correlation.rule) || build->failed)
		return;
	if (ruleset->correlation_count == ruleset->correlation_capacity) {
		ruleset->correlation_capacity =
			ruleset->correlation_capacity ? ruleset->correlation_capacity * 2 : 8;
		ruleset->correlations =
			xrealloc(ruleset->correlations, ruleset->correlation_capacity,
				 sizeof(*ruleset->correlations));
	}
	ruleset->correlations[ruleset->correlation_count++] = correlation;
	pending->id = correlation.rule.id;
	pending->next = ruleset->pending;
	ruleset->pending = pending;
}

static bool
find_rule(const struct ruleset *ruleset, struct str name, uint16_t *out)
{
	for (size_t i = 0; i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		if (!str_eq(rule->id, name) && !(rule->name.n && str_eq(rule->name, name)))
			continue;
		*out = (uint16_t)i;
		return true;
	}
	return false;
}

static bool
resolve(struct build *build, struct correlation *correlation, const struct pending *pending)
{
	build->failed = false;
	build->file = correlation->rule.file;
	for (size_t i = 0; i < pending->count; i++) {
		const struct pending_rule *wanted = &pending->rules[i];
		uint16_t *index = &correlation->rules[correlation->rule_count];
		if (find_rule(build->ruleset, wanted->name, index))
			correlation->rule_count++;
		else
			build_fail(build, wanted->line,
				   "no rule has the name or id '%.60s'; a correlation names event "
				   "rules that are loaded with it",
				   wanted->name.p);
	}
	if (!build->failed && correlation->type == CORRELATION_TEMPORAL &&
	    correlation->minimum == 0)
		correlation->minimum = correlation->rule_count;
	return !build->failed;
}

/* Sigma: what a correlation names is no alert of its own unless it says `generate: true`. */
static void
set_silent(struct ruleset *ruleset, const struct correlation *correlation, bool generate,
	   uint8_t *spoken)
{
	for (size_t i = 0; i < correlation->rule_count; i++) {
		uint16_t index = correlation->rules[i];
		if (generate)
			spoken[index] = 1;
		ruleset->rules[index].silent = !spoken[index];
	}
}

void
correlation_resolve(struct ruleset *ruleset, struct rule_errors *errors)
{
	struct build build = {.ruleset = ruleset, .errors = errors};
	uint8_t *spoken = xcalloc(ruleset->count + 1, 1);
	size_t kept = 0;

	for (size_t i = 0; i < ruleset->correlation_count; i++) {
		struct correlation correlation = ruleset->correlations[i];
		const struct pending *pending = ruleset->pending;
		while (pending && !str_eq(pending->id, correlation.rule.id))
			pending = pending->next;
		if (!pending || !resolve(&build, &correlation, pending))
			continue;
		set_silent(ruleset, &correlation, pending->generate, spoken);
		ruleset->correlations[kept++] = correlation;
	}
	ruleset->correlation_count = kept;
	ruleset->pending = NULL;
	free(spoken);
}
