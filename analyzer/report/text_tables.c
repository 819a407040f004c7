#include "report/phrase.h"
#include "report/text.h"

enum { CELL = 8, ADDRESS_WIDTH = 24, ZONE_WIDTH = 31, CHART_COLUMN = 11 };

/* A right-aligned cell of a table. */
static void
put_cell(struct text *text, size_t end)
{
	page_right(text->page, buf_str(&text->line), end);
}

static void
put_count(struct text *text, bool known, uint64_t n, size_t width, size_t end)
{
	buf_clear(&text->line);
	if (known)
		phrase_short_count(&text->line, n, width);
	else
		buf_add_char(&text->line, '?');
	put_cell(text, end);
}

static void
put_share(struct text *text, bool known, uint64_t part, uint64_t whole, size_t end)
{
	buf_clear(&text->line);
	if (known)
		phrase_share(&text->line, part, whole);
	else
		buf_add_char(&text->line, '?');
	put_cell(text, end);
}

struct column {
	const char *title;
	size_t end; /* right edge; 0: left-aligned at `start` */
	size_t start;
};

static void
print_table_head(struct text *text, const char *what, uint64_t shown, uint64_t total,
		 const struct column *columns, size_t count)
{
	struct buf *line = &text->line;

	buf_clear(line);
	buf_add_text(line, what);
	if (shown < total) {
		buf_add_text(line, " (");
		phrase_count(line, shown);
		buf_add_text(line, " of ");
		phrase_count(line, total);
		buf_add_char(line, ')');
	}
	page_blank(text->page);
	page_styled(text->page, PAGE_HEADING, buf_str(line));
	for (size_t i = 0; i < count; i++) {
		struct str title = str_of(columns[i].title);
		size_t start = columns[i].end ? columns[i].end - title.n : columns[i].start;
		page_to(text->page, start);
		page_styled(text->page, PAGE_FAINT, title);
	}
	page_end(text->page);
}

/* What a reader must know of a source, in one word. */
static void
put_remark(struct text *text, const struct source_row *row)
{
	enum { WIDTH = 10 };

	page_to(text->page, PAGE_WIDTH - WIDTH);
	buf_clear(&text->line);
	if (row->worst >= 0 && row->worst < LEVELS) {
		enum level level = (enum level)row->worst;
		page_styled(text->page, text_level_style(level),
			    level == LEVEL_INFORMATIONAL ? STR("context")
							 : str_of(level_names[level]));
		return;
	}
	if (row->suppressed.n > 0)
		buf_add_text(&text->line, "expected");
	else if (row->role.n > 0)
		phrase_name(&text->line, row->role, WIDTH);
	else if (row->folded)
		buf_add_text(&text->line, "folded");
	page_str(text->page, buf_str(&text->line));
}

static void
print_source(struct text *text, const struct source_row *row)
{
	char address[IP_TEXT];

	page_to(text->page, 2);
	page_text(text->page, ip_print(&row->address, address));
	if (text->page->column > 2 + ADDRESS_WIDTH) /* a long IPv6 address has its own line */
		page_end(text->page);
	put_count(text, true, row->requests, 9, 36);
	put_count(text, row->refused_known, row->refused, 7, 44);
	put_count(text, true, row->distinct_names, 7, 52);
	put_share(text, row->unknown_known, row->unknown_names, row->distinct_names, 60);
	put_count(text, true, row->zone_count, 6, 68);
	put_remark(text, row);
	page_end(text->page);
}

void
text_sources(struct text *text)
{
	static const struct column columns[] = {
		{"requests", 36, 0}, {"refused", 44, 0}, {"names", 52, 0},
		{"unknown", 60, 0},  {"zones", 68, 0},   {"remark", 0, 70},
	};
	const struct summary *summary = text->summary;
	size_t shown = summary->source_count;

	if (shown > text->options->top)
		shown = text->options->top;
	if (shown == 0)
		return;
	print_table_head(text, "Sources", shown, summary->source_total, columns,
			 sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < shown; i++)
		print_source(text, &summary->sources[i]);
}

static void
print_zone(struct text *text, const struct zone_row *row)
{
	struct buf *line = &text->line;

	page_to(text->page, 2);
	buf_clear(line);
	phrase_name(line, row->zone, ZONE_WIDTH);
	page_str(text->page, buf_str(line));
	put_count(text, true, row->requests, 9, 44);
	put_count(text, true, row->sources, 7, 52);
	put_count(text, true, row->distinct_names, 7, 60);
	put_share(text, row->unknown_known, row->unknown_names, row->distinct_names, 68);
	buf_clear(line);
	if (row->transfers.attempted == 0) {
		buf_add_char(line, '-');
	} else {
		/* Where no line told an outcome, none granted would be a claim. */
		if (row->transfers.granted == 0 && row->transfers.unknown > 0)
			buf_add_char(line, '?');
		else
			phrase_short_count(line, row->transfers.granted, 5);
		buf_add_text(line, " of ");
		phrase_short_count(line, row->transfers.attempted, 5);
	}
	put_cell(text, PAGE_WIDTH);
	page_end(text->page);
}

void
text_zones(struct text *text)
{
	static const struct column columns[] = {
		{"requests", 44, 0}, {"sources", 52, 0},     {"names", 60, 0},
		{"unknown", 68, 0},  {"transferred", 80, 0},
	};
	const struct summary *summary = text->summary;
	size_t shown = summary->zone_count;

	if (shown > text->options->top)
		shown = text->options->top;
	if (shown == 0)
		return;
	print_table_head(text, "Zones", shown, summary->zone_total, columns,
			 sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < shown; i++)
		print_zone(text, &summary->zones[i]);
}

