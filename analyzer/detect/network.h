/*
 * One list dealt out within one network: sources of one /24 or /48 that ask in one zone are
 * judged as if they were one (DETECTION.md 3.1, 14.7). IPv6 scanners change their address with
 * every question.
 */
#ifndef DETECT_NETWORK_H
#define DETECT_NETWORK_H

#include "detect/scan.h"

enum { NETWORK_SOURCES = 5, NETWORK_NAMES = 40 };
extern const double network_overlap;

struct network {
	struct prefix prefix;
	struct scan scan; /* judged together; its pair is `sum` */
	struct pair *sum;
	struct dealt dealt;
	size_t count;
	struct ip *addresses; /* ascending */
};

struct networks {
	size_t count;
	struct network *all; /* by prefix, then zone */
};

/* Flags networks that go through a list, as lists_flag() does with sources. */
void networks_flag_lists(struct scans *scans);
/* Finds them and marks the sources' own scans as parts of a campaign. */
void networks_make(struct networks *networks, struct scans *scans);
/* True when the address is of a network that was found in that zone. */
bool networks_have(const struct networks *networks, const struct ip *address, struct str zone);
void networks_release(struct networks *networks);

#endif
