/*
 * struct ledger: all that the detectors of tried names weighed of one source, also where it
 * came to nothing: every zone with each term of its score, each sampled name with what was
 * made of it, and who else looks alike. For `digtrail explain`.
 */
#ifndef DETECT_LEDGER_H
#define DETECT_LEDGER_H

#include "detect/scan.h"

enum {
	LEDGER_ZONES = 6,  /* told in full */
	LEDGER_PAIRS = 12, /* told in a line */
	LEDGER_RELATIVES = 8,
	LEDGER_NEIGHBOURS = 8,
	LEDGER_COMPANIONS = 8,
	LEDGER_MINUTE_MS = 60000,
};

/* Why a name is no evidence, the first that holds. */
enum ledger_reason {
	LEDGER_JUDGED, /* it is */
	LEDGER_EXISTS,
	LEDGER_POPULAR,
	LEDGER_EXPLAINED,
	LEDGER_REASONS
};

struct ledger_name {
	const struct pair_name *item;
	struct str text;
	double weight; /* distinct names that it stands for */
	enum ledger_reason reason;
	bool missing; /* known not to exist */
	bool remote;  /* a way in: vpn, rdp and the like */
};

/* A source in one zone. */
struct ledger_zone {
	struct scan scan;          /* every term; without judged names it has none */
	size_t name_count;         /* sampled names but the apex */
	struct ledger_name *names; /* existing ones first, ways in before others; then by time */
	double by_reason[LEDGER_REASONS]; /* estimated distinct names */
};

/* A source that asked judged names of this one. */
struct relative {
	struct ip address;
	struct str zone;
	unsigned common, of; /* names found again, of those that would have been */
	double order; /* share of two of them that came in the same order; -1: too few to tell */
};

/* A source that began to ask judged names of the same zone within a minute of this one. */
struct companion {
	struct ip address;
	struct str zone;
	int64_t later; /* milliseconds; negative: earlier */
	int score;     /* of its scan there */
};

/* A source in the same /24 or /48. */
struct neighbour {
	struct ip address;
	uint64_t requests;
};

struct ledger {
	size_t pair_count; /* zones asked */
	size_t zone_count, other_count;
	struct ledger_zone *zones;  /* the most suspicious, then the busiest */
	const struct pair **others; /* the busiest of those left */
	size_t relative_count;
	struct relative relatives[LEDGER_RELATIVES]; /* most in common first */
	size_t companion_count;
	struct companion companions[LEDGER_COMPANIONS]; /* nearest in time first */
	uint64_t neighbour_total;
	size_t neighbour_count;
	struct neighbour neighbours[LEDGER_NEIGHBOURS]; /* busiest first */
};

/* Borrows from the scans and their tally. */
void ledger_make(struct ledger *ledger, const struct scans *scans, const struct ip *address);
void ledger_release(struct ledger *ledger);
/* All sources in a prefix, each with its requests at all servers, busiest first; to be freed. */
struct neighbour *ledger_network(const struct tally *tally, const struct prefix *prefix,
				 size_t *count);

#endif
