/*
 * Where an address is: country and network from databases in MaxMind's format that the
 * operator supplies. geo.c is the only includer of libmaxminddb; built without it, geo_open
 * says so.
 */
#ifndef REPORT_GEO_H
#define REPORT_GEO_H

#include "base/err.h"
#include "report/summary.h"

struct geo;

/* Opens all of them; NULL with err when one cannot be read. To be closed. */
struct geo *geo_open(const char *const *paths, size_t count, struct err *err);
void geo_close(struct geo *geo);
/* What the databases say, the first one that knows a thing; texts live in `arena`. */
struct place geo_place(const struct geo *geo, struct arena *arena, const struct ip *ip);

#endif
