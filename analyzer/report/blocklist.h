/*
 * struct blocklist: whom a list of addresses to be refused names, and whom it leaves out and
 * why. The formats of such lists differ in nothing but their syntax.
 *
 * A source address over UDP can be forged, and a forged one that gets blocked is somebody
 * else's outage: without proof (a transfer, TCP, a valid cookie) an address is left out unless
 * the options force it. Those that others are seen through, secondaries, resolvers, own hosts
 * and whoever is allow-listed are never listed.
 */
#ifndef REPORT_BLOCKLIST_H
#define REPORT_BLOCKLIST_H

#include "base/map.h"
#include "report/report.h"

struct block {
	uint64_t hash;
	struct ip address;
	const struct finding *why; /* the worst open one */
	const char *left_out;      /* the reason; NULL: it is listed */
	size_t findings;           /* open ones */
	bool proven;
	unsigned days; /* how long it is to be refused */
	int64_t until; /* that long after the end of the log; TIME_NONE where it has no times */
};

struct blocklist {
	size_t count, listed; /* those listed stand first, worst first */
	struct block *all;
};

/* Findings at or above options->level. To be released. */
void blocklist_make(struct blocklist *list, const struct summary *summary,
		    const struct report_options *options);
void blocklist_release(struct blocklist *list);
/* Lines of comment, each begun by `mark`: what the list is; whom it leaves out and why. */
void blocklist_head(FILE *out, const char *mark, const struct blocklist *list,
		    const struct summary *summary, const struct report_options *options);
void blocklist_rest(FILE *out, const char *mark, const struct blocklist *list);
/* Who, why, until when: comment text without mark or line feed. */
void blocklist_reason(FILE *out, const struct block *block);

#endif
