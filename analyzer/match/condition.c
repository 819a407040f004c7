#include "match/condition.h"

enum { CONDITION_MAX = 4096, BRACKETS_MAX = 40 };

enum token_kind { TOKEN_WORD, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_BAR, TOKEN_OTHER, TOKEN_END };

struct token {
	enum token_kind kind;
	struct str text;
};

struct condition {
	struct build *build;
	unsigned line;
	struct str rest;
	struct token token; /* the one to read next */
	struct selection *selections;
	size_t count;
	unsigned depth;
};

static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.' || c == '*' || c == '?';
}

static void
advance(struct condition *condition)
{
	struct str rest = str_trim(condition->rest);
	size_t n = 0;

	if (rest.n == 0) {
		condition->rest = rest;
		condition->token = (struct token){TOKEN_END, STR("its end")};
		return;
	}
	while (n < rest.n && is_word_byte(rest.p[n]))
		n++;
	enum token_kind kind = TOKEN_WORD;
	if (n == 0) {
		char c = rest.p[n++];
		kind = c == '('   ? TOKEN_OPEN
		       : c == ')' ? TOKEN_CLOSE
		       : c == '|' ? TOKEN_BAR
				  : TOKEN_OTHER;
	}
	condition->token = (struct token){kind, str_make(rest.p, n)};
	condition->rest = str_skip(rest, n);
}

static bool
at_word(const struct condition *condition, const char *word)
{
	return condition->token.kind == TOKEN_WORD &&
	       str_eq_nocase(condition->token.text, str_of(word));
}

static struct rule_node *
unexpected(struct condition *condition, const char *wanted)
{
	struct str text = condition->token.text;

	if (condition->token.kind == TOKEN_BAR)
		return build_fail(condition->build, condition->line,
				  "condition: '|' (an aggregation) is no longer Sigma; write a "
				  "correlation (event_count, value_count, temporal)");
	return build_fail(condition->build, condition->line, "condition: %s expected before '%.*s'",
			  wanted, text.n > 40 ? 40 : (int)text.n, text.p);
}

