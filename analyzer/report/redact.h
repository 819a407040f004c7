/*
 * Pseudonyms for addresses: the same address has the same one in every report of an
 * installation, and nobody without its key can tell which it was. Addresses of one network
 * stay neighbours: the first n bits of two pseudonyms are equal when those of the addresses
 * were (Xu, Fan, Ammar, Moon, "Prefix-Preserving IP Address Anonymization", ICNP 2002), for
 * IPv4 to its end, for IPv6 to its /64.
 *
 * All pseudonyms lie in the unique local fdd1:97a1::/32 (RFC 4193), IPv4 ones in its ::/96:
 * none is the address of somebody else, and a block list of them blocks nobody.
 */
#ifndef REPORT_REDACT_H
#define REPORT_REDACT_H

#include "base/digest.h"
#include "report/summary.h"

struct redactor;

/* Texts that it makes live in `arena`; both are borrowed. To be freed. */
struct redactor *redactor_new(const struct digest_key *key, struct arena *arena);
void redactor_free(struct redactor *redactor);
struct ip redact_ip(struct redactor *redactor, const struct ip *ip);
struct prefix redact_prefix(struct redactor *redactor, const struct prefix *prefix);
/*
 * The text with every address in it replaced: dotted quads, IPv6, both with a prefix length,
 * names in in-addr.arpa and ip6.arpa, and quads that stand in names (a-192-0-2-1.example).
 * Other disguises (hexadecimal, reversed without .arpa) are not recognised.
 */
struct str redact_text(struct redactor *redactor, struct str text);
/* What stands for a finding's id, which tells of an address to whoever guesses it; into `out`. */
enum { REDACT_ID = 16 };
const char *redact_id(const struct digest_key *key, struct str id, char out[REDACT_ID]);
/* What is shown of one; lists are copied into the arena, the old ones belong to others. */
void redact_finding(struct redactor *redactor, struct arena *arena, const struct digest_key *key,
		    struct finding *finding);
void redact_source(struct redactor *redactor, struct arena *arena, const struct digest_key *key,
		   struct source_row *row);
/* Everything that a report shows. */
void redact_summary(struct summary *summary, const struct digest_key *key);

#endif
