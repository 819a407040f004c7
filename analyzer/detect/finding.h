/*
 * struct finding: one actor, one behaviour, one episode; what a report prints. All text
 * lives in the arena of the struct findings that holds it.
 */
#ifndef DETECT_FINDING_H
#define DETECT_FINDING_H

#include "base/arena.h"
#include "base/ip.h"
#include "match/rule.h"
#include "record/record.h"

enum outcome {
	OUTCOME_NONE,
	OUTCOME_GRANTED,
	OUTCOME_REFUSED,
	OUTCOME_FAILED,
	OUTCOME_UNKNOWN,
	OUTCOMES
};
enum direction { DIRECTION_AGAINST_US, DIRECTION_BY_OUR_CLIENT, DIRECTION_INTERNAL, DIRECTIONS };
enum finding_status {
	STATUS_NEW,
	STATUS_CONTINUING,
	STATUS_ESCALATED,
	STATUS_ENDED,
	STATUS_HISTORY,
	STATUSES
};
enum oracle_kind {
	ORACLE_NONE,
	ORACLE_RCODE,
	ORACLE_RATE_LIMIT,
	ORACLE_ZONE_FILE,
	ORACLE_KNOWN_NAMES,
	ORACLE_CATALOGUE,
	ORACLES
};
enum tristate { TRI_NO, TRI_YES, TRI_UNKNOWN };

extern const char *const outcome_names[OUTCOMES];
extern const char *const direction_names[DIRECTIONS];
extern const char *const finding_status_names[STATUSES];
extern const char *const oracle_names[ORACLES];

/* A term of the additive score. */
struct term {
	struct str name;
	double value, threshold;
	int points;
};

struct evidence {
	struct str server, file; /* file: empty when reconstructed */
	uint64_t line, offset;   /* 0 when reconstructed */
	int64_t time;
	struct str text;    /* the raw line; hostile bytes as they were */
	bool reconstructed; /* made from what the tally kept, not a line of a log */
};

/* One transferred or attempted zone, for transfer findings and zones' transferred_to. */
struct transfer {
	struct str zone, server;
	struct ip address;
	enum outcome outcome;
	enum record_transfer style;
	int64_t time;
	int64_t serial, records, bytes; /* -1 when not told */
	struct str key;                 /* TSIG key, empty without */
};

struct finding {
	struct str id; /* a detector may leave a word here (a rule's id) that goes into the id */
	struct str kind, detector, title;
	enum level level;
	int score; /* 0 to 100 */
	enum direction direction;
	size_t term_count;
	struct term *terms;
	/* Whom the evidence points at. */
	size_t address_count;
	struct ip *addresses;
	bool has_prefix;
	struct prefix prefix;
	struct str role; /* "secondary", "resolver", ...; empty when unknown */
	bool internal;
	enum tristate spoofable;
	struct str tool; /* empty when unknown */
	/* Those seen through. */
	uint64_t contributor_count;
	size_t contributor_address_count; /* at most 1,000 */
	struct ip *contributors;
	size_t server_count;
	struct str *servers;
	uint64_t zone_count;
	size_t zone_list_count; /* at most 20 */
	struct str *zones;
	int64_t first_seen, last_seen; /* TIME_NONE */
	uint64_t requests, distinct_names, unknown_names, wordlist_names, answered_names;
	size_t answered_count;
	struct str *answered;
	enum outcome outcome;
	enum oracle_kind oracle;
	unsigned oracle_nights; /* age of a learned catalogue; 0: learned tonight */
	size_t attack_count;
	struct str *attack; /* technique ids */
	size_t evidence_count;
	struct evidence *evidence;
	size_t transfer_count; /* transfers of a transfer finding, by time */
	struct transfer *transfers;
	struct str next;       /* what to do now, with the command that checks it */
	struct str lookalikes; /* what innocent thing it may be */
	struct str suppressed_by, suppressed_reason; /* empty by: not suppressed */
	bool confirm; /* "confirm these": a granted transfer to a host that behaves like a secondary */
	enum finding_status status;
	int64_t first_reported; /* TIME_NONE: not told before */
};

struct findings {
	struct arena arena;
	size_t count, capacity;
	struct finding *all;
};

void findings_init(struct findings *findings);
void findings_release(struct findings *findings);
/* A new finding with every field at "not told"; valid until the next findings_add. */
struct finding *findings_add(struct findings *findings);
/* Puts the findings of `from` behind those there are, and releases it. */
void findings_join(struct findings *findings, struct findings *from);
/* Highest score first, then first_seen, then id: the order of every report. */
void findings_sort(struct findings *findings);
/* Adds a term and its points to the score. */
void finding_term(struct findings *findings, struct finding *finding, const char *name,
		  double value, double threshold, int points);
/* The level that a score means: 20 low, 40 medium, 70 high, 90 critical. */
enum level level_of_score(int score);

#endif
