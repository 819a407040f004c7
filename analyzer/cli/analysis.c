#include "cli/analysis.h"

#include <stdio.h>

#include "report/escape.h"
#include "cli/existence.h"
#include "cli/merge.h"
#include "cli/interrupt.h"

enum { DRIFT_PERCENT = 1 };

/* A file's name may hold anything but a slash: it is no command to the terminal. */
void
analysis_say(const char *path, const char *text)
{
	struct buf line;

	buf_init(&line, 16384);
	escape_text(&line, str_of(path));
	buf_add_text(&line, ": ");
	escape_text(&line, str_of(text));
	fprintf(stderr, "digtrail: %.*s\n", STR_ARG(buf_str(&line)));
	buf_release(&line);
}

/* What the plan could not read or left out. */
static void
say_plan(struct analysis *analysis)
{
	const struct plan *plan = &analysis->setup.plan;

	for (size_t i = 0; i < plan->errors.count; i++) {
		analysis_say(plan->errors.all[i].path, plan->errors.all[i].text);
		analysis->trouble = true;
	}
	for (size_t i = 0; i < plan->dropped.count && !analysis->options->quiet; i++)
		analysis_say(plan->dropped.all[i].path, plan->dropped.all[i].text);
	for (size_t i = 0; i < plan->skipped.count && analysis->options->verbose; i++)
		analysis_say(plan->skipped.all[i].path, plan->skipped.all[i].text);
}

/* What the time range or the servers asked for left unread. */
static void
say_skipped(const struct analysis *analysis)
{
	struct buf text;

	buf_init(&text, 512);
	narrowing_describe(&analysis->narrowing, &text);
	if (text.n && !analysis->options->quiet)
		fprintf(stderr, "digtrail: %s\n", text.p);
	buf_release(&text);
}

void
analysis_say_input(struct analysis *analysis, const char *path, const struct input_result *result)
{
	struct str text = str_of(result->err.text);

	if (result->complete)
		return;
	analysis->trouble = true;
	if (str_take(&text, str_of(path)))
		str_take(&text, STR(": "));
	analysis_say(path, text.p);
}

/* Inputs that broke off, and lines that no known server writes. */
static void
say_inputs(struct analysis *analysis)
{
	for (size_t i = 0; i < analysis->setup.plan.count; i++) {
		const struct input_result *result = &analysis->pipeline.results[i];
		const struct stream *stream = &analysis->pipeline.tally.streams.all[i];
		const char *path = analysis->setup.plan.inputs[i].path;
		uint64_t unknown = stream->kinds[RECORD_UNKNOWN] + stream->kinds[RECORD_MALFORMED];
		analysis_say_input(analysis, path, result);
		if (unknown * 100 > result->lines * DRIFT_PERCENT) {
			char text[160];
			snprintf(text, sizeof(text),
				 "%llu of %llu lines are not understood: another program's lines, "
				 "or a new log format",
				 (unsigned long long)unknown, (unsigned long long)result->lines);
			analysis_say(path, text);
		}
	}
}

uint64_t
analysis_bytes(const struct analysis *analysis)
{
	const struct plan *plan = &analysis->setup.plan;
	uint64_t bytes = 0;

	for (size_t i = 0; i < plan->count; i++) {
		if (!plan->inputs[i].is_regular)
			return 0;
		const struct plan_input *input = &plan->inputs[i];
		if (!input->is_left_out)
			bytes += (input->to < input->size ? input->to : input->size) - input->from;
	}
	return bytes;
}

