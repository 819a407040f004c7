/*
 * struct identity: a log known by its content, whatever its name, place or compression: the
 * hash of the first n bytes of its uncompressed stream. n grows with the file; the hash of an
 * unchanged beginning stays. The hash is XXH3 with a fixed seed: identities are kept on disk.
 */
#ifndef INPUT_IDENTITY_H
#define INPUT_IDENTITY_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct identity {
	uint64_t n, hash;
};

/* How the streams of two files go together. */
enum identity_relation {
	IDENTITY_DIFFERENT,
	IDENTITY_EQUAL,
	IDENTITY_FIRST_BEGINS_SECOND, /* the second is the first and more */
	IDENTITY_SECOND_BEGINS_FIRST,
};

/* Of bytes in memory. */
struct identity identity_of(struct str bytes);
/*
 * Of the first `limit` bytes of a file, or of all of them when it is shorter. What can be
 * read before damage counts. -1 with err when it cannot be opened.
 */
int identity_read(const char *path, uint64_t limit, struct identity *out, struct err *err);
/*
 * Reads both files to the first difference: to be asked only where their beginnings agree.
 * What can be read before damage counts. -1 with err when one cannot be opened.
 */
int identity_compare(const char *first, const char *second, enum identity_relation *out,
		     struct err *err);

#endif
