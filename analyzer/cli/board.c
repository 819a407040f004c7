#include "cli/board.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "report/phrase.h"

enum { COLUMNS_MAX = 9, GAP = 1, TIME_WIDTH = 19, CLOCK_AT = 11 };

enum column_kind { COLUMN_NUMBER, COLUMN_TEXT, COLUMN_LEVEL, COLUMN_TIME };

struct column {
	const char *title; /* NULL: no more columns */
	enum column_kind kind;
	int which; /* enum view_number or enum view_text */
	int width; /* 0: what the others leave */
	int from;  /* shown on screens of so many columns */
};

static const struct column columns[VIEW_TABLES][COLUMNS_MAX + 1] = {
	[VIEW_SOURCES] = {{"SOURCE", COLUMN_TEXT, VIEW_NAME, 0, 0},
			  {"REQUESTS", COLUMN_NUMBER, VIEW_REQUESTS, 9, 0},
			  {"NAMES", COLUMN_NUMBER, VIEW_NAMES, 8, 0},
			  {"MISSING", COLUMN_NUMBER, VIEW_MISSING, 8, 0},
			  {"EXIST", COLUMN_NUMBER, VIEW_EXISTING, 7, 100},
			  {"ZONES", COLUMN_NUMBER, VIEW_ZONE_COUNT, 6, 0},
			  {"REFUSED", COLUMN_NUMBER, VIEW_REFUSED, 8, 110},
			  {"LAST", COLUMN_TIME, VIEW_LAST, 8, 0},
			  {"WORST", COLUMN_LEVEL, VIEW_NOTE, 9, 0}},
	[VIEW_ZONES] = {{"ZONE", COLUMN_TEXT, VIEW_NAME, 0, 0},
			{"REQUESTS", COLUMN_NUMBER, VIEW_REQUESTS, 9, 0},
			{"SOURCES", COLUMN_NUMBER, VIEW_SOURCE_COUNT, 8, 0},
			{"NAMES", COLUMN_NUMBER, VIEW_NAMES, 8, 0},
			{"MISSING", COLUMN_NUMBER, VIEW_MISSING, 8, 0},
			{"LEFT", COLUMN_NUMBER, VIEW_GRANTED, 5, 0},
			{"TRANSFERS", COLUMN_NUMBER, VIEW_ATTEMPTED, 9, 0}},
	[VIEW_FINDINGS] = {{"LEVEL", COLUMN_LEVEL, VIEW_NOTE, 9, 0},
			   {"SCORE", COLUMN_NUMBER, VIEW_SCORE, 5, 0},
			   {"WHAT", COLUMN_TEXT, VIEW_NAME, 0, 0},
			   {"WHO", COLUMN_TEXT, VIEW_NOTE, 22, 0},
			   {"REQUESTS", COLUMN_NUMBER, VIEW_REQUESTS, 9, 90},
			   {"ZONES", COLUMN_NUMBER, VIEW_ZONE_COUNT, 6, 100},
			   {"LAST", COLUMN_TIME, VIEW_LAST, 8, 90}},
};

static const char *const table_names[VIEW_TABLES] = {"sources", "zones", "findings"};

void
board_init(struct board *board)
{
	*board = (struct board){0};
}

void
board_release(struct board *board)
{
	free(board->order);
}

/* Whether the text holds what is looked for, ASCII letters without case. */
static bool
holds(const char *text, const char *wanted)
{
	struct str all = str_of(text), part = str_of(wanted);

	for (size_t i = 0; i + part.n <= all.n; i++)
		if (str_eq_nocase(str_make(all.p + i, part.n), part))
			return true;
	return false;
}

static bool
is_wanted(const struct board *board, const struct view *view, const struct view_row *row)
{
	return !board->filter[0] || holds(view_text(view, row, VIEW_NAME), board->filter) ||
	       holds(view_text(view, row, VIEW_NOTE), board->filter) ||
	       (row->level >= 0 && holds(level_names[row->level], board->filter));
}

