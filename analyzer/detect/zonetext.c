#include "detect/zonetext.h"

#include "base/xalloc.h"
#include "record/codes.h"

void
zonetext_init(struct zonetext *zonetext, struct source *source)
{
	*zonetext = (struct zonetext){.source = source, .buffer = xmalloc(ZONETEXT_BUFFER)};
	zonetext->line = 1;
	buf_init(&zonetext->entry, ZONETEXT_ENTRY_MAX);
}

void
zonetext_release(struct zonetext *zonetext)
{
	if (zonetext->source)
		source_close(zonetext->source);
	free(zonetext->buffer);
	buf_release(&zonetext->entry);
	*zonetext = (struct zonetext){0};
}

static bool
fill(struct zonetext *zonetext)
{
	if (zonetext->at < zonetext->end)
		return true;
	ssize_t n = source_read(zonetext->source, zonetext->buffer, ZONETEXT_BUFFER);
	zonetext->at = 0;
	zonetext->end = n > 0 ? (size_t)n : 0;
	return zonetext->end > 0;
}

/* The next byte, or -1 at the end. */
static int
take(struct zonetext *zonetext)
{
	return fill(zonetext) ? (unsigned char)zonetext->buffer[zonetext->at++] : -1;
}

/* Takes all up to the next line end, and that too when `all`. */
static void
skip_line(struct zonetext *zonetext, bool all)
{
	while (fill(zonetext)) {
		char *start = zonetext->buffer + zonetext->at;
		char *newline = memchr(start, '\n', zonetext->end - zonetext->at);

		if (newline) {
			zonetext->at = (size_t)(newline - zonetext->buffer) + all;
			zonetext->line += all;
			return;
		}
		zonetext->at = zonetext->end;
	}
}

static bool
is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != 0x7f && c != '"' && c != '\\' && c != ';' &&
	       c != '(' && c != ')';
}

/* Copies the bytes that mean nothing but themselves; false when the entry becomes too long. */
static bool
copy_plain(struct zonetext *zonetext)
{
	size_t start = zonetext->at;

	while (zonetext->at < zonetext->end && is_plain(zonetext->buffer[zonetext->at]))
		zonetext->at++;
	return zonetext->at == start ||
	       buf_add(&zonetext->entry, zonetext->buffer + start, zonetext->at - start);
}

static bool
is_blank(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ')
			return false;
	return true;
}

static const char no_text[] = "holds bytes that no text has";

/* Where in an entry the reader stands. */
struct state {
	unsigned depth; /* of parentheses */
	bool quoted;
	bool done;
	const char *why;
};

static void
line_end(struct zonetext *zonetext, struct state *state, struct zonetext_entry *entry)
{
	zonetext->line++;
	if (state->quoted) {
		state->why = "a quote is not closed";
	} else if (state->depth) {
		buf_add_char(&zonetext->entry, ' ');
	} else if (is_blank(buf_str(&zonetext->entry))) {
		buf_clear(&zonetext->entry);
		entry->line = zonetext->line;
	} else {
		state->done = true;
	}
}

/* A backslash and what it stands before, but for a line end: that is never escaped. */
static void
escape(struct zonetext *zonetext, struct state *state)
{
	buf_add_char(&zonetext->entry, '\\');
	if (!fill(zonetext) || zonetext->buffer[zonetext->at] == '\n')
		return;
	int c = take(zonetext);
	if (c < 0x20)
		state->why = no_text;
	buf_add_char(&zonetext->entry, (char)c);
}

