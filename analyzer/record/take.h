/*
 * The fields of a plain line, each taken off a struct reading by a few steps over all of its
 * bytes at once (record/block.h, record/digits.h): for record/template.c, where inlining makes
 * of them one function. Each leaves `at` anywhere where it is false.
 *
 * No byte behind the n is read: near their end a field is taken byte by byte, or not at all. More
 * lines may follow among them; take_line_end() leaves the first one alone.
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
	TAKE_V4_ROOM = 20, /* the longest and what is loaded behind it */
};

/* A line while it is read: all offsets from its first byte. */
struct reading {
	const char *p;
	size_t n, at;
	size_t name_end; /* where it was first written */
	struct str qname;
};

static inline bool
take_has(const struct reading *r, size_t n)
{
	return r->n - r->at >= n;
}

static inline bool
take_byte(struct reading *r, char c)
{
	if (r->at >= r->n || r->p[r->at] != c)
		return false;
	r->at++;
	return true;
}

static inline bool
take_text(struct reading *r, const char *text, size_t n)
{
	if (!take_has(r, n) || !block_same(r->p + r->at, text, n))
		return false;
	r->at += n;
	return true;
}

/* One to `most` digits; false where there is none or one more follows. */
static inline bool
take_digits(struct reading *r, unsigned most, uint32_t *out)
{
	uint32_t value = 0;
	size_t at = r->at, end = at + most < r->n ? at + most : r->n;

	for (; at < end && scan_is_digit(r->p[at]); at++)
		value = value * 10 + (uint32_t)(r->p[at] - '0');
	if (at == r->at || (at < r->n && scan_is_digit(r->p[at])))
		return false;
	r->at = at;
	*out = value;
	return true;
}

/* `48323 (`: a port has at most five digits. */
static inline bool
take_port(struct reading *r, uint32_t *port)
{
	if (!take_has(r, DIGITS_BYTES))
		return false;
	uint64_t word = digits_at(r->p + r->at);
	unsigned n = digits_count(word);
	if (n - 1 > 4 || (word >> 8 * n & 0xffff) != ((' ' ^ '0') | ('(' ^ '0') << 8))
		return false;
	*port = digits_value(digits_first(word, n));
	r->at += n + 2;
	return *port <= 65535;
}

/* The digits up to the line's end, at most eight. */
static inline bool
take_last_digits(struct reading *r, uint32_t *out)
{
	size_t n = r->n - r->at;

	if (r->n < DIGITS_BYTES || n - 1 >= DIGITS_BYTES)
		return false;
	uint64_t word = digits_at(r->p + r->n - DIGITS_BYTES);
	word = digits_first(word >> (64 - 8 * n), (unsigned)n);
	*out = digits_value(word);
	r->at = r->n;
	return digits_others(word) == 0;
}

/* How an octet is written: its digits, the last in the highest byte. */
#define TAKE_DIGIT(n, place) ((uint32_t)('0' + (n) / (place) % 10))
#define TAKE_OCTET(n)                                                       \
	(TAKE_DIGIT(n, 1) << 24 | ((n) > 9 ? TAKE_DIGIT(n, 10) << 16 : 0) | \
	 ((n) > 99 ? TAKE_DIGIT(n, 100) << 8 : 0))
#define TAKE_OCTETS4(n) TAKE_OCTET(n), TAKE_OCTET((n) + 1), TAKE_OCTET((n) + 2), TAKE_OCTET((n) + 3)
#define TAKE_OCTETS16(n) \
	TAKE_OCTETS4(n), TAKE_OCTETS4((n) + 4), TAKE_OCTETS4((n) + 8), TAKE_OCTETS4((n) + 12)
#define TAKE_OCTETS64(n) \
	TAKE_OCTETS16(n), TAKE_OCTETS16((n) + 16), TAKE_OCTETS16((n) + 32), TAKE_OCTETS16((n) + 48)

static const uint32_t take_octets[256] = {TAKE_OCTETS64(0), TAKE_OCTETS64(64), TAKE_OCTETS64(128),
					  TAKE_OCTETS64(192)};

/*
 * The octet that ends before p[end], of at most three bytes from p[from] on: its number is worked
 * out unseen, and `*wrong` gets bits where that is not how the number is written.
 */
static inline uint32_t
take_octet(const char *p, unsigned from, unsigned end, uint32_t *wrong)
{
	/* The first byte is the lowest: what stands behind the octet is shifted out. */
	uint32_t word = digits_load32(p + from) << (8 * (from - end) & 31);
	uint32_t octet = (word & 0x0f0f0f00) * (100 << 16 | 10 << 8 | 1) >> 24;

	*wrong |= word ^ take_octets[octet];
	return octet;
}

