/* Tables that a script may sort and filter; they are complete without it. */
#include "report/html.h"
#include "report/phrase.h"

enum { ZONES_IN_CELL = 2 };

struct column {
	const char *title;
	bool number;
};

/* `total`: rows that there are beyond those shown. */
static void
open_table(struct html *html, const char *id, const char *title, uint64_t shown, uint64_t total,
	   const struct column *columns, size_t count)
{
	fprintf(html->out,
		"<section id=%s aria-labelledby=h-%s>\n<h2 id=h-%s>%s</h2>\n<p class=lead>", id, id,
		id, title);
	html_count(html, shown);
	if (shown < total) {
		html_raw(html, " of ");
		html_count(html, total);
		html_raw(html, "; --top shows more");
	}
	fprintf(html->out,
		".</p>\n<div class=wide role=region tabindex=0 aria-label=\"Table of %s\">\n"
		"<table class=sortable id=t-%s>\n<thead><tr>",
		id, id);
	for (size_t i = 0; i < count; i++)
		fprintf(html->out, "<th scope=col%s>%s</th>", columns[i].number ? " class=n" : "",
			columns[i].title);
	html_raw(html, "</tr></thead>\n<tbody>\n");
}

static void
close_table(struct html *html)
{
	html_raw(html, "</tbody>\n</table>\n</div>\n</section>\n");
}

static void
write_list(struct html *html, const struct str *items, size_t count, size_t shown)
{
	html_raw(html, "<td>");
	for (size_t i = 0; i < count && i < shown; i++) {
		html_raw(html, i ? ", " : "");
		html_str(html, items[i]);
	}
	if (count > shown)
		fprintf(html->out, " and %zu more", count - shown);
	html_raw(html, "</td>");
}

static void
write_time_cell(struct html *html, int64_t time)
{
	html_raw(html, "<td class=t>");
	html_time(html, time);
	html_raw(html, "</td>");
}

/* The first finding that is not suppressed stands for its level. */
static void
write_remark(struct html *html, const struct source_row *row)
{
	html_raw(html, "<td>");
	if (row->worst >= 0 && row->finding_count) {
		fprintf(html->out, "<a class=\"tag %s\" href=\"#f-", level_names[row->worst]);
		html_str(html, row->findings[0]);
		fprintf(html->out, "\">%s</a>", level_names[row->worst]);
	}
	if (row->role.n) {
		html_raw(html, " ");
		html_str(html, row->role);
	}
	if (row->suppressed.n)
		html_raw(html, " expected");
	html_raw(html, "</td>");
}

static void
write_source(struct html *html, const struct source_row *row)
{
	html_raw(html, "<tr><th scope=row>");
	html_address(html, &row->address);
	html_place(html, &row->place);
	html_raw(html, "</th>");
	write_remark(html, row);
	html_count_cell(html, true, row->requests);
	html_count_cell(html, row->refused_known, row->refused);
	html_count_cell(html, true, row->distinct_names);
	html_count_cell(html, row->unknown_known, row->unknown_names);
	html_count_cell(html, true, row->zone_count);
	write_list(html, row->top_zones, row->top_zone_count, ZONES_IN_CELL);
	write_time_cell(html, row->first_seen);
	write_time_cell(html, row->last_seen);
	html_raw(html, "</tr>\n");
}

void
html_sources(struct html *html)
{
	static const struct column columns[] = {
		{"Source", false},    {"Remark", false},        {"Requests", true},
		{"Refused", true},    {"Names", true},          {"Missing", true},
		{"Zones", true},      {"Busiest zones", false}, {"First seen", false},
		{"Last seen", false},
	};
	const struct summary *summary = html->summary;

	open_table(html, "sources", "Sources", summary->source_count, summary->source_total,
		   columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < summary->source_count; i++)
		write_source(html, &summary->sources[i]);
	close_table(html);
}

static void
write_zone(struct html *html, const struct zone_row *row)
{
	html_raw(html, "<tr><th scope=row>");
	html_str(html, row->zone);
	html_raw(html, "</th>");
	html_count_cell(html, true, row->requests);
	html_count_cell(html, true, row->sources);
	html_count_cell(html, true, row->distinct_names);
	html_count_cell(html, row->unknown_known, row->unknown_names);
	html_count_cell(html, true, row->transfers.attempted);
	html_count_cell(html, true, row->transfers.granted);
	write_list(html, row->top_unknown, row->top_unknown_count, ZONES_IN_CELL);
	write_list(html, row->servers, row->server_count, ZONES_IN_CELL);
	html_raw(html, "</tr>\n");
}

void
html_zones(struct html *html)
{
	static const struct column columns[] = {
		{"Zone", false},    {"Requests", true},
		{"Sources", true},  {"Names", true},
		{"Missing", true},  {"Transfers tried", true},
		{"Granted", true},  {"Most asked of the missing", false},
		{"Servers", false},
	};
	const struct summary *summary = html->summary;

	open_table(html, "zones", "Zones", summary->zone_count, summary->zone_total, columns,
		   sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < summary->zone_count; i++)
		write_zone(html, &summary->zones[i]);
	close_table(html);
}

static void
write_pair(struct html *html, const struct pair_row *row)
{
	html_raw(html, "<tr><th scope=row>");
	html_address(html, &row->address);
	html_raw(html, "</th><td>");
	html_str(html, row->zone);
	html_raw(html, "</td>");
	html_count_cell(html, true, row->requests);
	html_count_cell(html, true, row->distinct_names);
	html_count_cell(html, row->unknown_known, row->unknown_names);
	html_count_cell(html, row->answered_known, row->answered_names);
	write_time_cell(html, row->first_seen);
	write_time_cell(html, row->last_seen);
	html_raw(html, "</tr>\n");
}

void
html_pairs(struct html *html)
{
	enum { PAIRS_SHOWN = 2000 };
	static const struct column columns[] = {
		{"Source", false}, {"Zone", false},    {"Requests", true},    {"Names", true},
		{"Missing", true}, {"Answered", true}, {"First seen", false}, {"Last seen", false},
	};
	const struct summary *summary = html->summary;
	size_t shown = summary->pair_count < PAIRS_SHOWN ? summary->pair_count : PAIRS_SHOWN;

	if (shown == 0)
		return;
	open_table(html, "pairs", "Who asked what, of sources with findings", shown,
		   summary->pair_count, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < shown; i++)
		write_pair(html, &summary->pairs[i]);
	close_table(html);
}
