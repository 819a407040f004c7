/*
 * What each (role, source, zone) asked: per class of name a counter and a bottom-k sample.
 * Evidence is drawn from first-time distinct names, never from numbers of queries
 * (DESIGN.md law 3).
 */
#ifndef TALLY_PAIRS_H
#define TALLY_PAIRS_H

#include "base/ip.h"
#include "base/sample.h"
#include "names/names.h"
#include "record/record.h"
#include "tally/counts.h"
#include "tally/fold.h"
#include "tally/slots.h"

enum { PAIR_K = 64 };

/* What is known of a sampled name, as bits. */
enum name_seen {
	SEEN_ANSWERED = 1 << 0, /* NOERROR was logged */
	SEEN_MISSING = 1 << 1,  /* NXDOMAIN was logged */
	SEEN_LIMITED = 1 << 2,  /* a rate-limit line said NXDOMAIN: partial knowledge */
	SEEN_REFUSED = 1 << 3,
	SEEN_FETCHED = 1 << 4, /* a reply took time: it did not come from a cache */
	SEEN_CACHED = 1 << 5,  /* a reply was there at once */
};

/* One sampled name of a pair: 24 bytes. */
struct pair_name {
	uint64_t hash;
	uint64_t moment; /* of the first line that named it */
	uint32_t text;   /* number in tally->texts */
	uint16_t types;  /* type_bit of all types asked */
	uint8_t count;   /* requests, saturating at 255 */
	uint8_t seen;    /* enum name_seen */
};

/* All names of one class; made when the first comes. */
struct pair_class {
	uint32_t requests;
	struct sample names; /* struct pair_name */
};

struct pair_key {
	struct ip address;
	uint32_t zone;     /* number in tally->texts */
	uint32_t resolver; /* role of the server: 0 or 1 */
};

struct pair {
	uint64_t hash;
	struct pair_key key;
	uint32_t evidence;
	uint32_t requests;
	uint64_t rank;
	uint32_t names;   /* distinct names ever sampled, for the evidence */
	uint64_t servers; /* bit (number mod 64) of each server */
	uint32_t flags_known, recursion_desired, dnssec_ok;
	int64_t first, last;
	struct counts types; /* of requests */
	struct slots slots;  /* of requests */
	struct pair_class *classes[NAME_CLASSES];
};

struct pairs {
	struct map map;
	struct fold fold;
	uint64_t folded, folded_requests;
};

struct tally;
struct tally_line;
extern const struct sample_type pair_name_type;
void pairs_init(struct pairs *pairs, uint32_t limit);
void pairs_release(struct tally *tally);
void pairs_add(struct tally *tally, const struct tally_line *line, uint32_t evidence);
void pairs_merge(struct tally *into, struct tally *from);
/* Removes pairs whose last line is older. */
void pairs_forget_before(struct tally *tally, int64_t time);
void pairs_settle(struct tally *tally);
/* For ceiling.c: the bytes that the table takes; a lower limit for its entries. */
size_t pairs_bytes(const struct tally *tally);
void pairs_lower(struct tally *tally, uint32_t limit);
const struct pair *pairs_find(const struct tally *tally, const struct ip *address, struct str zone,
			      bool resolver);
/* Distinct names of all classes but the apex; after settling. */
uint64_t pair_distinct(const struct pair *pair);

/* The bits of enum name_seen that a record adds to its name. */
uint8_t name_seen_of(const struct record *record);

#endif
