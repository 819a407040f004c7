/*
 * Sixteen bytes of a line at once: which of them are of a kind, as the bits of a mask (bit 0 is
 * the first byte), so that a field's end is found by one look instead of one for each byte.
 * SSE2 is part of every x86-64 processor; elsewhere the same masks are made byte by byte.
 */
#ifndef RECORD_BLOCK_H
#define RECORD_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK_BYTES = 16, BLOCK_ALL = 0xffff };

#ifdef __SSE2__

struct block {
	__m128i v;
};

/* BLOCK_BYTES bytes at p are readable. */
static inline struct block
block_at(const char *p)
{
	return (struct block){_mm_loadu_si128((const __m128i *)p)};
}

static inline uint32_t
block_mask(__m128i v)
{
	return (uint32_t)_mm_movemask_epi8(v);
}

/* The bytes from `first` to `first` + `more`, as unsigned numbers. */
static inline __m128i
block_within(__m128i v, char first, char more)
{
	__m128i distance = _mm_sub_epi8(v, _mm_set1_epi8(first));

	return _mm_cmpeq_epi8(_mm_min_epu8(distance, _mm_set1_epi8(more)), distance);
}

static inline uint32_t
block_equal(struct block block, char c)
{
	return block_mask(_mm_cmpeq_epi8(block.v, _mm_set1_epi8(c)));
}

static inline uint32_t
block_digits(struct block block)
{
	return block_mask(block_within(block.v, '0', 9));
}

/* Digits and 'a' to 'f'. */
static inline uint32_t
block_hex(struct block block)
{
	return block_mask(
		_mm_or_si128(block_within(block.v, '0', 9), block_within(block.v, 'a', 5)));
}

/* By how much each byte is off the range from `first` to `first` + `more`; zero within it. */
static inline __m128i
block_beyond(__m128i v, char first, char more)
{
	return _mm_subs_epu8(_mm_sub_epi8(v, _mm_set1_epi8(first)), _mm_set1_epi8(more));
}

/* Digits, dots and, next to them, '/'. */
static inline uint32_t
block_dotted(struct block block)
{
	return block_mask(
		_mm_cmpeq_epi8(block_beyond(block.v, '.', '9' - '.'), _mm_setzero_si128()));
}

/* Letters, digits, '-', '_' and dots. */
static inline uint32_t
block_name(struct block block)
{
	__m128i slash = _mm_cmpeq_epi8(block.v, _mm_set1_epi8('/'));
	__m128i letter = block_beyond(_mm_or_si128(block.v, _mm_set1_epi8(0x20)), 'a', 25);
	__m128i mark = _mm_or_si128(block_beyond(block.v, '-', '9' - '-'), slash);
	__m128i other = _mm_min_epu8(letter, mark);
	__m128i low_line = _mm_xor_si128(block.v, _mm_set1_epi8('_'));

	other = _mm_min_epu8(other, low_line);
	return block_mask(_mm_cmpeq_epi8(other, _mm_setzero_si128()));
}

/* Those, and the others from '-' to 'z' but '\\'. */
static inline uint32_t
block_plain(struct block block)
{
	__m128i other = block_beyond(block.v, '-', 'z' - '-');

	other = _mm_or_si128(other, _mm_cmpeq_epi8(block.v, _mm_set1_epi8('\\')));
	return block_mask(_mm_cmpeq_epi8(other, _mm_setzero_si128()));
}

/* Which bytes are the same in both. */
static inline uint32_t
block_alike(struct block a, struct block b)
{
	return block_mask(_mm_cmpeq_epi8(a.v, b.v));
}

/* The bytes of `block` that are 0xff in `mask`, others zero. */
static inline struct block
block_and(struct block block, struct block mask)
{
	return (struct block){_mm_and_si128(block.v, mask.v)};
}

static inline struct block
block_xor(struct block a, struct block b)
{
	return (struct block){_mm_xor_si128(a.v, b.v)};
}

/* Its bytes four places on, the last four at the begin. */
static inline struct block
block_turned(struct block block)
{
	return (struct block){_mm_shuffle_epi32(block.v, _MM_SHUFFLE(2, 1, 0, 3))};
}

/* Its two words. */
static inline void
block_words(struct block block, uint64_t words[2])
{
	words[0] = (uint64_t)_mm_cvtsi128_si64(block.v);
	words[1] = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(block.v, block.v));
}

