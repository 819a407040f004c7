/*
 * Numbers of up to eight digits, all of them in one word: as long as a number of a log line is,
 * a loop over its digits costs more. Byte i of the word is the i-th byte of the text less '0',
 * whatever the processor's order of bytes.
 */
#ifndef RECORD_DIGITS_H
#define RECORD_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { DIGITS_BYTES = 8 };

/* Four bytes at p, the first one lowest. */
static inline uint32_t
digits_load32(const char *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap32(word);
#endif
	return word;
}

/* A word whose lowest byte is the first in memory, from one in the processor's order or to it. */
static inline uint64_t
digits_order(uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* DIGITS_BYTES bytes at p are readable. */
static inline uint64_t
digits_at(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return digits_order(word) ^ 0x3030303030303030;
}

/* The top bit of each byte that is no digit; of bytes behind the first such it may be wrong. */
static inline uint64_t
digits_others(uint64_t word)
{
	return ((word + 0x7676767676767676) | word) & 0x8080808080808080;
}

/* How many digits it begins with. */
static inline unsigned
digits_count(uint64_t word)
{
	uint64_t others = digits_others(word);

	return others ? (unsigned)__builtin_ctzll(others) / 8 : DIGITS_BYTES;
}

/* The first n of them, 1 to 8, behind zeros. */
static inline uint64_t
digits_first(uint64_t word, unsigned n)
{
	return word << (64 - 8 * n);
}

/* The number that eight digits write: of two, of four, of all (each step's terms do not meet). */
static inline uint32_t
digits_value(uint64_t word)
{
	const uint64_t pairs = 0x000000ff000000ff;

	word = word * 10 + (word >> 8);
	return (uint32_t)(((word & pairs) * (100 + (1000000ULL << 32)) +
			   (word >> 16 & pairs) * (1 + (10000ULL << 32))) >>
			  32);
}

#endif
