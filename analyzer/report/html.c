#include "report/html.h"

#include "base/digest.h"
#include "report/assets.h"
#include "report/escape.h"
#include "report/phrase.h"
#include "report/text.h"

enum { LINE_LIMIT = 64 * 1024 };

void
html_raw(struct html *html, const char *markup)
{
	fputs(markup, html->out);
}

void
html_str(struct html *html, struct str text)
{
	escape_html(html->out, text);
}

void
html_line(struct html *html)
{
	escape_markup(html->out, buf_str(&html->line));
	buf_clear(&html->line);
}

void
html_count(struct html *html, uint64_t n)
{
	phrase_count(&html->line, n);
	html_line(html);
}

void
html_count_cell(struct html *html, bool known, uint64_t n)
{
	if (known) {
		html_raw(html, "<td class=n>");
		html_count(html, n);
	} else {
		html_raw(html, "<td class=n><span class=none title=\"the log does not tell\">"
			       "?</span>");
	}
}

void
html_address(struct html *html, const struct ip *address)
{
	char text[IP_TEXT];

	html_str(html, str_of(ip_print(address, text)));
}

void
html_time(struct html *html, int64_t time)
{
	char text[TIME_TEXT];

	if (time == TIME_NONE) {
		html_raw(html, "<span class=none>no time</span>");
		return;
	}
	fprintf(html->out, "<time datetime=\"%s\">", timestamp_print(time, text));
	phrase_time(&html->line, time);
	html_line(html);
	html_raw(html, "</time>");
}

void
html_place(struct html *html, const struct place *place)
{
	phrase_place(&html->line, place);
	if (html->line.n == 0)
		return;
	html_raw(html, " <span class=place>");
	html_line(html);
	html_raw(html, "</span>");
}

static void
write_head(struct html *html)
{
	char style[DIGEST_TEXT], script[DIGEST_TEXT];

	digest_policy(str_make(page_css, page_css_size), style);
	digest_policy(str_make(page_js, page_js_size), script);
	html_raw(html, "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n");
	fprintf(html->out,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'\">\n",
		style, script);
	html_raw(html, "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
		       "<meta name=color-scheme content=\"light dark\">\n"
		       "<meta name=referrer content=no-referrer>\n<title>");
	text_verdict(&html->line, html->summary);
	html_line(html);
	html_raw(html, " digtrail</title>\n<style>");
	fwrite(page_css, 1, page_css_size, html->out);
	html_raw(html,
		 "</style>\n</head>\n<body>\n<a class=skip href=#findings>To the findings</a>\n");
}

static void
write_number(struct html *html, uint64_t n, const char *what)
{
	html_raw(html, "<div><dd>");
	html_count(html, n);
	fprintf(html->out, "</dd><dt>%s%s</dt></div>\n", what, n == 1 ? "" : "s");
}

static void
write_doubts(struct html *html)
{
	const char *word;

	for (size_t i = 0; text_doubt(&html->line, html->summary, i, &word); i++) {
		fprintf(html->out, "<p class=doubt><strong>%s</strong> ", word);
		html_line(html);
		html_raw(html, "</p>\n");
	}
}

static void
write_period(struct html *html)
{
	html_raw(html, "<p class=period>");
	if (html->summary->first == TIME_NONE) {
		html_raw(html, "The logs tell no time");
	} else {
		phrase_period(&html->line, html->summary->first, html->summary->last);
		html_line(html);
		html_raw(html, " UTC");
	}
	html_raw(html, "</p>\n");
}

static void
write_summary(struct html *html)
{
	const struct summary *summary = html->summary;
	int level = text_verdict(&html->line, summary);

	html_raw(html, "<header>\n<p class=mark>digtrail</p>\n");
	buf_clear(&html->line);
	write_period(html);
	fprintf(html->out, "<div class=\"verdict %s\">\n", level < 0 ? "calm" : level_names[level]);
	fprintf(html->out, "<p class=level>%s</p>\n<h1>",
		level < 0 ? "no alarm" : level_names[level]);
	text_verdict(&html->line, summary);
	html_line(html);
	html_raw(html, "</h1>\n</div>\n");
	write_doubts(html);
	html_raw(html, "<dl class=numbers>\n");
	write_number(html, summary->requests, "request");
	write_number(html, summary->source_total, "source");
	write_number(html, summary->zone_total, "zone");
	write_number(html, summary->coverage_count, "server");
	write_number(html, summary->file_count, "log file");
	html_raw(html, "</dl>\n<nav aria-label=Sections><a href=#findings>Findings</a> "
		       "<a href=#timeline>Timeline</a> <a href=#sources>Sources</a> "
		       "<a href=#zones>Zones</a> <a href=#coverage>Coverage</a> "
		       "<a href=#lines>Lines</a></nav>\n</header>\n<main>\n");
}

static void
write_settings(struct html *html)
{
	const struct summary *summary = html->summary;

	html_raw(html, "</main>\n<footer>\n<p>digtrail ");
	html_str(html, summary->version);
	html_raw(html,
		 ". A source address over UDP may be forged; what a server does not log cannot "
		 "be found.</p>\n<details><summary>Settings that shaped this report</summary>"
		 "<dl class=settings>\n");
	for (size_t i = 0; i < summary->setting_count; i++) {
		const struct setting_row *row = &summary->settings[i];
		html_raw(html, "<dt>");
		html_str(html, row->name);
		html_raw(html, "</dt><dd>");
		html_str(html, row->value);
		for (size_t j = 0; j < row->item_count; j++) {
			html_raw(html, j ? ", " : "");
			html_str(html, row->items[j]);
		}
		if (row->value.n == 0 && row->item_count == 0)
			html_raw(html, "<span class=none>none</span>");
		html_raw(html, "</dd>\n");
	}
	html_raw(html, "</dl></details>\n</footer>\n<script>");
	fwrite(page_js, 1, page_js_size, html->out);
	html_raw(html, "</script>\n</body>\n</html>\n");
}

static void
write_html(const struct summary *summary, const struct report_options *options, FILE *out)
{
	struct html html = {.out = out, .summary = summary, .options = options};

	buf_init(&html.line, LINE_LIMIT);
	write_head(&html);
	write_summary(&html);
	html_timeline(&html);
	html_findings(&html);
	html_heat_map(&html);
	html_sources(&html);
	html_zones(&html);
	html_pairs(&html);
	html_coverage(&html);
	html_lines(&html);
	html_files(&html);
	write_settings(&html);
	buf_release(&html.line);
}

const struct report_format report_html = {
	.name = "html",
	.suffix = ".html",
	.help = "one page with pictures, for a browser",
	.write = write_html,
};
