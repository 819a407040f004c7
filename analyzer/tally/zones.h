/*
 * What was asked in each (role, zone) by everybody together: the axis on which scans through
 * resolvers and from many sources are seen.
 */
#ifndef TALLY_ZONES_H
#define TALLY_ZONES_H

#include "tally/pairs.h"

enum { ZONE_K = 4096, ZONE_SOURCES_K = 1024, ZONE_PREFIXES = 8 };

/* One sampled name of a zone. */
struct zone_name {
	uint64_t hash;
	uint64_t moment;
	struct ip first_asker; /* of the earliest line; the smaller address of equals */
	uint32_t prefixes
		[ZONE_PREFIXES]; /* the smallest hashes of asking /24 and /48, ascending; 0 = none */
	uint32_t text;
	uint32_t hours;    /* of the day in UTC in which it was asked, as bits */
	uint32_t requests; /* saturating */
	uint16_t types;
	uint8_t seen; /* enum name_seen */
	bool more_prefixes;
};

struct zone_class {
	uint64_t requests;
	struct sample names; /* struct zone_name */
	struct zone_name first;
};

/* As in pairs, the entry's hash stands for the text. */
struct zone_key {
	uint32_t resolver; /* as in pairs */
	uint32_t text;     /* number in tally->texts; not compared */
};

/* What every line touches stands first, and of the second line of the cache one class. */
struct zone {
	uint64_t hash;
	struct zone_key key;
	bool evident; /* for the fold */
	bool own;
	uint64_t requests;
	struct serverset servers;
	int64_t first, last;
	uint64_t rank;
	struct zone_class *classes[NAME_CLASSES];
	struct sample sources; /* bottom-k of the source addresses, only their hashes */
	uint64_t first_source;
	uint64_t unused[5]; /* to the end of a line of the cache */
};
enum { ZONE_HOT = 64 };
_Static_assert(sizeof(void *) != 8 || (offsetof(struct zone, classes) == ZONE_HOT &&
				       sizeof(struct zone) % ZONE_HOT == 0),
	       "a zone's fields have moved in its cache lines");

struct zones {
	struct map map;
	struct fold fold;
	uint64_t folded, folded_requests;
};

extern const struct sample_type zone_name_type, zone_source_type;
void zones_init(struct zones *zones, uint32_t limit);
void zones_release(struct tally *tally);
/*
 * The line's zone; NULL where it was folded away. Valid until the next call. Fills line->text_id.
 * That the line's source asked in it is for pairs_add to say: it knows which sources have before.
 */
struct zone *zones_add(struct tally *tally, struct tally_line *line, bool evidence);
/* Counts a source, by its sample hash, among those that ask in the zone. */
void zone_meet(struct zone *zone, uint64_t source_rank);
/* The texts must have been taken. By `workers` at once; the result is the same. */
void zones_merge(struct tally *into, struct tally *from, struct workers *workers);
/* Removes zones whose last line is older. */
void zones_forget_before(struct tally *tally, int64_t time);
void zones_settle(struct tally *tally, struct workers *workers);
/* For ceiling.c: the bytes that an entry takes; a lower limit for the entries. */
size_t zone_bytes(const void *entry);
void zones_lower(struct tally *tally, uint32_t limit);
/* Coarser samples in all zones, before whole zones are folded. */
void zones_thin(struct tally *tally, uint32_t k);
const struct zone *zones_find(const struct tally *tally, struct str zone, bool resolver);
/* Of the table hash of the zone. */
static inline uint64_t
zone_key_hash(uint64_t zone_key, uint32_t role)
{
	return hash_with(zone_key, role);
}
/* Under which hash a zone stands in its map. */
uint64_t zones_hash(const struct tally *tally, struct str text, uint32_t role);
/* The names of a class, made when there are none. */
struct zone_class *zone_put_class(struct zone *zone, size_t class_);
uint64_t zone_distinct(const struct zone *zone);
uint64_t zone_sources(const struct zone *zone);
/* How a source stands in zone_name.prefixes: a hash of its /24 or /48; never 0. */
uint32_t zone_prefix_hash(const struct hash_key *sample_key, const struct ip *address);

#endif
