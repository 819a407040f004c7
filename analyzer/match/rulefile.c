#include "match/rulefile.h"

#include "base/xalloc.h"
#include "match/condition.h"
#include "match/correlation.h"
#include "match/detection.h"

const char *const level_names[LEVELS] = {"informational", "low", "medium", "high", "critical"};

static struct str
copy(struct build *build, struct str s)
{
	return arena_str(&build->ruleset->arena, s);
}

/* A text at a key of the document; empty when it is missing. */
static struct str
text_at(struct build *build, const struct yaml_node *document, const char *key)
{
	const struct yaml_node *node = yaml_get(document, key);

	if (!node || yaml_is_null(node))
		return (struct str){NULL, 0};
	if (node->kind != YAML_SCALAR) {
		build_fail(build, node->line, "%s: a text expected, not %s", key,
			   yaml_kind_name(node));
		return (struct str){NULL, 0};
	}
	return copy(build, str_trim(node->text));
}

/* A list of texts, or one text. */
static struct str *
texts_at(struct build *build, const struct yaml_node *node, const char *key, size_t *count)
{
	*count = 0;
	if (!node || yaml_is_null(node))
		return NULL;
	size_t n = node->kind == YAML_SCALAR ? 1 : node->count;
	struct str *texts = arena_alloc(&build->ruleset->arena, n * sizeof(*texts));
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *one = node->kind == YAML_SCALAR ? node : node->items[i];
		if (node->kind == YAML_MAPPING || one->kind != YAML_SCALAR) {
			build_fail(build, one->line, "%s: a list of texts expected", key);
			return NULL;
		}
		texts[(*count)++] = copy(build, one->text);
	}
	return texts;
}

static enum level
level_at(struct build *build, const struct yaml_node *document)
{
	const struct yaml_node *node = yaml_get(document, "level");

	/* Sigma leaves it open; a rule that does not say how bad it is should wake nobody. */
	if (!node || yaml_is_null(node))
		return LEVEL_LOW;
	for (int level = 0; level < LEVELS; level++)
		if (node->kind == YAML_SCALAR &&
		    str_eq_nocase(node->text, str_of(level_names[level])))
			return (enum level)level;
	build_fail(build, node->line,
		   "level: '%.40s' is none; write informational, low, medium, high or critical",
		   node->kind == YAML_SCALAR ? node->text.p : yaml_kind_name(node));
	return LEVEL_LOW;
}

/* Without an id a rule is known by its file: "axfr.yml", or "axfr.yml:12" further down. */
static struct str
make_id(struct build *build, unsigned line)
{
	struct str file = build->file;
	char number[16];

	for (size_t i = file.n; i-- > 0;) {
		if (file.p[i] == '/') {
			file = str_skip(file, i + 1);
			break;
		}
	}
	if (line < 3)
		return copy(build, file);
	int n = snprintf(number, sizeof(number), ":%u", line);
	char *text = arena_alloc(&build->ruleset->arena, file.n + (size_t)n + 1);
	memcpy(text, file.p, file.n);
	memcpy(text + file.n, number, (size_t)n);
	return str_make(text, file.n + (size_t)n);
}

void
rulefile_metadata(struct build *build, const struct yaml_node *document, struct rule *rule)
{
	const struct yaml_node *examples = yaml_get(document, "x-digtrail");

	rule->file = build->file;
	rule->id = text_at(build, document, "id");
	if (rule->id.n == 0)
		rule->id = make_id(build, document->line);
	rule->name = text_at(build, document, "name");
	rule->title = text_at(build, document, "title");
	if (rule->title.n == 0)
		build_fail(build, document->line,
			   "the rule has no title; add 'title:' with one line that says what a "
			   "match means");
	rule->description = text_at(build, document, "description");
	rule->status = text_at(build, document, "status");
	rule->level = level_at(build, document);
	rule->tags = texts_at(build, yaml_get(document, "tags"), "tags", &rule->tag_count);
	rule->references = texts_at(build, yaml_get(document, "references"), "references",
				    &rule->reference_count);
	rule->falsepositives = texts_at(build, yaml_get(document, "falsepositives"),
					"falsepositives", &rule->falsepositive_count);
	rule->must_match = texts_at(build, yaml_get(examples, "match"), "x-digtrail: match",
				    &rule->must_match_count);
	rule->must_not_match = texts_at(build, yaml_get(examples, "nomatch"), "x-digtrail: nomatch",
					&rule->must_not_match_count);
}

bool
rulefile_is_duplicate(struct build *build, const struct yaml_node *document,
		      const struct rule *rule)
{
	const struct ruleset *ruleset = build->ruleset;
	const struct yaml_node *node = yaml_get(document, "id");
	const struct rule *other = NULL;

	for (size_t i = 0; i < ruleset->count && !other; i++)
		if (str_eq(ruleset->rules[i].id, rule->id))
			other = &ruleset->rules[i];
	for (size_t i = 0; i < ruleset->correlation_count && !other; i++)
		if (str_eq(ruleset->correlations[i].rule.id, rule->id))
			other = &ruleset->correlations[i].rule;
	if (!other)
		return false;
	build_fail(build, node ? node->line : document->line,
		   "id %.60s is taken by \"%.60s\" in %.60s; give this rule its own (uuidgen)",
		   rule->id.p, other->title.p, other->file.p);
	return true;
}

