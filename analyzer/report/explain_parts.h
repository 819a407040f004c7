/* The pages of explain_write and what they share. Private to explain*.c. */
#ifndef REPORT_EXPLAIN_PARTS_H
#define REPORT_EXPLAIN_PARTS_H

#include "report/explain.h"
#include "report/text.h"

/* Where the text of a row begins. */
enum { EXPLAIN_INDENT = 12 };

struct explain {
	const struct explain_input *input;
	const struct tally *tally;
	struct text text; /* page, options and one sentence; no summary */
	struct arena arena;
	struct redactor *redactor; /* NULL: all is shown as it is */
	struct finding *shown;     /* the findings with pseudonyms, once one is needed */
};

/* explain_shown.c: what a page may show. With pseudonyms the address's, else itself. */
const char *explain_ip(struct explain *explain, const struct ip *ip, char out[IP_TEXT]);
const char *explain_prefix(struct explain *explain, const struct prefix *prefix,
			   char out[PREFIX_TEXT]);
struct str explain_text(struct explain *explain, struct str text);
/* `finding` must be one of the input's. */
const struct finding *explain_shown(struct explain *explain, const struct finding *finding);

/* explain_source.c: who it is, and what it sent. False when no server saw the address. */
bool explain_source(struct explain *explain, const struct ip *address);
/* explain_course.c: how it went about it, in rows below explain_source's. */
struct ledger;
void explain_course(struct explain *explain, const struct ledger *ledger, const struct ip *address);
/* explain_names.c: the zones it asked, with every term of their scores. */
void explain_names(struct explain *explain, const struct ledger *ledger);
/* explain_traces.c: what else the tally keeps of a source: sweeps, rare lines, rules. */
void explain_traces(struct explain *explain, const struct ip *address);
/* explain_zone.c */
void explain_zone(struct explain *explain, uint32_t zone);
/* explain_network.c */
void explain_network(struct explain *explain, const struct prefix *network);

/* Whether a finding speaks of an address: as its actor, its contributor, or not at all. */
enum explain_part { EXPLAIN_NO_PART, EXPLAIN_ACTOR, EXPLAIN_CONTRIBUTOR };
enum explain_part explain_part_of(const struct finding *finding, const struct ip *address);
/* A finding in a row or two: level, score, id, kind, title, and why it is suppressed. */
void explain_finding_row(struct explain *explain, const struct finding *finding, const char *note);
/* The same with whom it is about. */
void explain_finding_of(struct explain *explain, const struct finding *finding);
/* A row of the page from the scratch sentence, when it says something. */
void explain_row(struct explain *explain, const char *label);

#endif
