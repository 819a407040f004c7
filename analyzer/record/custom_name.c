#include "record/custom_parts.h"
#include "record/scan.h"

/* The name that is being written. */
struct writer {
	char *out;
	size_t n;
	bool full;
};

static void
put(struct writer *writer, char c)
{
	if (writer->n == CUSTOM_NAME_MAX)
		writer->full = true;
	else
		writer->out[writer->n++] = c;
}

/* One octet of a label, as BIND's dns_name_totext() writes it. */
static void
put_octet(struct writer *writer, unsigned char octet)
{
	if (octet <= 0x20 || octet >= 0x7f) {
		put(writer, '\\');
		put(writer, (char)('0' + octet / 100));
		put(writer, (char)('0' + octet / 10 % 10));
		put(writer, (char)('0' + octet % 10));
		return;
	}
	if (strchr("\"().;\\@$", octet))
		put(writer, '\\');
	put(writer, (char)octet);
}

static bool
is_ordinary(char c)
{
	char lower = str_lower(c);

	return (lower >= 'a' && lower <= 'z') || scan_is_digit(c) || c == '-' || c == '_' ||
	       c == '.' || c == '*' || c == '/';
}

static bool
is_plain(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!is_ordinary(name.p[i]))
			return false;
	return true;
}

static int
hex_digit(char c)
{
	char lower = str_lower(c);

	if (scan_is_digit(c))
		return c - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The octet of `\xHH` at the start; -1 for anything else. */
static int
hex_octet(struct str s)
{
	if (s.n < 4 || s.p[0] != '\\' || s.p[1] != 'x' || hex_digit(s.p[2]) < 0 ||
	    hex_digit(s.p[3]) < 0)
		return -1;
	return hex_digit(s.p[2]) * 16 + hex_digit(s.p[3]);
}

static void
write_raw(struct writer *writer, struct str name, bool hex)
{
	while (name.n) {
		int octet = hex ? hex_octet(name) : -1;
		if (octet >= 0)
			put_octet(writer, (unsigned char)octet);
		else if (name.p[0] == '.')
			put(writer, '.');
		else
			put_octet(writer, (unsigned char)name.p[0]);
		name = str_skip(name, octet >= 0 ? 4 : 1);
	}
}

/* Takes one layer of backslashes off. */
static struct str
unquote(struct str name, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < name.n && n < CUSTOM_NAME_MAX; i++) {
		if (name.p[i] == '\\' && i + 1 < name.n)
			i++;
		out[n++] = name.p[i];
	}
	return str_make(out, n);
}

/*
 * The length before each label says where it ends: what stands in it may look like another
 * length.
 */
static bool
write_lengths(struct writer *writer, struct str name)
{
	uint64_t length;
	bool first = true;

	for (;;) {
		if (!scan_take(&name, STR("(")) || !str_take_number(&name, 63, &length) ||
		    !scan_take(&name, STR(")")) || name.n < length)
			return false;
		if (length == 0)
			break;
		if (!first)
			put(writer, '.');
		for (size_t i = 0; i < length; i++)
			put_octet(writer, (unsigned char)name.p[i]);
		name = str_skip(name, length);
		first = false;
	}
	if (first)
		put(writer, '.');
	return name.n == 0;
}

struct str
custom_name(enum custom_names form, struct str name, char *out)
{
	struct writer writer = {.out = out};
	char unquoted[CUSTOM_NAME_MAX];

	if (form == NAMES_LENGTHS)
		return write_lengths(&writer, name) && !writer.full ? str_make(out, writer.n)
								    : str_make(NULL, 0);
	if (form == NAMES_ESCAPED || is_plain(name))
		return name;
	if (name.n > CUSTOM_NAME_MAX)
		return str_make(NULL, 0);
	if (form == NAMES_QUOTED)
		return unquote(name, out);
	if (form == NAMES_HEX_JSON)
		name = unquote(name, unquoted);
	write_raw(&writer, name, form != NAMES_RAW);
	return writer.full ? str_make(NULL, 0) : str_make(out, writer.n);
}