/* A byte that is not plain. */
static void
special(struct zonetext *zonetext, int c, struct state *state, struct zonetext_entry *entry)
{
	if (c == '\n') {
		line_end(zonetext, state, entry);
	} else if (c == '\\') {
		escape(zonetext, state);
	} else if (c == '"') {
		state->quoted = !state->quoted;
		buf_add_char(&zonetext->entry, '"');
	} else if (c == '\t' || c == '\r' || c == '\f' || c == '\v') {
		buf_add_char(&zonetext->entry, ' ');
	} else if (c < 0x20 || c == 0x7f) {
		state->why = no_text;
	} else if (state->quoted) {
		buf_add_char(&zonetext->entry, (char)c);
	} else if (c == ';') {
		skip_line(zonetext, false);
	} else {
		buf_add_char(&zonetext->entry, ' ');
		if (c == '(')
			state->depth++;
		else if (state->depth == 0)
			state->why = "a parenthesis is closed that is not open";
		else
			state->depth--;
	}
}

/* The end of the file ends an entry too. */
static void
file_end(struct zonetext *zonetext, struct state *state)
{
	if (state->quoted)
		state->why = "a quote is not closed";
	else if (state->depth)
		state->why = "a parenthesis is not closed";
	else
		state->done = !is_blank(buf_str(&zonetext->entry));
}

enum zonetext_result
zonetext_next(struct zonetext *zonetext, struct zonetext_entry *entry)
{
	struct state state = {0};
	int c = 0;

	buf_clear(&zonetext->entry);
	entry->line = zonetext->line;
	while (!state.done && !state.why) {
		c = 0;
		if (copy_plain(zonetext)) {
			c = take(zonetext);
			if (c < 0)
				break;
			/* A plain byte stands first in a buffer that was just filled. */
			if (is_plain((char)c))
				buf_add_char(&zonetext->entry, (char)c);
			else
				special(zonetext, c, &state, entry);
		}
		if (zonetext->entry.full)
			state.why = "is too long";
	}
	if (c < 0)
		file_end(zonetext, &state);
	else if (state.why && c != '\n')
		skip_line(zonetext, true);
	entry->text = buf_str(&zonetext->entry);
	entry->why = state.why;
	if (state.why)
		return ZONETEXT_BROKEN;
	return state.done ? ZONETEXT_ENTRY : ZONETEXT_END;
}

struct str
zonetext_word(struct str *text)
{
	size_t i = 0;
	bool quoted = false;

	while (text->n && text->p[0] == ' ')
		*text = str_skip(*text, 1);
	for (; i < text->n && (quoted || text->p[i] != ' '); i++) {
		if (text->p[i] == '"')
			quoted = !quoted;
		else if (text->p[i] == '\\' && i + 1 < text->n)
			i++;
	}
	struct str word = str_make(text->p, i);
	*text = str_skip(*text, i);
	return word;
}

/* A TTL: a number, or numbers with units as in 1h30m (RFC 2308 has it from BIND). */
static bool
is_ttl(struct str word)
{
	if (word.n == 0 || word.p[0] < '0' || word.p[0] > '9')
		return false;
	for (size_t i = 0; i < word.n; i++) {
		char c = str_lower(word.p[i]);

		if ((c < '0' || c > '9') && c != 's' && c != 'm' && c != 'h' && c != 'd' &&
		    c != 'w')
			return false;
	}
	return true;
}

static bool
is_mnemonic(struct str word)
{
	for (size_t i = 0; i < word.n; i++) {
		char c = str_lower(word.p[i]);

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-')
			return false;
	}
	return word.n > 0 && str_lower(word.p[0]) >= 'a' && str_lower(word.p[0]) <= 'z';
}

bool
zonetext_split(struct str entry, struct zonetext_record *record)
{
	bool has_ttl = false, has_class = false;
	struct str word;

	record->owner = entry.n && entry.p[0] != ' ' ? zonetext_word(&entry) : str_make(NULL, 0);
	for (;;) {
		word = zonetext_word(&entry);
		if (!has_ttl && is_ttl(word))
			has_ttl = true;
		else if (!has_class && class_parse(word) >= 0)
			has_class = true;
		else
			break;
	}
	record->type = word;
	record->rdata = str_trim(entry);
	return is_mnemonic(word);
}
