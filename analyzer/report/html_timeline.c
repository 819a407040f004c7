#include <stdlib.h>

#include "base/xalloc.h"
#include "report/html.h"
#include "report/phrase.h"
#include "report/text.h"

enum { WIDTH = 1000, HEIGHT = 100, COLUMNS_MAX = 250, LANE = 10, HEAT_STEPS = 5 };

/* The slots of the summary, several to a column where there are many. */
struct columns {
	int64_t start, length;
	size_t count;
	uint64_t *requests, *names, most_requests, most_names;
};

static void
make_columns(struct columns *columns, const struct summary *summary)
{
	const struct slot_row *last = &summary->slots[summary->slot_count - 1];
	int64_t span = last->start - summary->slots[0].start;

	columns->start = summary->slots[0].start;
	columns->length = summary->slot_length;
	while (span / columns->length >= COLUMNS_MAX)
		columns->length *= 2;
	columns->count = (size_t)(span / columns->length) + 1;
	columns->requests = xcalloc(2 * columns->count, sizeof(*columns->requests));
	columns->names = columns->requests + columns->count;
	for (size_t i = 0; i < summary->slot_count; i++) {
		const struct slot_row *slot = &summary->slots[i];
		size_t at = (size_t)((slot->start - columns->start) / columns->length);
		columns->requests[at] += slot->requests;
		/* Names of neighbouring slots may be the same: the larger is a lower bound. */
		if (slot->distinct_names > columns->names[at])
			columns->names[at] = slot->distinct_names;
		if (columns->requests[at] > columns->most_requests)
			columns->most_requests = columns->requests[at];
		if (columns->names[at] > columns->most_names)
			columns->most_names = columns->names[at];
	}
}

/* Horizontal place of a time, 0 to WIDTH. */
static double
place_of(const struct columns *columns, int64_t time)
{
	double x = (double)(time - columns->start) * WIDTH /
		   ((double)columns->length * (double)columns->count);

	return x < 0 ? 0 : x > WIDTH ? WIDTH : x;
}

static bool
is_on_lane(const struct finding *finding, int level)
{
	return (int)finding->level == level && text_finding_is_open(finding) &&
	       finding->first_seen != TIME_NONE;
}

/* When the findings of a level began, and how long they went on. */
static void
write_lane(struct html *html, const struct columns *columns, int level)
{
	static const char *const classes[] = {"span", "start"};
	const struct findings *findings = html->summary->findings;

	fprintf(html->out,
		"<div class=\"lane %s\"><span>%s</span><svg viewBox=\"0 0 %d %d\" "
		"preserveAspectRatio=none>",
		level_names[level], level_names[level], WIDTH, LANE);
	for (int start = 0; start < 2; start++) {
		fprintf(html->out, "<path class=%s d=\"", classes[start]);
		for (size_t i = 0; i < findings->count; i++) {
			const struct finding *finding = &findings->all[i];
			if (!is_on_lane(finding, level))
				continue;
			double from = place_of(columns, finding->first_seen);
			double length = place_of(columns, finding->last_seen) - from;
			fprintf(html->out, "M%.1f %dh%.1f", from, LANE / 2, start ? 0 : length);
		}
		html_raw(html, "\"/>");
	}
	html_raw(html, "</svg></div>\n");
}

/* A lane for each level, the worst on top. */
static void
write_lanes(struct html *html, const struct columns *columns)
{
	const struct findings *findings = html->summary->findings;

	html_raw(html, "<div class=lanes aria-hidden=true>\n");
	for (int level = LEVELS - 1; level >= 0; level--) {
		size_t i = 0;
		while (i < findings->count && !is_on_lane(&findings->all[i], level))
			i++;
		if (i < findings->count)
			write_lane(html, columns, level);
	}
	html_raw(html, "</div>\n");
}

static void
write_bars(struct html *html, const struct columns *columns)
{
	double width = (double)WIDTH / (double)columns->count;

	html_raw(html, "<path class=bars d=\"");
	for (size_t i = 0; i < columns->count; i++) {
		double height = columns->most_requests ? (double)columns->requests[i] * HEIGHT /
								 (double)columns->most_requests
						       : 0;
		if (columns->requests[i])
			fprintf(html->out, "M%.1f %dv-%.1fh%.1fv%.1fz", (double)i * width, HEIGHT,
				height, width * 0.86, height);
	}
	html_raw(html, "\"/><path class=curve d=\"");
	for (size_t i = 0; i < columns->count; i++)
		fprintf(html->out, "%c%.1f %.1f", i ? 'L' : 'M', ((double)i + 0.43) * width,
			HEIGHT - (columns->most_names ? (double)columns->names[i] * (HEIGHT - 4) /
								(double)columns->most_names
						      : 0));
	html_raw(html, "\"/>");
}

static void
write_scale(struct html *html, int64_t start, int64_t end)
{
	html_raw(html, "<div class=scale aria-hidden=true>");
	for (int i = 0; i <= 4; i++) {
		struct civil c = timestamp_civil(start + (end - start) * i / 4);
		bool days = end - start > INT64_C(172800000);
		if (days)
			fprintf(html->out, "<span>%02d-%02d %02d:%02d</span>", c.month, c.day,
				c.hour, c.minute);
		else
			fprintf(html->out, "<span>%02d:%02d</span>", c.hour, c.minute);
	}
	html_raw(html, "</div>\n");
}

