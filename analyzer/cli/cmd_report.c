#include "cli/cmd_report.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/workers.h"
#include "cli/existence.h"
#include "cli/exit.h"
#include "cli/pipeline.h"
#include "cli/setup.h"
#include "report/report.h"

enum { TOP_TEXT = 10, TOP_FILES = 100, DRIFT_PERCENT = 1 };

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

struct report_run {
	const struct options *options;
	struct setup setup;
	struct pipeline pipeline;
	struct progress progress;
	struct findings findings;
	struct summary summary;
	bool trouble; /* something given could not be read in full */
};

static void
say(const struct report_run *run, const char *path, const char *text)
{
	(void)run;
	fprintf(stderr, "digtrail: %s: %s\n", path, text);
}

/* What the plan could not read or left out. */
static void
say_plan(struct report_run *run)
{
	const struct plan *plan = &run->setup.plan;

	for (size_t i = 0; i < plan->errors.count; i++) {
		say(run, plan->errors.all[i].path, plan->errors.all[i].text);
		run->trouble = true;
	}
	for (size_t i = 0; i < plan->dropped.count && !run->options->quiet; i++)
		say(run, plan->dropped.all[i].path, plan->dropped.all[i].text);
	for (size_t i = 0; i < plan->skipped.count && run->options->verbose; i++)
		say(run, plan->skipped.all[i].path, plan->skipped.all[i].text);
}

/* Inputs that broke off, and lines that no known server writes. */
static void
say_inputs(struct report_run *run)
{
	for (size_t i = 0; i < run->setup.plan.count; i++) {
		const struct input_result *result = &run->pipeline.results[i];
		const struct stream *stream = &run->pipeline.tally.streams.all[i];
		const char *path = run->setup.plan.inputs[i].path;
		uint64_t unknown = stream->kinds[RECORD_UNKNOWN];
		if (!result->complete) {
			run->trouble = true;
			if (strncmp(result->err.text, path, strlen(path)) == 0)
				fprintf(stderr, "digtrail: %s\n", result->err.text);
			else
				say(run, path, result->err.text);
		}
		if (unknown * 100 > result->lines * DRIFT_PERCENT)
			fprintf(stderr,
				"digtrail: %s: %llu of %llu lines are not understood: another "
				"program's "
				"lines, or a new log format\n",
				path, (unsigned long long)unknown,
				(unsigned long long)result->lines);
	}
}

static struct file_row *
file_rows(struct report_run *run)
{
	const struct plan *plan = &run->setup.plan;
	size_t count = plan->count + plan->errors.count;
	struct file_row *rows = arena_alloc(&run->setup.arena, count * sizeof(*rows));

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_input *input = &plan->inputs[i];
		const struct input_result *result = &run->pipeline.results[i];
		rows[i] = (struct file_row){
			.path = str_of(input->path),
			.server = str_of(plan->servers[input->server].name),
			.format = str_of(log_format_names[input->parser.format]),
			.time_basis = str_of(input->time_basis),
			.bytes = result->bytes,
			.lines = result->lines,
			.skipped_bytes = result->skipped_bytes,
			.complete = result->complete,
			.error = str_of(result->err.text),
		};
	}
	for (size_t i = 0; i < plan->errors.count; i++)
		rows[plan->count + i] =
			(struct file_row){.path = str_of(plan->errors.all[i].path),
					  .error = str_of(plan->errors.all[i].text)};
	return rows;
}

/* Rules that did not do their work here: switched off, or never able to match this log. */
static struct rule_note *
rule_notes(struct report_run *run, size_t *count)
{
	const struct ruleset *rules = &run->setup.rules;
	const struct streams *streams = &run->pipeline.tally.streams;
	struct rule_note *notes =
		arena_alloc(&run->setup.arena, (rules->count * 2 + 2) * sizeof(*notes));
	uint32_t facts = 0;
	size_t n = 0;

	for (size_t i = 0; i < streams->count; i++)
		facts |= streams->all[i].facts;
	for (size_t i = 0; i < run->pipeline.disabled_count; i++)
		notes[n++] = (struct rule_note){
			rules->rules[run->pipeline.disabled[i]].title,
			STR("switched off: a pattern took more steps than a rule may take")};
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->rules[i];
		if (rule->needs_rcode && rule->needs_request && !(facts & FACT_RCODE))
			notes[n++] = (struct rule_note){
				rule->title, STR("can never match: these logs tell no rcode")};
		else if (rule->needs_flags && !(facts & FACT_FLAGS))
			notes[n++] = (struct rule_note){
				rule->title, STR("can never match: these logs tell no flags")};
	}
	if (!run->options->key_file)
		notes[n++] = (struct rule_note){STR("sample key"),
						STR("the default one is in use: who knows it can "
						    "choose names that the samples "
						    "pass over; make one with --key-file")};
	*count = n;
	return notes;
}

