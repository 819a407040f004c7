#include "cli/cmd_report.h"

#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/resource.h>

#include "cli/analysis.h"
#include "cli/notes.h"
#include "cli/terminal.h"
#include "report/check.h"
#include "report/geo.h"
#include "report/report.h"

enum { TOP_TEXT = 10, TOP_FILES = 100 };

struct report_run {
	const struct options *options;
	struct analysis analysis;
	struct summary summary;
	struct geo *geo; /* NULL without databases */
};

static struct file_row *
file_rows(struct analysis *analysis)
{
	const struct saved_run *run = &analysis->run;
	size_t count = run->input_count + run->unread_count;
	struct file_row *rows = arena_alloc(&analysis->setup.arena, (count + 1) * sizeof(*rows));

	for (size_t i = 0; i < run->input_count; i++) {
		const struct saved_input *input = &run->inputs[i];
		rows[i] = (struct file_row){
			.path = input->path,
			.server = analysis->setup.tally.servers[input->server_number].name,
			.format = input->format,
			.time_basis = input->time_basis,
			.bytes = input->bytes,
			.lines = input->lines,
			.skipped_bytes = input->skipped_bytes,
			.complete = input->complete,
			.error = input->error,
		};
	}
	for (size_t i = 0; i < run->unread_count; i++)
		rows[run->input_count + i] = (struct file_row){.path = run->unread[i].path,
							       .error = run->unread[i].text};
	return rows;
}

static const struct report_format *
format_of(const struct options *options, const char *path)
{
	const struct report_format *format =
		options->format >= 0 ? report_formats[options->format] : report_by_path(path);

	return format ? format : &report_text;
}

/* What goes to standard output besides the outputs that are named; NULL: nothing. */
static const struct report_format *
standard_format(const struct options *options)
{
	if (options->check)
		return &report_check;
	if (options->state && options->quiet && options->format < 0)
		return &report_mail;
	return options->outputs.count == 0 ? format_of(options, "-") : NULL;
}

/* Where somebody who reads the mail finds all of it. */
static const char *
full_report(const struct options *options)
{
	for (size_t i = 0; i < options->outputs.count; i++)
		if (format_of(options, options->outputs.items[i]) != &report_mail)
			return options->outputs.items[i];
	return NULL;
}

/* Pictures take a look at the whole tally: only where somebody will see them. */
static bool
wants_pictures(const struct options *options)
{
	if (standard_format(options) == &report_html)
		return true;
	for (size_t i = 0; i < options->outputs.count; i++)
		if (format_of(options, options->outputs.items[i]) == &report_html)
			return true;
	return false;
}

static void
make_summary(struct report_run *run)
{
	struct analysis *analysis = &run->analysis;
	struct summary_input input = {
		.tally = &analysis->pipeline.tally,
		.baseline = nightly_baseline(&analysis->nightly),
		.findings = &analysis->findings,
		.version = VERSION,
		.file_count = analysis->run.input_count + analysis->run.unread_count,
		.files = file_rows(analysis),
		.top = run->options->top ? (size_t)run->options->top : TOP_FILES,
		.workers = analysis->setup.workers,
		.memory_limit = analysis->setup.memory,
		.partial = analysis_is_interrupted(analysis),
		.pictures = wants_pictures(run->options),
		.geo = run->geo,
		.redact = run->options->redact ? &analysis->setup.pseudonyms : NULL,
		.night = analysis->nightly.is_open ? &analysis->nightly.night : NULL,
	};

	input.settings = setup_rows(&analysis->setup, &input.setting_count);
	input.notes = notes_make(analysis, &input.note_count);
	summary_make(&run->summary, &input);
}

static int
write_one(struct report_run *run, const struct report_format *format, const char *path)
{
	const struct options *options = run->options;
	bool standard_output = strcmp(path, "-") == 0;
	struct report_options how = {
		.color = standard_output && terminal_wants_color(options),
		.utf8 = terminal_is_utf8(),
		.level = (enum level)options->level,
		.top = options->top ? (size_t)options->top : TOP_TEXT,
		.examples = (size_t)options->examples,
		.quiet = options->quiet && (standard_output || !options->state),
		.verbose = options->verbose,
		.force_unproven = options->force_unproven,
		.troubled = analysis_status(&run->analysis) != EXIT_ALL_READ,
		.full_report = full_report(options),
		.path = standard_output ? NULL : path,
	};
	struct err err;

	struct outfile file;
	if (report_prepare(format, &run->summary, &how, path, &file, &err) == 0 &&
	    nightly_put(&run->analysis.nightly, &file, &err) == 0)
		return 0;
	fprintf(stderr, "digtrail: %s\n", err.text);
	return -1;
}

static int
write_reports(struct report_run *run)
{
	const struct options *options = run->options;
	int status = 0;

	const struct report_format *format = standard_format(options);
	if (format && write_one(run, format, "-") != 0)
		status = -1;
	for (size_t i = 0; i < options->outputs.count; i++) {
		const char *path = options->outputs.items[i];
		if (write_one(run, format_of(options, path), path) != 0)
			status = -1;
	}
	return status;
}

/* Puts the saved tally in its place. */
static int
save_tally(struct report_run *run)
{
	struct err err;

	if (!run->options->save)
		return 0;
	if (!run->analysis.is_saved)
		return -1;
	if (nightly_put(&run->analysis.nightly, &run->analysis.saved, &err) == 0)
		return 0;
	fprintf(stderr, "digtrail: %s\n", err.text);
	return -1;
}

