/*
 * Times are milliseconds since 1970-01-01T00:00:00Z in an int64_t, TIME_NONE where a log
 * does not tell. Civil dates follow the proleptic Gregorian calendar, no leap seconds.
 */
#ifndef BASE_TIMESTAMP_H
#define BASE_TIMESTAMP_H

#include "base/str.h"

#define TIME_NONE INT64_MIN
enum { TIME_TEXT = 32 };

struct civil {
	int year, month, day; /* month 1 to 12, day 1 to 31 */
	int hour, minute, second, millisecond;
};

/* Milliseconds of the civil time as if it were UTC. Fields are not checked. */
int64_t timestamp_make(const struct civil *civil);
struct civil timestamp_civil(int64_t time);
/* True when every field is in its range (second 60 is allowed: a leap second). */
bool civil_is_valid(const struct civil *civil);
/* RFC 3339 UTC with milliseconds; "" for TIME_NONE. Returns `out`. */
const char *timestamp_print(int64_t time, char out[TIME_TEXT]);
/* An RFC 3339 time (zone needed) or a date (midnight UTC). */
bool timestamp_parse(struct str s, int64_t *out);

#endif
