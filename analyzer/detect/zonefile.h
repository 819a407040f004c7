/*
 * Reading a zone file, with ldns for names and data. This is the only user of ldns. What a
 * reader of zone files for a server refuses is told here and left out: a zone that is read in
 * part is still worth having, as long as it is known to be partial.
 */
#ifndef DETECT_ZONEFILE_H
#define DETECT_ZONEFILE_H

#include "base/err.h"
#include "record/qname.h"

/* Kinds of records whose data are handed out. Bits, so that they can be asked for by mask. */
enum zonefile_text {
	ZONEFILE_TXT = 1,
	ZONEFILE_SPF = 2,
	ZONEFILE_MX = 4,
	ZONEFILE_NS = 8,
	ZONEFILE_CNAME = 16,
	ZONEFILE_SRV = 32,
	ZONEFILE_CAA = 64,
};

enum { ZONEFILE_TEXT_MAX = 2048 };

/* The bit of a type's number; 0 for other types. */
unsigned zonefile_text_of_type(int32_t type);

/*
 * What is told of a file. Names are in the form of detect/ownername.h and, like all other
 * views, gone after the call. Any but `begin` may be called many times.
 */
struct zonefile_sink {
	void *context;
	/* The zone's name, before anything else is told of it. False stops the reading. */
	bool (*begin)(void *context, struct str origin);
	/*
	 * A record at or below the origin. `type` is -1 for one that record/codes.h does not
	 * know. False: it cannot be kept; reading stops and the zone is partial.
	 */
	bool (*record)(void *context, struct str owner, int32_t type);
	/* True when the data of such a record are wanted. */
	bool (*wants)(void *context, struct str owner, unsigned kind);
	/*
	 * Its data: of TXT and SPF the strings joined, bytes as they are; of MX, NS, CNAME and
	 * SRV the name they point to; of CAA tag, blank, value. At most ZONEFILE_TEXT_MAX bytes.
	 */
	void (*text)(void *context, struct str owner, unsigned kind, struct str text);
	/* Something could not be read; one sentence without path. */
	void (*note)(void *context, const char *path, uint64_t line, const char *text);
};

/* What file the zone's name may be taken from when the file itself does not say it. */
struct zonefile_hint {
	struct str origin; /* empty: the file must say it */
	bool certain;      /* somebody said so: a file of another zone is an error */
};

struct zonefile_result {
	bool partial;    /* names may be missing */
	int64_t changed; /* of the newest file read, milliseconds; TIME_NONE */
};

/*
 * Reads the file and what it includes. Compressed files are recognised. -1 with err when it is
 * no zone file that can be read; nothing was told but notes then.
 */
int zonefile_read(const char *path, const struct zonefile_hint *hint,
		  const struct zonefile_sink *sink, struct zonefile_result *result,
		  struct err *err);
/* False where built without ldns: zonefile_read always fails, and says what to install. */
bool zonefile_is_available(void);

#endif
