#include "cli/cmd_search.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/analysis.h"
#include "cli/interrupt.h"
#include "cli/search.h"
#include "report/escape.h"

enum { MEMORY_SHARE = 4 };

/* The finding of that id, or of the one id that begins so; NULL with a word on standard error. */
static const struct finding *
find_finding(const struct findings *findings, const char *id)
{
	const struct finding *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++) {
		if (str_eq(findings->all[i].id, str_of(id)))
			return &findings->all[i];
		if (id[0] && str_starts(findings->all[i].id, str_of(id))) {
			found = &findings->all[i];
			count++;
		}
	}
	if (count != 1)
		fprintf(stderr, "digtrail: --finding: %s finding of these logs has the id '%s'\n",
			count ? "more than one" : "no", id);
	return count == 1 ? found : NULL;
}

/*
 * The whole analysis, with the other options left out: a finding is what all lines tell. -1 when
 * it is not to be had (said).
 */
static int
narrow_to_finding(struct analysis *search, const struct options *options)
{
	struct options all = *options;
	struct analysis analysis;
	int result = -1;

	all.since = all.until = NULL;
	all.sources = (struct option_peers){0};
	all.zones = all.types = all.names = all.rule_ids = all.on_servers = (struct option_list){0};
	if (analysis_run(&analysis, &all) == 0 && !analysis_is_interrupted(&analysis)) {
		const struct finding *finding = find_finding(&analysis.findings, options->finding);
		if (finding) {
			filter_by_finding(&search->narrowing.filter, finding);
			timerange_apply(&search->setup.plan, finding->first_seen,
					finding->last_seen, &search->narrowing.skipped);
			result = 0;
		}
	}
	analysis_release(&analysis);
	return result;
}

static void
run(struct analysis *analysis, struct search *search)
{
	const struct options *options = analysis->options;

	progress_start(&analysis->progress, stderr, (enum option_when)options->progress,
		       analysis_bytes(analysis));
	search_run(search);
	progress_end(&analysis->progress);
	interrupt_tell("all logs are read");
	for (size_t i = 0; i < analysis->setup.plan.count; i++)
		analysis_say_input(analysis, analysis->setup.plan.inputs[i].path,
				   &search->results[i]);
	if (search->err.text[0]) {
		fprintf(stderr, "digtrail: %s\n", search->err.text);
		analysis->trouble = true;
	}
	if (search->late)
		fprintf(stderr,
			"digtrail: %llu lines stand more than a minute out of their order of time "
			"in "
			"their files and stand later here\n",
			(unsigned long long)search->late);
	if (search->count_only)
		printf("%llu\n", (unsigned long long)search->found);
	free(search->results);
}

static enum exit_status
search(struct analysis *analysis)
{
	const struct options *options = analysis->options;
	struct setup *setup = &analysis->setup;
	struct search search = {
		.plan = &setup->plan,
		.filter = &analysis->narrowing.filter,
		.names = &setup->names,
		.rules = &setup->rules,
		.settings = &setup->tally,
		.progress = &analysis->progress,
		.interrupted = &interrupt_flag,
		.workers = setup->workers,
		.memory = (size_t)(setup->memory / MEMORY_SHARE),
		.form = (enum search_form)options->records,
		.count_only = options->count,
		.escape = isatty(STDOUT_FILENO),
		.out = stdout,
	};

	run(analysis, &search);
	if (interrupt_flag) {
		fputs("digtrail: interrupted: what was found so far\n", stderr);
		return EXIT_INTERRUPTED;
	}
	if (analysis->trouble || setup->rules_are_faulty)
		return EXIT_TROUBLE;
	return EXIT_ALL_READ;
}

/* A finding is looked for in a first pass, so that nothing may be a pipe. */
static bool
can_be_read_twice(const struct analysis *analysis)
{
	for (size_t i = 0; i < analysis->setup.plan.count; i++)
		if (!analysis->setup.plan.inputs[i].is_regular) {
			fputs("digtrail: --finding: the logs are read twice, and a pipe can be "
			      "read "
			      "once\n",
			      stderr);
			return false;
		}
	return true;
}

int
cmd_search(const struct options *options)
{
	struct analysis analysis;
	enum exit_status status = EXIT_TROUBLE;

	if (options->operands.count == 0 && isatty(STDIN_FILENO)) {
		fputs("digtrail: search needs logs\nTry 'digtrail help search'.\n", stderr);
		return EXIT_TROUBLE;
	}
	setlocale(LC_CTYPE, "");
	if (analysis_prepare(&analysis, options) == 0 &&
	    (!options->finding ||
	     (can_be_read_twice(&analysis) && narrow_to_finding(&analysis, options) == 0))) {
		status = search(&analysis);
	}
	analysis_release(&analysis);
	return status;
}