/* What is not told comes last. */
static uint64_t
number_of(const struct view_row *row, const struct column *column)
{
	if (column->kind == COLUMN_LEVEL)
		return row->level < 0 ? 0 : (uint64_t)row->level + 1;
	uint64_t number = row->numbers[column->which];
	return number == VIEW_NOT_TOLD ? 0 : number + 1;
}

/* Larger numbers first, texts by the alphabet, then as they stood. */
static int
by_order(const void *a, const void *b)
{
	const struct board_order *x = a, *y = b;
	int order = x->text ? strcmp(x->text, y->text) : 0;

	if (order)
		return order;
	if (x->number != y->number)
		return x->number > y->number ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static void
sort(struct board *board, const struct view *view)
{
	size_t by = board->sorted_by[board->table];
	const struct column *column = by ? &columns[board->table][by - 1] : NULL;

	for (size_t i = 0; i < board->count && column; i++) {
		struct board_order *order = &board->order[i];
		const struct view_row *row = &view->rows[board->table][order->index];
		if (column->kind == COLUMN_TEXT)
			order->text = view_text(view, row, (enum view_text)column->which);
		else
			order->number = number_of(row, column);
	}
	if (column && board->count)
		qsort(board->order, board->count, sizeof(*board->order), by_order);
	for (size_t i = 0; i < board->count / 2 && board->is_reversed[board->table]; i++) {
		struct board_order swapped = board->order[i];
		board->order[i] = board->order[board->count - 1 - i];
		board->order[board->count - 1 - i] = swapped;
	}
}

void
board_arrange(struct board *board, const struct view *view)
{
	size_t rows = view->counts[board->table];

	board->order = xrealloc(board->order, rows + 1, sizeof(*board->order));
	board->count = board->at = 0;
	for (size_t i = 0; i < rows; i++)
		if (is_wanted(board, view, &view->rows[board->table][i]))
			board->order[board->count++] = (struct board_order){.index = (uint32_t)i};
	sort(board, view);
	for (size_t i = 0; i < board->count && board->chosen[0]; i++)
		if (strcmp(view_text(view, &view->rows[board->table][board->order[i].index],
				     VIEW_KEY),
			   board->chosen) == 0)
			board->at = i;
}

const struct view_row *
board_row(const struct board *board, const struct view *view)
{
	return board->at < board->count ? &view->rows[board->table][board->order[board->at].index]
					: NULL;
}

static bool
is_shown(const struct column *column, int width)
{
	return width >= column->from;
}

/* Of the column that takes what the others leave. */
static int
width_left(enum view_table table, int width)
{
	int left = width;

	for (const struct column *column = columns[table]; column->title; column++)
		if (is_shown(column, width))
			left -= column->width + (column > columns[table] ? GAP : 0);
	return left > 0 ? left : 0;
}

static void
print_cell(struct buf *cell, const struct view *view, const struct view_row *row,
	   const struct column *column, int width)
{
	char time[TIME_TEXT];
	const char *text;

	buf_clear(cell);
	switch (column->kind) {
	case COLUMN_TEXT:
		text = view_text(view, row, (enum view_text)column->which);
		if (width >= 5)
			phrase_name(cell, str_of(text), (size_t)width);
		break;
	case COLUMN_LEVEL:
		text = view_text(view, row, VIEW_NOTE);
		if (row->level >= 0)
			buf_add_text(cell, row->level == LEVEL_INFORMATIONAL
						   ? "context"
						   : level_names[row->level]);
		else
			buf_add_text(cell, text);
		break;
	case COLUMN_TIME:
		if (row->numbers[column->which] == VIEW_NOT_TOLD)
			buf_add_char(cell, '?');
		else
			buf_add(cell,
				timestamp_print((int64_t)row->numbers[column->which], time) +
					CLOCK_AT,
				TIME_WIDTH - CLOCK_AT);
		break;
	case COLUMN_NUMBER:
		if (row->numbers[column->which] == VIEW_NOT_TOLD)
			buf_add_char(cell, '?');
		else
			phrase_short_count(cell, row->numbers[column->which], (size_t)width);
		break;
	}
}

static enum screen_style
style_of(const struct board *board, const struct view_row *row, size_t at)
{
	if (at == board->at)
		return SCREEN_SELECTED;
	if (row->level >= LEVEL_HIGH)
		return SCREEN_ALARM;
	return row->level >= LEVEL_MEDIUM ? SCREEN_WARNING : SCREEN_PLAIN;
}

static void
put_aligned(struct screen *screen, int y, int x, int width, bool right, enum screen_style style,
	    struct str text)
{
	int blanks = right && (int)text.n < width ? width - (int)text.n : 0;

	screen_put(screen, y, x, blanks, style, STR(""));
	screen_put(screen, y, x + blanks, width - blanks, style, text);
}

static void
draw_row(const struct board *board, const struct view *view, struct screen *screen, int y,
	 size_t at)
{
	const struct view_row *row = &view->rows[board->table][board->order[at].index];
	enum screen_style style = style_of(board, row, at);
	int x = 0, all = screen_columns(screen);
	struct buf cell;

	buf_init(&cell, SIZE_MAX);
	screen_put(screen, y, 0, all, style, STR(""));
	for (const struct column *column = columns[board->table]; column->title; column++) {
		if (!is_shown(column, all))
			continue;
		int width = column->width ? column->width : width_left(board->table, all);
		print_cell(&cell, view, row, column, width);
		put_aligned(screen, y, x, width,
			    column->kind == COLUMN_NUMBER || column->kind == COLUMN_TIME, style,
			    cell.n ? buf_str(&cell) : STR(""));
		x += width + GAP;
	}
	buf_release(&cell);
}

static void
draw_titles(const struct board *board, struct screen *screen, int y)
{
	int x = 0, all = screen_columns(screen);
	size_t number = 0;
	char title[32];

	screen_put(screen, y, 0, all, SCREEN_BAR, STR(""));
	for (const struct column *column = columns[board->table]; column->title; column++) {
		number++;
		if (!is_shown(column, all))
			continue;
		int width = column->width ? column->width : width_left(board->table, all);
		const char *mark = board->sorted_by[board->table] != number ? ""
				   : board->is_reversed[board->table]       ? "^"
									    : "v";
		snprintf(title, sizeof(title), "%s%s", mark, column->title);
		put_aligned(screen, y, x, width,
			    column->kind == COLUMN_NUMBER || column->kind == COLUMN_TIME,
			    SCREEN_BAR, str_of(title));
		x += width + GAP;
	}
}

static void
draw_tabs(const struct board *board, const struct view *view, struct screen *screen, int y)
{
	struct buf line;
	int x = 0;

	buf_init(&line, SIZE_MAX);
	for (size_t i = 0; i < VIEW_TABLES; i++) {
		buf_clear(&line);
		buf_printf(&line, "%zu ", i + 1);
		phrase_count(&line, view->totals[i]);
		buf_printf(&line, " %s", table_names[i]);
		screen_put(screen, y, x, (int)line.n,
			   i == board->table ? SCREEN_SELECTED : SCREEN_PLAIN, buf_str(&line));
		x += (int)line.n + 2;
	}
	buf_clear(&line);
	if (board->is_typing || board->filter[0])
		buf_printf(&line, "/%s%s", board->filter, board->is_typing ? "_" : "");
	if (board->count < view->counts[board->table])
		buf_printf(&line, "  %zu shown", board->count);
	else if (view->counts[board->table] < view->totals[board->table])
		buf_printf(&line, "  first %zu", view->counts[board->table]);
	if (line.n)
		screen_put(screen, y, x, (int)line.n, SCREEN_BOLD, buf_str(&line));
	buf_release(&line);
}

void
board_draw(struct board *board, const struct view *view, struct screen *screen, int from)
{
	int rows = screen_rows(screen) - from - 3;

	draw_tabs(board, view, screen, from);
	draw_titles(board, screen, from + 1);
	if (board->at < board->top)
		board->top = board->at;
	if (rows > 0 && board->at >= board->top + (size_t)rows)
		board->top = board->at - (size_t)rows + 1;
	for (int i = 0; i < rows && board->top + (size_t)i < board->count; i++)
		draw_row(board, view, screen, from + 2 + i, board->top + (size_t)i);
	if (board->count == 0)
		screen_put(screen, from + 2, 0, screen_columns(screen), SCREEN_DIM,
			   STR("  nothing"));
	screen_put(screen, screen_rows(screen) - 1, 0, screen_columns(screen), SCREEN_DIM,
		   board->is_typing
			   ? STR("type what to look for   Enter keep   Esc all rows")
			   : STR("q quit  Tab table  < > sort  r reverse  / filter  Enter explain  "
				 "l lines"));
}

/* Remembers the row, so that it stays chosen wherever it goes. */
static void
choose(struct board *board, const struct view *view, size_t at)
{
	board->at = at < board->count ? at : board->count ? board->count - 1 : 0;
	const struct view_row *row = board_row(board, view);
	snprintf(board->chosen, sizeof(board->chosen), "%s",
		 row ? view_text(view, row, VIEW_KEY) : "");
}

static void
show_table(struct board *board, size_t table)
{
	board->table = (enum view_table)(table % VIEW_TABLES);
	board->chosen[0] = '\0';
	board->top = 0;
}

static void
sort_by_next(struct board *board, bool back)
{
	size_t count = 1, *by = &board->sorted_by[board->table];

	while (columns[board->table][count - 1].title)
		count++;
	*by = (*by + (back ? count - 1 : 1)) % count;
	board->chosen[0] = '\0';
	board->top = 0;
}

static void
type(struct board *board, int key)
{
	size_t n = strlen(board->filter);

	if (key == KEY_TYPED_ESCAPE)
		board->filter[0] = '\0';
	if (key == KEY_TYPED_ESCAPE || key == KEY_TYPED_ENTER)
		board->is_typing = false;
	else if (key == KEY_TYPED_BACKSPACE && n > 0)
		board->filter[n - 1] = '\0';
	else if (key >= ' ' && key <= '~' && n + 1 < sizeof(board->filter)) {
		board->filter[n] = (char)key;
		board->filter[n + 1] = '\0';
	}
}

static bool
move(struct board *board, const struct view *view, int key, size_t page)
{
	size_t at = board->at;

	switch (key) {
	case KEY_TYPED_UP:
	case 'k':
		choose(board, view, at ? at - 1 : 0);
		return true;
	case KEY_TYPED_DOWN:
	case 'j':
		choose(board, view, at + 1);
		return true;
	case KEY_TYPED_PAGE_UP:
		choose(board, view, at > page ? at - page : 0);
		return true;
	case KEY_TYPED_PAGE_DOWN:
	case ' ':
		choose(board, view, at + page);
		return true;
	case KEY_TYPED_HOME:
	case 'g':
		choose(board, view, 0);
		return true;
	case KEY_TYPED_END:
	case 'G':
		choose(board, view, board->count);
		return true;
	default:
		return false;
	}
}

bool
board_key(struct board *board, const struct view *view, int key, int page)
{
	if (board->is_typing) {
		type(board, key);
		return true;
	}
	if (move(board, view, key, page > 0 ? (size_t)page : 1))
		return true;
	switch (key) {
	case '1':
	case '2':
	case '3':
		show_table(board, (size_t)(key - '1'));
		return true;
	case KEY_TYPED_TAB:
		show_table(board, board->table + 1);
		return true;
	case KEY_TYPED_BACKTAB:
		show_table(board, board->table + VIEW_TABLES - 1);
		return true;
	case '>':
	case 's':
		sort_by_next(board, false);
		return true;
	case '<':
		sort_by_next(board, true);
		return true;
	case 'r':
		board->is_reversed[board->table] = !board->is_reversed[board->table];
		return true;
	case '/':
		board->is_typing = true;
		return true;
	case KEY_TYPED_ESCAPE:
		board->filter[0] = '\0';
		return true;
	default:
		return false;
	}
}