static void
write_caption(struct html *html, const struct columns *columns)
{
	enum { MINUTE = 60000 };

	html_raw(html, "<figcaption><span class=\"key bars\">requests, at most ");
	html_count(html, columns->most_requests);
	fprintf(html->out,
		" in %lld minutes</span> <span class=\"key curve\">distinct names, at most ",
		(long long)(columns->length / MINUTE));
	html_count(html, columns->most_names);
	html_raw(html,
		 "</span> <span class=\"key marks\">findings, by level</span></figcaption>\n");
}

void
html_timeline(struct html *html)
{
	const struct summary *summary = html->summary;
	struct columns columns = {0};

	html_raw(html, "<section id=timeline aria-labelledby=h-timeline>\n"
		       "<h2 id=h-timeline>Timeline</h2>\n");
	if (summary->slot_count == 0) {
		html_raw(html,
			 "<p class=empty>No request with a time was read, so there is nothing to "
			 "put on a line.</p>\n</section>\n");
		return;
	}
	make_columns(&columns, summary);
	html_raw(html, "<figure class=chart>\n");
	if (summary->findings)
		write_lanes(html, &columns);
	fprintf(html->out,
		"<svg class=traffic role=img viewBox=\"0 0 %d %d\" preserveAspectRatio=none "
		"aria-label=\"Requests over time",
		WIDTH, HEIGHT);
	html_raw(html, ", busiest with ");
	html_count(html, columns.most_requests);
	html_raw(html, " requests\">");
	write_bars(html, &columns);
	html_raw(html, "</svg>\n");
	write_scale(html, columns.start, columns.start + columns.length * (int64_t)columns.count);
	write_caption(html, &columns);
	html_raw(html, "</figure>\n</section>\n");
	free(columns.requests);
}

/* Steps of a logarithm: a scan must not make everybody else white. */
static int
heat_of(uint64_t n, uint64_t most)
{
	int step = 1;

	if (n == 0)
		return 0;
	for (uint64_t limit = most; step < HEAT_STEPS && limit / 6 >= n; limit /= 6)
		step++;
	return HEAT_STEPS + 1 - step;
}

static void
write_heat_row(struct html *html, const struct source_row *row, uint64_t most)
{
	const struct time_bins *bins = &html->summary->bins;

	fprintf(html->out, "<tr><th scope=row%s%s>", row->worst >= 0 ? " class=" : "",
		row->worst >= 0 ? level_names[row->worst] : "");
	html_address(html, &row->address);
	html_raw(html, "</th><td class=strip>");
	fprintf(html->out,
		"<svg role=img viewBox=\"0 0 %zu 10\" preserveAspectRatio=none aria-label=\"",
		bins->count * 10);
	if (row->peak_start == TIME_NONE) {
		html_raw(html, "no times");
	} else {
		html_raw(html, "busiest ");
		phrase_time(&html->line, row->peak_start);
		html_line(html);
	}
	html_raw(html, "\">");
	for (size_t i = 0; i < bins->count; i++) {
		int heat = heat_of(row->bins[i], most);
		if (heat)
			fprintf(html->out, "<path class=h%d d=\"M%zu 0h9v9h-9z\"/>", heat, i * 10);
	}
	html_raw(html, "</svg></td>");
	html_count_cell(html, true, row->requests);
	html_raw(html, "</tr>\n");
}

void
html_heat_map(struct html *html)
{
	const struct summary *summary = html->summary;
	const struct time_bins *bins = &summary->bins;
	size_t rows = 0;
	uint64_t most = 0;

	while (rows < summary->source_count && summary->sources[rows].bins)
		rows++;
	if (rows == 0 || bins->count == 0)
		return;
	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < bins->count; j++)
			if (summary->sources[i].bins[j] > most)
				most = summary->sources[i].bins[j];
	html_raw(html, "<section id=hours aria-labelledby=h-hours>\n"
		       "<h2 id=h-hours>When they came</h2>\n<p class=lead>");
	fprintf(html->out, "The %zu most suspicious sources; a square is ", rows);
	if (bins->length < 3600000)
		fprintf(html->out, "%lld minutes", (long long)(bins->length / 60000));
	else if (bins->length == 3600000)
		html_raw(html, "an hour");
	else
		fprintf(html->out, "%lld hours", (long long)(bins->length / 3600000));
	html_raw(html, ", darker with more requests, up to ");
	html_count(html, most);
	html_raw(html,
		 ".</p>\n<table class=heat>\n<thead><tr><th scope=col>Source</th><th scope=col>");
	write_scale(html, bins->start, bins->start + bins->length * (int64_t)bins->count);
	html_raw(html,
		 "<span class=sr>Time</span></th><th scope=col class=n>Requests</th></tr></thead>\n"
		 "<tbody>\n");
	for (size_t i = 0; i < rows; i++)
		write_heat_row(html, &summary->sources[i], most);
	html_raw(html, "</tbody>\n</table>\n</section>\n");
}