/* What was read, as the report and a saved tally tell it. */
static void
describe_run(struct analysis *analysis)
{
	const struct plan *plan = &analysis->setup.plan;
	const struct tally *tally = &analysis->pipeline.tally;
	const struct tally_settings *settings = &analysis->setup.tally;
	struct saved_run *run = &analysis->run;

	*run = (struct saved_run){
		.program = STR(VERSION),
		.role = setup_role(&analysis->setup),
		.log_timezone = setup_timezone(&analysis->setup),
		.input_count = plan->count,
		.unread_count = plan->errors.count,
		.disabled_count = analysis->pipeline.disabled_count,
		.inputs = plan->saved,
		.disabled = analysis->pipeline.disabled,
	};
	run->unread =
		arena_alloc(&analysis->setup.arena, (run->unread_count + 1) * sizeof(*run->unread));
	for (size_t i = 0; i < plan->errors.count; i++)
		run->unread[i] = (struct saved_unread){str_of(plan->errors.all[i].path),
						       str_of(plan->errors.all[i].text)};
	for (size_t i = 0; i < plan->count; i++) {
		const struct input_result *result = &analysis->pipeline.results[i];
		run->inputs[i].bytes = result->bytes;
		run->inputs[i].lines = result->lines;
		run->inputs[i].requests =
			tally->streams.all[i]
				.kinds[settings->servers[run->inputs[i].server_number].request];
		run->inputs[i].skipped_bytes = result->skipped_bytes;
		run->inputs[i].complete = result->complete;
		run->inputs[i].error = str_of(result->err.text);
	}
}

static void
read_logs(struct analysis *analysis)
{
	const struct options *options = analysis->options;

	analysis->pipeline = (struct pipeline){
		.plan = &analysis->setup.plan,
		.settings = &analysis->setup.tally,
		.progress = &analysis->progress,
		.interrupted = &interrupt_flag,
		.filter = analysis->narrowing.filter.is_active ? &analysis->narrowing.filter : NULL,
		.workers = analysis->setup.workers,
		.readers = setup_readers(options),
	};
	progress_start(&analysis->progress, stderr, (enum option_when)options->progress,
		       analysis_bytes(analysis));
	pipeline_run(&analysis->pipeline);
	progress_end(&analysis->progress);
	interrupt_tell("all logs are read; the findings are made");
	describe_run(analysis);
	say_inputs(analysis);
}

void
analysis_judge(struct analysis *analysis)
{
	tally_settle(&analysis->pipeline.tally);
	describe_run(analysis);
	struct detect_input input = analysis_input(analysis);
	detect_run(&input, &analysis->findings);
}

/* One tally, of logs or of saved tallies. */
static int
gather(struct analysis *analysis)
{
	const struct options *options = analysis->options;

	if (options->command->id == COMMAND_MERGE) {
		analysis->pipeline.interrupted = &interrupt_flag;
		return merge_tallies(analysis);
	}
	read_logs(analysis);
	return 0;
}

/*
 * Writes what --save asks for, before what a saved tally keeps apart is joined for the report.
 * An interrupted run has read something of each log and all of none: nothing to merge.
 */
static void
save_and_join(struct analysis *analysis)
{
	const char *path = analysis->options->save;
	struct tally *tally = &analysis->pipeline.tally, apart = *tally;
	struct err err;

	if (!path)
		return;
	if (analysis_is_interrupted(analysis))
		err_set(&err, "--save %s: not written: the run was interrupted", path);
	else
		analysis->is_saved =
			tally_prepare(path, tally, &analysis->run, &analysis->saved, &err) == 0;
	if (!analysis->is_saved)
		fprintf(stderr, "digtrail: %s\n", err.text);
	if (!setup_join_servers(&analysis->setup))
		return;
	tally_init(tally, &analysis->setup.tally);
	tally_merge(tally, &apart);
	tally_release(&apart);
	tally_settle(tally);
}

/*
 * The nightly memory is the report's alone, and counts every line: a configuration may name it
 * for all runs.
 */
static bool
uses_state(const struct options *options)
{
	struct buf text;

	if (!options->state || options->command->id != COMMAND_REPORT)
		return false;
	buf_init(&text, NARROWING_TEXT);
	filter_describe(options, &text);
	bool all = text.n == 0 && !text.full;
	buf_release(&text);
	if (!all && !options->quiet)
		fputs("digtrail: --state is left alone: not all lines are asked for\n", stderr);
	return all;
}

