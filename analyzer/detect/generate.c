#include "detect/generate.h"

#include <limits.h>
#include <stdio.h>

#include "detect/zonetext.h"

enum { WIDTH_MAX = 255, ITERATOR_MAX = INT_MAX };

bool
generate_parse(struct generate *generate, struct str text)
{
	struct zonetext_record record;
	struct str range = zonetext_word(&text);
	uint64_t start, stop, step = 1;

	if (!str_take_number(&range, ITERATOR_MAX, &start) || !str_take(&range, STR("-")) ||
	    !str_take_number(&range, ITERATOR_MAX, &stop))
		return false;
	if (str_take(&range, STR("/")) && !str_take_number(&range, ITERATOR_MAX, &step))
		return false;
	text = str_trim(text);
	if (range.n || start > stop || step == 0 || !zonetext_split(text, &record) ||
	    record.owner.n == 0)
		return false;
	*generate = (struct generate){(uint32_t)start, (uint32_t)stop, (uint32_t)step, record.owner,
				      record.type};
	return true;
}

uint64_t
generate_left(const struct generate *generate)
{
	if (generate->next > generate->stop)
		return 0;
	return (generate->stop - generate->next) / generate->step + 1;
}

/* What stands between the braces: offset, width and base, the last two may be missing. */
struct modifier {
	int64_t offset;
	uint64_t width;
	char base;
};

/* Takes "{offset[,width[,base]]}" off; false when broken. */
static bool
take_modifier(struct str *text, struct modifier *modifier)
{
	uint64_t offset;
	bool negative;

	*modifier = (struct modifier){0, 0, 'd'};
	if (!str_take(text, STR("{")))
		return true;
	negative = str_take(text, STR("-"));
	if (!negative)
		str_take(text, STR("+"));
	if (!str_take_number(text, ITERATOR_MAX, &offset))
		return false;
	modifier->offset = negative ? -(int64_t)offset : (int64_t)offset;
	if (str_take(text, STR(",")) && !str_take_number(text, WIDTH_MAX, &modifier->width))
		return false;
	if (str_take(text, STR(",")) && text->n) {
		modifier->base = text->p[0];
		*text = str_skip(*text, 1);
	}
	return str_take(text, STR("}")) && modifier->base && strchr("doxXnN", modifier->base);
}

/* The lowest nibble first, a dot between each; width counts nibbles and dots. */
static size_t
put_nibbles(char *out, uint64_t value, uint64_t width, bool upper)
{
	const char *hex = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	size_t n = 0;

	do {
		if (n)
			out[n++] = '.';
		out[n++] = hex[value & 15];
		value >>= 4;
	} while (value || n + 1 < width);
	/* BIND ends with the dot where the width asks for one more character. */
	if (n < width)
		out[n++] = '.';
	return n;
}

static size_t
put_number(char *out, int64_t value, const struct modifier *modifier)
{
	unsigned long long number = (unsigned long long)value;
	int width = (int)modifier->width, n;

	switch (modifier->base) {
	case 'n':
	case 'N':
		return put_nibbles(out, number, modifier->width, modifier->base == 'N');
	case 'o':
		n = snprintf(out, WIDTH_MAX + 2, "%0*llo", width, number);
		break;
	case 'x':
		n = snprintf(out, WIDTH_MAX + 2, "%0*llx", width, number);
		break;
	case 'X':
		n = snprintf(out, WIDTH_MAX + 2, "%0*llX", width, number);
		break;
	default:
		n = snprintf(out, WIDTH_MAX + 2, "%0*lld", width, (long long)value);
	}
	return n > 0 ? (size_t)n : 0;
}

/* What a dollar stands for, into `out`; false when its modifier is broken. */
static bool
put_dollar(struct str *text, uint32_t iterator, char *out, size_t *n)
{
	struct modifier modifier;

	if (str_take(text, STR("$"))) { /* "$$" is a dollar */
		out[0] = '\\';
		out[1] = '$';
		*n = 2;
		return true;
	}
	if (!take_modifier(text, &modifier))
		return false;
	int64_t value = (int64_t)iterator + modifier.offset;
	if (value < 0 && modifier.base != 'd')
		return false;
	*n = put_number(out, value, &modifier);
	return true;
}

bool
generate_next(struct generate *generate, char *out, struct str *owner)
{
	struct str text = generate->owner;
	size_t n = 0;

	if (generate_left(generate) == 0)
		return false;
	while (text.n) {
		char c = text.p[0], piece[2 * WIDTH_MAX + 4];
		size_t length = 1;

		text = str_skip(text, 1);
		piece[0] = c;
		if (c == '\\' && text.n) {
			piece[1] = text.p[0];
			length = 2;
			text = str_skip(text, 1);
		} else if (c == '$' && !put_dollar(&text, generate->next, piece, &length)) {
			return false;
		}
		if (n + length >= GENERATE_TEXT_MAX)
			return false;
		memcpy(out + n, piece, length);
		n += length;
	}
	*owner = str_make(out, n);
	/* The largest number is INT_MAX, so that a step further does not wrap. */
	generate->next += generate->step;
	return true;
}