static bool
is_text(const struct yaml_node *node, const char *text)
{
	return node && node->kind == YAML_SCALAR && str_eq_nocase(node->text, str_of(text));
}

/* `category: dns`, or Zeek's way to say the same: `service: dns`. */
static void
check_logsource(struct build *build, const struct yaml_node *document)
{
	const struct yaml_node *source = yaml_get(document, "logsource");
	const struct yaml_node *category = yaml_get(source, "category");
	const struct yaml_node *service = yaml_get(source, "service");

	if (!source || source->kind != YAML_MAPPING) {
		build_fail(build, source ? source->line : document->line,
			   "the rule has no logsource; add 'logsource:' with 'category: dns'");
		return;
	}
	if (is_text(category, "dns") || (!category && is_text(service, "dns")))
		return;
	build_fail(build, category ? category->line : source->line,
		   "logsource: category '%.40s' is not for nameserver logs; digtrail runs rules of "
		   "'category: dns' (a rule on dns_query speaks of processes on clients)",
		   category && category->kind == YAML_SCALAR ? category->text.p : "(none)");
}

static struct rule_node *
read_detection(struct build *build, const struct yaml_node *detection)
{
	struct selection selections[SELECTIONS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < detection->count; i++) {
		struct str name = detection->keys[i]->text;
		if (str_eq(name, STR("condition")))
			continue;
		if (str_eq(name, STR("timeframe"))) {
			build_note(build, detection->keys[i]->line,
				   "timeframe is ignored: it belongs to aggregations, which are "
				   "correlations now");
			continue;
		}
		if (count == SELECTIONS_MAX)
			return build_fail(build, detection->keys[i]->line,
					  "more than %d selections", SELECTIONS_MAX);
		selections[count++] =
			(struct selection){.name = name,
					   .line = detection->keys[i]->line,
					   .node = detection_selection(build, detection->items[i])};
	}
	const struct yaml_node *condition = yaml_get(detection, "condition");
	if (!condition)
		return build_fail(build, detection->line,
				  "the detection has no condition; add 'condition:' with the name "
				  "of a selection");
	struct rule_node *root = condition_parse(build, condition, selections, count);
	for (size_t i = 0; i < count && !build->failed; i++)
		if (!selections[i].used)
			build_note(build, selections[i].line,
				   "selection '%.60s' is not used in the condition",
				   selections[i].name.p);
	return root;
}

static void
set_needs(struct build *build, struct rule *rule, unsigned line)
{
	uint32_t fields = body_fields(rule->body->root);
	struct body_run nothing = {.knowledge = KNOW_NOTHING};

	rule->needs_rcode = fields & 1U << FIELD_RCODE;
	rule->needs_flags = fields & (1U << FIELD_FLAGS | 1U << FIELD_PROTO);
	rule->needs_port = fields & 1U << FIELD_SRC_PORT;
	rule->needs_action = fields & 1U << FIELD_ACTION;
	rule->needs_line = fields & 1U << FIELD_LINE;
	rule->needs_request = !rule->needs_rcode && !rule->needs_action && !rule->needs_line;
	rule->never = body_evaluate(rule->body->root, &nothing) == VERDICT_NO;
	if (rule->never)
		build_note(build, line,
			   "this rule can never match: it asks for what no query log holds");
}

static void
add_rule(struct ruleset *ruleset, const struct rule *rule)
{
	if (ruleset->count == ruleset->capacity) {
		ruleset->capacity = ruleset->capacity ? ruleset->capacity * 2 : 32;
		ruleset->rules =
			xrealloc(ruleset->rules, ruleset->capacity, sizeof(*ruleset->rules));
	}
	ruleset->rules[ruleset->count++] = *rule;
}

static void
read_rule(struct build *build, const struct yaml_node *document)
{
	const struct yaml_node *detection = yaml_get(document, "detection");
	struct rule rule = {0};
	struct rule_node *root = NULL;

	rulefile_metadata(build, document, &rule);
	check_logsource(build, document);
	if (!detection || detection->kind != YAML_MAPPING)
		build_fail(build, detection ? detection->line : document->line,
			   "the rule has no detection; add 'detection:' with a selection and a "
			   "condition");
	else
		root = read_detection(build, detection);
	if (rulefile_is_duplicate(build, document, &rule) || build->failed)
		return;
	if (build->ruleset->count == UINT16_MAX) {
		build_fail(build, document->line, "more than %d rules", UINT16_MAX);
		return;
	}
	rule.body = arena_alloc(&build->ruleset->arena, sizeof(*rule.body));
	*rule.body = (struct rule_body){.root = root, .line = document->line};
	set_needs(build, &rule, document->line);
	add_rule(build->ruleset, &rule);
}

void
rulefile_document(struct build *build, const struct yaml_node *document)
{
	build->failed = false;
	if (document->kind != YAML_MAPPING)
		build_fail(build, document->line, "a rule is a map of title, logsource, detection");
	else if (yaml_get(document, "correlation"))
		correlation_read(build, document);
	else
		read_rule(build, document);
}
