/*
 * When something happened, in two sizes. Both are functions of the line alone, so that the
 * smaller of two is the same however a log was cut.
 */
#ifndef TALLY_MOMENT_H
#define TALLY_MOMENT_H

#include "base/timestamp.h"

/*
 * struct position: the exact place of a line: the order of lines where times tie. `line`
 * counts from 1 at the start of the chunk that begins at `chunk`; tally_line() makes it
 * absolute.
 */
struct position {
	int64_t time; /* TIME_NONE sorts first */
	uint32_t stream;
	uint64_t chunk, offset, line;
};

int position_compare(const struct position *a, const struct position *b);

/*
 * A moment packs time and order into eight bytes for the samples: milliseconds in the upper
 * 43 bits, then 20 bits of the line's offset in units of 64 bytes as the order within a
 * millisecond. Without a time the top bit is set and the offset alone counts.
 */
enum { MOMENT_ORDER_BITS = 20, MOMENT_UNIT_BITS = 6 };
#define MOMENT_TIMELESS (1ULL << 63)
#define MOMENT_NONE     UINT64_MAX

static inline uint64_t
moment_make(int64_t time, uint64_t offset)
{
	uint64_t order = offset >> MOMENT_UNIT_BITS;

	if (time < 0 || time >= (int64_t)1 << 43)
		return MOMENT_TIMELESS | (order & ~MOMENT_TIMELESS);
	return (uint64_t)time << MOMENT_ORDER_BITS | (order & ((1u << MOMENT_ORDER_BITS) - 1));
}

static inline int64_t
moment_time(uint64_t moment)
{
	return moment & MOMENT_TIMELESS ? TIME_NONE : (int64_t)(moment >> MOMENT_ORDER_BITS);
}

/* Earlier and later of two times, where TIME_NONE knows nothing. */
static inline int64_t
time_earlier(int64_t a, int64_t b)
{
	if (a == TIME_NONE || b == TIME_NONE)
		return a == TIME_NONE ? b : a;
	return a < b ? a : b;
}

static inline int64_t
time_later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

#endif
