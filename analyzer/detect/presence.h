/*
 * Where a source was seen: its entries in tally->sources, of which there is one for each server. A
 * fleet has thousands of servers, and they are not asked one by one for each finding.
 */
#ifndef DETECT_PRESENCE_H
#define DETECT_PRESENCE_H

#include "tally/tally.h"

struct presence_row;

struct presence {
	const struct tally *tally; /* borrowed */
	size_t count;
	struct presence_row *rows; /* by address; NULL where the servers are few */
};

void presence_make(struct presence *presence, const struct tally *tally);
void presence_release(struct presence *presence);
/* The next entry of the address, in no particular order, or NULL; start with *cursor = 0. */
const struct source *presence_next(const struct presence *presence, const struct ip *address,
				   size_t *cursor);

#endif
