#include "cli/cmd_follow.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/analysis.h"
#include "cli/cmd_report.h"
#include "cli/interrupt.h"
#include "cli/live.h"
#include "report/escape.h"
#include "report/report.h"

enum { ID_TEXT = 32, STATUS_EVERY_MS = 1000 };

/* A finding that was told, and how high it stood then. */
struct announced {
	char id[ID_TEXT];
	int level;
};

struct follow {
	struct live live;
	struct analysis *analysis;
	uint64_t status_lines;
	int64_t last_status; /* monotonic milliseconds */
	size_t told_count;
	struct announced *told;
	bool is_terminal;
};

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
judge(struct live *live, FILE *to_parent)
{
	const struct follow *follow = live->context;
	struct analysis *analysis = live->analysis;

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
	}
	told->level = level;
}

/* "ID LEVEL" a line. */
static void
note_judged(struct live *live, FILE *from_copy)
{
	char line[ID_TEXT + 16];
	uint64_t level;

	while (fgets(line, sizeof(line), from_copy)) {
		char *blank = strchr(line, ' ');
		if (!blank)
			continue;
		*blank = '\0';
		struct str number = str_of(blank + 1);
		if (str_take_number(&number, LEVELS - 1, &level))
			note_told(live->context, line, (int)level);
	}
}

static void
show_status(struct follow *follow)
{
	const struct live *live = &follow->live;
	int64_t since = live->now - follow->last_status;

	if (!isatty(STDERR_FILENO) || since < STATUS_EVERY_MS)
		return;
	fprintf(stderr, "\r%llu lines, %lld a second, %zu findings\033[K",
		(unsigned long long)live->line_count,
		(long long)((int64_t)(live->line_count - follow->status_lines) * 1000 / since),
		follow->told_count);
	fflush(stderr);
	follow->last_status = live->now;
	follow->status_lines = live->line_count;
}

static void
answer(const struct follow *follow)
{
	if (!interrupt_asked)
		return;
	interrupt_asked = 0;
	clear_status();
	fprintf(stderr, "digtrail: %llu lines, %zu findings\n",
		(unsigned long long)follow->live.line_count, follow->told_count);
}

static void
run(struct follow *follow)
{
	while (!interrupt_flag) {
		bool any = live_read(&follow->live);
		show_status(follow);
		answer(follow);
		if (!any)
			live_wait(&follow->live, -1);
	}
	live_settle(&follow->live);
	clear_status();
}

/* Ctrl-C is how it ends: the report is whole. */
static int
follow_logs(struct analysis *analysis)
{
	struct follow follow = {
		.live = {.analysis = analysis, .judge = judge, .judged = note_judged},
		.analysis = analysis,
		.is_terminal = isatty(STDOUT_FILENO),
	};

	follow.live.context = &follow;
	int status = live_open(&follow.live);
	if (status == 0)
		run(&follow);
	live_close(&follow.live);
	free(follow.told);
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
		interrupt_tell(NULL);
		status = follow_logs(&analysis);
	}
	analysis_release(&analysis);
	return status;
}
