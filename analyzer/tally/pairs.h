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
#include "tally/serverset.h"

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
	uint32_t number;     /* of pair.one: its class, plus one; 0 = no name yet */
	struct sample names; /* struct pair_name */
};

struct pair_key {
	struct ip address;
	uint32_t resolver; /* role of the server: 0 or 1; see ROLE_APART */
	uint32_t zone;     /* number in tally->texts */
};

/*
 * There is one for two or three lines of a log. The entry's hash is made of the address and the
 * zone's text, and 64 bits under a random key stand for both. A line that adds to a pair touches
 * the first two lines of the processor's cache; what a new pair alone needs lies in the third.
 */
struct pair {
	uint64_t hash;
	uint32_t role; /* key.resolver: what the map compares */
	bool evident;  /* for the fold */
	uint32_t requests;
	uint32_t names; /* distinct names ever sampled, for the evidence */
	struct serverset servers;
	int64_t last;
	uint32_t flags_known, recursion_desired; /* requests */
	/* Nine pairs in ten ask one name once: that takes no memory beside the pair. */
	struct pair_class one;
	struct pair_class **more; /* by class, NULL until a second class comes */
	struct counts types;      /* of requests */
	struct pair_key key;
	uint64_t rank;
	int64_t first;
	struct pair_name one_name;
};
enum { PAIR_HOT = 128 };
_Static_assert(sizeof(struct pair) <= 192, "a pair takes more than three cache lines");
_Static_assert(offsetof(struct pair, key) <= PAIR_HOT, "a line touches a pair's third cache line");

/* The names of a class; NULL when the pair has none. */
static inline const struct pair_class *
pair_class(const struct pair *pair, size_t class_)
{
	if (pair->one.number == class_ + 1)
		return &pair->one;
	return pair->more ? pair->more[class_] : NULL;
}

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
/* `zone` is the line's zone, or NULL where it was folded away. */
struct zone;
void pairs_add(struct tally *tally, const struct tally_line *line, struct zone *zone,
	       bool evidence);
/* The texts must have been taken. `threads` at once; the result is the same. */
void pairs_merge(struct tally *into, struct tally *from, size_t threads);
/* Removes pairs whose last line is older. */
void pairs_forget_before(struct tally *tally, int64_t time);
void pairs_settle(struct tally *tally, size_t threads);
/* For ceiling.c: the bytes that an entry takes; a lower limit for the entries. */
size_t pair_bytes(const void *entry);
void pairs_lower(struct tally *tally, uint32_t limit);
const struct pair *pairs_find(const struct tally *tally, const struct ip *address, struct str zone,
			      bool resolver);
/* Of the table hashes of address and zone. */
static inline uint64_t
pair_key_hash(uint64_t address_hash, uint64_t zone_key, uint32_t role)
{
	return hash_mix(address_hash, zone_key + role);
}
/* Under which hash a pair stands in its map. */
uint64_t pairs_hash(const struct tally *tally, const struct ip *address, struct str zone,
		    uint32_t role);
/* The names of a class, made when there are none. */
struct pair_class *pair_put_class(struct pair *pair, size_t class_);
/* Distinct names of all classes but the apex, as the samples tell; after settling. */
uint64_t pair_estimate(const struct pair *pair);
/* The same, never more than there were requests. */
uint64_t pair_distinct(const struct pair *pair);

/* The bits of enum name_seen that a record adds to its name. */
uint8_t name_seen_of(const struct record *record);

#endif
