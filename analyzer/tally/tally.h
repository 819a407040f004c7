/*
 * struct tally: all that is remembered of a log, within limits. It merges: the tally of two
 * logs together is tally_merge of their tallies, whatever the order (DESIGN.md law 1). One
 * thread writes a tally at a time.
 *
 * Each table stands in a file of its own; here is what they have in common.
 */
#ifndef TALLY_TALLY_H
#define TALLY_TALLY_H

#include "base/arena.h"
#include "match/matcher.h"
#include "names/names.h"
#include "record/record.h"
#include "tally/ceiling.h"
#include "tally/correlations.h"
#include "tally/events.h"
#include "tally/pairs.h"
#include "tally/rulehits.h"
#include "tally/sources.h"
#include "tally/streams.h"
#include "tally/sweeps.h"
#include "tally/texts.h"
#include "tally/timeline.h"
#include "tally/zones.h"

/*
 * The ceiling: of all tables together in bytes (ceiling.h), and of each in entries; 0 = none.
 * The timeline makes its slots longer instead, and the folded sources' prefixes become shorter.
 */
struct tally_limits {
	size_t bytes;
	uint32_t sources, pairs, zones, sweeps, event_groups, rule_hits, correlations, timeline,
		prefixes;
};
/* What `memory` bytes buy: a function of that number alone. */
struct tally_limits tally_limits_of(uint64_t memory);

/* Fixed before the first line; shared by all tallies of a run, and constant. */
struct tally_settings {
	struct tally_limits limits;
	const struct names *names;
	const struct ruleset *rules;
	size_t stream_count, server_count;
	const struct stream_info *streams; /* by stream number */
	const struct server_info *servers; /* by server number */
};

/* What was worked out of a time: it holds for all times of its slot, and lines come in order. */
struct tally_clock {
	int64_t begin; /* of the slot; TIME_NONE: of none yet */
	int64_t slot;
	uint32_t hour_bit;
	int64_t latest; /* time of all lines so far; INT64_MAX where other tallies' lines are in it */
};

struct tally {
	const struct tally_settings *settings;
	struct tally_clock clock;
	struct texts texts;
	struct hash_key key; /* of the maps: random */
	struct streams streams;
	struct sources sources;
	struct pairs pairs;
	struct zones zones;
	struct sweeps sweeps;
	struct events events;
	struct rulehits rulehits;
	struct correlations correlations;
	struct timeline timeline;
	struct ceiling ceiling;
};

/* One line, with all that is known of it; everything is borrowed. */
struct tally_line {
	const struct record *record;
	const struct name *name; /* NULL when the record has no name */
	const struct matches *matches;
	struct position position;
	struct str text; /* the raw line */
	bool is_request; /* counts as the request at its server */

	/* Worked out by tally_add for all tables. */
	uint32_t role; /* of the server: tally_role_of */
	uint32_t server;
	uint16_t type_key, type_bit;
	uint8_t seen;                               /* name_seen_of the record */
	int64_t slot;                               /* slots_index of the time */
	uint32_t hour_bit;                          /* of the hour of its day in UTC; 0: no time */
	uint64_t moment;                            /* of time and offset */
	uint64_t address_hash;                      /* of the client, for tables */
	uint64_t source_hash, zone_hash, pair_hash; /* of the entries */
	uint64_t rank;    /* sample hash of the address where `source` is NULL; see tally_rank */
	uint32_t prefix;  /* its zone_prefix_hash */
	uint32_t text_id; /* of the name, where a zone's sample holds it; else TEXT_NONE */
	bool has_source, has_question;
	bool evidence; /* by itself: a rule of level low and above, or a rare event */
	uint8_t event; /* enum event_kind */
	bool in_order; /* no line before it was later: what has a last time has an earlier first */
	/*
	 * What is probably its entry in each table (prefetch.h); NULL: to be looked for. After
	 * sources_add `source` is its source, or NULL where it was folded away.
	 */
	struct source *source;
	struct zone *zone;
	struct pair *pair;
};

