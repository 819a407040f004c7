/*
 * struct summary: what every report format prints, computed once from the merged tally, the
 * plan and the findings. Formats read it and nothing else. Arrays are sorted as INTERFACE.md
 * wants them; text lives in `arena` or in what was given to summary_make.
 */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "base/arena.h"
#include "detect/finding.h"
#include "record/record.h"
#include "store/alive.h"
#include "store/quiet.h"
#include "store/told.h"
#include "tally/tally.h"

struct count_row { /* types, rcodes */
	struct str name;
	uint64_t count;
};

struct file_row {
	struct str path, server, format, time_basis;
	uint64_t bytes, lines, skipped_bytes;
	bool complete;
	struct str error; /* empty when none */
};

struct blind_row {
	struct str detector, needs, enable;
};

struct coverage_row { /* one a server */
	struct str server, role;
	int64_t first, last;
	size_t gap_count;
	struct gap {
		int64_t from, to;
	} * gaps;
	size_t fact_count;
	struct str *facts;
	size_t blind_count;
	struct blind_row *blind;
	uint64_t lines, unknown; /* for the drift warning */
};

struct line_sample {
	struct str reason, file, text; /* reason: "unknown" or a defect's name */
	uint64_t line;
};

struct slot_row {
	int64_t start;
	uint64_t requests, distinct_names, findings;
};

struct transfer_counts {
	uint64_t attempted, refused, granted, failed, unknown;
	int64_t records, bytes;
};

/* Where an address is, by the operator's databases; all empty where they do not know. */
struct place {
	struct str country; /* ISO 3166-1 alpha-2 */
	struct str network; /* who announces it */
	uint32_t asn;       /* 0: unknown */
};

struct source_row {
	struct ip address;
	struct place place;
	size_t server_count;
	struct str *servers;
	uint64_t requests, refused, distinct_names, unknown_names, answered_names, zone_count;
	bool unknown_known, answered_known; /* false: print null */
	bool refused_known;
	size_t top_zone_count;
	struct str *top_zones;
	int64_t first_seen, last_seen, first_ever_seen;
	size_t type_count, rcode_count;
	struct count_row *types, *rcodes;
	bool flags_known;
	uint64_t recursion_desired, tcp, edns, dnssec_ok, cookie; /* requests with the flag */
	int64_t ports; /* distinct source ports, estimated; -1 not logged */
	size_t key_count, ecs_count;
	struct str *keys, *ecs;
	struct transfer_counts transfers;
	int64_t peak_start; /* TIME_NONE */
	uint64_t peak_requests;
	bool proven_address;
	struct str role; /* empty: null */
	size_t finding_count;
	struct str *findings;  /* ids */
	struct str suppressed; /* empty: null */
	bool folded;    /* some of its lines may have been folded away: its counts are the least */
	int worst;      /* level of its worst unsuppressed finding, -1 without: the sort key */
	uint64_t *bins; /* requests by summary->bins; NULL but for the first HEAT_ROWS */
};

enum { HEAT_ROWS = 24, HEAT_BINS = 48 };

/* The period in equal parts, for the map of sources by time. */
struct time_bins {
	int64_t start, length; /* milliseconds */
	size_t count;          /* 0: the logs tell no time */
};

struct zone_row {
	struct str zone;
	size_t server_count;
	struct str *servers;
	uint64_t requests, sources, distinct_names, unknown_names;
	bool unknown_known;
	struct str existence; /* which oracle: "none", "rcode", ... */
	size_t top_unknown_count;
	struct str *top_unknown;
	struct transfer_counts transfers;
	size_t transferred_count;
	struct transfer *transferred_to;
};

struct pair_row {
	struct ip address;
	struct str zone;
	uint64_t requests, distinct_names, unknown_names, answered_names;
	bool unknown_known, answered_known;
	bool resolver; /* asked of one; for the order of the rows */
	int64_t first_seen, last_seen;
	size_t type_count;
	struct count_row *types;
};

/* A setting that shapes the result, as "settings" prints it, in this order. */
struct setting_row {
	struct str name, value;
	bool is_list;
	size_t item_count;
	struct str *items;
};

