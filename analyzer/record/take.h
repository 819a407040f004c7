/*
 * The fields of a plain line, each taken off a struct reading by a few steps over all of its
 * bytes at once (record/block.h, record/digits.h): for record/template.c, where inlining makes
 * of them one function. Each leaves `p` anywhere where it is false.
 *
 * A line ends with LF, which no field has, and is looked at without a question how long it is:
 * there are TAKE_BEHIND bytes to look at behind the longest one that is taken. What is read of
 * another line behind LF decides nothing.
 */
#ifndef RECORD_TAKE_H
#define RECORD_TAKE_H

#include "record/block.h"
#include "record/digits.h"
#include "record/record.h"
#include "record/scan.h"

enum {
	TAKE_NAME_MOST = 63, /* so short that no label and no name in it can be too long */
	TAKE_POINTER_MOST = 16,
	TAKE_BEHIND = 2 * WIDE_BYTES,
};

/* A line while it is read. */
struct reading {
	const char *line;     /* its first byte */
	const char *p;        /* what is to be taken next */
	const char *end;      /* its LF, once that is known */
	const char *name_end; /* where the name was first written */
	struct str qname;
	struct wide name; /* what it begins with, and what follows it */
};

static inline bool
take_byte(struct reading *r, char c)
{
	return *r->p++ == c;
}

static inline bool
take_text(struct reading *r, const char *text, size_t n)
{
	const char *p = r->p;

	r->p += n;
	return block_same(p, text, n);
}

/* One to `most` digits; false where there is none or one more follows. */
static inline bool
take_digits(struct reading *r, unsigned most, uint32_t *out)
{
	uint32_t value = 0;
	unsigned n = 0;

	for (; n < most && scan_is_digit(r->p[n]); n++)
		value = value * 10 + (uint32_t)(r->p[n] - '0');
	r->p += n;
	*out = value;
	return n > 0 && !scan_is_digit(*r->p);
}

/* `48323 (`: a port has at most five digits. */
static inline bool
take_port(struct reading *r, uint32_t *port)
{
	uint64_t word = digits_at(r->p);
	unsigned n = digits_count(word);

	if (n - 1 > 4 || (word >> 8 * n & 0xffff) != ((' ' ^ '0') | ('(' ^ '0') << 8))
		return false;
	*port = digits_value(digits_first(word, n));
	r->p += n + 2;
	return *port <= 65535;
}

/* The digits up to the line's end, at most seven. */
static inline bool
take_last_digits(struct reading *r, uint32_t *out)
{
	uint64_t word = digits_at(r->p);
	unsigned n = digits_count(word);

	if (n - 1 >= DIGITS_BYTES - 1 || r->p[n] != '\n')
		return false;
	*out = digits_value(digits_first(word, n));
	r->end = r->p + n;
	return true;
}

/* True where there are no more than three bytes before each of the marks, up to the last. */
static inline bool
take_is_dense(uint32_t marks)
{
	marks |= marks >> 1;
	marks |= marks >> 2;
	return (marks & (marks + 1)) == 0;
}

/*
 * `192.0.2.17`, behind a byte that is no digit and up to one of the `ends`: the last half of the
 * address, its first byte the lowest; 0 where it is none. A function of its own: within another one
 * there are not registers enough for either.
 */
static __attribute__((noinline)) uint64_t
take_v4(const char *p, uint32_t ends)
{
	struct block block = block_at(p);
	uint32_t last = ends & -ends, zeros = block_equal(block, '0');
	uint32_t others = ~block_dotted(block) | block_equal(block, '/');
	/* Where the four octets end, and begin. */
	uint32_t first = (block_equal(block, '.') & (last - 1)) | last, begins = first << 1 | 1;
	uint32_t second = first & (first - 1), third = second & (second - 1);
	bool wrong;

	/* None is empty, and a zero that begins one is all of it. */
	if (last == 0 || others & (last - 1) || (third & (third - 1)) != last ||
	    !take_is_dense(first) || begins & (first | (zeros & ~(first >> 1))))
		return 0;
	const char *behind[] = {p + __builtin_ctz(first), p + __builtin_ctz(second),
				p + __builtin_ctz(third), p + __builtin_ctz(last)};
	uint32_t octets = block_octets(behind, &wrong);
	return wrong ? 0 : (uint64_t)octets << 32 | 0xffff0000;
}

/* The address at p up to the byte `end`, however it is written; its length, or 0. */
static __attribute__((noinline)) size_t
take_any_address(const char *p, char end, struct ip *ip)
{
	size_t at = 0;

	while (at < IP_TEXT && p[at] != end && p[at] != '\n')
		at++;
	return p[at] == end && ip_parse(str_make(p, at), ip) ? at : 0;
}

static inline bool
take_address(struct reading *r, char end, struct ip *ip)
{
	/* Where it ends is known before its octets are: what follows shall not wait for those. */
	uint32_t ends = block_equal(block_at(r->p), end);
	uint64_t half = take_v4(r->p, ends);
	size_t n;

	if (half) {
		n = (size_t)__builtin_ctz(ends);
		half = digits_order(half);
		memset(ip->b, 0, sizeof(half));
		memcpy(ip->b + sizeof(half), &half, sizeof(half));
	} else {
		n = take_any_address(r->p, end, ip);
	}
	r->p += n + 1;
	return n > 0;
}