/*
 * Whether each of n bytes at p, whole blocks of them, is one of those from `low` to `low` +
 * `more`, as unsigned numbers. Both bounds stand at multiples of BLOCK_BYTES.
 */
static inline bool
block_fits(const char *p, const unsigned char *low, const unsigned char *more, size_t n)
{
	__m128i beyond = _mm_setzero_si128();

	for (size_t i = 0; i < n; i += BLOCK_BYTES) {
		__m128i distance =
			_mm_sub_epi8(block_at(p + i).v, _mm_load_si128((const __m128i *)(low + i)));
		__m128i most = _mm_load_si128((const __m128i *)(more + i));
		beyond = _mm_or_si128(beyond, _mm_subs_epu8(distance, most));
	}
	return block_mask(_mm_cmpeq_epi8(beyond, _mm_setzero_si128())) == BLOCK_ALL;
}

/* Whether n bytes, at least one block, are the same at a and b. */
static inline bool
block_same_blocks(const char *a, const char *b, size_t n)
{
	size_t last = n - BLOCK_BYTES;
	__m128i same = _mm_and_si128(_mm_cmpeq_epi8(block_at(a).v, block_at(b).v),
				     _mm_cmpeq_epi8(block_at(a + last).v, block_at(b + last).v));

	for (size_t i = BLOCK_BYTES; i < last; i += BLOCK_BYTES)
		same = _mm_and_si128(same, _mm_cmpeq_epi8(block_at(a + i).v, block_at(b + i).v));
	return block_mask(same) == BLOCK_ALL;
}

/* Four bytes at a and four at b. */
static inline __m128i
block_pair(const char *a, const char *b)
{
	int32_t low, high;

	memcpy(&low, a, sizeof(low));
	memcpy(&high, b, sizeof(high));
	return _mm_unpacklo_epi32(_mm_cvtsi32_si128(low), _mm_cvtsi32_si128(high));
}

/*
 * Four numbers of one to three digits, each before one of the `ends` and behind a byte that is
 * none: the first in the lowest byte. `*wrong` where one of them is more than a byte holds.
 */
static inline uint32_t
block_octets(const char *const ends[4], bool *wrong)
{
	__m128i v = _mm_unpacklo_epi64(block_pair(ends[0] - 4, ends[1] - 4),
				       block_pair(ends[2] - 4, ends[3] - 4));

	v = _mm_xor_si128(v, _mm_set1_epi8('0'));
	__m128i other = _mm_cmpgt_epi8(v, _mm_set1_epi8(9));
	/* What stands before the byte that is none. */
	v = _mm_andnot_si128(_mm_or_si128(other, _mm_srli_epi32(other, 8)), v);
	v = _mm_and_si128(v, _mm_set1_epi32(0x0f0f0f00));
	/* The hundreds, and behind them 10 tens and ones. */
	v = _mm_srli_epi16(_mm_mullo_epi16(v, _mm_set1_epi32((10 << 8 | 1) << 16 | 1)), 8);
	v = _mm_madd_epi16(v, _mm_set1_epi32(1 << 16 | 100));
	*wrong = block_mask(_mm_cmpgt_epi32(v, _mm_set1_epi32(255))) != 0;
	v = _mm_packs_epi32(v, v);
	return (uint32_t)_mm_cvtsi128_si32(_mm_packus_epi16(v, v));
}

#else

struct block {
	unsigned char b[BLOCK_BYTES];
};

static inline struct block
block_at(const char *p)
{
	struct block block;

	memcpy(block.b, p, sizeof(block.b));
	return block;
}

static inline uint32_t
block_equal(struct block block, char c)
{
	uint32_t mask = 0;

	for (int i = 0; i < BLOCK_BYTES; i++)
		mask |= (uint32_t)(block.b[i] == (unsigned char)c) << i;
	return mask;
}

static inline uint32_t
block_within(struct block block, char first, unsigned more)
{
	uint32_t mask = 0;

	for (int i = 0; i < BLOCK_BYTES; i++) {
		unsigned char distance = (unsigned char)(block.b[i] - (unsigned char)first);
		mask |= (uint32_t)(distance <= more) << i;
	}
	return mask;
}

static inline uint32_t
block_digits(struct block block)
{
	return block_within(block, '0', 9);
}

static inline uint32_t
block_hex(struct block block)
{
	return block_digits(block) | block_within(block, 'a', 5);
}

static inline uint32_t
block_dotted(struct block block)
{
	return block_within(block, '.', '9' - '.');
}

