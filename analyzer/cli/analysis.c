#include "cli/analysis.h"

#include <signal.h>
#include <stdio.h>

#include "report/escape.h"
#include "base/workers.h"
#include "cli/existence.h"

enum { DRIFT_PERCENT = 1 };

/* The one thing a signal handler may touch. */
static volatile sig_atomic_t interrupted;

static void
on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* The first Ctrl-C ends the reading, a second one the program. */
static void
catch_interrupts(void)
{
	struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* A file's name may hold anything but a slash: it is no command to the terminal. */
static void
say(const char *path, const char *text)
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
		say(plan->errors.all[i].path, plan->errors.all[i].text);
		analysis->trouble = true;
	}
	for (size_t i = 0; i < plan->dropped.count && !analysis->options->quiet; i++)
		say(plan->dropped.all[i].path, plan->dropped.all[i].text);
	for (size_t i = 0; i < plan->skipped.count && analysis->options->verbose; i++)
		say(plan->skipped.all[i].path, plan->skipped.all[i].text);
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
		if (!result->complete) {
			analysis->trouble = true;
			struct str text = str_of(result->err.text);
			if (str_take(&text, str_of(path)))
				str_take(&text, STR(": "));
			say(path, text.p);
		}
		if (unknown * 100 > result->lines * DRIFT_PERCENT) {
			char text[160];
			snprintf(text, sizeof(text),
				 "%llu of %llu lines are not understood: another program's lines, "
				 "or a new log format",
				 (unsigned long long)unknown, (unsigned long long)result->lines);
			say(path, text);
		}
	}
}

static uint64_t
bytes_to_read(const struct plan *plan)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < plan->count; i++) {
		if (!plan->inputs[i].is_regular)
			return 0;
		bytes += plan->inputs[i].size;
	}
	return bytes;
}

static void
read_logs(struct analysis *analysis)
{
	const struct options *options = analysis->options;

	analysis->pipeline = (struct pipeline){
		.plan = &analysis->setup.plan,
		.settings = &analysis->setup.tally,
		.progress = &analysis->progress,
		.interrupted = &interrupted,
		.threads = options->jobs ? (size_t)options->jobs : workers_processors(),
	};
	progress_start(&analysis->progress, stderr, (enum option_when)options->progress,
		       bytes_to_read(&analysis->setup.plan));
	pipeline_run(&analysis->pipeline);
	progress_end(&analysis->progress);
	say_inputs(analysis);
}

int
analysis_run(struct analysis *analysis, const struct options *options)
{
	struct err err;

	*analysis = (struct analysis){.options = options};
	findings_init(&analysis->findings);
	catch_interrupts();
	if (setup_make(&analysis->setup, options, stderr, &err) != 0) {
		fprintf(stderr, "digtrail: %s\n", err.text);
		return -1;
	}
	clock_gettime(CLOCK_MONOTONIC, &analysis->start);
	say_plan(analysis);
	/* Nothing of what was given can be read: files still say so, a person has been told. */
	if (analysis->setup.plan.count == 0 && analysis->trouble && options->outputs.count == 0 &&
	    options->format < 0)
		return -1;
	read_logs(analysis);
	struct detect_input input = analysis_input(analysis);
	detect_run(&input, &analysis->findings);
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
	findings_release(&analysis->findings);
	setup_release(&analysis->setup);
}

struct detect_input
analysis_input(const struct analysis *analysis)
{
	return (struct detect_input){
		.tally = &analysis->pipeline.tally,
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
