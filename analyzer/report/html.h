/*
 * The parts of the HTML report. One page that opens from a disk and asks nobody for anything:
 * its policy allows one style and one script, by their hashes. Whatever comes from a log goes
 * through html_str or html_line.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/report.h"

struct html {
	FILE *out;
	const struct summary *summary;
	const struct report_options *options;
	struct buf line; /* scratch for one sentence */
};

/* html.c */
/* Markup of ours. */
void html_raw(struct html *html, const char *markup);
/* Text of a log, escaped. */
void html_str(struct html *html, struct str text);
/* What the phrases have put into html->line, escaped; empties it. */
void html_line(struct html *html);
void html_count(struct html *html, uint64_t n);
/* A count in a table cell, or a dash where the log cannot tell. */
void html_count_cell(struct html *html, bool known, uint64_t n);
void html_address(struct html *html, const struct ip *address);
/* 2026-03-10 01:40:46 in an element that tells machines the same; a dash without a time. */
void html_time(struct html *html, int64_t time);
/* Where an address is, as text after it; nothing when unknown. */
void html_place(struct html *html, const struct place *place);

/* html_timeline.c */
void html_timeline(struct html *html);
void html_heat_map(struct html *html);

/* html_findings.c */
void html_findings(struct html *html);

/* html_pictures.c: what shows the attack, as a figure; nothing where nothing was kept. */
void html_picture(struct html *html, const struct finding *finding);

/* html_tables.c */
void html_sources(struct html *html);
void html_zones(struct html *html);
void html_pairs(struct html *html);

/* html_limits.c */
void html_coverage(struct html *html);
void html_lines(struct html *html);
void html_files(struct html *html);

#endif
