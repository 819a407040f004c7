#include "input/reader.h"

#include "base/xalloc.h"

void
reader_init_sized(struct reader *reader, struct source *source, uint64_t base, size_t capacity,
		  size_t line_max)
{
	if (capacity < line_max + 2)
		capacity = line_max + 2;
	*reader = (struct reader){.source = source,
				  .buffer = xcalloc(1, capacity + READER_PADDING),
				  .capacity = capacity,
				  .line_max = line_max,
				  .offset = base};
}

void
reader_init(struct reader *reader, struct source *source, uint64_t base)
{
	reader_init_sized(reader, source, base, READER_BUFFER, READER_LINE_MAX);
}

void
reader_init_block(struct reader *reader, char *bytes, size_t n, uint64_t base, bool ends_whole)
{
	*reader = (struct reader){.buffer = bytes,
				  .capacity = n,
				  .end = n,
				  .line_max = READER_LINE_MAX,
				  .offset = base,
				  .at_end = true,
				  .ends_whole = ends_whole};
}

void
reader_release(struct reader *reader)
{
	if (reader->source)
		free(reader->buffer);
	*reader = (struct reader){0};
}

/* Takes n bytes off the front of the buffer. */
static void
take(struct reader *reader, size_t n)
{
	reader->start += n;
	reader->offset += n;
}

static void
skip(struct reader *reader, size_t n)
{
	reader->skipped_bytes += n;
	take(reader, n);
}

/* Reads on behind what is there; false at the end. There must be room, or something taken. */
static bool
fill(struct reader *reader)
{
	if (reader->at_end)
		return false;
	if (reader->start > 0) {
		memmove(reader->buffer, reader->buffer + reader->start,
			reader->end - reader->start);
		reader->end -= reader->start;
		reader->start = 0;
	}
	ssize_t got = source_read(reader->source, reader->buffer + reader->end,
				  reader->capacity - reader->end);
	if (got <= 0) {
		reader->at_end = true;
		return false;
	}
	reader->end += (size_t)got;
	return true;
}

/* Takes a NUL block off the front, however long; false when nothing is left. */
static bool
skip_nuls(struct reader *reader)
{
	for (;;) {
		size_t n = 0, left = reader->end - reader->start;
		while (n < left && reader->buffer[reader->start + n] == '\0')
			n++;
		skip(reader, n);
		if (n < left)
			return true;
		if (!fill(reader))
			return false;
	}
}

/* Takes the rest of an overlong line, its LF included, off. */
static void
skip_line(struct reader *reader)
{
	reader->lines++;
	reader->overlong++;
	do {
		size_t left = reader->end - reader->start;
		const char *p = reader->buffer + reader->start;
		const char *lf = left ? memchr(p, '\n', left) : NULL;
		skip(reader, lf ? (size_t)(lf - p) + 1 : left);
		if (lf)
			return;
	} while (fill(reader));
}

/* Bytes of the text in the n bytes before a line's end. */
static size_t
text_length(const char *p, size_t n)
{
	return n > 0 && p[n - 1] == '\r' ? n - 1 : n;
}

/* Delivers the n bytes at the front, of which `taken` belong to the line in all. */
static void
deliver(struct reader *reader, struct line *line, size_t n, size_t taken)
{
	const char *p = reader->buffer + reader->start;

	while (n > 0 && p[n - 1] == '\0') {
		n--;
		reader->skipped_bytes++;
	}
	line->text = str_make(p, n);
	line->offset = reader->offset;
	line->number = ++reader->lines;
	line->terminated = taken > 0 && p[taken - 1] == '\n';
	take(reader, taken);
}

/* Damage at the end leaves no certain end of the last line. */
static bool
ends_whole(const struct reader *reader)
{
	return reader->source ? source_end(reader->source) == SOURCE_COMPLETE : reader->ends_whole;
}

/* The unterminated rest at the end of the source: true when it is a line. */
static bool
finish(struct reader *reader, struct line *line)
{
	size_t left = reader->end - reader->start;
	size_t n = text_length(reader->buffer + reader->start, left);

	if (left == 0)
		return false;
	if (!ends_whole(reader)) {
		skip(reader, left);
		return false;
	}
	if (n > reader->line_max) {
		skip_line(reader);
		return false;
	}
	deliver(reader, line, n, left);
	return true;
}

bool
reader_next(struct reader *reader, struct line *line)
{
	size_t searched = 0; /* no LF stands there: each byte is looked at once */

	for (;;) {
		char *p = reader->buffer + reader->start;
		size_t left = reader->end - reader->start;
		if (searched == 0 && (left == 0 || *p == '\0')) {
			if (!skip_nuls(reader))
				return false;
			continue;
		}
		const char *lf = memchr(p + searched, '\n', left - searched);
		if (lf) {
			size_t n = text_length(p, (size_t)(lf - p));
			if (n <= reader->line_max) {
				deliver(reader, line, n, (size_t)(lf - p) + 1);
				return true;
			}
		}
		if (lf || left >= reader->line_max + 2) {
			skip_line(reader);
			searched = 0;
			continue;
		}
		searched = left;
		if (!fill(reader))
			return finish(reader, line);
	}
}

bool
reader_next_held(struct reader *reader, struct line *line)
{
	const char *p = reader->buffer + reader->start;
	size_t left = reader->end - reader->start;

	if (left == 0 || *p == '\0')
		return false;
	const char *lf = memchr(p, '\n', left);
	if (!lf)
		return false;
	size_t n = text_length(p, (size_t)(lf - p));
	if (n > reader->line_max)
		return false;
	deliver(reader, line, n, (size_t)(lf - p) + 1);
	return true;
}

bool
reader_cut(struct str *bytes, struct str *text)
{
	const char *lf = bytes->n ? memchr(bytes->p, '\n', bytes->n) : NULL;

	if (!lf)
		return false;
	size_t n = text_length(bytes->p, (size_t)(lf - bytes->p));
	*text = str_make(bytes->p, n);
	*bytes = str_skip(*bytes, (size_t)(lf - bytes->p) + 1);
	while (text->n > 0 && text->p[text->n - 1] == '\0')
		text->n--;
	while (text->n > 0 && text->p[0] == '\0') {
		text->p++;
		text->n--;
	}
	return true;
}
