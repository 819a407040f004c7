/*
 * One request for a zone transfer, joined from the lines that tell of it: the query line, a
 * denial, started and ended lines, a response. Joined here and not while reading, since the
 * lines may stand in several files (DESIGN.md law 4).
 */
#ifndef DETECT_ATTEMPT_H
#define DETECT_ATTEMPT_H

#include "detect/finding.h"
#include "tally/tally.h"

struct attempt {
	struct ip client, server_address; /* server_address: all zero when not told */
	uint32_t server;
	int32_t port;                                /* -1 */
	struct str zone, key, reason;                /* borrowed from the tally's events */
	int64_t time, last;                          /* of its first and last line; TIME_NONE */
	int64_t serial, serial_from, records, bytes; /* -1 */
	int32_t qtype;                               /* AXFR, IXFR or TYPE_UNKNOWN */
	enum record_transfer style;
	enum outcome outcome;
	bool asked;    /* its query line is there */
	bool empty;    /* nothing new was sent: the requester was up to date */
	bool tcp, udp; /* as the query line told; neither: not told */
	bool recursion_desired, cookie_valid;
	size_t event_count;
	const struct event *events[6]; /* its lines by position; later ones are not kept */
};

struct attempts {
	size_t count, capacity;
	struct attempt *all; /* by client, then time */
};

/* Joins all transfer events of a settled tally. */
void attempts_join(struct attempts *attempts, const struct tally *tally);
void attempts_release(struct attempts *attempts);

#endif
