/*
 * One list of names dealt out to many sources: a cohort that asks in one zone, in one manner,
 * with lists that hardly overlap (DETECTION.md 14.7). Real resolvers overlap: their clients
 * want the same names.
 */
#ifndef DETECT_COHORT_H
#define DETECT_COHORT_H

#include "detect/scan.h"

enum { COHORT_SOURCES = 5, COHORT_NAMES = 100 };
extern const double cohort_overlap, cohort_wordlist;

/* A campaign, or a flood: its scans, and what their names add up to. */
struct cohort {
	const struct scan **scans; /* by address */
	size_t count;
	double sum, distinct, wordlist, answered, missing, random;
	int64_t first, last;
	uint64_t requests;
	struct serverset servers;
	size_t largest_index;
	bool is_flood; /* random names: an attack on the server, no search for names */
};

struct cohorts {
	const struct scan **candidates; /* the cohorts' scans point into it */
	size_t count;
	struct cohort *all;
};

/* Finds the campaigns and the floods and marks their scans as such. */
void cohorts_make(struct cohorts *cohorts, struct scans *scans);
void cohorts_release(struct cohorts *cohorts);

#endif
