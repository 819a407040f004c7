#include "cli/cmd_follow.h"

#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/analysis.h"
#include "cli/cmd_report.h"
#include "cli/confine.h"
#include "cli/follow_line.h"
#include "cli/interrupt.h"
#include "cli/siblings.h"
#include "cli/tail.h"
#include "report/escape.h"
#include "report/report.h"

enum {
	ID_TEXT = 32,
	JUDGE_EVERY_MS = 2000, /* at most, and */
	JUDGE_SHARE = 10,      /* a tenth of the time */
	POLL_MS = 500,
	STATUS_EVERY_MS = 1000,
	FILLS_A_TURN = 16, /* no file keeps the others waiting */
	DAY_MS = 86400000,
};

/* A finding that was told, and how high it stood then. */
struct announced {
	char id[ID_TEXT];
	int level;
};

struct follow {
	struct analysis *analysis;
	struct tail *tails;
	struct follow_line *lines; /* by tail: what is needed to count its lines */
	uint64_t line_count, judged_at, status_lines;
	int64_t now, last_judged, judge_took, last_status; /* monotonic milliseconds */
	int64_t first_time; /* of the log's: a day after it the tally begins anew */
	size_t told_count;
	struct announced *told;
	uint64_t findings;
	pid_t judge; /* the process that judges; 0: none */
	int from_judge;
	bool is_terminal;
};

/* With its slash; empty: the working directory. */
static struct str
path_directory(struct str path)
{
	while (path.n > 0 && path.p[path.n - 1] != '/')
		path.n--;
	return path;
}

static int64_t
monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct announced *
find_told(const struct follow *follow, struct str id)
{
	for (size_t i = 0; i < follow->told_count; i++)
		if (str_eq(str_of(follow->told[i].id), id))
			return &follow->told[i];
	return NULL;
}

/* Keeps of the findings those that are new at the level asked for, or stand higher than told. */
static void
keep_news(const struct follow *follow, struct findings *findings)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->all[i];
		const struct announced *told = find_told(follow, finding->id);
		if ((int)finding->level < follow->analysis->options->level ||
		    finding->suppressed_by.n || (told && (int)finding->level <= told->level))
			continue;
		finding->status = told ? STATUS_ESCALATED : STATUS_NEW;
		findings->all[n++] = *finding;
	}
	findings->count = n;
}

static void
print_news(const struct finding *finding)
{
	char time[TIME_TEXT], address[IP_TEXT];
	struct buf line;

	buf_init(&line, 4096);
	buf_printf(&line, "%s  %s%s: ", timestamp_print(finding->last_seen, time),
		   level_names[finding->level],
		   finding->status == STATUS_ESCALATED ? " (escalated)" : "");
	escape_text(&line, finding->title);
	if (finding->address_count)
		buf_printf(&line, "  %s", ip_print(&finding->addresses[0], address));
	if (finding->address_count > 1)
		buf_printf(&line, " and %zu more", finding->address_count - 1);
	buf_printf(&line, "  [%.*s]\n", STR_ARG(finding->id));
	fwrite(line.p, 1, line.n, stdout);
	buf_release(&line);
}

/* So that what is printed next has the line for itself. */
static void
clear_status(void)
{
	if (!isatty(STDERR_FILENO))
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}

/* In the process that judges: tells what is new, and the parent what was told. */
static void
judge(const struct follow *follow, FILE *to_parent)
{
	struct analysis *analysis = follow->analysis;

	analysis_judge(analysis);
	keep_news(follow, &analysis->findings);
	if (follow->is_terminal && analysis->findings.count)
		clear_status();
	if (follow->is_terminal)
		for (size_t i = 0; i < analysis->findings.count; i++)
			print_news(&analysis->findings.all[i]);
	else if (analysis->findings.count)
		cmd_report_write(analysis, &report_ndjson);
	fflush(stdout);
	for (size_t i = 0; i < analysis->findings.count; i++)
		fprintf(to_parent, "%.*s %d\n", STR_ARG(analysis->findings.all[i].id),
			(int)analysis->findings.all[i].level);
	fclose(to_parent);
}

/*
 * A copy of this process judges what is counted so far while this one reads on: the tally
 * stays as it is, and a long judgement costs no line.
 */
static void
start_judge(struct follow *follow)
{
	int ends[2];

	if (pipe(ends) != 0)
		return;
	fflush(NULL);
	follow->judge = fork();
	if (follow->judge == 0) {
		FILE *to_parent = fdopen(ends[1], "w");
		close(ends[0]);
		if (to_parent)
			judge(follow, to_parent);
		_exit(0);
	}
	close(ends[1]);
	if (follow->judge < 0) {
		close(ends[0]);
		follow->judge = 0;
		return;
	}
	follow->from_judge = ends[0];
	follow->last_judged = follow->now;
	follow->judged_at = follow->line_count;
}

