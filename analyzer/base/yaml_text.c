#include "base/yaml_text.h"

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Words that YAML takes for something other than a text, in any version of it. */
static bool
is_word(struct str text)
{
	static const char *const words[] = {"null", "yes", "no", "on", "off", "y", "n"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq_nocase(text, str_of(words[i])))
			return true;
	return false;
}

static bool
is_plain(struct str text)
{
	if (text.n == 0 || is_word(text) || !(is_alnum(text.p[0]) || text.p[0] == '/'))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool inner = c == ':' && i + 1 < text.n;
		if (!is_alnum(c) && !inner && !strchr("._/=+@-", c))
			return false;
	}
	return true;
}

/* One code point of UTF-8 at the text's start; its length, 0 when there is none. */
static size_t
take_point(struct str text, uint32_t *point)
{
	static const struct {
		unsigned char mask, lead;
		size_t n;
		uint32_t least;
	} forms[] = {{0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}};
	unsigned char first = (unsigned char)text.p[0];

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((first & forms[i].mask) != forms[i].lead || text.n < forms[i].n)
			continue;
		uint32_t value = first & (unsigned char)~forms[i].mask;
		for (size_t j = 1; j < forms[i].n; j++) {
			unsigned char next = (unsigned char)text.p[j];
			if ((next & 0xc0) != 0x80)
				return 0;
			value = value << 6 | (next & 0x3fU);
		}
		if (value < forms[i].least || value > 0x10ffff ||
		    (value >= 0xd800 && value <= 0xdfff))
			return 0;
		*point = value;
		return forms[i].n;
	}
	return 0;
}

bool
yaml_add_text(struct buf *out, struct str text)
{
	bool good = true;

	if (is_plain(text))
		return buf_add_str(out, text);
	good &= buf_add_char(out, '"');
	while (text.n > 0) {
		unsigned char c = (unsigned char)text.p[0];
		uint32_t point = c;
		size_t n = c < 0x80 ? 1 : take_point(text, &point);
		if (n == 0) {
			buf_add_char(out, '?');
			good = false;
			n = 1;
		} else if (c == '"' || c == '\\') {
			good &= buf_printf(out, "\\%c", c);
		} else if (c >= 0x20 && c < 0x7f) {
			good &= buf_add_char(out, (char)c);
		} else {
			good &= buf_printf(out, point > 0xffff ? "\\U%08x" : "\\u%04x",
					   (unsigned)point);
		}
		text = str_skip(text, n);
	}
	return buf_add_char(out, '"') && good;
}

bool
yaml_add_comment(struct buf *out, struct str text)
{
	bool good = true;

	for (size_t i = 0; i < text.n; i++)
		good &= buf_add_char(out, text.p[i] >= 0x20 && text.p[i] < 0x7f ? text.p[i] : '?');
	return good;
}
