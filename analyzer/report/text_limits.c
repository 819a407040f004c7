#include "report/phrase.h"
#include "report/text.h"

enum { ROWS_MAX = 40, NAME_SHOWN = 40, PATH_SHOWN = 56 };

bool
text_is_drifting(const struct coverage_row *row)
{
	enum { PERCENT = 100 };

	return row->lines > 0 && row->unknown > row->lines / PERCENT;
}

static void
say_gaps(struct buf *line, const struct coverage_row *row)
{
	enum { SHOWN = 2 };

	if (row->gap_count == 0)
		return;
	buf_add_text(line, "; silent ");
	for (size_t i = 0; i < row->gap_count && i < SHOWN; i++) {
		buf_add_text(line, i > 0 ? ", " : "");
		phrase_period(line, row->gaps[i].from, row->gaps[i].to);
	}
	if (row->gap_count > SHOWN)
		buf_printf(line, " and %zu more", row->gap_count - SHOWN);
}

static bool
is_same_need(const struct blind_row *a, const struct blind_row *b)
{
	return str_eq(a->needs, b->needs) && str_eq(a->enable, b->enable);
}

/* "a, b and c need": the detectors that miss what `blind` misses, `blind` the first of them. */
static void
say_detectors(struct buf *line, const struct blind_row *blind, const struct blind_row *end)
{
	const struct blind_row *last = blind;

	for (const struct blind_row *row = blind; row < end; row++)
		if (is_same_need(row, blind))
			last = row;
	for (const struct blind_row *row = blind; row <= last; row++) {
		if (!is_same_need(row, blind))
			continue;
		if (row > blind)
			buf_add_text(line, row == last ? " and " : ", ");
		phrase_name(line, row->detector, NAME_SHOWN);
	}
	buf_add_text(line, last > blind ? " need " : " needs ");
}

/* One row per thing that is missing. */
static void
print_blind(struct text *text, const struct coverage_row *row)
{
	struct buf *line = &text->line;

	for (size_t i = 0; i < row->blind_count && i < ROWS_MAX; i++) {
		const struct blind_row *blind = &row->blind[i];
		size_t before = 0;
		while (before < i && !is_same_need(&row->blind[before], blind))
			before++;
		if (before < i)
			continue;
		buf_clear(line);
		say_detectors(line, blind, row->blind + row->blind_count);
		phrase_text(line, blind->needs);
		if (blind->enable.n > 0) {
			buf_add_text(line, ". Switch on: ");
			phrase_text(line, blind->enable);
		}
		page_row(text->page, "-", buf_str(line), 4);
	}
}

static void
print_server(struct text *text, const struct coverage_row *row)
{
	struct buf *line = &text->line;

	page_to(text->page, 2);
	buf_clear(line);
	phrase_name(line, row->server, NAME_SHOWN);
	page_styled(text->page, PAGE_NOTICE, buf_str(line));
	page_text(text->page, " ");
	buf_clear(line);
	if (row->role.n > 0) {
		buf_add_char(line, '(');
		phrase_name(line, row->role, 20);
		buf_add_text(line, ") ");
	}
	if (row->first == TIME_NONE)
		buf_add_text(line, "tells no time");
	else
		phrase_period(line, row->first, row->last);
	say_gaps(line, row);
	if (row->fact_count > 0) {
		buf_add_text(line, "; tells ");
		phrase_names(line, row->facts, row->fact_count, row->fact_count, row->fact_count);
	}
	page_wrap(text->page, buf_str(line), 4, 0);
	print_blind(text, row);
}

void
text_coverage(struct text *text)
{
	const struct summary *summary = text->summary;

	if (summary->coverage_count == 0)
		return;
	page_heading(text->page, "Coverage: what these logs tell and what they cannot");
	for (size_t i = 0; i < summary->coverage_count && i < ROWS_MAX; i++)
		print_server(text, &summary->coverage[i]);
	if (summary->coverage_count > ROWS_MAX) {
		page_printf(text->page, "  and %zu servers more",
			    summary->coverage_count - ROWS_MAX);
		page_end(text->page);
	}
}

void
text_kinds(struct buf *line, const struct summary *summary)
{
	static const char *const words[RECORD_KINDS] = {
		[RECORD_QUERY] = "queries",
		[RECORD_RESPONSE] = "responses",
		[RECORD_DENIED] = "denials",
		[RECORD_TRANSFER] = "transfers",
		[RECORD_RATE_LIMITED] = "rate-limited",
		[RECORD_QUERY_ERROR] = "query errors",
		[RECORD_UPDATE] = "updates",
		[RECORD_OTHER] = "other",
		[RECORD_UNKNOWN] = "not understood",
		[RECORD_MALFORMED] = "malformed",
	};

	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		if (summary->kinds[kind] == 0)
			continue;
		buf_add_text(line, line->n > 0 ? ", " : "");
		phrase_count(line, summary->kinds[kind]);
		buf_add_char(line, ' ');
		buf_add_text(line, words[kind]);
	}
	size_t reasons = 0;
	for (size_t defect = DEFECT_NONE + 1; defect < RECORD_DEFECTS; defect++) {
		if (summary->defects[defect] == 0)
			continue;
		buf_add_text(line, reasons++ > 0 ? ", " : " (");
		buf_add_text(line, record_defect_names[defect]);
		buf_add_char(line, ' ');
		phrase_count(line, summary->defects[defect]);
	}
	buf_add_text(line, reasons > 0 ? ")" : "");
}

