/*
 * struct timezone_rules: the offsets of one time zone from 1970 to 2100, read once from the
 * C library (the only place that does) and then constant, so that threads may share it.
 */
#ifndef BASE_TIMEZONE_H
#define BASE_TIMEZONE_H

#include "base/err.h"
#include "base/str.h"

struct timezone_change {
	int64_t at;     /* UTC milliseconds from which the offset holds */
	int64_t offset; /* local minus UTC, milliseconds */
};

struct timezone_rules {
	char name[64];
	size_t count;
	struct timezone_change *changes; /* ascending; the first holds from the beginning */
};

/*
 * Loads "UTC", "Europe/Berlin", "+02:00" or, for NULL, the zone of this machine. Changes the
 * environment for a moment: call it before any thread starts. -1 for an unknown name.
 */
int timezone_load(struct timezone_rules *rules, const char *name, struct err *err);
void timezone_release(struct timezone_rules *rules);
/*
 * UTC of a local time. In the hour that occurs twice at the end of summer time the first
 * pass is meant, with `second_pass` the second. A local time that never was (the gap in
 * spring) counts as if the clock had not been moved yet.
 */
int64_t timezone_to_utc(const struct timezone_rules *rules, int64_t local, bool second_pass);
/* True when that local time occurs twice. */
bool timezone_is_folded(const struct timezone_rules *rules, int64_t local);

#endif
