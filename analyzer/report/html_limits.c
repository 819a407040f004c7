#include "report/html.h"
#include "report/phrase.h"
#include "report/text.h"

static void
write_gaps(struct html *html, const struct coverage_row *row)
{
	if (row->gap_count == 0)
		return;
	html_raw(html, "<p>Silent");
	for (size_t i = 0; i < row->gap_count; i++) {
		html_raw(html, i ? "; " : " ");
		phrase_period(&html->line, row->gaps[i].from, row->gaps[i].to);
		html_line(html);
	}
	html_raw(html, ".</p>\n");
}

static bool
is_repeated(const struct coverage_row *row, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (str_eq(row->blind[before].needs, row->blind[i].needs) &&
		    str_eq(row->blind[before].enable, row->blind[i].enable))
			return true;
	return false;
}

static void
write_blind(struct html *html, const struct coverage_row *row)
{
	html_raw(html, "<ul class=blind>\n");
	for (size_t i = 0; i < row->blind_count; i++) {
		const struct blind_row *blind = &row->blind[i];
		if (is_repeated(row, i))
			continue;
		html_raw(html, "<li><strong>");
		html_str(html, blind->detector);
		html_raw(html, "</strong> needs ");
		html_str(html, blind->needs);
		if (blind->enable.n) {
			html_raw(html, ". Switch on: <code>");
			html_str(html, blind->enable);
			html_raw(html, "</code>");
		}
		html_raw(html, "</li>\n");
	}
	html_raw(html, "</ul>\n");
}

static void
write_server(struct html *html, const struct coverage_row *row)
{
	html_raw(html, "<article class=server>\n<h3>");
	html_str(html, row->server);
	html_raw(html, " <span class=place>");
	html_str(html, row->role);
	html_raw(html, "</span></h3>\n<p>");
	if (row->first == TIME_NONE)
		html_raw(html, "tells no time");
	else
		phrase_period(&html->line, row->first, row->last);
	html_line(html);
	html_raw(html, "</p>\n");
	write_gaps(html, row);
	html_raw(html, "<ul class=told aria-label=\"What its lines tell\">");
	for (size_t i = 0; i < row->fact_count; i++) {
		html_raw(html, "<li>");
		html_str(html, row->facts[i]);
		html_raw(html, "</li>");
	}
	html_raw(html, "</ul>\n");
	if (row->blind_count)
		write_blind(html, row);
	html_raw(html, "</article>\n");
}

void
html_coverage(struct html *html)
{
	const struct summary *summary = html->summary;

	html_raw(html, "<section id=coverage aria-labelledby=h-coverage>\n"
		       "<h2 id=h-coverage>Coverage</h2>\n"
		       "<p class=lead>What these logs tell, and what they cannot.</p>\n"
		       "<div class=servers>\n");
	for (size_t i = 0; i < summary->coverage_count; i++)
		write_server(html, &summary->coverage[i]);
	html_raw(html, "</div>\n");
	if (summary->coverage_count == 0)
		html_raw(html, "<p class=empty>No log was read.</p>\n");
	for (size_t i = 0; i < summary->note_count; i++) {
		html_raw(html, "<p class=note><strong>");
		html_str(html, summary->notes[i].rule);
		html_raw(html, "</strong> ");
		html_str(html, summary->notes[i].text);
		html_raw(html, "</p>\n");
	}
	if (summary->approximate) {
		html_raw(html, "<p class=note><strong>memory</strong> ");
		phrase_counted(&html->line, summary->folded_sources, "source");
		buf_add_text(&html->line,
			     " without evidence were folded into their networks; --memory "
			     "raises the ceiling of ");
		phrase_bytes(&html->line, summary->memory_limit);
		html_line(html);
		html_raw(html, "</p>\n");
	}
	html_raw(html, "</section>\n");
}

void
html_lines(struct html *html)
{
	const struct summary *summary = html->summary;

	html_raw(html, "<section id=lines aria-labelledby=h-lines>\n<h2 id=h-lines>Lines</h2>\n"
		       "<p class=lead>");
	text_kinds(&html->line, summary);
	if (html->line.n == 0)
		buf_add_text(&html->line, "No line was read");
	html_line(html);
	html_raw(html, ".</p>\n");
	if (summary->sample_count == 0) {
		html_raw(html, "<p class=empty>Every line was understood.</p>\n</section>\n");
		return;
	}
	html_raw(html, "<h3>Lines not understood</h3>\n<ol class=log>\n");
	for (size_t i = 0; i < summary->sample_count; i++) {
		const struct line_sample *sample = &summary->samples[i];
		html_raw(html, "<li><code>");
		html_str(html, sample->text);
		html_raw(html, "</code> <cite>");
		html_str(html, sample->reason);
		html_raw(html, ", ");
		html_str(html, sample->file);
		fprintf(html->out, ":%llu</cite></li>\n", (unsigned long long)sample->line);
	}
	html_raw(html, "</ol>\n</section>\n");
}

void
html_files(struct html *html)
{
	const struct summary *summary = html->summary;

	if (summary->file_count == 0)
		return;
	html_raw(html, "<section id=files aria-labelledby=h-files>\n<h2 id=h-files>Files</h2>\n"
		       "<div class=wide role=region tabindex=0 aria-label=\"Table of files\">\n"
		       "<table class=sortable id=t-files>\n<thead><tr><th scope=col>File</th>"
		       "<th scope=col>Server</th><th scope=col>Format</th>"
		       "<th scope=col class=n>Lines</th><th scope=col class=n>Bytes</th>"
		       "<th scope=col>Read</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < summary->file_count; i++) {
		const struct file_row *row = &summary->files[i];
		html_raw(html, "<tr><th scope=row>");
		html_str(html, row->path);
		html_raw(html, "</th><td>");
		html_str(html, row->server);
		html_raw(html, "</td><td>");
		html_str(html, row->format);
		html_raw(html, "</td>");
		html_count_cell(html, true, row->lines);
		html_count_cell(html, true, row->bytes);
		html_raw(html, row->complete ? "<td>whole" : "<td><strong>not in full</strong> ");
		html_str(html, row->error);
		html_raw(html, "</td></tr>\n");
	}
	html_raw(html, "</tbody>\n</table>\n</div>\n</section>\n");
}
