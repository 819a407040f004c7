#include "cli/cmd_top.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/analysis.h"
#include "cli/board.h"
#include "cli/cmd_explain.h"
#include "cli/interrupt.h"
#include "cli/live.h"
#include "cli/pager.h"
#include "cli/rotated.h"
#include "cli/search.h"
#include "cli/terminal.h"
#include "report/escape.h"
#include "report/phrase.h"

enum {
	ROWS = 5000, /* of sources and of zones */
	HEAD = 1,    /* rows of the screen above the tables */
	FOOT = 3,    /* rows that are none of a table's or a page's lines */
	SEARCH_MEMORY = 64 << 20,
	WAIT_MS = 500,
	WAIT_PAGE_MS = 50,
	RATE_EVERY_MS = 1000,
};

struct top {
	struct analysis *analysis;
	bool is_live;
	struct live live;
	struct screen *screen;
	struct view view;
	struct board board;
	struct pager pager;
	bool has_page, is_over, is_stale; /* the picture is not what is known */
	const char *key;                  /* of the row that is looked into */
	enum view_table table;
	uint64_t rate, rate_lines;
	int64_t rate_at;
	char word[sizeof(((struct err *)0)->text)]; /* what went wrong last */
};

/* In the process that judges, or once over files. */
static void
look(struct analysis *analysis, struct view *view)
{
	struct summary summary;
	struct summary_input input = {
		.tally = &analysis->pipeline.tally,
		.findings = &analysis->findings,
		.version = VERSION,
		.top = ROWS,
		.memory_limit = analysis->setup.memory,
		.partial = analysis_is_interrupted(analysis),
	};

	summary_make(&summary, &input);
	view_make(view, &summary);
	summary_release(&summary);
}

static void
judge(struct live *live, FILE *to_parent)
{
	struct view view;

	analysis_judge(live->analysis);
	look(live->analysis, &view);
	view_write(&view, to_parent);
	view_release(&view);
}

static void
take_view(struct live *live, FILE *from_copy)
{
	struct top *top = live->context;
	struct view view;

	if (!view_read(&view, from_copy))
		return;
	view_release(&top->view);
	top->view = view;
	board_arrange(&top->board, &top->view);
	top->is_stale = true;
}

/* In a copy of the process: the page of digtrail explain. */
static void
write_explanation(void *context, FILE *out)
{
	struct top *top = context;

	struct report_options how = {.examples = EXPLAIN_EXAMPLES, .verbose = true};

	if (top->is_live)
		analysis_judge(top->analysis);
	if (!cmd_explain_write(top->analysis, top->key, NULL, &how, out))
		fprintf(out, "It is not in these logs any more.\n");
}

/* The filter of the command line, narrowed to the row. */
static int
make_filter(struct top *top, struct filter *filter, struct err *err)
{
	struct analysis *analysis = top->analysis;
	struct options options = *analysis->options;
	struct prefix prefix;
	struct ip address;

	options.since = options.until = NULL;
	if (top->table == VIEW_SOURCES && ip_parse(str_of(top->key), &address)) {
		prefix = ip_prefix(&address, 32, 128);
		options.sources = (struct option_peers){.prefix_count = 1, .prefixes = &prefix};
	} else if (top->table == VIEW_ZONES) {
		options.zones = (struct option_list){.count = 1, .items = &top->key};
	}
	if (filter_begin(filter, &options, err) != 0 ||
	    filter_end(filter, &options, &analysis->setup.plan, &analysis->setup.rules, TIME_NONE,
		       err) != 0)
		return -1;
	filter->since = analysis->narrowing.filter.since;
	filter->until = analysis->narrowing.filter.until;
	for (size_t i = 0; i < analysis->findings.count && top->table == VIEW_FINDINGS; i++)
		if (str_eq(analysis->findings.all[i].id, str_of(top->key)))
			filter_by_finding(filter, &analysis->findings.all[i]);
	return 0;
}

/* A file's name may hold anything. */
static void
say_error(FILE *out, const char *text)
{
	struct buf line;

	buf_init(&line, SIZE_MAX);
	escape_text(&line, str_of(text));
	fprintf(out, "(%s)\n", line.p);
	buf_release(&line);
}

