/*
 * Detectors: one const struct each, at the end of its own file, and one row in detector.c.
 * A detector is pure: tally, baseline and settings in, findings out. "Now" is the log's last
 * time.
 */
#ifndef DETECT_DETECTOR_H
#define DETECT_DETECTOR_H

#include "detect/finding.h"
#include "tally/tally.h"

/* What a measurement may take away from the detectors, to see what it carries. */
enum detect_part { PART_WORDLIST, PART_ORDER, PART_NOVELTY, PART_ZONE_AXIS, DETECT_PARTS };
/* By enum detect_part, ended by NULL. */
extern const char *const detect_part_names[];
struct allow_list; /* detect/allow.h */

struct allow_list; /* detect/allow.h */

/* Who is who, as the operator says; constant. */
struct detect_settings {
	size_t secondary_count, key_count, internal_count, resolver_count;
	const struct prefix *secondaries, *internals, *resolvers;
	const struct str *keys;         /* TSIG keys of secondaries, folded */
	const struct allow_list *allow; /* what is expected; NULL: nothing */
	size_t examples;                /* evidence lines per finding */
	unsigned without;               /* bits 1 << enum detect_part: for measurements only */
	struct workers *workers;        /* NULL is none beside the caller */
};

struct scans;     /* detect/scan.h */
struct cohorts;   /* detect/cohort.h */
struct networks;  /* detect/network.h */
struct presence;  /* detect/presence.h */
struct oracle;    /* detect/oracle.h */
struct providers; /* detect/providers.h */

struct detect_input {
	const struct tally *tally;    /* settled */
	const struct tally *baseline; /* earlier nights; NULL when there are none */
	const struct detect_settings *settings;
	const struct scans *scans; /* made by detect_run from the rest */
	const struct cohorts *cohorts;
	const struct networks *networks;
	const struct presence *presence;
	const struct oracle *oracle;       /* which names exist; NULL when nobody said */
	const struct providers *providers; /* NULL: provider names are not known */
};

struct detector {
	const char *name;
	const char *kind; /* of its findings */
	/* What it needs of a log and how to get it, for the report's "blind" rows. */
	uint32_t needs_any; /* enum stream_fact: at least one of these, 0 = nothing */
	const char *needs;
	const char *enable_bind;    /* NULL: BIND logs nothing that would help */
	const char *enable_unbound; /* NULL: Unbound logs nothing that would help */
	bool reads_findings;        /* `out` holds those of the detectors before it; else none */
	void (*run)(const struct detect_input *input, struct findings *out);
};

/* All of them, ended by NULL. */
extern const struct detector *const detectors[];
/* Runs all, fills ids, suppresses what is expected, sorts. What it makes need not be set. */
void detect_run(const struct detect_input *input, struct findings *out);
/* The log's last time, which is now for every judgement; TIME_NONE when it has none. */
int64_t detect_now(const struct tally *tally);
/* True when some detector makes findings of that kind. */
bool detect_has_kind(struct str kind);
/* True when a tag digtrail.KIND says that the rule is evidence for a detector there is. */
bool rule_is_claimed(const struct rule *rule);

#endif