static void
print_shares(struct text *text, const char *label, const struct count_row *rows, size_t count)
{
	enum { SHOWN = 8 };
	uint64_t total = 0, others = 0;
	struct buf *line = &text->line;

	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		total += rows[i].count;
	buf_clear(line);
	for (size_t i = 0; i < count; i++) {
		if (i >= SHOWN) {
			others += rows[i].count;
			continue;
		}
		buf_add_text(line, i > 0 ? ", " : "");
		phrase_name(line, rows[i].name, 24);
		buf_add_char(line, ' ');
		phrase_share(line, rows[i].count, total);
	}
	if (others > 0) {
		buf_printf(line, ", %zu others ", count - SHOWN);
		phrase_share(line, others, total);
	}
	page_styled(text->page, PAGE_HEADING, str_of(label));
	page_to(text->page, TEXT_INDENT);
	page_wrap(text->page, buf_str(line), TEXT_INDENT, 0);
}

void
text_shares(struct text *text)
{
	const struct summary *summary = text->summary;

	if (summary->type_count + summary->rcode_count == 0)
		return;
	page_blank(text->page);
	print_shares(text, "Types", summary->types, summary->type_count);
	print_shares(text, "Rcodes", summary->rcodes, summary->rcode_count);
}

enum { CHART_MAX = PAGE_WIDTH - CHART_COLUMN };

/* Slots gathered into the columns of a chart. */
struct chart {
	size_t width;  /* columns in use */
	int64_t start; /* of the first */
	int64_t step;  /* milliseconds a column */
	uint64_t requests[CHART_MAX], names[CHART_MAX], findings[CHART_MAX];
};

/* False when there is nothing to draw: no times, or one slot only. */
static bool
chart_make(struct chart *chart, const struct summary *summary)
{
	int64_t length = summary->slot_length > 0 ? summary->slot_length : 1;
	int64_t first = 0, last = 0;
	size_t known = 0;

	for (size_t i = 0; i < summary->slot_count; i++) {
		int64_t start = summary->slots[i].start;
		if (start == TIME_NONE)
			continue;
		if (known == 0 || start < first)
			first = start;
		if (known == 0 || start > last)
			last = start;
		known++;
	}
	if (known < 2)
		return false;
	/* In units of slots, unsigned: no distance of two times overflows. */
	uint64_t span = ((uint64_t)last - (uint64_t)first) / (uint64_t)length;
	uint64_t per = span / CHART_MAX + 1;
	*chart = (struct chart){
		.width = (size_t)(span / per + 1), .start = first, .step = (int64_t)per * length};
	for (size_t i = 0; i < summary->slot_count; i++) {
		const struct slot_row *slot = &summary->slots[i];
		if (slot->start == TIME_NONE)
			continue;
		uint64_t at = ((uint64_t)slot->start - (uint64_t)first) / (uint64_t)length / per;
		chart->requests[at] += slot->requests;
		chart->names[at] += slot->distinct_names;
		chart->findings[at] += slot->findings;
	}
	return true;
}

static size_t
highest(const uint64_t *values, size_t n)
{
	size_t best = 0;

	for (size_t i = 1; i < n; i++)
		if (values[i] > values[best])
			best = i;
	return best;
}

static void
print_bars(struct text *text, const char *label, const uint64_t *values, size_t n)
{
	if (values[highest(values, n)] == 0)
		return;
	page_to(text->page, 2);
	page_styled(text->page, PAGE_FAINT, str_of(label));
	page_to(text->page, CHART_COLUMN);
	page_bars(text->page, values, n);
	page_end(text->page);
}

static void
print_marks(struct text *text, const struct chart *chart)
{
	if (chart->findings[highest(chart->findings, chart->width)] == 0)
		return;
	page_to(text->page, 2);
	page_styled(text->page, PAGE_FAINT, STR("findings"));
	page_to(text->page, CHART_COLUMN);
	for (size_t i = 0; i < chart->width; i++) {
		uint64_t n = chart->findings[i];
		char mark = n == 0 ? ' ' : n > 9 ? '+' : (char)('0' + n);
		page_styled(text->page, n ? PAGE_ALARM : PAGE_PLAIN, str_make(&mark, 1));
	}
	page_end(text->page);
}

static void
say_length(struct buf *line, int64_t milliseconds)
{
	enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

	if (milliseconds % DAY == 0)
		phrase_counted(line, (uint64_t)(milliseconds / DAY), "day");
	else if (milliseconds % HOUR == 0)
		phrase_counted(line, (uint64_t)(milliseconds / HOUR), "hour");
	else
		phrase_counted(line, (uint64_t)(milliseconds / MINUTE), "minute");
}

void
text_timeline(struct text *text)
{
	struct buf *line = &text->line;
	struct chart chart;

	if (!chart_make(&chart, text->summary))
		return;
	size_t best = highest(chart.requests, chart.width);
	buf_clear(line);
	buf_add_text(line, "  from ");
	phrase_time(line, chart.start);
	buf_add_text(line, ", a column is ");
	say_length(line, chart.step);
	page_blank(text->page);
	page_styled(text->page, PAGE_HEADING, STR("Timeline"));
	page_styled(text->page, PAGE_FAINT, buf_str(line));
	page_end(text->page);
	print_bars(text, "requests", chart.requests, chart.width);
	print_bars(text, "names", chart.names, chart.width);
	print_marks(text, &chart);
	buf_clear(line);
	buf_add_text(line, "most ");
	phrase_counted(line, chart.requests[best], "request");
	buf_add_text(line, " from ");
	phrase_time(line, chart.start + (int64_t)best * chart.step);
	page_row(text->page, "", buf_str(line), CHART_COLUMN);
}
