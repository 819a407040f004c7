#include "record/qname.h"

#include "record/scan.h"

enum {
	LABEL_OCTETS_MAX = 63, /* RFC 1035 2.3.4 */
	NAME_OCTETS_MAX = 255, /* with length octets and the root's */
};

/* Characters of the escape at s.p[i] (a backslash): 2 for \c, 4 for \DDD, 0 where broken. */
static size_t
escape_length(struct str s, size_t i)
{
	size_t left = s.n - i;

	if (left < 2 || s.p[i + 1] < 0x21 || s.p[i + 1] > 0x7e)
		return 0;
	if (!scan_is_digit(s.p[i + 1]))
		return 2;
	if (left < 4 || !scan_is_digit(s.p[i + 2]) || !scan_is_digit(s.p[i + 3]))
		return 0;
	int octet = (s.p[i + 1] - '0') * 100 + (s.p[i + 2] - '0') * 10 + (s.p[i + 3] - '0');
	return octet <= 255 ? 4 : 0;
}

static bool
ends_name(struct str s, size_t i)
{
	return i == s.n || s.p[i] == ' ' || s.p[i] == ')';
}

/* Bytes that are one octet of a label as they stand: 0x21 to 0x7e without these three. */
static bool
is_plain(char c)
{
	return (unsigned char)(c - 0x21) <= 0x7e - 0x21 && c != '.' && c != '\\' && c != ')';
}

/* Octets of the label at `*i`, which moves to the first byte that cannot belong to it. */
static size_t
span_label(struct str s, size_t *i)
{
	size_t octets = 0, length;

	for (; *i < s.n; octets++) {
		if (is_plain(s.p[*i])) {
			++*i;
			continue;
		}
		if (s.p[*i] != '\\' || (length = escape_length(s, *i)) == 0)
			break;
		*i += length;
	}
	return octets;
}

size_t
qname_span(struct str s)
{
	size_t i = 0, octets = 1; /* of finished labels; 1 for the root */

	if (s.n && s.p[0] == '.')
		return ends_name(s, 1) ? 1 : SIZE_MAX;
	for (;; i++) {
		size_t label = span_label(s, &i);
		octets += label + (label > 0);
		if (label > LABEL_OCTETS_MAX || octets > NAME_OCTETS_MAX)
			return SIZE_MAX;
		if (ends_name(s, i))
			return i;
		if (s.p[i] != '.' || label == 0)
			return SIZE_MAX;
	}
}

bool
qname_is_valid(struct str s)
{
	return s.n > 0 && qname_span(s) == s.n;
}

struct str
qname_trim_dot(struct str s)
{
	size_t backslashes = 0;

	if (s.n < 2 || s.p[s.n - 1] != '.')
		return s;
	while (backslashes + 1 < s.n && s.p[s.n - 2 - backslashes] == '\\')
		backslashes++;
	/* An odd number of them escapes the dot: it belongs to the label. */
	return backslashes % 2 ? s : str_make(s.p, s.n - 1);
}

/* Eight bytes at once: the top bit of each byte tells whether it is in 'A' to 'Z'. */
static void
fold_word(const char *from, char *to)
{
	const uint64_t ones = 0x0101010101010101;
	uint64_t word;

	memcpy(&word, from, sizeof(word));
	uint64_t low = word & ones * 0x7f;
	uint64_t upper = (low + ones * (0x80 - 'A')) & ~(low + ones * (0x7f - 'Z')) & ~word;
	word |= (upper & ones * 0x80) >> 2;
	memcpy(to, &word, sizeof(word));
}

/* Sixteen. */
static void
fold_block(const char *from, char *to)
{
	unsigned char block __attribute__((vector_size(16)));

	memcpy(&block, from, sizeof(block));
	block |= (__typeof__(block))(block - 'A' <= 'Z' - 'A') & 0x20;
	memcpy(to, &block, sizeof(block));
}

/* A name's end is folded with bytes before it, some of them once more. */
struct str
qname_fold(struct str name, char *out)
{
	enum { WORD = sizeof(uint64_t), BLOCK = 16 };
	size_t n = name.n < QNAME_TEXT_MAX ? name.n : QNAME_TEXT_MAX;

	if (n < WORD) {
		for (size_t i = 0; i < n; i++)
			out[i] = str_lower(name.p[i]);
	} else if (n < BLOCK) {
		fold_word(name.p, out);
		fold_word(name.p + n - WORD, out + n - WORD);
	} else {
		for (size_t i = 0; i + BLOCK < n; i += BLOCK)
			fold_block(name.p + i, out + i);
		fold_block(name.p + n - BLOCK, out + n - BLOCK);
	}
	return str_make(out, n);
}

/* The offset of the first unescaped dot at or after `from`, or the end. */
static size_t
label_end(struct str name, size_t from)
{
	size_t i = from;

	while (i < name.n && name.p[i] != '.')
		i += name.p[i] == '\\' ? 2 : 1; /* \DDD: its digits are ordinary characters */
	return i < name.n ? i : name.n;
}

size_t
qname_labels(struct str name, uint16_t *starts, size_t max)
{
	size_t count = 0, i = 0;

	if (name.n == 0 || (name.n == 1 && name.p[0] == '.'))
		return 0;
	do {
		if (count < max)
			starts[count] = (uint16_t)i;
		count++;
		i = label_end(name, i) + 1;
	} while (i < name.n);
	return count;
}

struct str
qname_first_label(struct str name)
{
	return str_make(name.p, label_end(name, 0));
}

struct str
qname_parent(struct str name)
{
	struct str label = qname_first_label(name);

	return label.n < name.n ? str_skip(name, label.n + 1) : str_make(name.p, 0);
}

/* True when an odd number of backslashes stands before offset `i`. */
static bool
is_escaped(struct str name, size_t i)
{
	size_t backslashes = 0;

	while (backslashes < i && name.p[i - 1 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 == 1;
}

struct str
qname_take_last_label(struct str *name)
{
	size_t start = name->n;

	while (start > 0 && (name->p[start - 1] != '.' || is_escaped(*name, start - 1)))
		start--;
	struct str label = str_make(name->p + start, name->n - start);
	name->n = start ? start - 1 : 0;
	return label;
}

bool
qname_is_below(struct str name, struct str zone)
{
	if (zone.n == 1 && zone.p[0] == '.')
		return true;
	if (zone.n == 0 || name.n < zone.n || !str_ends(name, zone))
		return false;
	if (name.n == zone.n)
		return true;
	size_t dot = name.n - zone.n - 1;
	return name.p[dot] == '.' && !is_escaped(name, dot);
}
