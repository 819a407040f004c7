/* To which zone a name belongs. */
#ifndef NAMES_ZONE_H
#define NAMES_ZONE_H

#include "names/names.h"

/*
 * The offset in `name` (folded, no final dot) at which its zone begins: the longest own
 * zone; else the /24 of an in-addr.arpa and the /48 of an ip6.arpa name; else the
 * registrable domain by the public suffix list. A name of one label, and the root, belong
 * to the root: the offset is name.n. `starts` are the offsets of its `labels` labels (at
 * most QNAME_LABELS_MAX of them). `*own` tells whether an own zone was found.
 */
size_t zone_offset(const struct names *names, struct str name, const uint16_t *starts,
		   size_t labels, bool *own);

/*
 * What the list said of the names above those that were looked up: names that are new are mostly
 * neighbours of one that is not. One thread's; a zeroed one is empty. A miss costs time only.
 */
enum { SUFFIX_MEMO = 4096 };

struct suffix_memo {
	struct suffix_known {
		uint64_t key;    /* table hash of a name of two labels or more; 0 = empty */
		uint32_t length; /* of its registrable domain; 0: it is a public suffix itself */
	} all[SUFFIX_MEMO];
};

/* The same, faster. */
size_t zone_offset_memo(const struct names *names, struct suffix_memo *memo, struct str name,
			const uint16_t *starts, size_t labels, bool *own);

#endif
