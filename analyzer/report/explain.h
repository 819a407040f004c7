/*
 * One page about one address, network, zone or finding: the whole ledger, also of what was
 * not reported. 80 columns of text for people.
 */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include "detect/scan.h"
#include "report/report.h"

/* Everything is borrowed. */
struct explain_input {
	const struct detect_input *detect;
	const struct scans *scans; /* made from `detect` */
	const struct findings *findings;
	const struct geo *geo;           /* where addresses are; NULL: nobody knows */
	const struct digest_key *redact; /* not NULL: addresses become pseudonyms under it */
};

enum explain_kind {
	EXPLAIN_NOTHING, /* the logs hold nothing of that name */
	EXPLAIN_ADDRESS,
	EXPLAIN_NETWORK,
	EXPLAIN_ZONE,
	EXPLAIN_FINDING,
};

/* What the page is about. */
struct explain_subject {
	enum explain_kind kind;
	struct ip address;
	struct prefix network;
	uint32_t zone; /* number in tally->texts */
	const struct finding *finding;
};

/*
 * Looks `what` up: an address, a network, a finding's id or a zone's name; where addresses become
 * pseudonyms, also by a source's pseudonym or by the id in a redacted report.
 */
struct explain_subject explain_find(const struct explain_input *input, struct str what);
/* `subject` must be something. The stream's error is read by the caller. */
void explain_write(const struct explain_input *input, const struct explain_subject *subject,
		   const struct report_options *options, FILE *out);

#endif
