#include "cli/cmd_rules.h"

#include <stdio.h>

#include "cli/data.h"
#include "cli/exit.h"
#include "match/body.h"
#include "match/matcher.h"
#include "record/parser.h"
#include "report/escape.h"

enum { SHOWN_MAX = 64 * 1024, PATH_TEXT = 1024 };

struct rules_run {
	const struct options *options;
	struct ruleset ruleset;
	struct rule_errors errors;
	FILE *out, *messages;
	struct buf shown; /* scratch for escaped text */
};

/* Rule files come from anywhere: what they hold is shown, never obeyed by the terminal. */
static const char *
shown(struct rules_run *run, struct str text)
{
	buf_clear(&run->shown);
	escape_text(&run->shown, text);
	return run->shown.n ? run->shown.p : "";
}

/* The paths after the verb; without any, what a report would load. */
static int
load(struct rules_run *run, struct err *err)
{
	const struct options *options = run->options;
	bool given = options->operands.count > 1;
	char path[PATH_TEXT];
	int status = 0;

	if (!given && !options->no_default_rules)
		status = ruleset_load(&run->ruleset, data_path("rules", path, sizeof(path)),
				      &run->errors, err);
	for (size_t i = 0; status == 0 && i < options->rules.count; i++)
		status = ruleset_load(&run->ruleset, options->rules.items[i], &run->errors, err);
	for (size_t i = 1; status == 0 && i < options->operands.count; i++)
		status = ruleset_load(&run->ruleset, options->operands.items[i], &run->errors, err);
	if (status == 0)
		ruleset_finish(&run->ruleset, !options->no_jit, &run->errors);
	return status;
}

static size_t
mistakes(const struct rules_run *run)
{
	return run->errors.count - run->errors.notes;
}

static void
print_mistakes(struct rules_run *run, FILE *out)
{
	for (size_t i = 0; i < run->errors.count; i++) {
		const struct rule_error *error = &run->errors.errors[i];
		fprintf(out, "%s:", shown(run, error->file));
		fprintf(out, "%u: %s%s\n", error->line, error->note ? "note: " : "",
			shown(run, str_of(error->text)));
	}
}

static void
print_rule(struct rules_run *run, const struct rule *rule)
{
	fprintf(run->out, "%-13s  %-36s  ", level_names[rule->level], shown(run, rule->id));
	fprintf(run->out, "%s", shown(run, rule->title));
	if (!rule->body)
		fputs(" (correlation)", run->out);
	else if (rule->never)
		fputs(" (can never match)", run->out);
	fputc('\n', run->out);
	if (!run->options->verbose)
		return;
	fprintf(run->out, "%15s%s\n", "", shown(run, rule->file));
	for (size_t i = 0; i < rule->tag_count; i++)
		fprintf(run->out, "%s%s%s", i ? " " : "               ", shown(run, rule->tags[i]),
			i + 1 == rule->tag_count ? "\n" : "");
}

static int
list(struct rules_run *run)
{
	for (size_t i = 0; i < run->ruleset.count; i++)
		print_rule(run, &run->ruleset.rules[i]);
	for (size_t i = 0; i < run->ruleset.correlation_count; i++)
		print_rule(run, &run->ruleset.correlations[i].rule);
	print_mistakes(run, run->messages);
	return mistakes(run) ? EXIT_TROUBLE : EXIT_ALL_READ;
}

static int
check(struct rules_run *run)
{
	size_t count = mistakes(run);

	print_mistakes(run, run->out);
	fprintf(run->out, "%zu rules, %zu correlations, %zu mistake%s%s\n", run->ruleset.count,
		run->ruleset.correlation_count, count, count == 1 ? "" : "s",
		count ? ": what holds them is left out" : "");
	return count ? EXIT_TROUBLE : EXIT_ALL_READ;
}

struct example_run {
	struct rules_run *run;
	struct matcher *matcher;
	struct namer *namer;
	size_t lines, failures, bare; /* bare: rules without examples */
};

/* An example stands alone: whatever tells of a request is the line that counts it. */
static bool
is_request(enum record_kind kind)
{
	return kind == RECORD_QUERY || kind == RECORD_RESPONSE || kind == RECORD_DENIED;
}

