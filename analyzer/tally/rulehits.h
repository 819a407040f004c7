/* Which rule marked which source how often: counts, times, and the earliest raw lines. */
#ifndef TALLY_RULEHITS_H
#define TALLY_RULEHITS_H

#include "base/ip.h"
#include "base/sample.h"
#include "tally/fold.h"
#include "tally/moment.h"

enum { RULEHIT_LINES = 4, RULEHIT_TEXT = 600, RULEHIT_ZONES_K = 32 };

struct rulehit_key {
	struct ip address; /* all zero: the line names no client */
	uint32_t server;
	uint32_t rule; /* index into the ruleset */
};

struct rulehit_line {
	struct position at;
	uint32_t length;
	char *text; /* owned */
};

struct rulehit_zone {
	uint64_t hash;
	uint32_t text; /* number in tally->texts */
};

struct rulehit {
	uint64_t hash;
	struct rulehit_key key;
	uint64_t rank;
	bool evident; /* for the fold */
	uint64_t count;
	int64_t first, last;
	uint8_t line_count;
	struct rulehit_line lines[RULEHIT_LINES];
	struct sample zones; /* struct rulehit_zone */
};

struct rulehits {
	struct map map;
	struct fold fold;
	uint64_t folded; /* hits of folded entries */
};

struct tally;
struct tally_line;
extern const struct sample_type rulehit_zone_type;
void rulehits_init(struct rulehits *rulehits, uint32_t limit);
void rulehits_release(struct tally *tally);
/* Takes over the line's text; it must be among the earliest RULEHIT_LINES. */
void rulehit_keep(struct rulehit *hit, struct rulehit_line line);
void rulehits_add(struct tally *tally, const struct tally_line *line);
void rulehits_merge(struct tally *into, struct tally *from);
/* Removes all hits of a rule. */
void rulehits_forget(struct tally *tally, uint16_t rule, uint32_t server);
void rulehits_settle(struct tally *tally);
/* For ceiling.c: the bytes that an entry takes; a lower limit for the entries. */
size_t rulehit_bytes(const void *entry);
void rulehits_lower(struct tally *tally, uint32_t limit);

#endif
