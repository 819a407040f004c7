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

/* What was asked of one class: a view, valid until the pair is changed. */
struct pair_class {
	uint32_t requests;
	struct sample names; /* struct pair_name; empty where there are none */
};

/* Four classes in five hold one name: it needs no memory beside them. */
union class_names {
	struct pair_name name; /* the only one, see PAIR_ALONE */
	struct sample names;
};

/* A class beside the pair's first. */
struct further_class {
	union class_names names;
	uint32_t requests;
	uint8_t class_; /* plus one, and PAIR_ALONE */
	uint8_t count;  /* in a pair's first of these: how many there are */
};

struct pair_key {
	uint32_t resolver; /* role of the server: 0 or 1; see ROLE_APART; what the map compares */
	uint32_t zone;     /* number in tally->texts */
	struct ip address;
};

/* Beside the number of a class: it holds the one name, not a sample. */
enum { PAIR_ALONE = 0x80 };

/*
 * There is one for two or three lines of a log: it fills two lines of the processor's cache. The
 * entry's hash is made of the address and the zone's text, and 64 bits under a random key stand
 * for both.
 */
struct pair {
	uint64_t hash;
	struct pair_key key;
	struct serverset servers;
	int64_t first, last;
	uint64_t rank;
	struct counts types; /* of requests */
	uint8_t one_class;   /* of `one`, plus one, and PAIR_ALONE; 0 = no name yet */
	bool evident;        /* for the fold */
	uint32_t flags_known, recursion_desired;
	uint32_t one_requests;
	struct further_class *more; /* NULL until a second class comes */
	union class_names one;
};
_Static_assert(sizeof(void *) != 8 || sizeof(struct pair) == 2 * 64,
	       "a pair does not fill two cache lines");
_Static_assert(offsetof(struct pair, types) % 8 == 0, "counts do not stand at a multiple of 8");

static inline size_t
pair_one_class(const struct pair *pair)
{
	return (size_t)(pair->one_class & ~PAIR_ALONE) - 1;
}

static inline bool
pair_is_alone(const struct pair *pair)
{
	return pair->one_class & PAIR_ALONE;
}

/* How many classes it has beside its first. */
static inline size_t
pair_further_count(const struct pair *pair)
{
	return pair->more ? pair->more->count : 0;
}

/* A class that is not its first; NULL where it has none of it. */
static inline struct further_class *
pair_further(const struct pair *pair, size_t class_)
{
	for (size_t i = 0; i < pair_further_count(pair); i++)
		if ((pair->more[i].class_ & ~PAIR_ALONE) == (int)class_ + 1)
			return &pair->more[i];
	return NULL;
}

static inline bool
pair_has_class(const struct pair *pair, size_t class_)
{
	return pair_one_class(pair) == class_ || pair_further(pair, class_);
}

/* As a sample; `class_` as it stands beside the names. */
static inline struct sample
class_sample(const union class_names *names, uint8_t class_)
{
	if (!(class_ & PAIR_ALONE))
		return names->names;
	return (struct sample){
		.items = (void *)(uintptr_t)&names->name,
		.count = 1,
		.capacity = 1,
	};
}

static inline struct pair_class
pair_class(const struct pair *pair, size_t class_)
{
	const struct further_class *further;

	if (pair_one_class(pair) == class_)
		return (struct pair_class){pair->one_requests,
					   class_sample(&pair->one, pair->one_class)};
	if ((further = pair_further(pair, class_)) != NULL)
		return (struct pair_class){further->requests,
					   class_sample(&further->names, further->class_)};
	return (struct pair_class){0};
}

static inline uint32_t
pair_requests(const struct pair *pair)
{
	uint32_t requests = pair->one_requests;

	for (size_t i = 0; i < pair_further_count(pair); i++)
		requests += pair->more[i].requests;
	return requests;
}

struct pairs {
	struct map map;
	struct fold fold;
	uint64_t folded, folded_requests;
};

struct tally;
struct workers;
struct tally_line;
struct texts;
extern const struct sample_type pair_name_type;
void pairs_init(struct pairs *pairs, uint32_t limit);
void pairs_release(struct tally *tally);
/* `zone` is the line's zone, or NULL where it was folded away. */
struct zone;
void pairs_add(struct tally *tally, const struct tally_line *line, struct zone *zone,
	       bool evidence);
/* The texts must have been taken. By `workers` at once; the result is the same. */
void pairs_merge(struct tally *into, struct tally *from, struct workers *workers);
/* Removes pairs whose last line is older. */
void pairs_forget_before(struct tally *tally, int64_t time);
void pairs_settle(struct tally *tally, struct workers *workers);
/* Hint for a walk over the map, to be given its cursor: what the next rounds will read of pairs. */
static inline void
pairs_fetch_ahead(const struct map *pairs, uint32_t cursor)
{
	enum { PAIR_AHEAD = 24, MORE_AHEAD = 12 };

	if (cursor + PAIR_AHEAD >= pairs->allocated)
		return;
	map_fetch(map_entry(pairs, cursor + PAIR_AHEAD), sizeof(struct pair));
	__builtin_prefetch(((const struct pair *)map_entry(pairs, cursor + MORE_AHEAD))->more);
}

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
/* For loading: what a class has beside its names; false where it has been there before. */
bool pair_load_class(struct pair *pair, size_t class_, uint32_t requests, uint64_t threshold);
/*
 * The item of a name, made (zeroed but for its hash and moment) when it is new; NULL where the
 * class's sample does not admit it. `texts` (may be NULL) are what texts of names that fall out are
 * dropped from.
 */
struct pair_name *pair_put_name(struct pair *pair, size_t class_, uint64_t hash, bool *created,
				struct texts *texts);
/* Distinct names of all classes but the apex, as the samples tell; after settling. */
uint64_t pair_estimate(const struct pair *pair);
/* The same, never more than there were requests. */
uint64_t pair_distinct(const struct pair *pair);

/* The bits of enum name_seen that a record adds to its name. */
uint8_t name_seen_of(const struct record *record);

#endif
