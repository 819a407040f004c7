/*
 * SVG without text: words stand beside it as HTML, so that they keep their size on a narrow
 * screen and are read aloud.
 */
#include "report/html.h"
#include "report/phrase.h"

enum { CELL = 10, SIDE = 16 * CELL, NAME_SHOWN = 44, LANES = 12 };

static void
write_times(struct html *html, bool by_order, int64_t first, int64_t last)
{
	html_raw(html, "<div class=\"scale ends\"><span>");
	if (by_order) {
		html_raw(html, "first asked</span><span>last asked</span></div>\n");
		return;
	}
	html_time(html, first);
	html_raw(html, "</span><span>");
	html_time(html, last);
	html_raw(html, "</span></div>\n");
}

/* A dot is a line of no length with round ends: it stays round however the box is stretched. */
static void
write_points(struct html *html, const struct picture *picture, enum point_state state,
	     const char *class_)
{
	bool some = false;

	for (size_t i = 0; i < picture->point_count; i++) {
		const struct picture_point *point = &picture->points[i];
		if (point->state != (uint8_t)state)
			continue;
		if (!some)
			fprintf(html->out, "<path class=\"%s\" d=\"", class_);
		some = true;
		fprintf(html->out, "M%u %uh0", point->x, point->y);
	}
	if (some)
		html_raw(html, "\"/>");
}

static void
open_plot(struct html *html, const char *label)
{
	fprintf(html->out,
		"<svg class=plot role=img aria-label=\"%s\" viewBox=\"-12 -12 %d %d\" "
		"preserveAspectRatio=none>",
		label, PICTURE_SCALE + 24, PICTURE_SCALE + 24);
}

static bool
has_state(const struct picture *picture, enum point_state state)
{
	for (size_t i = 0; i < picture->point_count; i++)
		if (picture->points[i].state == (uint8_t)state)
			return true;
	return false;
}

static void
write_key(struct html *html, const struct picture *picture)
{
	static const struct {
		enum point_state state;
		const char *class_, *text;
	} keys[] = {{POINT_EXISTS, "exists", "exists"},
		    {POINT_MISSING, "missing", "does not exist"},
		    {POINT_UNKNOWN, "unknown", "existence not told"}};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (has_state(picture, keys[i].state))
			fprintf(html->out, " <span class=\"key %s\">%s</span>", keys[i].class_,
				keys[i].text);
}

static void
draw_names(struct html *html, const struct picture *picture)
{
	html_raw(html, "<figure class=names>\n<div class=end>");
	phrase_name(&html->line, picture->top, NAME_SHOWN);
	html_line(html);
	html_raw(html, "</div>\n");
	open_plot(html, "Names over time");
	write_points(html, picture, POINT_UNKNOWN, "dots unknown");
	write_points(html, picture, POINT_MISSING, "dots missing");
	write_points(html, picture, POINT_EXISTS, "dots exists");
	html_raw(html, "</svg>\n<div class=end>");
	phrase_name(&html->line, picture->bottom, NAME_SHOWN);
	html_line(html);
	html_raw(html, "</div>\n");
	write_times(html, picture->by_order, picture->first, picture->last);
	html_raw(html,
		 "<figcaption>Each dot is a name when it was first asked, A to Z downwards: a walk "
		 "is a line, a word list a cloud. ");
	if (picture->of > picture->point_count) {
		html_count(html, picture->point_count);
		html_raw(html, " of ");
		html_count(html, picture->of);
		html_raw(html, " names, a fair sample.");
	}
	write_key(html, picture);
	html_raw(html, "</figcaption>\n</figure>\n");
}

/* Sixteen rows of runs: hosts .0 to .15 in the first. */
static void
draw_grid(struct html *html, const struct picture_grid *grid)
{
	html_raw(html, "<div class=grid><svg role=img aria-label=\"");
	html_count(html, grid->count);
	html_raw(html, " of 256 addresses of ");
	html_str(html, grid->network);
	fprintf(html->out,
		" asked\" viewBox=\"0 0 %d %d\"><path class=ground d=\"M0 0h%dv%dh-%dz\"/>"
		"<path class=asked d=\"",
		SIDE, SIDE, SIDE, SIDE, SIDE);
	for (int host = 0; host < 256; host++) {
		if (!(grid->asked[host / 64] >> (host % 64) & 1))
			continue;
		int end = host + 1;
		while (end % 16 && grid->asked[end / 64] >> (end % 64) & 1)
			end++;
		int width = (end - host) * CELL;
		fprintf(html->out, "M%d %dh%dv%dh-%dz", host % 16 * CELL, host / 16 * CELL, width,
			CELL, width);
		host = end - 1;
	}
	html_raw(html, "\"/><path class=lines d=\"");
	for (int i = 1; i < 16; i++)
		fprintf(html->out, "M%d 0v%dM0 %dh%d", i * CELL, SIDE, i * CELL, SIDE);
	html_raw(html, "\"/></svg><span>");
	html_str(html, grid->network);
	html_raw(html, "</span><span>");
	html_count(html, grid->count);
	html_raw(html, " of 256</span></div>\n");
}

