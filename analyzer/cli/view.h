/*
 * struct view: a picture of a tally as rows that can be sorted and shown, free of everything it
 * was made from, so that it passes from one process to another through a pipe. Both ends are
 * the same program: it is no format.
 */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include <stdio.h>

#include "report/summary.h"

enum view_table { VIEW_SOURCES, VIEW_ZONES, VIEW_FINDINGS, VIEW_TABLES };

enum view_text {
	VIEW_KEY,  /* what explain calls it: bytes as they are */
	VIEW_NAME, /* what is read, as printable ASCII; so is */
	VIEW_NOTE, /* a source's role; whom a finding is about */
	VIEW_TEXTS
};

enum view_number {
	VIEW_REQUESTS,
	VIEW_NAMES,
	VIEW_MISSING,
	VIEW_EXISTING,
	VIEW_ZONE_COUNT,
	VIEW_SOURCE_COUNT,
	VIEW_REFUSED,
	VIEW_GRANTED, /* transfers; */
	VIEW_ATTEMPTED,
	VIEW_SCORE,
	VIEW_LAST, /* UTC milliseconds */
	VIEW_NUMBERS
};

#define VIEW_NOT_TOLD UINT64_MAX /* by these logs */

struct view_row {
	uint32_t texts[VIEW_TEXTS]; /* offsets in view.texts */
	int32_t level;              /* of its worst finding; -1: none */
	uint64_t numbers[VIEW_NUMBERS];
};

struct view {
	size_t counts[VIEW_TABLES];
	struct view_row *rows[VIEW_TABLES];
	uint64_t totals[VIEW_TABLES]; /* before the rows were limited */
	size_t text_size;
	char *texts;                       /* each ended by NUL */
	uint64_t requests, levels[LEVELS]; /* findings by level, without suppressed ones */
	int64_t first, last;
	bool is_partial; /* not all of the logs was read */
};

/* Takes what it needs from the summary, which may go then. view_release frees. */
void view_make(struct view *view, const struct summary *summary);
void view_release(struct view *view);
/* The stream's error is read by the caller. */
void view_write(const struct view *view, FILE *out);
/* False when the other end has broken off; then the view is empty. */
bool view_read(struct view *view, FILE *in);
const char *view_text(const struct view *view, const struct view_row *row, enum view_text which);

#endif