/*
 * Those of a name's first bytes that are plain: what Unbound writes as it is, or BIND, which
 * puts a backslash before or a number for what is none of many. Bit 0 is the first.
 */
static inline uint32_t
take_plain(struct wide wide, bool unbound)
{
	return unbound ? wide_name(wide) : wide_plain(wide);
}

/* The name up to the byte `end`, with its final dot where it is Unbound that writes it. */
static inline bool
take_name(struct reading *r, char end, bool unbound)
{
	r->name = wide_at(r->p);
	uint64_t bytes = take_plain(r->name, unbound), dots = wide_equal(r->name, '.');
	if (bytes == WIDE_ALL) {
		struct wide more = wide_at(r->p + WIDE_BYTES);
		bytes |= (uint64_t)take_plain(more, unbound) << WIDE_BYTES;
		dots |= (uint64_t)wide_equal(more, '.') << WIDE_BYTES;
	}
	/* The bit of the first byte that is none of a name, and the dots before it. */
	uint64_t stop = ~bytes & (bytes + 1);
	dots &= stop - 1;
	if (stop == 0 || (unbound && (dots & stop >> 1) == 0))
		return false;
	if (!unbound)
		dots |= stop;
	if (dots & (dots << 1 | 1))
		return false; /* a dot at the beginning, or after a dot, or an unwanted last one */
	size_t n = (size_t)__builtin_ctzll(stop);
	r->qname = str_make(r->p, n - unbound);
	r->name_end = r->p += n;
	return *r->p == end;
}

/* The same name once more. */
static inline bool
take_name_again(struct reading *r)
{
	const char *p = r->p;
	size_t n = r->qname.n;

	r->p += n;
	if (n >= WIDE_BYTES)
		return block_same(p, r->qname.p, n);
	return (~wide_alike(r->name, wide_at(p)) & ((UINT32_C(1) << n) - 1)) == 0;
}

/* `7f5240182ea8 `; what follows it is taken as an address, which no blank begins. */
static inline bool
take_pointer(struct reading *r)
{
	r->p += __builtin_ctz(~block_hex(block_at(r->p)));
	return take_byte(r, ' ');
}

/* How many bytes stand before LF; TAKE_BEHIND where they are no less than that. */
static inline size_t
take_line_length(const char *p, struct wide first)
{
	uint32_t mask = wide_equal(first, '\n');

	if (mask)
		return (size_t)__builtin_ctz(mask);
	mask = wide_equal(wide_at(p + WIDE_BYTES), '\n');
	return WIDE_BYTES + (mask ? (size_t)__builtin_ctz(mask) : WIDE_BYTES);
}

/* ` A IN NOERROR`, up to the fourth blank: bytes of it; TAKE_BEHIND where it is none. */
static inline size_t
take_question_length(struct wide first)
{
	uint32_t mask = wide_equal(first, ' ');

	for (int i = 0; i < 3; i++)
		mask &= mask - 1;
	return mask ? (size_t)__builtin_ctz(mask) : TAKE_BEHIND;
}

/* What Unbound writes behind the rcode. */
static inline void
take_told(struct record *record, int64_t seconds_us, int8_t cached, int64_t size)
{
	record->seconds_us = seconds_us;
	record->cached = cached;
	record->size = size;
}

/* ` 0.000966 0 45` at the end of the line, of less than ten seconds. */
static inline bool
take_short_answer(struct reading *r, struct record *record)
{
	const char *p = r->p + 1;
	uint32_t size;

	if (p[-1] != ' ' || p[1] != '.')
		return false;
	/* The point's place becomes that of the seconds, whose own is a zero. */
	uint64_t word = digits_at(p);
	word = (word & ~UINT64_C(0xffff)) | (word & 0xff) << 8;
	uint32_t cached = digits_load32(p + DIGITS_BYTES) & 0xffffff;
	/* Nearly always no time at all. */
	if ((word && digits_others(word)) || (cached & ~UINT32_C(0x100)) != 0x203020)
		return false; /* " 0 ", " 1 " */
	r->p += 1 + DIGITS_BYTES + 3;
	if (!take_last_digits(r, &size))
		return false;
	take_told(record, word ? digits_value(word) : 0, cached >> 8 & 1, size);
	return true;
}

/* The same at p, whatever it took; where the line ends, or NULL. */
static __attribute__((noinline)) const char *
take_long_answer(const char *p, struct record *record)
{
	struct reading r = {.p = p};
	uint32_t seconds, micros, cached, size;

	if (!take_byte(&r, ' ') || !take_digits(&r, 9, &seconds) || !take_byte(&r, '.'))
		return NULL;
	const char *point = r.p;
	if (!take_digits(&r, 6, &micros) || r.p - point != 6 || !take_byte(&r, ' ') ||
	    !take_digits(&r, 1, &cached) || cached > 1 || !take_byte(&r, ' ') ||
	    !take_digits(&r, 9, &size) || *r.p != '\n')
		return NULL;
	take_told(record, (int64_t)seconds * 1000000 + micros, (int8_t)cached, size);
	return r.p;
}

/* To the end of the line. */
static inline bool
take_answer(struct reading *r, struct record *record)
{
	const char *p = r->p;

	if (take_short_answer(r, record))
		return true;
	r->end = take_long_answer(p, record);
	return r->end != NULL;
}

#endif