/* True where there are no more than three bytes before each of the marks, up to the last. */
static inline bool
take_is_dense(uint32_t marks)
{
	marks |= marks >> 1;
	marks |= marks >> 2;
	return (marks & (marks + 1)) == 0;
}

/* `192.0.2.17` and the byte `end`, of TAKE_V4_ROOM bytes to look at; its length, or 0. */
static inline size_t
take_v4(const char *p, char end, struct ip *ip)
{
	struct block block = block_at(p);
	uint32_t others = ~block_dotted(block) & BLOCK_ALL, last = others & -others, wrong = 0;
	/* Where the four octets end. */
	uint32_t first = (block_equal(block, '.') & (last - 1)) | last;
	uint32_t second = first & (first - 1), third = second & (second - 1);

	if (last == 0 || (third & (third - 1)) != last || !take_is_dense(first))
		return 0;
	unsigned a = (unsigned)__builtin_ctz(first), b = (unsigned)__builtin_ctz(second);
	unsigned c = (unsigned)__builtin_ctz(third), d = (unsigned)__builtin_ctz(last);
	uint32_t octets = take_octet(p, 0, a, &wrong) | take_octet(p, a + 1, b, &wrong) << 8 |
			  take_octet(p, b + 1, c, &wrong) << 16 |
			  take_octet(p, c + 1, d, &wrong) << 24;
	if (wrong || p[d] != end)
		return 0;
	uint64_t half = digits_order((uint64_t)octets << 32 | 0xffff0000);
	memset(ip->b, 0, sizeof(half));
	memcpy(ip->b + sizeof(half), &half, sizeof(half));
	return d;
}

/*
 * The address at p, of n bytes to look at, up to the byte `end`; its length, or 0. A function of
 * its own: within another one there are not registers enough for either.
 */
static __attribute__((noinline)) size_t
take_any_address(const char *p, size_t n, char end, struct ip *ip)
{
	size_t at = n >= TAKE_V4_ROOM ? take_v4(p, end, ip) : 0;

	if (at)
		return at;
	while (at < n && at < IP_TEXT && p[at] != end && p[at] != '\n')
		at++;
	return at < n && p[at] == end && ip_parse(str_make(p, at), ip) ? at : 0;
}

static inline bool
take_address(struct reading *r, char end, struct ip *ip)
{
	size_t n = take_any_address(r->p + r->at, r->n - r->at, end, ip);

	r->at += n + 1;
	return n > 0;
}

/* What a name's bytes are, up to TAKE_NAME_MOST + 1 of them: bit 0 is the first. */
struct take_masks {
	uint64_t bytes, dots; /* bytes: dots too */
};

/* One byte as block_name() takes it. */
static inline bool
take_is_name_byte(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26 || scan_is_digit(c) || c == '-' || c == '_' ||
	       c == '.';
}

static inline struct take_masks
take_name_masks(const char *p, size_t n)
{
	struct take_masks masks = {0, 0};
	size_t at = 0;

	for (; at + BLOCK_BYTES <= n && at <= TAKE_NAME_MOST; at += BLOCK_BYTES) {
		struct block_name block = block_name(block_at(p + at));
		masks.bytes |= (uint64_t)block.bytes << at;
		masks.dots |= (uint64_t)block.dots << at;
		if (block.bytes != BLOCK_ALL)
			return masks;
	}
	for (; at < n && at <= TAKE_NAME_MOST && take_is_name_byte(p[at]); at++) {
		masks.bytes |= 1ULL << at;
		masks.dots |= (uint64_t)(p[at] == '.') << at;
	}
	return masks;
}

/* The name up to the byte `end`, with its final dot where Unbound writes one. */
static inline bool
take_name(struct reading *r, char end, bool final_dot)
{
	struct take_masks masks = take_name_masks(r->p + r->at, r->n - r->at);
	/* The bit of the first byte that is none of a name, and the dots before it. */
	uint64_t stop = ~masks.bytes & (masks.bytes + 1), dots = masks.dots & (stop - 1);

	if (stop == 0 || (final_dot && (dots & stop >> 1) == 0))
		return false;
	if (!final_dot)
		dots |= stop;
	if (dots & (dots << 1 | 1))
		return false; /* a dot at the beginning, or after a dot, or an unwanted last one */
	size_t n = (size_t)__builtin_ctzll(stop);
	r->name_end = r->at + n;
	if (r->name_end >= r->n || r->p[r->name_end] != end)
		return false;
	r->qname = str_make(r->p + r->at, n - final_dot);
	r->at = r->name_end;
	return true;
}

