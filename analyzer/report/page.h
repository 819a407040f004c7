/*
 * struct page: lines of a terminal page, 80 columns wide, built from pieces whose width is
 * known: colour takes no column, padding waits until something follows it, so that no line
 * ends in blanks. Text given to a page is escaped once more at the door: only printable ASCII
 * and the page's own colours and glyphs can reach the stream.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdio.h>

#include "base/buf.h"

enum { PAGE_WIDTH = 80 };

enum page_style {
	PAGE_PLAIN,
	PAGE_HEADING,
	PAGE_FAINT,
	PAGE_GOOD,
	PAGE_NOTICE,
	PAGE_WARNING,
	PAGE_ALARM,
	PAGE_STYLES
};

struct page {
	FILE *out;
	bool color, utf8;
	size_t column; /* of the next character; padding included */
	size_t pad;    /* blanks that stand before it */
	struct buf line;
};

void page_init(struct page *page, FILE *out, bool color, bool utf8);
void page_release(struct page *page);
void page_text(struct page *page, const char *text);
void page_str(struct page *page, struct str text);
void page_printf(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same in a colour. */
void page_styled(struct page *page, enum page_style style, struct str text);
/* At most `width` characters; a longer text ends in an ellipsis. */
void page_cut(struct page *page, struct str text, size_t width);
/* So that it ends before column `end`; a longer text pushes on. */
void page_right(struct page *page, struct str text, size_t end);
/* Moves to `column`, or one blank on where the line is already there. */
void page_to(struct page *page, size_t column);
/* A column of a chart: level 0 (nothing) to 8 (full). */
void page_bar(struct page *page, unsigned level);
/* Columns of a chart, the highest value full; whatever is not nothing is seen. */
void page_bars(struct page *page, const uint64_t *values, size_t n);
/* Ends the line. */
void page_end(struct page *page);
/* An empty line. */
void page_blank(struct page *page);
/* A heading on a line of its own, with an empty line before it. */
void page_heading(struct page *page, const char *text);
/*
 * Flows `text` from the current column on, over lines that begin at `indent`, and ends the
 * last one. A line feed in the text begins a new line. `quoted in backticks` stays together
 * where a line can hold it. After `rows` lines (0: no limit) the rest is cut.
 */
void page_wrap(struct page *page, struct str text, size_t indent, size_t rows);
/* A label at column 2 and `text` wrapped at `indent`. */
void page_row(struct page *page, const char *label, struct str text, size_t indent);

#endif
