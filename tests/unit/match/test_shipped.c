/* The rules in patterns/rules and their own examples. Runs from the top of the tree. */
#include <criterion/criterion.h>

#include "match/body.h"
#include "record/parser.h"
#include "rules.h"

static const char shipped[] = "patterns/rules";

static void
load(struct ruleset *ruleset, bool jit)
{
	struct rule_errors errors = {0};
	struct err err;

	ruleset_init(ruleset);
	cr_assert(ruleset_load(ruleset, shipped, &errors, &err) == 0, "%s", err.text);
	ruleset_finish(ruleset, jit, &errors);
	for (size_t i = 0; i < errors.count; i++)
		cr_expect(false, "%.*s:%u: %s", STR_ARG(errors.errors[i].file),
			  errors.errors[i].line, errors.errors[i].text);
	rule_errors_release(&errors);
}

static bool
has_tag(const struct rule *rule, const char *start)
{
	for (size_t i = 0; i < rule->tag_count; i++)
		if (str_starts(rule->tags[i], str_of(start)))
			return true;
	return false;
}

static void
expect_described(const struct rule *rule)
{
	cr_expect(rule->id.n == 36, "%s", rule->title.p);
	cr_expect(rule->description.n && rule->reference_count && rule->falsepositive_count, "%s",
		  rule->title.p);
	cr_expect(has_tag(rule, "attack.t1"), "%s", rule->title.p);
	cr_expect(rule->level <= LEVEL_MEDIUM, "%s", rule->title.p);
}

Test(shipped, rules_load_without_a_complaint_and_are_described)
{
	struct ruleset ruleset;

	load(&ruleset, true);
	cr_expect(ruleset.count >= 30, "%zu", ruleset.count);
	cr_expect(ruleset.correlation_count >= 6, "%zu", ruleset.correlation_count);
	for (size_t i = 0; i < ruleset.count; i++) {
		const struct rule *rule = &ruleset.rules[i];
		expect_described(rule);
		cr_expect(!rule->never, "%s", rule->title.p);
		cr_expect(rule->must_match_count && rule->must_not_match_count, "%s",
			  rule->title.p);
	}
	for (size_t i = 0; i < ruleset.correlation_count; i++)
		expect_described(&ruleset.correlations[i].rule);
	ruleset_release(&ruleset);
}

/* One line of an example through the parser; bit sets are too small, so the list itself. */
static void
match_line(struct matcher *matcher, struct namer *namer, struct str line, struct matches *out)
{
	static const struct parser_settings settings = {.anchor = 1795478400000};
	struct parser parser;
	struct record record;

	parser_init(&parser, &settings);
	enum record_kind kind = parser_parse(&parser, line, &record);
	cr_expect(kind < RECORD_OTHER, "not understood: %.*s", STR_ARG(line));
	const struct name *name = record.qname.n ? namer_look(namer, record.qname) : NULL;
	bool request = kind == RECORD_QUERY || kind == RECORD_RESPONSE || kind == RECORD_DENIED;
	matcher_match(matcher, &record, name, STR("ns1"), line, request, out);
}

static bool
has(const struct matches *matches, size_t rule)
{
	for (uint16_t i = 0; i < matches->count; i++)
		if (matches->rule[i] == rule)
			return true;
	return false;
}

static void
expect_examples(const struct ruleset *ruleset, struct matcher *matcher, struct namer *namer)
{
	struct matches matches;

	for (size_t i = 0; i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		for (size_t j = 0; j < rule->must_match_count; j++) {
			match_line(matcher, namer, rule->must_match[j], &matches);
			cr_expect(has(&matches, i), "%s must match %s", rule->title.p,
				  rule->must_match[j].p);
		}
		for (size_t j = 0; j < rule->must_not_match_count; j++) {
			match_line(matcher, namer, rule->must_not_match[j], &matches);
			cr_expect(!has(&matches, i), "%s must not match %s", rule->title.p,
				  rule->must_not_match[j].p);
		}
	}
	cr_expect(matcher_disabled(matcher, NULL, 0) == 0);
}

