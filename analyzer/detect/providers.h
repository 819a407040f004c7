/*
 * Which providers a domain's records point to (patterns/data/providers.yml), and who runs an
 * address that is a public resolver's (patterns/data/resolvers.txt). Read once by cli/,
 * constant afterwards; texts live as long as the struct they came from.
 */
#ifndef DETECT_PROVIDERS_H
#define DETECT_PROVIDERS_H

#include "base/err.h"
#include "base/ip.h"

struct providers;

/* NULL with err, which says file and line. */
struct providers *providers_load(const char *path, struct err *err);
void providers_free(struct providers *providers);

/*
 * The providers to which a name points by itself, whatever the answer: DKIM selectors,
 * verification names. `front` is the folded part in front of the zone, without the dot
 * between them ("selector1._domainkey"); labels may follow the pattern ("asuid.www"). Writes
 * at most `max` names, each once, in the order of the file; returns how many.
 */
size_t providers_of_name(const struct providers *providers, struct str front, const char **names,
			 size_t max);

/*
 * The same for an answer: rdata of a TXT, SPF, MX, NS, CNAME or SRV record as a zone file
 * has it, in any case, texts in quotes or not. Other types point to nobody.
 */
size_t providers_of_text(const struct providers *providers, int32_t qtype, struct str rdata,
			 const char **names, size_t max);

/* "mail", "mail-filter", "mail-sender", "saas", "identity", "security", "web", "cloud"; NULL
 * for a name that is none of theirs. */
const char *providers_kind(const struct providers *providers, const char *name);

enum resolver_kind {
	RESOLVER_SERVICE, /* clients ask here; no authoritative server is asked from here */
	RESOLVER_EGRESS,  /* asks authoritative servers */
	RESOLVER_NETWORK, /* the operator's address space: a hint */
	RESOLVER_KINDS
};

extern const char *const resolver_kind_names[RESOLVER_KINDS];

struct resolver {
	struct prefix prefix;
	enum resolver_kind kind;
	const char *operator_name, *source;
};

struct resolvers;

/* NULL with err, which says file and line. */
struct resolvers *resolvers_load(const char *path, struct err *err);
void resolvers_free(struct resolvers *resolvers);
/* The entry with the longest prefix that holds the address; NULL for none. */
const struct resolver *resolvers_find(const struct resolvers *resolvers, const struct ip *ip);

#endif