/* `*` and `?` over short names; the star is tried shortest first, one level of memory. */
static bool
name_fits(struct str pattern, struct str name)
{
	size_t p = 0, n = 0, star = SIZE_MAX, mark = 0;

	while (n < name.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = n;
		} else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == name.p[n])) {
			p++;
			n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static bool
has_wildcard(struct str text)
{
	return str_index(text, '*') != SIZE_MAX || str_index(text, '?') != SIZE_MAX;
}

static struct rule_node *
undefined(struct condition *condition, struct str name)
{
	char known[120] = "";
	size_t n = 0;

	for (size_t i = 0; i < condition->count && n < sizeof(known); i++) {
		int more = snprintf(known + n, sizeof(known) - n, "%s%.*s", i ? ", " : "",
				    STR_ARG(condition->selections[i].name));
		n += more > 0 ? (size_t)more : 0;
	}
	return build_fail(condition->build, condition->line,
			  "condition: no selection is called '%.*s'; this rule has %s",
			  name.n > 40 ? 40 : (int)name.n, name.p, known[0] ? known : "none");
}

/* After "1 of" or "all of": `them` is every selection whose name does not begin with '_'. */
static struct rule_node *
parse_of(struct condition *condition, enum node_op op)
{
	struct build_group group = {.op = op};

	if (condition->token.kind != TOKEN_WORD)
		return unexpected(condition, "'them' or a pattern of names");
	struct str pattern = condition->token.text;
	bool them = at_word(condition, "them");
	bool found = false;
	for (size_t i = 0; i < condition->count; i++) {
		struct selection *selection = &condition->selections[i];
		if (them ? str_starts(selection->name, STR("_"))
			 : !name_fits(pattern, selection->name))
			continue;
		found = true;
		selection->used = true;
		build_add(condition->build, &group, selection->node);
	}
	if (!found)
		return undefined(condition, pattern);
	advance(condition);
	return build_end(condition->build, &group);
}

static struct rule_node *
parse_name(struct condition *condition)
{
	struct str name = condition->token.text;

	for (size_t i = 0; i < condition->count; i++) {
		struct selection *selection = &condition->selections[i];
		if (!str_eq(selection->name, name))
			continue;
		selection->used = true;
		advance(condition);
		return selection->node;
	}
	if (has_wildcard(name))
		return build_fail(condition->build, condition->line,
				  "condition: '%.*s' alone is ambiguous; write '1 of %.*s' or "
				  "'all of %.*s'",
				  name.n > 40 ? 40 : (int)name.n, name.p,
				  name.n > 40 ? 40 : (int)name.n, name.p,
				  name.n > 40 ? 40 : (int)name.n, name.p);
	return undefined(condition, name);
}

static struct rule_node *parse_or(struct condition *condition);

static struct rule_node *
parse_brackets(struct condition *condition)
{
	advance(condition);
	struct rule_node *node = parse_or(condition);
	if (condition->build->failed)
		return NULL;
	if (condition->token.kind != TOKEN_CLOSE)
		return unexpected(condition, "')'");
	advance(condition);
	return node;
}

static bool
is_operator(const struct condition *condition)
{
	return at_word(condition, "and") || at_word(condition, "or") || at_word(condition, "of");
}

static struct rule_node *
parse_not(struct condition *condition)
{
	if (++condition->depth > BRACKETS_MAX)
		return build_fail(condition->build, condition->line,
				  "condition: nested too deeply");
	struct rule_node *node;
	if (at_word(condition, "not")) {
		advance(condition);
		node = build_not(condition->build, parse_not(condition));
	} else if (condition->token.kind == TOKEN_OPEN) {
		node = parse_brackets(condition);
	} else if (condition->token.kind != TOKEN_WORD || is_operator(condition)) {
		node = unexpected(condition, "a selection");
	} else {
		bool any = at_word(condition, "1") || at_word(condition, "any");
		bool all = at_word(condition, "all");
		struct condition before = *condition;
		advance(condition);
		if ((any || all) && at_word(condition, "of")) {
			advance(condition);
			node = parse_of(condition, any ? NODE_OR : NODE_AND);
		} else {
			*condition = before;
			node = parse_name(condition);
		}
	}
	condition->depth--;
	return node;
}

static struct rule_node *
parse_and(struct condition *condition)
{
	struct build_group group = {.op = NODE_AND};

	for (;;) {
		build_add(condition->build, &group, parse_not(condition));
		if (condition->build->failed || !at_word(condition, "and"))
			return build_end(condition->build, &group);
		advance(condition);
	}
}

static struct rule_node *
parse_or(struct condition *condition)
{
	struct build_group group = {.op = NODE_OR};

	for (;;) {
		build_add(condition->build, &group, parse_and(condition));
		if (condition->build->failed || !at_word(condition, "or"))
			return build_end(condition->build, &group);
		advance(condition);
	}
}

static struct rule_node *
parse_one(struct build *build, const struct yaml_node *text, struct selection *selections,
	  size_t count)
{
	struct condition condition = {.build = build,
				      .line = text->line,
				      .rest = text->text,
				      .selections = selections,
				      .count = count};

	if (text->kind != YAML_SCALAR || str_trim(text->text).n == 0)
		return build_fail(build, text->line, "condition: an expression expected, not %s",
				  text->kind == YAML_SCALAR ? "nothing" : yaml_kind_name(text));
	if (text->text.n > CONDITION_MAX)
		return build_fail(build, text->line, "condition: longer than %d bytes",
				  CONDITION_MAX);
	advance(&condition);
	struct rule_node *node = parse_or(&condition);
	if (!build->failed && condition.token.kind != TOKEN_END)
		return unexpected(&condition, "'and' or 'or'");
	return node;
}

struct rule_node *
condition_parse(struct build *build, const struct yaml_node *text, struct selection *selections,
		size_t count)
{
	struct build_group group = {.op = NODE_OR};
	bool failed = build->failed;

	/* Mistakes in selections do not hide those in the condition. */
	build->failed = false;
	if (text->kind != YAML_SEQUENCE) {
		build_add(build, &group, parse_one(build, text, selections, count));
	} else {
		for (size_t i = 0; i < text->count; i++)
			build_add(build, &group,
				  parse_one(build, text->items[i], selections, count));
	}
	if (!build->failed && !failed && group.count == 0)
		build_fail(build, text->line, "condition: is empty");
	build->failed = build->failed || failed;
	return build_end(build, &group);
}
