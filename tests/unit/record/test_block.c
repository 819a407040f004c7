/*
 * Masks of sixteen bytes, each byte value at each place. Built twice: test_block_portable.c
 * includes this file as on a processor without SSE2.
 */
#include "record/block.h"

#include <criterion/criterion.h>
#include <ctype.h>

#ifndef BLOCK_SUITE
#define BLOCK_SUITE block
#endif
#define BLOCK_TEST(suite, name) Test(suite, name)

static bool
is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

BLOCK_TEST(BLOCK_SUITE, every_byte_at_every_place)
{
	for (int c = 0; c < 256; c++)
		for (int at = 0; at < BLOCK_BYTES; at++) {
			char bytes[BLOCK_BYTES];
			memset(bytes, ' ', sizeof(bytes));
			bytes[at] = (char)c;
			struct block block = block_at(bytes);
			uint32_t bit = 1u << at;
			bool in_name = is_letter(c) || is_digit(c) || strchr("-_.", c + !c);
			cr_assert_eq(block_digits(block), is_digit(c) ? bit : 0, "%02x", c);
			cr_assert_eq(block_hex(block),
				     is_digit(c) || (c >= 'a' && c <= 'f') ? bit : 0, "%02x", c);
			bool is_plain = c >= '-' && c <= 'z' && c != '\\';
			cr_assert_eq(block_name(block), in_name ? bit : 0, "%02x", c);
			cr_assert_eq(block_plain(block), is_plain ? bit : 0, "%02x", c);
			cr_assert_eq(block_equal(block, ' '), c == ' ' ? 0xffff : 0xffff & ~bit);
		}
}

BLOCK_TEST(BLOCK_SUITE, wide_ones_are_two_blocks)
{
	char a[WIDE_BYTES], b[WIDE_BYTES];

	for (size_t at = 0; at < WIDE_BYTES; at++) {
		uint32_t bit = UINT32_C(1) << at;
		memset(a, '!', sizeof(a));
		memcpy(b, a, sizeof(b));
		a[at] = 'a';
		cr_assert_eq(wide_equal(wide_at(a), 'a'), bit);
		cr_assert_eq(wide_name(wide_at(a)), bit);
		cr_assert_eq(wide_plain(wide_at(a)), bit);
		cr_assert_eq(wide_alike(wide_at(a), wide_at(b)), WIDE_ALL & ~bit);
	}
}

BLOCK_TEST(BLOCK_SUITE, the_first_bytes_are_kept)
{
	char bytes[WIDE_BYTES], kept[WIDE_BYTES] = {0};
	uint64_t words[2];

	memset(bytes, 0xee, sizeof(bytes));
	for (size_t n = 0; n <= WIDE_BYTES; n++) {
		struct wide first = wide_first(wide_at(bytes), n);
		cr_assert_eq(wide_alike(first, wide_at(kept)), WIDE_ALL, "%zu", n);
		block_words(block_xor(first.high, block_at(kept + BLOCK_BYTES)), words);
		cr_assert_eq(words[0] | words[1], 0, "%zu", n);
		if (n < WIDE_BYTES)
			kept[n] = (char)0xee;
	}
}

BLOCK_TEST(BLOCK_SUITE, a_turned_block_has_its_last_bytes_first)
{
	struct block turned = block_turned(block_at("0123456789abcdef"));

	cr_assert_eq(block_alike(turned, block_at("cdef0123456789ab")), BLOCK_ALL);
}

BLOCK_TEST(BLOCK_SUITE, octets_up_to_three_digits)
{
	char text[64];
	bool wrong;

	for (unsigned n = 0; n < 1000; n++) {
		const char *ends[4];
		snprintf(text, sizeof(text), "9876 %u.%u.7.%u#", n, n % 256, 255 - n % 256);
		const char *p = text + 4;
		for (size_t i = 0; i < 4; i++)
			p = ends[i] = p + 1 + strcspn(p + 1, ".#");
		uint32_t octets = block_octets(ends, &wrong);
		cr_assert_eq(wrong, n > 255, "%u", n);
		uint32_t rest = n % 256 << 8 | 7u << 16 | (255 - n % 256) << 24;
		cr_assert(wrong || octets == (n | rest), "%u", n);
	}
}

BLOCK_TEST(BLOCK_SUITE, same_looks_at_every_byte_and_no_further)
{
	char a[40], b[40];

	for (size_t n = 0; n < sizeof(a); n++) {
		memset(a, 'x', sizeof(a));
		memset(b, 'x', sizeof(b));
		cr_assert(block_same(a, b, n));
		for (size_t at = 0; at < sizeof(a); at++) {
			b[at] = 'y';
			cr_assert_eq(block_same(a, b, n), at >= n, "%zu of %zu", at, n);
			b[at] = 'x';
		}
	}
}

BLOCK_TEST(BLOCK_SUITE, fits_from_the_lowest_byte_to_the_highest)
{
	for (int low = 0; low < 256; low += 5)
		for (int more = 0; more < 256; more += 3)
			for (int c = 0; c < 256; c++) {
				_Alignas(16) unsigned char lows[2 * BLOCK_BYTES] = {0};
				_Alignas(16) unsigned char mores[2 * BLOCK_BYTES];
				char bytes[2 * BLOCK_BYTES] = "any bytes";
				size_t at = (size_t)c % sizeof(bytes);
				memset(mores, 255, sizeof(mores));
				lows[at] = (unsigned char)low;
				mores[at] = (unsigned char)more;
				bytes[at] = (char)c;
				cr_assert_eq(block_fits(bytes, lows, mores, sizeof(bytes)),
					     (unsigned char)(c - low) <= more, "%d", c);
			}
}
