/* Counters of each (server, source). */
#ifndef TALLY_SOURCES_H
#define TALLY_SOURCES_H

#include "base/hash.h"
#include "base/ip.h"
#include "base/sample.h"
#include "record/record.h"
#include "tally/counts.h"
#include "tally/fold.h"
#include "tally/serverset.h"
#include "tally/slots.h"
#include "tally/textset.h"

enum { SOURCE_FLAGS = 8 };

struct source_key {
	struct ip address;
	uint32_t server;
};

/* What every line touches stands first: a query needs no more than SOURCE_HOT. */
struct source {
	uint64_t hash;
	struct source_key key;
	uint32_t prefix; /* zone_prefix_hash of the address */
	int64_t last;
	uint64_t ports;               /* 64-bit linear-counting sketch; 0: no port was told */
	struct slots slots;           /* of requests */
	uint32_t flags_known;         /* requests whose flags were logged */
	struct counts types;          /* of requests, by type_key */
	uint32_t flags[SOURCE_FLAGS]; /* of flags_known, with enum record_flag 1 << i */
	uint32_t kinds[RECORD_KINDS];
	uint64_t rank;
	uint64_t missed; /* at most so many requests were folded away before it came to stay */
	int64_t first;
	struct textset *keys, *ecs; /* NULL when none was seen */
	struct counts rcodes;       /* by rcode_key */
	bool evident;               /* for the fold */
	uint64_t unused[3];         /* to the end of a line of the cache */
};
enum { SOURCE_HOT = 128 };
_Static_assert(offsetof(struct source, kinds) + sizeof(uint32_t) <= SOURCE_HOT,
	       "a query touches a source's third cache line");
_Static_assert(sizeof(void *) != 8 || sizeof(struct source) == 4 * 64,
	       "sources do not begin where a line of the cache does");
_Static_assert(offsetof(struct source, slots) % 8 == 0 && offsetof(struct source, types) % 8 == 0 &&
		       offsetof(struct source, rcodes) % 8 == 0,
	       "counts do not stand at multiples of 8");

/* What is remembered of folded sources: requests by server and prefix. */
struct folded {
	uint64_t hash;
	struct source_key key; /* address: the prefix */
	uint64_t requests;
};

enum { SOURCE_PREFIX = 16 }; /* bits of a prefix: at most 65,536 rows a server and family */

struct sources {
	struct map map, folded;
	struct fold fold;
	uint32_t prefix_limit; /* of `folded`, whose prefixes become shorter instead; 0 = none */
	uint8_t prefix_bits;   /* no more than SOURCE_PREFIX */
	struct sample folded_ranks; /* how many sources were folded */
	uint64_t folded_requests;
};

struct tally;
struct workers;
struct tally_line;
extern const struct sample_type source_rank_type; /* of folded_ranks */
void sources_init(struct sources *sources, uint32_t limit, uint32_t prefix_limit);
void sources_release(struct tally *tally);
/* Counts the line; `evidence` tells whether it is evidence. Sets line->source and prefix. */
void sources_add(struct tally *tally, struct tally_line *line, bool evidence);
/* tally_line.address_hash: of an address, for all tables that have one in their key. */
static inline uint64_t
address_hash(const struct hash_key *table_key, const struct ip *address)
{
	return hash_bytes(table_key, address->b, sizeof(address->b));
}
static inline uint64_t
source_key_hash(uint64_t address_hash, uint32_t server)
{
	return hash_with(address_hash, server);
}
/* Under which hash a source stands in its map. */
uint64_t sources_hash(const struct tally *tally, const struct ip *address, uint32_t server);
/*
 * Another table holds evidence against the address, seen by these servers: what is known of it
 * there stays too.
 */
void sources_mark(struct tally *tally, const struct ip *address, const struct serverset *servers);
/* By `workers` at once; the result is the same. */
void sources_merge(struct tally *into, struct tally *from, struct workers *workers);
void sources_settle(struct tally *tally);
/* Remembers folded sources by no more than so many bits of their address. */
void sources_shorten_prefixes(struct tally *tally, uint8_t bits);
/* For ceiling.c: the bytes that an entry takes; a lower limit for the entries. */
size_t source_bytes(const void *entry);
size_t sources_folded_bytes(const struct tally *tally);
void sources_lower(struct tally *tally, uint32_t limit);
const struct source *sources_find(const struct tally *tally, const struct ip *address,
				  uint32_t server);
/* Distinct source ports, estimated by linear counting; exact is not possible beyond about 100. */
uint64_t source_ports(const struct source *source);
uint64_t sources_folded(const struct sources *sources);

/* Rcodes are counted apart by what said them: a response or a query error. */
static inline uint16_t
rcode_key(enum record_kind kind, int32_t rcode)
{
	return (uint16_t)((kind == RECORD_RESPONSE ? 0 : 64) +
			  (rcode >= 0 && rcode < 31 ? rcode : 31));
}

#endif