Test(shipped, rules_match_their_examples_with_jit_and_interpreter)
{
	for (int jit = 0; jit < 2; jit++) {
		struct ruleset ruleset;
		struct names names;
		load(&ruleset, jit);
		names_init(&names, STR("test"));
		struct namer *namer = namer_new(&names);
		struct matcher *matcher = matcher_new(&ruleset, namer);
		expect_examples(&ruleset, matcher, namer);
		matcher_free(matcher);
		namer_free(namer);
		names_release(&names);
		ruleset_release(&ruleset);
	}
}

/* Numbers from a fixed seed (xorshift): the same names on every machine. */
static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static struct str
random_name(uint32_t *state, char *out, size_t size)
{
	static const char *const parts[] = {"\\000", "0",   "www", "_tcp", "-",   "WWW", "?",
					    "a17",   "abc", "dc",  ".",    ".",   "4",   "f0",
					    "_imap", "com", "org", "arpa", "Xy7", "CH"};
	size_t n = 0, count = 1 + next_random(state) % 24;

	for (size_t i = 0; i < count; i++) {
		const char *part = parts[next_random(state) % (sizeof(parts) / sizeof(parts[0]))];
		int more = snprintf(out + n, size - n, "%s", part);
		n += more > 0 && (size_t)more < size - n ? (size_t)more : 0;
	}
	return str_make(out, n);
}

/* The rules whose tree says yes, asked one by one with the interpreter. */
static void
match_plainly(const struct ruleset *ruleset, struct regex_scratch *scratch,
	      const struct record *record, const struct name *name, struct matches *out)
{
	struct field_values values;
	struct body_run run = {.values = &values, .scratch = scratch, .knowledge = KNOW_ALL};

	*out = (struct matches){0};
	field_values_init(&values, record, name, STR("ns1"), STR(""));
	for (size_t i = 0; i < ruleset->count; i++)
		if (ruleset->rules[i].needs_request &&
		    body_evaluate(ruleset->rules[i].body->root, &run) == VERDICT_YES)
			out->rule[out->count++] = (uint16_t)i;
	cr_expect(!run.limit);
}

static void
random_record(uint32_t *state, char *text, size_t size, struct record *record)
{
	static const int32_t types[] = {TYPE_A,   TYPE_TXT,  TYPE_SRV,   TYPE_AXFR,    TYPE_IXFR,
					TYPE_ANY, TYPE_NSEC, TYPE_NSEC3, TYPE_UNKNOWN, 300};

	record_clear(record);
	record->kind = RECORD_QUERY;
	record->qname = random_name(state, text, size);
	record->qtype = types[next_random(state) % (sizeof(types) / sizeof(types[0]))];
	record->qclass = next_random(state) % 8 ? CLASS_IN : CLASS_CH;
	record->flags_known = next_random(state) % 2 ? 0xff : 0;
	record->flags = (uint16_t)(next_random(state) & record->flags_known);
}

/* Dispatch, memo and JIT are short cuts: without them the verdicts must be the same. */
Test(shipped, engines_and_short_cuts_agree_on_random_records)
{
	struct ruleset fast, plain;
	struct names names;
	uint32_t state = 20261123;
	size_t hits = 0;

	load(&fast, true);
	load(&plain, false);
	names_init(&names, STR("test"));
	struct namer *namer = namer_new(&names);
	struct matcher *matcher = matcher_new(&fast, namer);
	struct regex_scratch *scratch = regex_scratch_new();
	for (int i = 0; i < 20000; i++) {
		char text[256];
		struct record record;
		struct matches one, two;
		random_record(&state, text, sizeof(text), &record);
		const struct name *name = namer_look(namer, record.qname);
		matcher_match(matcher, &record, name, STR("ns1"), STR(""), true, &one);
		match_plainly(&plain, scratch, &record, name, &two);
		cr_expect(one.count == two.count &&
				  memcmp(one.rule, two.rule, one.count * sizeof(one.rule[0])) == 0,
			  "%s", text);
		hits += one.count;
	}
	cr_expect(hits > 5000, "%zu", hits);
	cr_expect(matcher_disabled(matcher, NULL, 0) == 0);
	regex_scratch_free(scratch);
	matcher_free(matcher);
	namer_free(namer);
	names_release(&names);
	ruleset_release(&fast);
	ruleset_release(&plain);
}