static void
print_sample(struct text *text, const struct line_sample *sample)
{
	enum { COLUMN = 4 };
	struct buf *line = &text->line;

	page_to(text->page, 2);
	buf_clear(line);
	phrase_name(line, sample->reason, 20);
	buf_add_text(line, "  ");
	phrase_name(line, sample->file, PATH_SHOWN - 12);
	if (sample->line)
		buf_printf(line, ":%llu", (unsigned long long)sample->line);
	page_styled(text->page, PAGE_FAINT, buf_str(line));
	page_end(text->page);
	/* No more of it than fits: a line may have 64 KiB. */
	struct str shown = sample->text;
	if (shown.n > PAGE_WIDTH)
		shown.n = PAGE_WIDTH;
	buf_clear(line);
	phrase_name(line, shown, 4 * PAGE_WIDTH);
	page_to(text->page, COLUMN);
	page_cut(text->page, buf_str(line), PAGE_WIDTH - COLUMN);
	page_end(text->page);
}

void
text_lines(struct text *text)
{
	enum { SAMPLES_SHOWN = 5 };
	const struct summary *summary = text->summary;
	struct buf *line = &text->line;

	buf_clear(line);
	text_kinds(line, summary);
	if (line->n == 0)
		return;
	page_blank(text->page);
	page_styled(text->page, PAGE_HEADING, STR("Lines"));
	page_to(text->page, TEXT_INDENT);
	page_wrap(text->page, buf_str(line), TEXT_INDENT, 0);
	for (size_t i = 0; i < summary->coverage_count; i++) {
		const struct coverage_row *row = &summary->coverage[i];
		if (!text_is_drifting(row))
			continue;
		buf_clear(line);
		phrase_name(line, row->server, NAME_SHOWN);
		buf_add_text(line, ": ");
		phrase_share(line, row->unknown, row->lines);
		buf_add_text(line, " of ");
		phrase_counted(line, row->lines, "line");
		buf_add_text(line, " not understood. Has the log format changed, or is this no "
				   "log of a nameserver? --log-format names a format.");
		page_to(text->page, 2);
		page_styled(text->page, PAGE_WARNING, STR("drift"));
		page_to(text->page, TEXT_INDENT);
		page_wrap(text->page, buf_str(line), TEXT_INDENT, 0);
	}
	for (size_t i = 0; i < summary->sample_count && i < SAMPLES_SHOWN; i++)
		print_sample(text, &summary->samples[i]);
	if (summary->sample_count > SAMPLES_SHOWN) {
		page_printf(text->page, "  %zu more samples in the JSON report",
			    summary->sample_count - SAMPLES_SHOWN);
		page_end(text->page);
	}
}

static void
print_file(struct text *text, const struct file_row *file)
{
	struct buf *line = &text->line;

	buf_clear(line);
	phrase_name(line, file->path, PATH_SHOWN);
	buf_add_text(line, ": ");
	if (file->error.n > 0)
		phrase_text(line, file->error);
	else if (!file->complete)
		buf_add_text(line, "not read in full");
	if (file->error.n > 0 || !file->complete)
		buf_add_text(line, "; ");
	phrase_counted(line, file->lines, "line");
	buf_add_text(line, " read");
	if (file->skipped_bytes > 0) {
		buf_add_text(line, ", ");
		phrase_bytes(line, file->skipped_bytes);
		buf_add_text(line, " skipped");
	}
	if (text->options->verbose && file->format.n > 0) {
		buf_add_text(line, "; ");
		phrase_name(line, file->format, NAME_SHOWN);
		buf_add_text(line, file->time_basis.n > 0 ? ", times " : "");
		phrase_name(line, file->time_basis, NAME_SHOWN);
	}
	page_row(text->page, "", buf_str(line), 4);
}

void
text_files(struct text *text)
{
	const struct summary *summary = text->summary;
	size_t printed = 0, left = 0;

	for (size_t i = 0; i < summary->file_count; i++) {
		const struct file_row *file = &summary->files[i];
		if (file->complete && file->error.n == 0 && !text->options->verbose)
			continue;
		if (printed >= ROWS_MAX && !text->options->verbose) {
			left++;
			continue;
		}
		if (printed++ == 0)
			page_heading(text->page, text->options->verbose
							 ? "Files"
							 : "Files that could not be read in full");
		print_file(text, file);
	}
	if (left > 0) {
		page_printf(text->page, "  and %zu files more", left);
		page_end(text->page);
	}
}

void
text_notes(struct text *text)
{
	const struct summary *summary = text->summary;
	struct buf *line = &text->line;

	if (summary->note_count + summary->folded_sources > 0 || summary->approximate)
		page_heading(text->page, "Notes");
	for (size_t i = 0; i < summary->note_count && i < ROWS_MAX; i++) {
		buf_clear(line);
		phrase_name(line, summary->notes[i].rule, PATH_SHOWN);
		buf_add_text(line, ": ");
		phrase_text(line, summary->notes[i].text);
		page_row(text->page, "", buf_str(line), 4);
	}
	if (summary->note_count > ROWS_MAX) {
		page_printf(text->page, "  and %zu rules more", summary->note_count - ROWS_MAX);
		page_end(text->page);
	}
	buf_clear(line);
	if (summary->folded_sources > 0) {
		buf_add_text(line, "memory limit reached (");
		phrase_bytes(line, summary->memory_limit);
		buf_add_text(line, "): ");
		phrase_counted(line, summary->folded_sources, "source");
		buf_add_text(line, " without evidence, ");
		phrase_counted(line, summary->folded_requests, "request");
		buf_add_text(line, ", were folded into prefixes");
	}
	if (summary->approximate) {
		buf_add_text(line, line->n > 0 ? "; " : "");
		buf_add_text(line, "some counts are approximate");
	}
	if (line->n > 0)
		page_row(text->page, "", buf_str(line), 4);
}