int
analysis_prepare(struct analysis *analysis, const struct options *options)
{
	struct err err;

	*analysis = (struct analysis){.options = options};
	findings_init(&analysis->findings);
	interrupt_catch();
	interrupt_tell("getting ready: rules, zones and lists are read");
	if ((uses_state(options) && nightly_open(&analysis->nightly, options, &err) != 0) ||
	    narrowing_begin(&analysis->narrowing, options, &err) != 0 ||
	    setup_make(&analysis->setup, options, analysis->nightly.logs, stderr, &err) != 0 ||
	    narrowing_end(&analysis->narrowing, options, &analysis->setup.plan,
			  &analysis->setup.rules, &err) != 0) {
		fprintf(stderr, "digtrail: %s\n", err.text);
		return -1;
	}
	clock_gettime(CLOCK_MONOTONIC, &analysis->start);
	if (options->command->id == COMMAND_MERGE)
		return 0;
	say_plan(analysis);
	say_skipped(analysis);
	/* Nothing of what was given can be read: files still say so, a person has been told. */
	if (analysis->setup.plan.count == 0 && analysis->trouble && options->outputs.count == 0 &&
	    options->format < 0)
		return -1;
	return 0;
}

int
analysis_run(struct analysis *analysis, const struct options *options)
{
	struct err err;

	if (analysis_prepare(analysis, options) != 0)
		return -1;
	if (analysis->narrowing.filter.is_active && options->save) {
		fprintf(stderr,
			"digtrail: --save does not go with filters: it is about all lines\n");
		return -1;
	}
	if (nightly_learned(&analysis->nightly, analysis, &err) != 0) {
		fprintf(stderr, "digtrail: %s\n", err.text);
		return -1;
	}
	if (gather(analysis) != 0)
		return -1;
	save_and_join(analysis);
	struct detect_input input = analysis_input(analysis);
	detect_run(&input, &analysis->findings);
	if (nightly_end(&analysis->nightly, analysis, &err) != 0) {
		fprintf(stderr, "digtrail: --state %s\n", err.text);
		return -1;
	}
	if (!options->quiet)
		existence_warn(analysis->setup.oracle, detect_now(input.tally), stderr);
	analysis->is_made = true;
	return 0;
}

void
analysis_release(struct analysis *analysis)
{
	if (analysis->is_made)
		pipeline_release(&analysis->pipeline);
	outfile_release(&analysis->saved);
	findings_release(&analysis->findings);
	nightly_release(&analysis->nightly);
	narrowing_release(&analysis->narrowing);
	setup_release(&analysis->setup);
}

void
analysis_abandon(struct analysis *analysis)
{
#ifndef RELEASE_ALL /* sanitizers' leak checkers do not look into mapped pages */
	analysis->is_made = false;
#endif
	analysis_release(analysis);
}

struct detect_input
analysis_input(const struct analysis *analysis)
{
	return (struct detect_input){
		.tally = &analysis->pipeline.tally,
		.baseline = nightly_baseline(&analysis->nightly),
		.settings = &analysis->setup.detect,
		.oracle = analysis->setup.oracle,
		.providers = analysis->setup.providers,
	};
}

bool
analysis_is_interrupted(const struct analysis *analysis)
{
	return *analysis->pipeline.interrupted != 0;
}

enum exit_status
analysis_status(const struct analysis *analysis)
{
	const struct setup *setup = &analysis->setup;

	if (analysis_is_interrupted(analysis))
		return EXIT_INTERRUPTED;
	if (analysis->trouble || setup->rules_are_faulty || setup->zones_are_faulty ||
	    setup->allow_is_faulty)
		return EXIT_TROUBLE;
	return EXIT_ALL_READ;
}