static void
note_told(struct follow *follow, const char *id, int level)
{
	struct announced *told = find_told(follow, str_of(id));

	if (!told) {
		follow->told =
			xrealloc(follow->told, follow->told_count + 1, sizeof(*follow->told));
		told = &follow->told[follow->told_count++];
		snprintf(told->id, sizeof(told->id), "%s", id);
		follow->findings++;
	}
	told->level = level;
}

/* Waits for the judge, or looks whether it has ended. */
static void
end_judge(struct follow *follow, bool wait)
{
	char line[ID_TEXT + 16]; /* "ID LEVEL\n" */
	uint64_t level;

	if (!follow->judge)
		return;
	struct pollfd ready = {.fd = follow->from_judge, .events = POLLIN};
	if (!wait && poll(&ready, 1, 0) == 0)
		return;
	FILE *in = fdopen(follow->from_judge, "r");
	while (in && fgets(line, sizeof(line), in)) {
		char *blank = strchr(line, ' ');
		if (!blank)
			continue;
		*blank = '\0';
		struct str number = str_of(blank + 1);
		if (str_take_number(&number, LEVELS - 1, &level))
			note_told(follow, line, (int)level);
	}
	if (in)
		fclose(in);
	waitpid(follow->judge, NULL, 0);
	follow->judge_took = monotonic_ms() - follow->last_judged;
	follow->judge = 0;
}

static void
show_status(struct follow *follow, bool last)
{
	int64_t since = follow->now - follow->last_status;

	if (!isatty(STDERR_FILENO) || (!last && since < STATUS_EVERY_MS))
		return;
	if (last)
		clear_status();
	else
		fprintf(stderr, "\r%llu lines, %lld a second, %llu findings\033[K",
			(unsigned long long)follow->line_count,
			(long long)((int64_t)(follow->line_count - follow->status_lines) * 1000 /
				    (since ? since : 1)),
			(unsigned long long)follow->findings);
	fflush(stderr);
	follow->last_status = follow->now;
	follow->status_lines = follow->line_count;
}

/* A day's lines are judged together; then the memory is given back. */
static void
retire(struct follow *follow, int64_t time)
{
	struct pipeline *pipeline = &follow->analysis->pipeline;

	if (time == TIME_NONE)
		return;
	if (follow->first_time == TIME_NONE)
		follow->first_time = time;
	if (time - follow->first_time < DAY_MS)
		return;
	end_judge(follow, true);
	start_judge(follow);
	end_judge(follow, true);
	tally_release(&pipeline->tally);
	tally_init(&pipeline->tally, pipeline->settings);
	follow->first_time = time;
}

/* Reads what is there of one file; true when there was something. */
static bool
read_tail(struct follow *follow, size_t i)
{
	struct tail *tail = &follow->tails[i];
	struct str line;
	uint64_t offset;
	bool any = false;

	for (int turn = 0; turn < FILLS_A_TURN && tail_fill(tail); turn++) {
		int64_t time = TIME_NONE;
		any = true;
		while (tail_line(tail, &line, &offset)) {
			int64_t told =
				follow_line_add(&follow->lines[i], line, offset, tail->lines);
			time = told == TIME_NONE ? time : told;
			follow->line_count++;
		}
		retire(follow, time);
	}
	return any;
}

static bool
read_all(struct follow *follow)
{
	bool any = false;

	for (size_t i = 0; i < follow->analysis->setup.plan.count && !interrupt_flag; i++)
		if (!follow->analysis->setup.plan.inputs[i].is_left_out)
			any |= read_tail(follow, i);
	return any;
}

static void
look_around(struct follow *follow)
{
	follow->now = monotonic_ms();
	end_judge(follow, false);
	int64_t pause = follow->judge_took * JUDGE_SHARE;
	if (pause < JUDGE_EVERY_MS)
		pause = JUDGE_EVERY_MS;
	if (!follow->judge && follow->line_count > follow->judged_at &&
	    follow->now - follow->last_judged >= pause)
		start_judge(follow);
	show_status(follow, false);
	if (interrupt_asked) {
		interrupt_asked = 0;
		fprintf(stderr, "digtrail: %llu lines, %llu findings\n",
			(unsigned long long)follow->line_count,
			(unsigned long long)follow->findings);
	}
}

/* The directories of the files: also a file that takes a name again wakes us. */
static int
watch(const struct plan *plan)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < plan->count; i++) {
		char directory[4096];
		const char *slash = strrchr(plan->inputs[i].path, '/');
		size_t n = slash ? (size_t)(slash - plan->inputs[i].path) : 0;
		snprintf(directory, sizeof(directory), "%.*s", slash ? (int)(n ? n : 1) : 1,
			 slash ? plan->inputs[i].path : ".");
		inotify_add_watch(fd, directory, IN_MODIFY | IN_CREATE | IN_MOVED_TO);
	}
	return fd;
}