static inline uint32_t
block_name(struct block block)
{
	return block_digits(block) | block_within(block, 'a', 25) | block_within(block, 'A', 25) |
	       block_equal(block, '-') | block_equal(block, '_') | block_equal(block, '.');
}

static inline uint32_t
block_plain(struct block block)
{
	return block_within(block, '-', 'z' - '-') & ~block_equal(block, '\\');
}

static inline uint32_t
block_alike(struct block a, struct block b)
{
	uint32_t mask = 0;

	for (int i = 0; i < BLOCK_BYTES; i++)
		mask |= (uint32_t)(a.b[i] == b.b[i]) << i;
	return mask;
}

static inline struct block
block_and(struct block block, struct block mask)
{
	for (int i = 0; i < BLOCK_BYTES; i++)
		block.b[i] &= mask.b[i];
	return block;
}

static inline struct block
block_xor(struct block a, struct block b)
{
	for (int i = 0; i < BLOCK_BYTES; i++)
		a.b[i] ^= b.b[i];
	return a;
}

static inline struct block
block_turned(struct block block)
{
	struct block turned;

	for (int i = 0; i < BLOCK_BYTES; i++)
		turned.b[(i + 4) % BLOCK_BYTES] = block.b[i];
	return turned;
}

static inline void
block_words(struct block block, uint64_t words[2])
{
	memcpy(words, block.b, sizeof(block.b));
}

static inline uint32_t
block_octets(const char *const ends[4], bool *wrong)
{
	uint32_t octets = 0;

	*wrong = false;
	for (int i = 0; i < 4; i++) {
		unsigned value = 0, place = 1;
		const char *p = ends[i] - 1;
		for (; place < 1000 && *p >= '0' && *p <= '9'; p--, place *= 10)
			value += (unsigned)(*p - '0') * place;
		*wrong |= value > 255;
		octets |= (value & 255) << 8 * i;
	}
	return octets;
}

static inline bool
block_fits(const char *p, const unsigned char *low, const unsigned char *more, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)((unsigned char)p[i] - low[i]) > more[i])
			return false;
	return true;
}

static inline bool
block_same_blocks(const char *a, const char *b, size_t n)
{
	return memcmp(a, b, n) == 0;
}

#endif

static inline bool
block_same_word(const char *a, const char *b)
{
	uint64_t left, right;

	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	return left == right;
}

/* Two blocks, one behind the other, for what is nearly never longer. */
enum { WIDE_BYTES = 2 * BLOCK_BYTES };
#define WIDE_ALL UINT32_MAX

struct wide {
	struct block low, high;
};

/* WIDE_BYTES bytes at p are readable. */
static inline struct wide
wide_at(const char *p)
{
	return (struct wide){block_at(p), block_at(p + BLOCK_BYTES)};
}

static inline uint32_t
wide_equal(struct wide wide, char c)
{
	return block_equal(wide.low, c) | block_equal(wide.high, c) << BLOCK_BYTES;
}

static inline uint32_t
wide_name(struct wide wide)
{
	return block_name(wide.low) | block_name(wide.high) << BLOCK_BYTES;
}

static inline uint32_t
wide_plain(struct wide wide)
{
	return block_plain(wide.low) | block_plain(wide.high) << BLOCK_BYTES;
}

static inline uint32_t
wide_alike(struct wide a, struct wide b)
{
	return block_alike(a.low, b.low) | block_alike(a.high, b.high) << BLOCK_BYTES;
}

/* Its first n bytes, at most all, and zeros. */
static inline struct wide
wide_first(struct wide wide, size_t n)
{
#define WIDE_KEEP "\xff\xff\xff\xff\xff\xff\xff\xff"
	static const char keep[2 * WIDE_BYTES] = WIDE_KEEP WIDE_KEEP WIDE_KEEP WIDE_KEEP;
	struct wide mask = wide_at(keep + WIDE_BYTES - n);

	return (struct wide){block_and(wide.low, mask.low), block_and(wide.high, mask.high)};
}

/*
 * memcmp() == 0 in place: fields are short, and the call would take longer than the look. Both
 * have n readable bytes. The last block or word of them is looked at wherever it begins.
 */
static inline bool
block_same(const char *a, const char *b, size_t n)
{
	if (n >= BLOCK_BYTES)
		return block_same_blocks(a, b, n);
	if (n >= sizeof(uint64_t))
		return block_same_word(a, b) &&
		       block_same_word(a + n - sizeof(uint64_t), b + n - sizeof(uint64_t));
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

#endif
