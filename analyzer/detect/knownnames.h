/*
 * Lists of names that are known to exist: one name a line, or passive DNS in the Common
 * Output Format, one JSON object a line (draft-dulaunoy-dnsop-passive-dns-cof: rrname,
 * rrtype, rdata, time_first, time_last). Compressed files are recognised.
 */
#ifndef DETECT_KNOWNNAMES_H
#define DETECT_KNOWNNAMES_H

#include "base/err.h"
#include "record/qname.h"

/* Views are gone after the call. */
struct knownnames_sink {
	void *context;
	/* In the form of detect/ownername.h. False: no more can be kept; reading stops. */
	bool (*name)(void *context, struct str name);
	/* What a record of it said, as in struct zonefile_sink; `kind` is enum zonefile_text. */
	void (*text)(void *context, struct str name, unsigned kind, struct str text);
};

struct knownnames_result {
	uint64_t names;        /* told */
	uint64_t broken;       /* lines that hold no name */
	uint64_t first_broken; /* the first one's number */
	bool stopped;
};

/* -1 with err when the file cannot be read to its end; what came before was told. */
int knownnames_read(const char *path, const struct knownnames_sink *sink,
		    struct knownnames_result *result, struct err *err);

#endif