static void
run(struct follow *follow)
{
	int fd = watch(&follow->analysis->setup.plan);
	char events[4096];

	while (!interrupt_flag) {
		bool any = read_all(follow);
		look_around(follow);
		if (any)
			continue;
		struct pollfd change = {.fd = fd, .events = POLLIN};
		if (poll(&change, fd >= 0 ? 1 : 0, POLL_MS) > 0)
			while (read(fd, events, sizeof(events)) > 0)
				;
	}
	if (fd >= 0)
		close(fd);
	end_judge(follow, true);
	show_status(follow, true);
}

/* Whether the input is a rotated file of another one, which brings the lines behind it. */
static bool
is_rotated(const struct plan *plan, size_t which)
{
	struct str path = str_of(plan->inputs[which].path), directory = path_directory(path);

	for (size_t i = 0; i < plan->count; i++) {
		struct str other = str_of(plan->inputs[i].path);
		if (str_eq(path_directory(other), directory) &&
		    siblings_are(str_skip(other, directory.n), str_skip(path, directory.n)))
			return true;
	}
	return false;
}

/* Only what is plain can grow; -1 with a word where nothing is. */
static int
open_tails(struct follow *follow)
{
	struct analysis *analysis = follow->analysis;
	struct plan *plan = &analysis->setup.plan;
	size_t plain = 0;

	follow->tails = xcalloc(plan->count + 1, sizeof(*follow->tails));
	follow->lines = xcalloc(plan->count + 1, sizeof(*follow->lines));
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_input *input = &plan->inputs[i];
		if (!input->is_regular || input->kind != SOURCE_PLAIN) {
			analysis_say(input->path, "not followed: only plain files grow");
			input->is_left_out = true;
			continue;
		}
		tail_open(&follow->tails[i], input->path, is_rotated(plan, i));
		follow_line_init(&follow->lines[i], analysis, i);
		plain++;
	}
	if (plain)
		return 0;
	fputs("digtrail: follow: no plain log to follow\n", stderr);
	return -1;
}

static void
close_tails(struct follow *follow)
{
	struct plan *plan = &follow->analysis->setup.plan;

	for (size_t i = 0; i < plan->count; i++) {
		struct input_result *result = &follow->analysis->pipeline.results[i];
		result->complete = true;
		if (!follow->tails[i].buffer)
			continue;
		result->lines = follow->tails[i].lines;
		result->bytes = follow->tails[i].offset;
		tally_end_chunk(&follow->analysis->pipeline.tally, (uint32_t)i, 0, result->lines, 0,
				0);
		tail_close(&follow->tails[i]);
		follow_line_release(&follow->lines[i]);
	}
	free(follow->tails);
	free(follow->lines);
	free(follow->told);
}

/* Ctrl-C is how it ends: the report is whole. */
static int
follow_logs(struct analysis *analysis)
{
	struct follow follow = {.analysis = analysis,
				.first_time = TIME_NONE,
				.is_terminal = isatty(STDOUT_FILENO)};
	struct pipeline *pipeline = &analysis->pipeline;

	*pipeline = (struct pipeline){.plan = &analysis->setup.plan,
				      .settings = &analysis->setup.tally,
				      .interrupted = &interrupt_flag};
	tally_init(&pipeline->tally, pipeline->settings);
	pipeline->results = xcalloc(analysis->setup.plan.count + 1, sizeof(*pipeline->results));
	analysis->is_made = true;
	int status = open_tails(&follow);
	if (status == 0)
		run(&follow);
	close_tails(&follow);
	if (status != 0)
		return EXIT_TROUBLE;
	interrupt_flag = 0;
	analysis_judge(analysis);
	if (follow.is_terminal || analysis->options->outputs.count)
		status = cmd_report_write(analysis, NULL);
	return status == 0 && !analysis->trouble ? EXIT_ALL_READ : EXIT_TROUBLE;
}

int
cmd_follow(const struct options *options)
{
	struct analysis analysis;
	int status = EXIT_TROUBLE;

	if (options->operands.count == 0) {
		fputs("digtrail: follow needs logs\nTry 'digtrail help follow'.\n", stderr);
		return EXIT_TROUBLE;
	}
	setlocale(LC_CTYPE, "");
	if (analysis_prepare(&analysis, options) == 0) {
		confine_files(options, &analysis.setup.plan, stderr);
		status = follow_logs(&analysis);
	}
	analysis_release(&analysis);
	return status;
}