/* What of an attack can be drawn, from what the tally kept of it. */
enum picture_kind {
	PICTURE_NONE,
	PICTURE_NAMES, /* each name at its first moment, in the order of the alphabet */
	PICTURE_GRIDS, /* each swept /24 */
	PICTURE_DEPTHS /* how deep in ip6.arpa, over time */
};
enum point_state { POINT_UNKNOWN, POINT_MISSING, POINT_EXISTS, POINT_STATES };
enum { PICTURE_SCALE = 1000 };

struct picture_point {
	uint16_t x, y; /* 0 to PICTURE_SCALE */
	uint8_t state; /* enum point_state */
};

struct picture_grid {
	struct str network;
	uint64_t asked[4]; /* bit n: host n */
	unsigned count;
};

struct picture {
	enum picture_kind kind;
	bool by_order; /* x is the order of arrival: times are too coarse to tell names apart */
	int64_t first, last;
	size_t point_count;
	struct picture_point *points; /* ascending by x */
	uint64_t of;                  /* points that there would be without sampling */
	struct str top, bottom;       /* what stands at y = 0 and at PICTURE_SCALE */
	size_t grid_count, grid_total;
	struct picture_grid *grids;
};

struct rule_note { /* a rule that could not do its work here, an allow entry and the like */
	struct str rule, text;
	bool ends_soon; /* an allow entry that will not hold much longer */
};

/* What earlier nights add: to be mailed, or not again. */
struct summary_night {
	const struct told_night *told; /* of the same findings */
	const struct quiet *quiet;     /* logs that should be there */
	size_t quiet_count;
	struct alive alive;
};

struct summary {
	struct arena arena;
	struct str version;
	size_t setting_count;
	struct setting_row *settings;
	size_t file_count;
	struct file_row *files;
	uint64_t input_bytes, input_lines;
	size_t coverage_count;
	struct coverage_row *coverage;
	uint64_t kinds[RECORD_KINDS];     /* lines by kind */
	uint64_t defects[RECORD_DEFECTS]; /* malformed lines by reason */
	size_t sample_count;
	struct line_sample *samples;
	int64_t first, last; /* period */
	uint64_t requests;
	size_t type_count, rcode_count;
	struct count_row *types, *rcodes; /* most frequent first, then by name */
	size_t slot_count;
	struct slot_row *slots;
	int64_t slot_length;               /* milliseconds */
	uint64_t source_total, zone_total; /* before --top */
	size_t source_count, zone_count, pair_count;
	struct source_row *sources;
	struct zone_row *zones;
	struct pair_row *pairs;
	const struct findings *findings;
	struct picture *pictures; /* of each finding; NULL unless asked for */
	struct time_bins bins;
	const struct server_sum *servers; /* private: see summary_parts.h */
	const struct place *places; /* of each finding's first address; NULL without databases */
	size_t note_count;
	struct rule_note *notes;
	const struct summary_night *night; /* NULL: without a state */
	uint64_t memory_limit, folded_sources, folded_requests;
	bool approximate;
	bool partial; /* interrupted: some of the input was not read */
};

struct geo;        /* report/geo.h */
struct digest_key; /* base/digest.h */

/* What a summary is made from; everything is borrowed and must outlive it. */
struct summary_input {
	const struct tally *tally;    /* settled */
	const struct tally *baseline; /* earlier nights; NULL: not known */
	const struct findings *findings;
	const char *version;
	size_t setting_count, file_count, note_count;
	struct setting_row *settings;
	struct file_row *files;
	struct rule_note *notes;
	size_t top;              /* rows of sources and zones */
	struct workers *workers; /* NULL is none beside the caller */
	uint64_t memory_limit;   /* bytes */
	bool partial;
	bool pictures;                     /* some report draws them */
	const struct geo *geo;             /* where addresses are; NULL: nobody knows */
	const struct digest_key *redact;   /* not NULL: addresses become pseudonyms under it */
	const struct summary_night *night; /* NULL: without a state */
};

void summary_make(struct summary *summary, const struct summary_input *input);
void summary_release(struct summary *summary);
/* Where the actor of one of summary->findings is. */
struct place summary_place(const struct summary *summary, const struct finding *finding);

#endif