/* What is wrong with an example, or NULL. */
static const char *
try_example(struct example_run *examples, size_t rule, struct str line, bool wanted)
{
	/* Year-less times are put into 2026; no rule asks for the time. */
	static const struct parser_settings settings = {.anchor = 1795478400000};
	struct parser parser;
	struct record record;
	struct matches matches;
	bool found = false;

	parser_init(&parser, &settings);
	enum record_kind kind = parser_parse(&parser, line, &record);
	if (kind == RECORD_UNKNOWN || kind == RECORD_MALFORMED)
		return "is no line that digtrail understands";
	const struct name *name = record.qname.n ? namer_look(examples->namer, record.qname) : NULL;
	matcher_match(examples->matcher, &record, name, STR("server"), line, is_request(kind),
		      &matches);
	for (uint16_t i = 0; i < matches.count; i++)
		found = found || matches.rule[i] == rule;
	if (found == wanted)
		return NULL;
	return wanted ? "must match and does not" : "must not match and does";
}

static void
try_examples(struct example_run *examples, size_t index, const struct str *lines, size_t count,
	     bool wanted)
{
	struct rules_run *run = examples->run;
	const struct rule *rule = &run->ruleset.rules[index];

	for (size_t i = 0; i < count; i++) {
		const char *wrong = try_example(examples, index, lines[i], wanted);
		examples->lines++;
		if (!wrong)
			continue;
		examples->failures++;
		fprintf(run->out, "%s:%u: ", shown(run, rule->file), rule->body->line);
		fprintf(run->out, "%s: %s:\n", shown(run, rule->title), wrong);
		fprintf(run->out, "    %s\n", shown(run, lines[i]));
	}
}

static int
test(struct rules_run *run)
{
	struct names names;
	struct err err;
	struct example_run examples = {.run = run};

	print_mistakes(run, run->messages);
	names_init(&names, STR("digtrail rules test"));
	if (names_load_suffixes(&names, run->options->suffix_list, &err) != 0) {
		fprintf(run->messages, "digtrail: %s\n", err.text);
		names_release(&names);
		return EXIT_TROUBLE;
	}
	examples.namer = namer_new(&names);
	examples.matcher = matcher_new(&run->ruleset, examples.namer);
	for (size_t i = 0; i < run->ruleset.count; i++) {
		const struct rule *rule = &run->ruleset.rules[i];
		try_examples(&examples, i, rule->must_match, rule->must_match_count, true);
		try_examples(&examples, i, rule->must_not_match, rule->must_not_match_count, false);
		examples.bare += rule->must_match_count + rule->must_not_match_count == 0;
	}
	fprintf(run->out, "%zu rules, %zu example lines, %zu wrong", run->ruleset.count,
		examples.lines, examples.failures);
	if (examples.bare)
		fprintf(run->out, ", %zu rules without examples", examples.bare);
	fputc('\n', run->out);
	matcher_free(examples.matcher);
	namer_free(examples.namer);
	names_release(&names);
	return examples.failures || mistakes(run) ? EXIT_TROUBLE : EXIT_ALL_READ;
}

struct verb {
	const char *name;
	int (*run)(struct rules_run *run);
};

static const struct verb verbs[] = {{"list", list}, {"check", check}, {"test", test}};

int
cmd_rules(const struct options *options)
{
	struct rules_run run = {.options = options, .out = stdout, .messages = stderr};
	const struct verb *verb = NULL;
	struct err err;
	int status = EXIT_TROUBLE;

	for (size_t i = 0; options->operands.count && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, options->operands.items[0]) == 0)
			verb = &verbs[i];
	if (!verb) {
		fprintf(run.messages, "digtrail: rules: list, check or test expected; see digtrail "
				      "rules --help\n");
		return EXIT_TROUBLE;
	}
	buf_init(&run.shown, SHOWN_MAX);
	ruleset_init(&run.ruleset);
	if (load(&run, &err) != 0)
		fprintf(run.messages, "digtrail: %s\n", shown(&run, str_of(err.text)));
	else
		status = verb->run(&run);
	rule_errors_release(&run.errors);
	ruleset_release(&run.ruleset);
	buf_release(&run.shown);
	return status;
}
