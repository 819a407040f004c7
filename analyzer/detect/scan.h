/*
 * Scans for names: every (source, zone) that asked enough judged names, with its score
 * (DETECTION.md 14.2). Made once for all detectors that read it, in two passes: the second
 * counts popularity without the sources that the first one flagged, since attackers
 * establish each other's names. Earlier nights are looked through first.
 */
#ifndef DETECT_SCAN_H
#define DETECT_SCAN_H

#include "detect/judge.h"

enum {
	SCAN_TERMS_MAX = 12,
	SCAN_ODD_NAMES = 3,    /* that make a pair worth a word, of whatever kind they are */
	SCAN_COHORT_NAMES = 5, /* judged names that make a source a candidate of a cohort */
	SCAN_LEAST_NAMES = 12, /* judged names that make it a candidate on its own */
	SCAN_LOW = 30,
	SCAN_MEDIUM = 45,
};

struct scan_term {
	const char *name; /* a literal */
	double value, threshold;
	int points;
};

struct scan {
	struct judgement judgement;
	size_t index; /* of its pair, into ground->briefs */
	int score;
	size_t term_count;
	struct scan_term terms[SCAN_TERMS_MAX];
	bool whole;       /* terms without points stand among the terms */
	double asked;     /* distinct names of its source in all zones, estimated */
	bool in_campaign; /* its source asks a part of what a campaign or a flood asks */
	bool is_random;   /* mostly random labels: no reconnaissance, or a collection of hashes */
	bool over_nights; /* earlier nights' names are judged with tonight's */
	bool superseded;  /* tonight's part of the scan over nights that follows it */
};

struct scans {
	struct ground ground;
	struct flagged flagged; /* tonight's and earlier nights' scanners */
	size_t count;
	struct scan *all; /* by address, as ground.briefs */
	struct map own;   /* places in `all` by pair, of those of tonight alone */
};

void scans_make(struct scans *scans, const struct detect_input *input);
void scans_release(struct scans *scans);
/* The own scan of a pair, not that over nights; NULL when it has too few judged names for one. */
struct scan *scans_find(const struct scans *scans, const struct pair *pair);
/*
 * Asks an authoritative server for recursion, and is none of our own clients: a tool or a stub,
 * no resolver.
 */
bool scan_is_direct(const struct pair *pair, const struct detect_settings *settings);
/* Scores scan->judgement, which must have judged names. */
void scan_score(struct scan *scan, const struct detect_settings *settings);
/*
 * Scores scan->judgement anew, whether or not it is enough for a scan; every term that could be
 * weighed is told, also those that gave no points. It must have judged names.
 */
void scan_ledger(struct scan *scan, const struct detect_settings *settings);

#endif
