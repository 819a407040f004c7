/*
 * The rules in force and their application to one record. A ruleset is loaded once and then
 * constant; a matcher is one thread's scratch over it. Marks records, keeps nothing.
 */
#ifndef MATCH_MATCHER_H
#define MATCH_MATCHER_H

#include "match/rule.h"
#include "names/names.h"
#include "record/record.h"

enum { MATCHES_MAX = 32 };

/* Indices into ruleset->rules, ascending. `more` when there were over MATCHES_MAX. */
struct matches {
	uint16_t count;
	uint16_t rule[MATCHES_MAX];
	bool more;
};

struct matcher;
/* For names that `namer` tells: it keeps this matcher's marks, so no other one's. */
struct matcher *matcher_new(const struct ruleset *ruleset, struct namer *namer);
void matcher_free(struct matcher *matcher);
/*
 * Which rules match. `name` is the folded qname with its zone (NULL when the record has no
 * name), `server` the log's server name, `line` the raw line for keyword rules. `is_request`
 * tells whether this line is the one that counts the request at this server: rules that ask
 * for nothing but the question are evaluated on that line only, so that a query, its denial
 * and its response are one match.
 */
void matcher_match(struct matcher *matcher, const struct record *record, const struct name *name,
		   struct str server, struct str line, bool is_request, struct matches *out);
/* Hint: that name's line is about to be matched. */
void matcher_prefetch(const struct matcher *matcher, const struct name *name);
/*
 * A rule whose pattern hit its match limit is switched off in this matcher and named here.
 * Fills up to `max` rule indices, returns how many there are.
 */
size_t matcher_disabled(const struct matcher *matcher, uint16_t *rules, size_t max);

#endif
