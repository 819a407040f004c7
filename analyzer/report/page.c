#include "report/page.h"

#include <stdarg.h>

#include "report/phrase.h"

enum { LINE_LIMIT = 8192, TEXT_LIMIT = 4096 };

/* ECMA-48 8.3.117: select graphic rendition. */
static const char *const styles[PAGE_STYLES] = {
	[PAGE_PLAIN] = "",    [PAGE_HEADING] = "1",  [PAGE_FAINT] = "2",    [PAGE_GOOD] = "32",
	[PAGE_NOTICE] = "36", [PAGE_WARNING] = "33", [PAGE_ALARM] = "1;31",
};

void
page_init(struct page *page, FILE *out, bool color, bool utf8)
{
	*page = (struct page){.out = out, .color = color, .utf8 = utf8};
	buf_init(&page->line, LINE_LIMIT);
}

void
page_release(struct page *page)
{
	buf_release(&page->line);
}

static void
put_padding(struct page *page)
{
	for (; page->pad > 0; page->pad--)
		buf_add_char(&page->line, ' ');
}

/* One byte of text; the last door before the terminal. */
static void
put_byte(struct page *page, unsigned char c)
{
	if (c == ' ') {
		page->pad++;
		page->column++;
		return;
	}
	put_padding(page);
	if (c > 0x20 && c < 0x7f) {
		buf_add_char(&page->line, (char)c);
		page->column++;
	} else {
		buf_printf(&page->line, "\\x%02x", c);
		page->column += 4;
	}
}

void
page_str(struct page *page, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		put_byte(page, (unsigned char)text.p[i]);
}

void
page_text(struct page *page, const char *text)
{
	page_str(page, str_of(text));
}

void
page_printf(struct page *page, const char *format, ...)
{
	va_list args;
	char text[TEXT_LIMIT];

	va_start(args, format);
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n > 0)
		page_text(page, text);
}

void
page_styled(struct page *page, enum page_style style, struct str text)
{
	bool colored = page->color && styles[style][0] && text.n > 0;

	if (colored) {
		put_padding(page);
		buf_printf(&page->line, "\x1b[%sm", styles[style]);
	}
	page_str(page, text);
	if (colored)
		buf_add_text(&page->line, "\x1b[0m");
}

static void
put_ellipsis(struct page *page)
{
	if (!page->utf8) {
		page_text(page, "...");
		return;
	}
	put_padding(page);
	buf_add_text(&page->line, "\xe2\x80\xa6"); /* U+2026 */
	page->column++;
}

void
page_cut(struct page *page, struct str text, size_t width)
{
	size_t mark = page->utf8 ? 1 : 3;

	if (text.n <= width) {
		page_str(page, text);
	} else if (width > mark) {
		page_str(page, str_make(text.p, width - mark));
		put_ellipsis(page);
	}
}

void
page_right(struct page *page, struct str text, size_t end)
{
	if (text.n < end)
		page_to(page, end - text.n);
	page_str(page, text);
}

void
page_to(struct page *page, size_t column)
{
	size_t more = page->column < column ? column - page->column : 0;

	if (more == 0 && page->pad == 0 && page->column > 0)
		more = 1;
	page->pad += more;
	page->column += more;
}

void
page_bar(struct page *page, unsigned level)
{
	static const char ascii[] = " .:-=+*#@";

	if (level > 8)
		level = 8;
	if (level == 0 || !page->utf8) {
		put_byte(page, (unsigned char)ascii[level]);
		return;
	}
	put_padding(page);
	/* U+2581 to U+2588: one eighth to the full block. */
	buf_printf(&page->line, "\xe2\x96%c", (char)(0x80 + level));
	page->column++;
}

void
page_bars(struct page *page, const uint64_t *values, size_t n)
{
	enum { LEVELS_OF_BAR = 8 };
	uint64_t top = 0;

	for (size_t i = 0; i < n; i++)
		top = values[i] > top ? values[i] : top;
	for (size_t i = 0; i < n; i++) {
		double share = top ? (double)values[i] / (double)top * LEVELS_OF_BAR : 0;
		unsigned level = (unsigned)share;
		page_bar(page, level + (share > level));
	}
}

void
page_end(struct page *page)
{
	buf_add_char(&page->line, '\n');
	fwrite(page->line.p, 1, page->line.n, page->out);
	buf_clear(&page->line);
	page->column = 0;
	page->pad = 0;
}

void
page_blank(struct page *page)
{
	page_end(page);
}

void
page_heading(struct page *page, const char *text)
{
	page_blank(page);
	page_styled(page, PAGE_HEADING, str_of(text));
	page_end(page);
}

/*
 * The length of the word at the start of `text`: up to a blank or line feed, or a whole
 * `quotation` where it fits on one line of `room` characters.
 */
static size_t
word_length(struct str text, size_t room)
{
	if (text.p[0] == '`') {
		size_t close = str_index(str_skip(text, 1), '`');
		if (close != SIZE_MAX && close + 3 <= room) {
			size_t n = close + 2;
			while (n < text.n && n < room && text.p[n] != ' ' && text.p[n] != '\n')
				n++;
			return n;
		}
	}
	for (size_t n = 0; n < text.n; n++)
		if (text.p[n] == ' ' || text.p[n] == '\n')
			return n;
	return text.n;
}

/* Begins the next line of a wrapped text; false when its rows are used up. */
static bool
next_row(struct page *page, size_t indent, size_t *rows)
{
	if (*rows == 1) {
		page_text(page, " ");
		put_ellipsis(page);
		return false;
	}
	if (*rows > 0)
		--*rows;
	page_end(page);
	page_to(page, indent);
	return true;
}

/* Takes blanks and line feeds off `*text`; true when a line feed stood among them. */
static bool
take_space(struct str *text)
{
	bool line_feed = false;

	while (text->n && (text->p[0] == '\n' || text->p[0] == ' ')) {
		line_feed |= text->p[0] == '\n';
		*text = str_skip(*text, 1);
	}
	return line_feed;
}

void
page_wrap(struct page *page, struct str text, size_t indent, size_t rows)
{
	/* The last row keeps room for its ellipsis. */
	enum { MARK = 4 };

	if (page->column < indent)
		page_to(page, indent);
	for (bool fresh = true; text.n > 0;) {
		size_t width = rows == 1 ? PAGE_WIDTH - MARK : PAGE_WIDTH;
		if (take_space(&text)) {
			if (!next_row(page, indent, &rows))
				break;
			fresh = true;
			continue;
		}
		if (text.n == 0)
			break;
		size_t n = word_length(text, PAGE_WIDTH - indent);
		size_t gap = fresh ? 0 : 1;
		if (page->column + gap + n > width && page->column > indent) {
			if (!next_row(page, indent, &rows))
				break;
			fresh = true;
			continue;
		}
		if (page->column + gap + n > width) /* longer than a line: it is broken */
			n = width - page->column;
		if (gap)
			page_text(page, " ");
		page_str(page, str_make(text.p, n));
		text = str_skip(text, n);
		fresh = false;
	}
	page_end(page);
}

void
page_row(struct page *page, const char *label, struct str text, size_t indent)
{
	page_to(page, 2);
	page_styled(page, PAGE_FAINT, str_of(label));
	page_to(page, indent);
	page_wrap(page, text, indent, 0);
}
