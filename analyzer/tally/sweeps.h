/*
 * Reverse names by source: which addresses of a /24, and which children of an ip6.arpa node,
 * were asked. A map of 256 (or 16) bits says coverage, order-free.
 */
#ifndef TALLY_SWEEPS_H
#define TALLY_SWEEPS_H

#include "base/ip.h"
#include "tally/fold.h"
#include "tally/serverset.h"
#include "tally/moment.h"

struct sweep_key {
	struct ip address; /* who asked */
	struct ip base;    /* the /24, or the parent of an ip6.arpa name */
	uint32_t bits;     /* of base: 120 for a /24, 0 to 124 in steps of 4 for ip6.arpa */
	uint32_t resolver; /* as in pairs */
};

struct sweep {
	uint64_t hash;
	struct sweep_key key;
	uint64_t rank;
	bool evident; /* for the fold */
	uint32_t requests;
	uint64_t asked[4]; /* bit n: host n, or child nibble n */
	uint64_t again[4]; /* asked more than once */
	struct serverset servers;
	int64_t first, last;
};

struct sweeps {
	struct map map;
	struct fold fold;
	uint64_t folded;
};

struct tally;
struct tally_line;
void sweeps_init(struct sweeps *sweeps, uint32_t limit);
void sweeps_release(struct tally *tally);
/* For a request whose name ends in ".arpa"; does nothing where it is no reverse name. */
void sweeps_add(struct tally *tally, const struct tally_line *line);
void sweeps_merge(struct tally *into, struct tally *from);
void sweeps_settle(struct tally *tally);
/* For ceiling.c: the bytes that an entry takes; a lower limit for the entries. */
size_t sweep_bytes(const void *entry);
void sweeps_lower(struct tally *tally, uint32_t limit);
unsigned sweep_asked(const struct sweep *sweep);
unsigned sweep_asked_once(const struct sweep *sweep);

#endif