static void
make_summary(struct report_run *run)
{
	struct summary_input input = {
		.tally = &run->pipeline.tally,
		.findings = &run->findings,
		.version = VERSION,
		.file_count = run->setup.plan.count + run->setup.plan.errors.count,
		.files = file_rows(run),
		.top = run->options->top ? (size_t)run->options->top : TOP_FILES,
		.memory_limit = run->setup.memory,
		.partial = interrupted != 0,
	};

	input.settings = setup_rows(&run->setup, &input.setting_count);
	input.notes = rule_notes(run, &input.note_count);
	summary_make(&run->summary, &input);
}

static bool
wants_color(const struct options *options)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (options->color != WHEN_AUTO)
		return options->color == WHEN_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && no_color[0]) && term &&
	       strcmp(term, "dumb") != 0;
}

static int
write_one(struct report_run *run, const struct report_format *format, const char *path)
{
	const struct options *options = run->options;
	bool standard_output = strcmp(path, "-") == 0;
	struct report_options how = {
		.color = standard_output && wants_color(options),
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.level = (enum level)options->level,
		.top = options->top ? (size_t)options->top : TOP_TEXT,
		.examples = (size_t)options->examples,
		.quiet = options->quiet,
		.verbose = options->verbose,
	};
	struct err err;

	if (report_write(format, &run->summary, &how, path, &err) == 0)
		return 0;
	fprintf(stderr, "digtrail: %s\n", err.text);
	return -1;
}

static int
write_reports(struct report_run *run)
{
	const struct options *options = run->options;
	const struct report_format *given =
		options->format >= 0 ? report_formats[options->format] : NULL;
	int status = 0;

	if (options->outputs.count == 0)
		return write_one(run, given ? given : &report_text, "-");
	for (size_t i = 0; i < options->outputs.count; i++) {
		const char *path = options->outputs.items[i];
		const struct report_format *format = given ? given : report_by_path(path);
		if (write_one(run, format ? format : &report_text, path) != 0)
			status = -1;
	}
	return status;
}

static void
print_stats(const struct report_run *run, const struct timespec *start)
{
	struct timespec end;
	struct rusage usage;

	clock_gettime(CLOCK_MONOTONIC, &end);
	getrusage(RUSAGE_SELF, &usage);
	double seconds =
		(double)(end.tv_sec - start->tv_sec) + (double)(end.tv_nsec - start->tv_nsec) / 1e9;
	fprintf(stderr,
		"digtrail: %.3f s, %.1f million lines a second, %.1f MB/s, peak memory %ld MiB\n",
		seconds, (double)run->summary.input_lines / seconds / 1e6,
		(double)run->summary.input_bytes / seconds / 1e6, usage.ru_maxrss / 1024);
}

static enum exit_status
status_of(const struct report_run *run, bool written)
{
	if (interrupted)
		return EXIT_INTERRUPTED;
	if (run->trouble || !written || run->setup.rules_are_faulty || run->setup.zones_are_faulty)
		return EXIT_TROUBLE;
	for (size_t i = 0; i < run->findings.count && run->options->fail_on >= 0; i++)
		if (!run->findings.all[i].suppressed_by.n &&
		    (int)run->findings.all[i].level >= run->options->fail_on)
			return EXIT_FOUND;
	return EXIT_ALL_READ;
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

static enum exit_status
analyse(struct report_run *run)
{
	const struct options *options = run->options;
	struct timespec start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	say_plan(run);
	/* Nothing of what was given can be read: files still say so, a person has been told. */
	if (run->setup.plan.count == 0 && run->trouble && options->outputs.count == 0 &&
	    options->format < 0)
		return EXIT_TROUBLE;
	run->pipeline = (struct pipeline){
		.plan = &run->setup.plan,
		.settings = &run->setup.tally,
		.progress = &run->progress,
		.interrupted = &interrupted,
		.threads = options->jobs ? (size_t)options->jobs : workers_processors(),
	};
	progress_start(&run->progress, stderr, (enum option_when)options->progress,
		       bytes_to_read(&run->setup.plan));
	pipeline_run(&run->pipeline);
	progress_end(&run->progress);
	say_inputs(run);
	detect_run(&(struct detect_input){.tally = &run->pipeline.tally,
					  .settings = &run->setup.detect,
					  .oracle = run->setup.oracle,
					  .providers = run->setup.providers},
		   &run->findings);
	make_summary(run);
	if (!options->quiet)
		existence_warn(run->setup.oracle, run->summary.last, stderr);
	bool written = write_reports(run) == 0;
	if (options->stats)
		print_stats(run, &start);
	enum exit_status status = status_of(run, written);
	summary_release(&run->summary);
	pipeline_release(&run->pipeline);
	return status;
}

int
cmd_report(const struct options *options)
{
	struct report_run run = {.options = options};
	struct err err;
	enum exit_status status = EXIT_TROUBLE;

	setlocale(LC_CTYPE, "");
	catch_interrupts();
	findings_init(&run.findings);
	if (setup_make(&run.setup, options, stderr, &err) == 0)
		status = analyse(&run);
	else
		fprintf(stderr, "digtrail: %s\n", err.text);
	findings_release(&run.findings);
	setup_release(&run.setup);
	return status;
}