static void
draw_grids(struct html *html, const struct picture *picture)
{
	html_raw(html, "<figure class=grids>\n<div class=row>\n");
	for (size_t i = 0; i < picture->grid_count; i++)
		draw_grid(html, &picture->grids[i]);
	html_raw(html,
		 "</div>\n<figcaption>Each square is an address, .0 at the top left, .255 at the "
		 "bottom right; filled where its name was asked.");
	if (picture->grid_total > picture->grid_count) {
		html_raw(html, " The fullest ");
		html_count(html, picture->grid_count);
		html_raw(html, " of ");
		html_count(html, picture->grid_total);
		html_raw(html, " networks.");
	}
	html_raw(html, "</figcaption>\n</figure>\n");
}

static void
draw_depths(struct html *html, const struct picture *picture)
{
	html_raw(html, "<figure class=names>\n<div class=end>the root of ip6.arpa</div>\n");
	open_plot(html, "Depth over time");
	html_raw(html, "<path class=walk d=\"");
	for (size_t i = 0; i < picture->point_count; i++)
		fprintf(html->out, "%c%u %u", i ? 'L' : 'M', picture->points[i].x,
			picture->points[i].y);
	html_raw(html, "\"/>");
	write_points(html, picture, POINT_UNKNOWN, "dots exists");
	html_raw(html, "</svg>\n<div class=end>32 nibbles: an address</div>\n");
	write_times(html, picture->by_order, picture->first, picture->last);
	html_raw(html,
		 "<figcaption>Each dot is a node of the tree when its children were asked; deeper "
		 "nodes stand lower. A walk goes down and turns back where nothing "
		 "is.</figcaption>\n"
		 "</figure>\n");
}

/* The lanes of a picture of transfers: zones in the order of their first transfer. */
struct lanes {
	size_t count;
	struct str zones[LANES];
	int64_t first, last;
};

static void
find_lanes(struct lanes *lanes, const struct finding *finding)
{
	*lanes = (struct lanes){.first = TIME_NONE, .last = TIME_NONE};
	for (size_t i = 0; i < finding->transfer_count; i++) {
		const struct transfer *transfer = &finding->transfers[i];
		size_t at = 0;
		lanes->first = time_earlier(lanes->first, transfer->time);
		lanes->last = time_later(lanes->last, transfer->time);
		while (at < lanes->count && !str_eq(lanes->zones[at], transfer->zone))
			at++;
		if (at == lanes->count && at < LANES)
			lanes->zones[lanes->count++] = transfer->zone;
	}
}

static void
draw_lane(struct html *html, const struct lanes *lanes, const struct finding *finding,
	  struct str zone)
{
	int64_t span = lanes->last - lanes->first;

	html_raw(html, "<div class=lane><span>");
	phrase_name(&html->line, zone, NAME_SHOWN / 2);
	html_line(html);
	fprintf(html->out,
		"</span><svg viewBox=\"-12 0 %d 10\" preserveAspectRatio=none>"
		"<path class=ground d=\"M0 5h%d\"/>",
		PICTURE_SCALE + 24, PICTURE_SCALE);
	for (enum outcome outcome = OUTCOME_NONE; outcome < OUTCOMES; outcome++) {
		bool some = false;
		for (size_t i = 0; i < finding->transfer_count; i++) {
			const struct transfer *transfer = &finding->transfers[i];
			/* What the log gives no time has no place here; the table has it. */
			if (transfer->time == TIME_NONE || transfer->outcome != outcome ||
			    !str_eq(transfer->zone, zone))
				continue;
			if (!some)
				fprintf(html->out, "<path class=\"dots %s\" d=\"",
					outcome_names[outcome]);
			some = true;
			int64_t x = span > 0
					    ? (transfer->time - lanes->first) * PICTURE_SCALE / span
					    : PICTURE_SCALE / 2;
			fprintf(html->out, "M%lld 5h0", (long long)x);
		}
		if (some)
			html_raw(html, "\"/>");
	}
	html_raw(html, "</svg></div>\n");
}

static void
draw_transfers(struct html *html, const struct finding *finding)
{
	struct lanes lanes;

	find_lanes(&lanes, finding);
	/* One moment is no sequence: the table beside says it all. */
	if (finding->transfer_count < 2 || lanes.first == TIME_NONE)
		return;
	html_raw(html, "<figure class=sequence>\n<div class=lanes aria-hidden=true>\n");
	for (size_t i = 0; i < lanes.count; i++)
		draw_lane(html, &lanes, finding, lanes.zones[i]);
	html_raw(html, "</div>\n");
	write_times(html, lanes.first == lanes.last, lanes.first, lanes.last);
	html_raw(html,
		 "<figcaption>Each dot is a transfer. <span class=\"key granted\">granted</span> "
		 "<span class=\"key refused\">refused or failed</span> "
		 "<span class=\"key unknown\">outcome not told</span></figcaption>\n</figure>\n");
}

void
html_picture(struct html *html, const struct finding *finding)
{
	const struct summary *summary = html->summary;

	if (finding->transfer_count) {
		draw_transfers(html, finding);
		return;
	}
	if (!summary->pictures)
		return;
	const struct picture *picture = &summary->pictures[finding - summary->findings->all];
	switch (picture->kind) {
	case PICTURE_NAMES:
		draw_names(html, picture);
		break;
	case PICTURE_GRIDS:
		draw_grids(html, picture);
		break;
	case PICTURE_DEPTHS:
		draw_depths(html, picture);
		break;
	case PICTURE_NONE:
		break;
	}
}