/* `7f5240182ea8 `; what follows it is taken as an address, which no blank begins. */
static inline bool
take_pointer(struct reading *r)
{
	size_t end = r->at + TAKE_POINTER_MOST < r->n ? r->at + TAKE_POINTER_MOST : r->n;

	if (take_has(r, BLOCK_BYTES + 1)) {
		r->at += (size_t)__builtin_ctz(~block_hex(block_at(r->p + r->at)));
		return r->p[r->at++] == ' ';
	}
	while (r->at < end &&
	       (scan_is_digit(r->p[r->at]) || (unsigned char)(r->p[r->at] - 'a') <= 'f' - 'a'))
		r->at++;
	return take_byte(r, ' ');
}

/*
 * Looks for LF in the next `most` bytes, or a few more; it and what follows it are no part of the
 * n any more.
 */
static inline void
take_line_end(struct reading *r, size_t most)
{
	size_t at = r->at, end = r->n;
	uint32_t mask = 0;

	for (; end - at >= BLOCK_BYTES && at - r->at < most; at += BLOCK_BYTES)
		if ((mask = block_equal(block_at(r->p + at), '\n')))
			break;
	/* The last block begins before. */
	if (!mask && end - at < BLOCK_BYTES && end >= BLOCK_BYTES)
		mask = block_equal(block_at(r->p + end - BLOCK_BYTES), '\n') >>
		       (BLOCK_BYTES - (end - at));
	if (mask)
		r->n = at + (size_t)__builtin_ctz(mask);
}

/* ` A IN NOERROR`, up to the fourth blank or the line's end: bytes of it. */
static inline size_t
take_question_length(const struct reading *r)
{
	size_t at = r->at, left = r->n - r->at, blanks = 0;

	if (left >= BLOCK_BYTES) {
		/* The second block may begin within the first. */
		size_t second = left >= 2 * BLOCK_BYTES ? BLOCK_BYTES : left - BLOCK_BYTES;
		uint32_t mask = block_equal(block_at(r->p + at), ' ') |
				block_equal(block_at(r->p + at + second), ' ') << second;
		for (int i = 0; i < 3; i++)
			mask &= mask - 1;
		if (mask)
			return (size_t)__builtin_ctz(mask);
	}
	for (; at < r->n && (r->p[at] != ' ' || ++blanks < 4); at++)
		;
	return at - r->at;
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
	const char *p = r->p + r->at + 1;
	uint32_t size;

	if (!take_has(r, 1 + DIGITS_BYTES + 4) || p[-1] != ' ' || p[1] != '.')
		return false;
	/* The point's place becomes that of the seconds, whose own is a zero. */
	uint64_t word = digits_at(p);
	word = (word & ~UINT64_C(0xffff)) | (word & 0xff) << 8;
	uint32_t cached = digits_load32(p + DIGITS_BYTES) & 0xffffff;
	/* Nearly always no time at all. */
	if ((word && digits_others(word)) || (cached & ~UINT32_C(0x100)) != 0x203020)
		return false; /* " 0 ", " 1 " */
	r->at += 1 + DIGITS_BYTES + 3;
	if (!take_last_digits(r, &size))
		return false;
	take_told(record, word ? digits_value(word) : 0, cached >> 8 & 1, size);
	return true;
}

/* The same of n bytes at p, whatever it took. */
static __attribute__((noinline)) bool
take_long_answer(const char *p, size_t n, struct record *record)
{
	struct reading r = {.p = p, .n = n};
	uint32_t seconds, micros, cached, size;
	size_t point;

	if (!take_byte(&r, ' ') || !take_digits(&r, 9, &seconds) || !take_byte(&r, '.'))
		return false;
	point = r.at;
	if (!take_digits(&r, 6, &micros) || r.at - point != 6 || !take_byte(&r, ' ') ||
	    !take_digits(&r, 1, &cached) || cached > 1 || !take_byte(&r, ' ') ||
	    !take_digits(&r, 9, &size) || r.at != r.n)
		return false;
	take_told(record, (int64_t)seconds * 1000000 + micros, (int8_t)cached, size);
	return true;
}

/* To the end of the line, where `at` is of no use any more. */
static inline bool
take_answer(struct reading *r, struct record *record)
{
	size_t at = r->at;

	return take_short_answer(r, record) || take_long_answer(r->p + at, r->n - at, record);
}

#endif
