#include "detect/ownername.h"

/* Writes one octet of a label; returns the characters written, at most 4. */
static size_t
put_octet(char *out, uint8_t octet)
{
	static const char special[] = "\".\\();@$";

	if (octet <= 0x20 || octet >= 0x7f) {
		out[0] = '\\';
		out[1] = (char)('0' + octet / 100);
		out[2] = (char)('0' + octet / 10 % 10);
		out[3] = (char)('0' + octet % 10);
		return 4;
	}
	if (memchr(special, octet, sizeof(special) - 1)) {
		out[0] = '\\';
		out[1] = (char)octet;
		return 2;
	}
	out[0] = str_lower((char)octet);
	return 1;
}

struct str
ownername_of_wire(const uint8_t *wire, size_t n, char *out)
{
	/* 255 octets are at most 1,003 characters: QNAME_TEXT_MAX holds them. */
	size_t at = 0, length = 0;

	if (n > OWNERNAME_OCTETS_MAX)
		return str_make(NULL, 0);
	while (at < n && wire[at] != 0) {
		size_t label = wire[at++];

		if (label > OWNERNAME_LABEL_MAX || label >= n - at)
			return str_make(NULL, 0);
		if (length)
			out[length++] = '.';
		for (size_t end = at + label; at < end; at++)
			length += put_octet(out + length, wire[at]);
	}
	if (at + 1 != n)
		return str_make(NULL, 0);
	if (length == 0)
		out[length++] = '.';
	return str_make(out, length);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes one octet of a label off text; false where the escaping is broken. */
static bool
take_octet(struct str *text, uint8_t *octet)
{
	unsigned char c = (unsigned char)text->p[0];
	size_t length = 1;

	if (c <= 0x20 || c == 0x7f)
		return false;
	*octet = c;
	if (c == '\\') {
		if (text->n < 2)
			return false;
		length = 2;
		*octet = (uint8_t)text->p[1];
		if (is_digit(text->p[1])) {
			if (text->n < 4 || !is_digit(text->p[2]) || !is_digit(text->p[3]))
				return false;
			int value = (text->p[1] - '0') * 100 + (text->p[2] - '0') * 10 +
				    (text->p[3] - '0');
			if (value > 255)
				return false;
			*octet = (uint8_t)value;
			length = 4;
		}
	}
	*text = str_skip(*text, length);
	return true;
}

struct str
ownername_of_text(struct str text, char *out)
{
	static const struct str none = {NULL, 0};
	uint8_t wire[OWNERNAME_OCTETS_MAX];
	size_t n = 0;

	if (text.n == 1 && text.p[0] == '.')
		text.n = 0;
	else if (text.n == 0)
		return none;
	while (text.n) {
		size_t start = n++;

		while (text.n && text.p[0] != '.')
			if (n == OWNERNAME_OCTETS_MAX || !take_octet(&text, &wire[n++]))
				return none;
		size_t label = n - start - 1;
		/* At least one octet is left for the root's length. */
		if (label == 0 || label > OWNERNAME_LABEL_MAX || n == OWNERNAME_OCTETS_MAX)
			return none;
		wire[start] = (uint8_t)label;
		text = str_skip(text, 1);
	}
	wire[n++] = 0;
	return ownername_of_wire(wire, n, out);
}
