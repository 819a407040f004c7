/*
 * Lines by kind and distinct names of each server over time. Slots start at ten minutes and
 * double while more than the limit are in use: a function of the set of busy slots.
 */
#ifndef TALLY_TIMELINE_H
#define TALLY_TIMELINE_H

#include "base/map.h"
#include "base/sample.h"
#include "record/record.h"

enum { TIMELINE_NAMES_K = 256 };

struct timeline_key {
	uint32_t server;
	uint32_t index; /* time / (SLOT_MS << shift) */
};

struct timeline_slot {
	uint64_t hash;
	struct timeline_key key;
	uint64_t kinds[RECORD_KINDS];
	uint64_t requests;
	struct sample names; /* hashes of requested names */
};

struct timeline {
	struct map map;
	uint32_t limit;
	uint8_t shift;
	struct timeline_slot *last; /* found last: lines come in order; NULL for none */
};

struct tally;
struct tally_line;
extern const struct sample_type timeline_name_type;
void timeline_init(struct timeline *timeline, uint32_t limit);
void timeline_release(struct tally *tally);
void timeline_add(struct tally *tally, const struct tally_line *lines, size_t count);
void timeline_merge(struct tally *into, struct tally *from);
void timeline_settle(struct tally *tally);
/* Length of a slot in milliseconds. */
int64_t timeline_length(const struct timeline *timeline);

#endif
