/* Parts of a time that several forms share; private to record/stamp*.c. */
#ifndef RECORD_STAMP_PARTS_H
#define RECORD_STAMP_PARTS_H

#include "record/stamp.h"

/*
 * Of the three letters at p: 1 to 12; 0 for no English month name. Servers write them in one
 * case, people do not.
 */
int stamp_month(const char *p);
/* Length of "." (or ",", as Python writes) and digits at the start of `s`; milliseconds of it. */
size_t stamp_fraction(struct str s, struct civil *civil);
/* Length of "Z", "+02:00" or "+0200" at the start of `s`, 0 for none. */
size_t stamp_zone(struct str s, int64_t *offset);
/* Marks what no calendar has; fills utc of a zoned stamp. `offset` is local minus UTC. */
void stamp_finish(struct stamp *stamp, int64_t offset);

#endif