/*
 * Pairs, zones and sweeps are kept by the role of their servers: 0 authoritative, 1 resolver, and
 * ROLE_APART + n of server n alone (server_info.apart). What has no need of roles is kept by
 * party: 0 of all servers, and n + 1 of server n alone. A tally that is judged has roles 0 and 1
 * and party 0 only.
 */
enum { ROLE_APART = 2 };

static inline uint32_t
tally_role_of(const struct tally_settings *settings, uint32_t server)
{
	const struct server_info *info = &settings->servers[server];

	return info->apart ? ROLE_APART + server : info->resolver;
}

/* What is kept by `role` in a tally that is merged into another one, is kept there by this one. */
static inline uint32_t
tally_role_in(const struct tally *into, uint32_t role)
{
	return role < ROLE_APART ? role : tally_role_of(into->settings, role - ROLE_APART);
}

static inline uint32_t
tally_party(uint32_t role)
{
	return role < ROLE_APART ? 0 : role - ROLE_APART + 1;
}

static inline uint32_t
tally_party_in(const struct tally *into, uint32_t party)
{
	return party ? tally_party(tally_role_of(into->settings, party - 1)) : 0;
}

/* Sample hash of the client's address, after sources_add. */
static inline uint64_t
tally_rank(const struct tally_line *line)
{
	return line->source ? line->source->rank : line->rank;
}

void tally_init(struct tally *tally, const struct tally_settings *settings);
void tally_release(struct tally *tally);
void tally_add(struct tally *tally, const struct tally_line *line);
/*
 * Adds TALLY_BATCH lines at most, in their order. The tables do not fit the processor's caches:
 * what one line needs is fetched while others are worked on, which is three times as fast.
 */
enum { TALLY_BATCH = 64 };
/* `seat` (may be NULL): where lines may be handed over to other threads. */
struct seat;
void tally_add_lines(struct tally *tally, struct seat *seat, struct tally_line *lines,
		     size_t count);
/* What another thread has handed over (exchange.h): for the tables of sources, zones and pairs. */
void tally_add_carried(struct tally *tally, struct tally_line *lines, size_t count);
/*
 * To be called when a chunk has been read: how many lines it had, and what of it the reader
 * skipped (lines over READER_LINE_MAX, and all bytes skipped for whatever reason).
 */
void tally_end_chunk(struct tally *tally, uint32_t stream, uint64_t chunk, uint64_t lines,
		     uint64_t overlong, uint64_t skipped_bytes);
/*
 * `from` is left empty. Both must have the same settings, but for servers that only `from` keeps
 * apart.
 */
void tally_merge(struct tally *into, struct tally *from);
/* The same by `workers`: NULL where the two have not the same settings. */
void tally_merge_by(struct tally *into, struct tally *from, struct workers *workers);
/* Only what was asked, the pairs and zones; `from` is left empty all the same. */
void tally_merge_asked(struct tally *into, struct tally *from);
/*
 * Forgets the hits of a rule, and of correlations that count it: a rule that was switched off
 * in one thread has counts that depend on how the log was cut.
 */
void tally_forget_rule(struct tally *tally, uint16_t rule);
/*
 * The same for all rules that look at requests, at a server whose requests are none any more,
 * and which is kept apart.
 */
void tally_forget_requests(struct tally *tally, uint32_t server);
/* To be called once after the last merge and before anything is read. */
void tally_settle(struct tally *tally);
void tally_settle_by(struct tally *tally, struct workers *workers);
/* The absolute line number, counted from 1, of a position. */
uint64_t tally_line(const struct tally *tally, const struct position *position);
/*
 * True when the ceiling was met: a sample was thinned or an entry folded away, and what is left
 * depends on the order of the lines (fold.h).
 */
bool tally_is_folded(const struct tally *tally);
/* Memory held, in bytes, as far as the tally knows. */
size_t tally_bytes(const struct tally *tally);

#endif