/* Standard output is told first, then the state moves, then the files stand in their places. */
static int
commit_night(struct report_run *run, bool written)
{
	struct err err;

	if (analysis_is_interrupted(&run->analysis) || !written)
		return 0;
	if (fflush(stdout) != 0 || ferror(stdout))
		return -1;
	if (nightly_commit(&run->analysis.nightly, &run->analysis.pipeline.tally, &err) == 0)
		return 0;
	fprintf(stderr, "digtrail: --state %s: %s\n", run->options->state, err.text);
	return -1;
}

static void
print_stats(const struct report_run *run)
{
	const struct timespec *start = &run->analysis.start;
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
plugin_status(const struct report_run *run, bool written)
{
	struct report_options how = {
		.level = (enum level)run->options->level,
		.troubled = !written || analysis_status(&run->analysis) != EXIT_ALL_READ,
	};

	return (enum exit_status)check_status(&run->summary, &how);
}

/* Tonight's, for --fail-on: nobody expects it, and it is not over since long. */
static bool
is_failure(const struct options *options, const struct finding *finding)
{
	return !finding->suppressed_by.n && finding->status != STATUS_HISTORY &&
	       finding->status != STATUS_ENDED && (int)finding->level >= options->fail_on;
}

static enum exit_status
status_of(const struct report_run *run, bool written)
{
	const struct findings *findings = &run->analysis.findings;
	enum exit_status status = analysis_status(&run->analysis);

	if (run->options->check)
		return plugin_status(run, written);
	if (status != EXIT_ALL_READ)
		return status;
	if (!written)
		return EXIT_TROUBLE;
	for (size_t i = 0; i < findings->count && run->options->fail_on >= 0; i++)
		if (is_failure(run->options, &findings->all[i]))
			return EXIT_FOUND;
	return EXIT_ALL_READ;
}

/* An ending that names no format: nobody wants a page of text called x.html. */
static bool
has_strange_ending(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash ? slash : path, '.');

	return dot && dot[1] && strcmp(dot, ".log") != 0 && !report_by_path(path);
}

/* What is read must not be written over. */
static int
check_output(const struct options *options, const char *option, const char *path)
{
	struct stat output, input;

	if (stat(path, &output) != 0 || !S_ISREG(output.st_mode))
		return 0;
	for (size_t j = 0; j < options->operands.count; j++) {
		if (stat(options->operands.items[j], &input) != 0 ||
		    input.st_dev != output.st_dev || input.st_ino != output.st_ino)
			continue;
		fprintf(stderr, "digtrail: --%s %s is one of the %s\n", option, path,
			options->command->id == COMMAND_MERGE ? "tallies" : "logs");
		return -1;
	}
	return 0;
}

/* Before anything is read: a format for each output, and no input is written over. */
static int
check_outputs(const struct options *options)
{
	for (size_t i = 0; i < options->outputs.count; i++) {
		const char *path = options->outputs.items[i];
		if (options->format < 0 && has_strange_ending(path)) {
			fprintf(stderr,
				"digtrail: --output %s: no format has that ending; name one with "
				"--format\n",
				path);
			return -1;
		}
		if (check_output(options, "output", path) != 0)
			return -1;
	}
	return options->save ? check_output(options, "save", options->save) : 0;
}

int
cmd_report_addresses(const struct options *options, struct geo **geo)
{
	struct err err;

	*geo = NULL;
	if (options->redact && !options->key_file) {
		fputs("digtrail: --redact needs --key-file: with the public default key anybody "
		      "could tell the addresses\n",
		      stderr);
		return -1;
	}
	if (options->geo.count == 0)
		return 0;
	*geo = geo_open(options->geo.items, options->geo.count, &err);
	if (*geo)
		return 0;
	fprintf(stderr, "digtrail: %s\n", err.text);
	return -1;
}

/* What must be there before an hour of reading. */
static int
prepare(struct report_run *run)
{
	return check_outputs(run->options) == 0 ? cmd_report_addresses(run->options, &run->geo)
						: -1;
}

int
cmd_report_write(const struct analysis *analysis, const struct report_format *format)
{
	/* A shallow copy: nothing of it is released here. */
	struct report_run run = {.options = analysis->options, .analysis = *analysis};

	make_summary(&run);
	int status = format ? write_one(&run, format, "-") : write_reports(&run);
	summary_release(&run.summary);
	return status;
}

int
cmd_report(const struct options *options)
{
	static struct report_run run; /* see analysis_abandon */
	enum exit_status status = EXIT_TROUBLE;

	run = (struct report_run){.options = options};

	setlocale(LC_CTYPE, "");
	if (prepare(&run) != 0)
		return EXIT_TROUBLE;
	if (analysis_run(&run.analysis, options) == 0) {
		make_summary(&run);
		bool written = write_reports(&run) == 0;
		if (save_tally(&run) != 0 || commit_night(&run, written) != 0)
			written = false;
		if (options->stats)
			print_stats(&run);
		status = status_of(&run, written);
		summary_release(&run.summary);
	} else if (options->check) {
		puts("DIGTRAIL UNKNOWN - nothing could be read, see standard error");
		status = EXIT_UNKNOWN;
	}
	analysis_abandon(&run.analysis);
	geo_close(run.geo);
	return status;
}