/* Logs grow and are rotated, and a pipe was read. */
static void
look_at_files(struct plan *plan, FILE *out)
{
	struct stat st;

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_input *input = &plan->inputs[i];
		if (!input->is_regular && !input->is_left_out) {
			input->is_left_out = true;
			say_error(out, "standard input and pipes cannot be read again");
		} else if (stat(input->path, &st) == 0) {
			input->size = (uint64_t)st.st_size;
			input->device = (uint64_t)st.st_dev;
			input->inode = (uint64_t)st.st_ino;
		}
	}
}

/* In a copy of the process: the lines, as digtrail search prints them on a terminal. */
static void
write_lines(void *context, FILE *out)
{
	struct top *top = context;
	struct setup *setup = &top->analysis->setup;
	struct progress progress;
	struct filter filter;
	struct err err;
	struct search search = {
		.plan = &setup->plan,
		.filter = &filter,
		.names = &setup->names,
		.rules = &setup->rules,
		.settings = &setup->tally,
		.progress = &progress,
		.interrupted = &interrupt_flag,
		.memory = SEARCH_MEMORY,
		.form = SEARCH_TEXT,
		.escape = true,
		.out = out,
	};

	if (top->is_live && top->table == VIEW_FINDINGS)
		analysis_judge(top->analysis);
	if (make_filter(top, &filter, &err) != 0) {
		fprintf(out, "%s\n", err.text);
		return;
	}
	look_at_files(&setup->plan, out);
	if (top->is_live)
		rotated_add(&setup->plan, filter.since);
	progress_start(&progress, stderr, WHEN_NEVER, 0);
	search_run(&search);
	if (search.err.text[0])
		fprintf(out, "%s\n", search.err.text);
	for (size_t i = 0; i < setup->plan.count; i++)
		if (search.results[i].err.text[0])
			say_error(out, search.results[i].err.text);
}

static void
open_page(struct top *top, const char *what, void (*write)(void *context, FILE *out))
{
	const struct view_row *row = board_row(&top->board, &top->view);
	char title[PAGER_TITLE];
	struct err err;

	if (!row)
		return;
	top->key = view_text(&top->view, row, VIEW_KEY);
	top->table = top->board.table;
	snprintf(title, sizeof(title), "%s %s", what, view_text(&top->view, row, VIEW_NAME));
	top->has_page = pager_open(&top->pager, title, write, top, &err) == 0;
	if (!top->has_page)
		snprintf(top->word, sizeof(top->word), "%s", err.text);
}

static void
close_page(struct top *top)
{
	pager_close(&top->pager);
	top->has_page = false;
}

static void
obey(struct top *top, int key)
{
	int page = screen_rows(top->screen) - HEAD - FOOT;

	top->word[0] = '\0';
	if (top->has_page && pager_key(&top->pager, key, page))
		return;
	if (top->has_page && (key == 'q' || key == KEY_TYPED_ESCAPE || key == KEY_TYPED_BACKSPACE))
		close_page(top);
	else if (!top->has_page && board_key(&top->board, &top->view, key, page))
		board_arrange(&top->board, &top->view);
	else if (!top->has_page && key == KEY_TYPED_ENTER)
		open_page(top, "explain", write_explanation);
	else if (!top->has_page && key == 'l')
		open_page(top, "lines of", write_lines);
	else if (key == 'q')
		top->is_over = true;
}

static uint64_t
count_lines(const struct top *top)
{
	uint64_t lines = 0;

	if (top->is_live)
		return top->live.line_count;
	for (size_t i = 0; i < top->analysis->setup.plan.count; i++)
		lines += top->analysis->pipeline.results[i].lines;
	return lines;
}

static void
draw_head(struct top *top)
{
	const struct view *view = &top->view;
	struct buf line;
	int worst = LEVELS - 1;

	buf_init(&line, SIZE_MAX);
	phrase_counted(&line, count_lines(top), "line");
	if (top->is_live) {
		buf_add_text(&line, ", ");
		phrase_count(&line, top->rate);
		buf_add_text(&line, " a second");
	}
	if (view->first != TIME_NONE && view->requests) {
		buf_add_text(&line, "  ");
		phrase_period(&line, view->first, view->last);
	}
	if (view->is_partial)
		buf_add_text(&line, "  PARTIAL: interrupted");
	if (top->word[0])
		buf_printf(&line, "  %s", top->word);
	while (worst > 0 && !view->levels[worst])
		worst--;
	screen_put(top->screen, 0, 0, screen_columns(top->screen),
		   worst >= LEVEL_HIGH ? SCREEN_ALARM : SCREEN_BOLD, buf_str(&line));
	buf_release(&line);
}

