/*
 * Sigma correlations, counted in slots of an eighth of their timespan: detect/ adds up
 * neighbouring slots, so a window is right to within one slot.
 */
#ifndef TALLY_CORRELATIONS_H
#define TALLY_CORRELATIONS_H

#include "base/ip.h"
#include "base/sample.h"
#include "tally/fold.h"
#include "tally/moment.h"

enum { CORRELATION_K = 256, CORRELATION_SLOTS = 8, CORRELATION_GROUP_TEXT = 512 };

struct correlation_key {
	int64_t slot;         /* time / (timespan / CORRELATION_SLOTS); 0 without a time */
	uint32_t group;       /* number in tally->texts: the group-by values, "\x1f" between them */
	uint32_t correlation; /* index into the ruleset's correlations */
	uint32_t party;       /* tally_party */
	uint32_t none;        /* 0: no padding may hide in a key */
};

struct correlation_value {
	uint64_t hash; /* value_count: of a value; temporal: of a rule's number */
};

struct correlation_slot {
	uint64_t hash;
	struct correlation_key key;
	uint64_t rank;       /* of the group's text: all slots of a group stay or go together */
	bool evident;        /* for the fold */
	uint32_t rules_seen; /* temporal: bit n = the n-th of its rules */
	uint64_t count;
	struct sample values; /* struct correlation_value */
	struct ip address;    /* of the earliest hit */
	struct position first;
	uint32_t length;
	char *text; /* the earliest line; owned */
	int64_t last;
};

struct correlations {
	struct map map;
	struct fold fold;
	uint64_t folded;
};

struct tally;
struct tally_line;
extern const struct sample_type correlation_value_type;
void correlations_init(struct correlations *correlations, uint32_t limit);
void correlations_release(struct tally *tally);
void correlations_add(struct tally *tally, const struct tally_line *line);
void correlations_merge(struct tally *into, struct tally *from);
/* Removes all slots of correlations that count a rule; ANY_SERVER, or one that is apart. */
void correlations_forget(struct tally *tally, uint16_t rule, uint32_t server);
void correlations_settle(struct tally *tally);
/* For ceiling.c: the bytes that an entry takes; a lower limit for the entries. */
size_t correlation_slot_bytes(const void *entry);
void correlations_lower(struct tally *tally, uint32_t limit);

#endif
