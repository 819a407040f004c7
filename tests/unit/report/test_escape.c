#include <criterion/criterion.h>

#include "fixture.h"
#include "report/escape.h"

static const struct {
	const char *bytes;
	size_t n;
	const char *text, *json;
} rows[] = {
#define ROW(bytes, text, json)                       \
	{                                            \
		bytes, sizeof(bytes) - 1, text, json \
	}
	ROW("", "", ""),
	ROW("www.example.com", "www.example.com", "www.example.com"),
	ROW("\x1b[31m", "\\x1b[31m", "\\u001b[31m"),
	ROW("\x9b"
	    "2J",
	    "\\x9b2J", "\\\\x9b2J"),
	ROW("a\0b", "a\\x00b", "a\\\\x00b"),
	ROW("a\tb\r\n", "a\\x09b\\x0d\\x0a", "a\\tb\\r\\n"),
	ROW("\b\f\a\x7f", "\\x08\\x0c\\x07\\x7f", "\\b\\f\\u0007\\u007f"),
	ROW("say \"no\"", "say \"no\"", "say \\\"no\\\""),
	/* BIND's own escapes stay what they were. */
	ROW("a\\032b\\.c\\\\d", "a\\032b\\.c\\\\d", "a\\\\032b\\\\.c\\\\\\\\d"),
	/* Text that looks like ours does not pass for a byte. */
	ROW("\\x1b", "\\x5cx1b", "\\\\x5cx1b"),
	ROW("\\\\x1b", "\\\\x5cx1b", "\\\\\\\\x5cx1b"),
	ROW("\\X1b\\", "\\X1b\\", "\\\\X1b\\\\"),
	ROW("<script>&'=cmd|", "<script>&'=cmd|", "<script>&'=cmd|"),
	/* UTF-8 of two, three and four bytes; a right-to-left mark. */
	ROW("\xc3\xa9", "\\xc3\\xa9", "\\u00e9"),
	ROW("\xe2\x80\xae", "\\xe2\\x80\\xae", "\\u202e"),
	ROW("\xf0\x9f\x92\xa9", "\\xf0\\x9f\\x92\\xa9", "\\ud83d\\udca9"),
	ROW("\xf4\x8f\xbf\xbf", "\\xf4\\x8f\\xbf\\xbf", "\\udbff\\udfff"),
	/* Overlong, surrogate, too large, cut short, a lone continuation. */
	ROW("\xc0\xaf", "\\xc0\\xaf", "\\\\xc0\\\\xaf"),
	ROW("\xe0\x80\x80", "\\xe0\\x80\\x80", "\\\\xe0\\\\x80\\\\x80"),
	ROW("\xed\xa0\x80", "\\xed\\xa0\\x80", "\\\\xed\\\\xa0\\\\x80"),
	ROW("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\\\xf4\\\\x90\\\\x80\\\\x80"),
	ROW("\xe2\x80", "\\xe2\\x80", "\\\\xe2\\\\x80"),
	ROW("\xe2\x80g", "\\xe2\\x80g", "\\\\xe2\\\\x80g"),
	ROW("\x80\xff", "\\x80\\xff", "\\\\x80\\\\xff"),
#undef ROW
};

Test(escape, text_is_printable_ascii_and_keeps_the_servers_own_escapes)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out;
		buf_init(&out, 1000);
		buf_add_text(&out, "");
		cr_expect(escape_text(&out, str_make(rows[i].bytes, rows[i].n)));
		cr_expect_str_eq(out.p, rows[i].text, "row %zu: %s", i, out.p);
		buf_release(&out);
	}
}

Test(escape, json_is_ascii_and_tells_utf8_from_other_bytes)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&text, &n);
		escape_json(out, str_make(rows[i].bytes, rows[i].n));
		fclose(out);
		cr_expect_str_eq(text, rows[i].json, "row %zu: %s", i, text);
		free(text);
	}
}

static int
hex(char c)
{
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c - '0';
}

/* The bytes that an escaped text stands for; in place. Returns their number. */
static size_t
unescape(char *p, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		if (i + 3 < n && p[i] == '\\' && p[i + 1] == 'x') {
			p[to++] = (char)(hex(p[i + 2]) << 4 | hex(p[i + 3]));
			i += 3;
		} else {
			p[to++] = p[i];
		}
	}
	return to;
}

Test(escape, every_pair_of_bytes_survives_the_way_to_text_and_back)
{
	struct buf out;

	buf_init(&out, 1000);
	for (unsigned pair = 0; pair < 65536; pair++) {
		const char bytes[] = {'\\', (char)(pair >> 8), (char)pair, 'x'};
		buf_clear(&out);
		escape_text(&out, str_make(bytes, sizeof(bytes)));
		for (size_t i = 0; i < out.n; i++)
			cr_assert(out.p[i] >= 0x20 && out.p[i] < 0x7f, "pair %04x", pair);
		size_t n = unescape(out.p, out.n);
		cr_assert(n == sizeof(bytes) && memcmp(out.p, bytes, n) == 0, "pair %04x", pair);
	}
	buf_release(&out);
}

Test(escape, a_full_buffer_is_said)
{
	struct buf out;

	buf_init(&out, 6);
	cr_expect(escape_text(&out, STR("ab\x01")));
	cr_expect_not(escape_text(&out, STR("\x01")));
	cr_expect_str_eq(out.p, "ab\\x01", "nothing half-written");
	buf_release(&out);
}
