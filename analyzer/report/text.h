/*
 * The sections of the text report. Each prints nothing where it has nothing to say. text.c
 * fixes their order: what happened first, what these logs cannot tell last.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "report/page.h"
#include "report/report.h"

/* A heading word before the text of a row, at columns 2 and TEXT_INDENT. */
enum { TEXT_INDENT = 9 };

/* What is shown, passed to each section. */
struct text {
	const struct summary *summary;
	const struct report_options *options;
	struct page *page;
	struct buf line; /* scratch for one sentence */
};

/* text.c */
/* The whole report in one sentence; the level that it tells of, or -1 when there is no alarm. */
int text_verdict(struct buf *line, const struct summary *summary);
/* What makes the verdict less sure: one sentence each call, false after the last. */
bool text_doubt(struct buf *line, const struct summary *summary, size_t i, const char **word);

/* text_findings.c */
/* False for what was suppressed, or waits to be confirmed. */
bool text_finding_is_open(const struct finding *finding);
enum page_style text_level_style(enum level level);
/* Its rows as sentences, appended to `line`: whom, in which zones, how far, since when. */
void text_finding_who(struct buf *line, const struct finding *finding);
void text_finding_where(struct buf *line, const struct finding *finding);
void text_finding_what(struct buf *line, const struct finding *finding);
void text_finding_when(struct buf *line, const struct finding *finding);
/* One finding in full. */
void text_finding(struct text *text, const struct finding *finding);
/* Findings at or above options->level in full, worst first. */
void text_findings(struct text *text);
/* Granted transfers to hosts that behave like secondaries, with the line to configure. */
void text_confirm(struct text *text);
/* One row per kind of finding below options->level. */
void text_digest(struct text *text);
void text_suppressed(struct text *text);

/* text_tables.c */
void text_sources(struct text *text);
void text_zones(struct text *text);
/* Types and rcodes, one row each. */
void text_shares(struct text *text);
void text_timeline(struct text *text);

/* text_limits.c */
/* Counts of lines by kind and reason, as one sentence. */
void text_kinds(struct buf *line, const struct summary *summary);
/* What these logs cannot tell and what to switch on. */
void text_coverage(struct text *text);
/* Lines that were not understood, with samples; the drift warning. */
void text_lines(struct text *text);
/* Files that could not be read in full; all files where options->verbose. */
void text_files(struct text *text);
/* Rules without effect, memory, interruption. */
void text_notes(struct text *text);
/* Lines of `row` that nobody understood exceed 1 %: the format has changed. */
bool text_is_drifting(const struct coverage_row *row);

#endif
