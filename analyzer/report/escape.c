#include "report/escape.h"

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* A backslash that would read as the start of our own \xHH. */
static bool
is_false_escape(struct str s, size_t i)
{
	return s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == 'x';
}

bool
escape_text(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool fits = is_plain(c) && !is_false_escape(s, i) ? buf_add_char(out, (char)c)
								  : buf_printf(out, "\\x%02x", c);
		if (!fits)
			return false;
	}
	return true;
}

/* 192.0.2.1, (198.51.100.0/24), 0.5: nothing that a mail program would take for a name. */
static bool
is_number(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!strchr("0123456789./,;:()", word.p[i]))
			return false;
	return true;
}

bool
escape_links(struct buf *out, struct str s)
{
	bool fits = true;

	while (s.n > 0) {
		size_t n = str_index(s, ' ');
		struct str word = str_make(s.p, n == SIZE_MAX ? s.n : n);
		bool plain = is_number(word);
		for (size_t i = 0; i < word.n; i++) {
			bool inner = i + 1 < word.n && word.p[i + 1] != '.';
			if (!plain && word.p[i] == '.' && inner)
				fits &= buf_add_text(out, "[.]");
			else if (word.p[i] == '@')
				fits &= buf_add_text(out, "[at]");
			else if (word.p[i] == ':' && i + 2 < word.n && word.p[i + 1] == '/')
				fits &= buf_add_text(out, "[:]");
			else
				fits &= buf_add_char(out, word.p[i]);
		}
		if (n != SIZE_MAX)
			fits &= buf_add_char(out, ' ');
		s = str_skip(s, word.n + 1);
	}
	return fits;
}

/*
 * The character at the start of `s` and its length; length 0 for anything that Unicode 15
 * table 3-7 does not call well-formed (overlong forms, surrogates, beyond 10FFFF).
 */
static size_t
utf8_decode(struct str s, uint32_t *code)
{
	static const struct {
		uint8_t from, to;   /* first byte */
		uint8_t low, high;  /* second byte; the others are 80 to BF */
		uint8_t n, payload; /* length, bits of the first byte that count */
	} forms[] = {
		{0xc2, 0xdf, 0x80, 0xbf, 2, 0x1f}, {0xe0, 0xe0, 0xa0, 0xbf, 3, 0x0f},
		{0xe1, 0xec, 0x80, 0xbf, 3, 0x0f}, {0xed, 0xed, 0x80, 0x9f, 3, 0x0f},
		{0xee, 0xef, 0x80, 0xbf, 3, 0x0f}, {0xf0, 0xf0, 0x90, 0xbf, 4, 0x07},
		{0xf1, 0xf3, 0x80, 0xbf, 4, 0x07}, {0xf4, 0xf4, 0x80, 0x8f, 4, 0x07},
	};
	const uint8_t *p = (const uint8_t *)s.p;

	for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
		if (p[0] < forms[f].from || p[0] > forms[f].to)
			continue;
		if (s.n < forms[f].n || p[1] < forms[f].low || p[1] > forms[f].high)
			return 0;
		*code = p[0] & forms[f].payload;
		for (size_t i = 1; i < forms[f].n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			*code = *code << 6 | (p[i] & 0x3f);
		}
		return forms[f].n;
	}
	return 0;
}

static void
write_code(FILE *out, uint32_t code)
{
	if (code > 0xffff) { /* a surrogate pair, RFC 8259 7 */
		code -= 0x10000;
		fprintf(out, "\\u%04x", 0xd800 + (unsigned)(code >> 10));
		code = 0xdc00 + (code & 0x3ff);
	}
	fprintf(out, "\\u%04x", (unsigned)code);
}

/* One ASCII byte but NUL; short forms where RFC 8259 has them. */
static void
write_ascii(FILE *out, char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *found = strchr(from, c);

	if (found) {
		putc('\\', out);
		putc(to[found - from], out);
	} else if (is_plain((unsigned char)c)) {
		putc(c, out);
	} else {
		write_code(out, (unsigned char)c);
	}
}

/* How many bytes stand in JSON as they are: nearly always all. */
static size_t
plain_prefix(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_plain((unsigned char)s.p[n]) && s.p[n] != '"' && s.p[n] != '\\')
		n++;
	return n;
}

void
escape_json(FILE *out, struct str s)
{
	while (s.n > 0) {
		size_t plain = plain_prefix(s);
		fwrite(s.p, 1, plain, out);
		s = str_skip(s, plain);
		if (s.n == 0)
			break;
		unsigned char c = (unsigned char)s.p[0];
		uint32_t code;
		size_t n = 1;
		if (is_false_escape(s, 0))
			fputs("\\\\x5c", out);
		else if (c > 0 && c < 0x80)
			write_ascii(out, (char)c);
		else if (c > 0 && (n = utf8_decode(s, &code)) > 0)
			write_code(out, code);
		else
			fprintf(out, "\\\\x%02x", c);
		s = str_skip(s, n ? n : 1);
	}
}

void
escape_csv(FILE *out, struct str s)
{
	bool formula = s.n > 0 && strchr("=+-@'", s.p[0]) && s.p[0];
	bool quoted = str_index(s, ',') != SIZE_MAX || str_index(s, '"') != SIZE_MAX;

	if (quoted)
		putc('"', out);
	if (formula)
		putc('\'', out);
	for (size_t i = 0; i < s.n; i++) {
		if (!is_plain((unsigned char)s.p[i]) || is_false_escape(s, i))
			fprintf(out, "\\x%02x", (unsigned char)s.p[i]);
		else if (s.p[i] == '"')
			fputs("\"\"", out);
		else
			putc(s.p[i], out);
	}
	if (quoted)
		putc('"', out);
}

/* True when the byte stood for markup and its reference was written. */
static bool
write_reference(FILE *out, char c)
{
	static const char marks[] = "&<>\"'";
	static const char *const references[] = {"&amp;", "&lt;", "&gt;", "&#34;", "&#39;"};
	const char *found = c ? strchr(marks, c) : NULL;

	if (found)
		fputs(references[found - marks], out);
	return found != NULL;
}

void
escape_html(FILE *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_plain((unsigned char)s.p[i]) || is_false_escape(s, i))
			fprintf(out, "\\x%02x", (unsigned char)s.p[i]);
		else if (!write_reference(out, s.p[i]))
			putc(s.p[i], out);
	}
}

void
escape_markup(FILE *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_plain((unsigned char)s.p[i]) && s.p[i] != '\n')
			fprintf(out, "\\x%02x", (unsigned char)s.p[i]);
		else if (!write_reference(out, s.p[i]))
			putc(s.p[i], out);
	}
}

void
escape_comment(FILE *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (letter || (c >= '0' && c <= '9') || (c && strchr(" .,:/_-+()@=", c)))
			putc(c, out);
		else
			fprintf(out, "\\x%02x", (unsigned char)c);
	}
}
