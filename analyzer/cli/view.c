#include "cli/view.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "report/escape.h"
#include "report/phrase.h"

enum { NAME_MAX_SHOWN = 300 };

struct making {
	struct view *view;
	struct buf texts, line;
};

/* Appends a text, ended by NUL; its offset. */
static uint32_t
add_text(struct making *making, struct str text)
{
	size_t at = making->texts.n, n = 0;

	while (n < text.n && text.p[n] != '\0')
		n++;
	buf_add(&making->texts, text.p, n);
	buf_add_char(&making->texts, '\0');
	return (uint32_t)at;
}

static uint32_t
add_escaped(struct making *making, struct str text)
{
	buf_clear(&making->line);
	escape_text(&making->line, text);
	return add_text(making, buf_str(&making->line));
}

static struct view_row *
add_row(struct making *making, enum view_table table)
{
	struct view_row *row = &making->view->rows[table][making->view->counts[table]++];

	*row = (struct view_row){.level = -1};
	for (size_t i = 0; i < VIEW_NUMBERS; i++)
		row->numbers[i] = VIEW_NOT_TOLD;
	return row;
}

static uint64_t
if_told(bool is_told, uint64_t number)
{
	return is_told ? number : VIEW_NOT_TOLD;
}

static void
add_source(struct making *making, const struct source_row *source)
{
	struct view_row *row = add_row(making, VIEW_SOURCES);
	char address[IP_TEXT];

	row->texts[VIEW_KEY] = row->texts[VIEW_NAME] =
		add_text(making, str_of(ip_print(&source->address, address)));
	row->texts[VIEW_NOTE] = add_escaped(making, source->role);
	row->level = source->worst;
	row->numbers[VIEW_REQUESTS] = source->requests;
	row->numbers[VIEW_NAMES] = source->distinct_names;
	row->numbers[VIEW_MISSING] = if_told(source->unknown_known, source->unknown_names);
	row->numbers[VIEW_EXISTING] = if_told(source->answered_known, source->answered_names);
	row->numbers[VIEW_ZONE_COUNT] = source->zone_count;
	row->numbers[VIEW_REFUSED] = if_told(source->refused_known, source->refused);
	row->numbers[VIEW_LAST] =
		if_told(source->last_seen != TIME_NONE, (uint64_t)source->last_seen);
}

static void
add_zone(struct making *making, const struct zone_row *zone)
{
	struct view_row *row = add_row(making, VIEW_ZONES);

	row->texts[VIEW_KEY] = add_text(making, zone->zone);
	row->texts[VIEW_NAME] = add_escaped(making, zone->zone);
	row->texts[VIEW_NOTE] = add_text(making, STR(""));
	row->numbers[VIEW_REQUESTS] = zone->requests;
	row->numbers[VIEW_SOURCE_COUNT] = zone->sources;
	row->numbers[VIEW_NAMES] = zone->distinct_names;
	row->numbers[VIEW_MISSING] = if_told(zone->unknown_known, zone->unknown_names);
	row->numbers[VIEW_GRANTED] = zone->transfers.granted;
	row->numbers[VIEW_ATTEMPTED] = zone->transfers.attempted;
}

static void
add_finding(struct making *making, const struct finding *finding)
{
	struct view_row *row = add_row(making, VIEW_FINDINGS);

	row->texts[VIEW_KEY] = add_text(making, finding->id);
	buf_clear(&making->line);
	phrase_name(&making->line, finding->title, NAME_MAX_SHOWN);
	if (finding->suppressed_by.n)
		buf_add_text(&making->line, " (expected)");
	row->texts[VIEW_NAME] = add_text(making, buf_str(&making->line));
	buf_clear(&making->line);
	phrase_actor(&making->line, finding);
	row->texts[VIEW_NOTE] = add_text(making, buf_str(&making->line));
	row->level = (int32_t)finding->level;
	row->numbers[VIEW_SCORE] = (uint64_t)finding->score;
	row->numbers[VIEW_REQUESTS] = finding->requests;
	row->numbers[VIEW_NAMES] = finding->distinct_names;
	row->numbers[VIEW_EXISTING] = finding->answered_names;
	row->numbers[VIEW_ZONE_COUNT] = finding->zone_count;
	row->numbers[VIEW_LAST] =
		if_told(finding->last_seen != TIME_NONE, (uint64_t)finding->last_seen);
	if (!finding->suppressed_by.n)
		making->view->levels[finding->level]++;
}

void
view_make(struct view *view, const struct summary *summary)
{
	struct making making = {.view = view};
	size_t counts[VIEW_TABLES] = {summary->source_count, summary->zone_count,
				      summary->findings->count};

	*view = (struct view){
		.totals = {summary->source_total, summary->zone_total, summary->findings->count},
		.requests = summary->requests,
		.first = summary->first,
		.last = summary->last,
		.is_partial = summary->partial,
	};
	buf_init(&making.texts, UINT32_MAX);
	buf_init(&making.line, SIZE_MAX);
	for (size_t i = 0; i < VIEW_TABLES; i++)
		view->rows[i] = xcalloc(counts[i] + 1, sizeof(*view->rows[i]));
	for (size_t i = 0; i < summary->source_count; i++)
		add_source(&making, &summary->sources[i]);
	for (size_t i = 0; i < summary->zone_count; i++)
		add_zone(&making, &summary->zones[i]);
	for (size_t i = 0; i < summary->findings->count; i++)
		add_finding(&making, &summary->findings->all[i]);
	view->text_size = making.texts.n;
	view->texts = making.texts.n ? xmemdup(making.texts.p, making.texts.n) : NULL;
	buf_release(&making.texts);
	buf_release(&making.line);
}

void
view_release(struct view *view)
{
	for (size_t i = 0; i < VIEW_TABLES; i++)
		free(view->rows[i]);
	free(view->texts);
	*view = (struct view){0};
}

void
view_write(const struct view *view, FILE *out)
{
	fwrite(view, sizeof(*view), 1, out);
	for (size_t i = 0; i < VIEW_TABLES; i++)
		fwrite(view->rows[i], sizeof(*view->rows[i]), view->counts[i], out);
	fwrite(view->texts, 1, view->text_size, out);
}

bool
view_read(struct view *view, FILE *in)
{
	bool whole = fread(view, sizeof(*view), 1, in) == 1;

	if (!whole)
		*view = (struct view){0};
	for (size_t i = 0; i < VIEW_TABLES; i++) {
		view->rows[i] = xcalloc(view->counts[i] + 1, sizeof(*view->rows[i]));
		whole = whole && fread(view->rows[i], sizeof(*view->rows[i]), view->counts[i],
				       in) == view->counts[i];
	}
	view->texts = xmalloc(view->text_size + 1);
	whole = whole && fread(view->texts, 1, view->text_size, in) == view->text_size;
	if (!whole)
		view_release(view);
	return whole;
}

const char *
view_text(const struct view *view, const struct view_row *row, enum view_text which)
{
	return view->texts + row->texts[which];
}
