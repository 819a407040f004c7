/*
 * struct siblings: the rotated files of a log that lie in its directory: named.log.1,
 * named.log-20260310, named.log.2.gz, and with the ending kept behind, named-20260310.log.
 */
#ifndef CLI_SIBLINGS_H
#define CLI_SIBLINGS_H

#include <stdint.h>

#include "base/str.h"

struct sibling {
	char *path; /* owned */
	uint64_t device, inode;
	int64_t changed, moved; /* last change of content, and of name; nanoseconds UTC */
};

struct siblings {
	size_t count;
	struct sibling *all; /* oldest content first */
};

/* Whether `other` is the name of a rotated file of `log`, both without their directories. */
bool siblings_are(struct str log, struct str other);
/*
 * Those of the file at `path` whose content was changed at `since` (nanoseconds UTC) or later.
 * A directory that cannot be read holds none.
 */
void siblings_find(struct siblings *siblings, const char *path, int64_t since);
void siblings_release(struct siblings *siblings);

#endif