static void
draw(struct top *top)
{
	screen_clear(top->screen);
	draw_head(top);
	if (top->has_page)
		pager_draw(&top->pager, top->screen, HEAD);
	else
		board_draw(&top->board, &top->view, top->screen, HEAD);
	screen_show(top->screen);
	top->is_stale = false;
}

static void
note_rate(struct top *top)
{
	const struct live *live = &top->live;
	int64_t since = live->now - top->rate_at;

	if (since < RATE_EVERY_MS)
		return;
	top->rate = (live->line_count - top->rate_lines) * 1000 / (uint64_t)since;
	top->rate_lines = live->line_count;
	top->rate_at = live->now;
	top->is_stale = true;
}

/* Reads on where something grows; how long a key may be waited for then. */
static int
read_on(struct top *top, int keys)
{
	bool has_writer = top->has_page && !pager_is_complete(&top->pager);

	if (!top->is_live)
		return has_writer ? WAIT_PAGE_MS : WAIT_MS;
	bool any = live_read(&top->live);
	note_rate(top);
	if (!any && !has_writer)
		live_wait(&top->live, keys);
	return !any && has_writer ? WAIT_PAGE_MS : 0;
}

static void
run(struct top *top, int keys)
{
	top->is_stale = true;
	while (!top->is_over && !interrupt_flag) {
		int wait = read_on(top, keys);
		if (top->has_page && pager_feed(&top->pager))
			top->is_stale = true;
		if (top->is_stale)
			draw(top);
		int key = screen_key(top->screen, wait);
		if (key == KEY_NONE_TYPED)
			continue;
		obey(top, key);
		top->is_stale = true;
	}
	close_page(top);
}

/* Over files: read first, as for a report, then looked at for as long as one likes. */
static int
gather(struct top *top, const struct options *options)
{
	struct analysis *analysis = top->analysis;

	if (!options->follow) {
		if (analysis_run(analysis, options) != 0)
			return -1;
		look(analysis, &top->view);
		return 0;
	}
	if (analysis_prepare(analysis, options) != 0)
		return -1;
	top->is_live = true;
	top->live = (struct live){
		.analysis = analysis, .context = top, .judge = judge, .judged = take_view};
	top->view.first = top->view.last = TIME_NONE;
	return live_open(&top->live);
}

static enum exit_status
show(struct top *top, const struct options *options, int keys)
{
	enum exit_status status = analysis_status(top->analysis);
	struct err err;

	interrupt_flag = 0;
	interrupt_catch();
	interrupt_tell(NULL); /* it would stand on the screen */
	top->screen = screen_open(keys, terminal_wants_color(options), &err);
	if (!top->screen) {
		fprintf(stderr, "digtrail: top: %s\n", err.text);
		return EXIT_TROUBLE;
	}
	board_init(&top->board);
	board_arrange(&top->board, &top->view);
	run(top, keys);
	screen_close(top->screen);
	board_release(&top->board);
	return status;
}

/* Where standard input is a log, keys come from the terminal itself. */
static int
open_keys(void)
{
	return isatty(STDIN_FILENO) ? dup(STDIN_FILENO) : open("/dev/tty", O_RDONLY | O_CLOEXEC);
}

int
cmd_top(const struct options *options)
{
	struct options with_examples = *options;
	struct analysis analysis;
	struct top top = {.analysis = &analysis};
	enum exit_status status = EXIT_TROUBLE;

	if (options->operands.count == 0 && isatty(STDIN_FILENO)) {
		fputs("digtrail: top needs logs\nTry 'digtrail help top'.\n", stderr);
		return EXIT_TROUBLE;
	}
	setlocale(LC_CTYPE, "");
	int keys = open_keys();
	if (keys < 0 || !isatty(STDOUT_FILENO)) {
		fputs("digtrail: top: no terminal to show it on\n", stderr);
		return EXIT_TROUBLE;
	}
	with_examples.examples = EXPLAIN_EXAMPLES;
	if (gather(&top, &with_examples) == 0)
		status = show(&top, options, keys);
	if (top.is_live)
		live_close(&top.live);
	view_release(&top.view);
	analysis_release(&analysis);
	close(keys);
	return status;
}
