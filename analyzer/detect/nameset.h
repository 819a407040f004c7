/*
 * struct nameset: a set of names by 60 bits of a keyed hash, with four flags each, in eight
 * bytes a slot: 20,000 zones with ten million names take about 130 MB. Two names are taken
 * for one with a chance of about 10^-11 at that size for each name looked up.
 */
#ifndef DETECT_NAMESET_H
#define DETECT_NAMESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NAMESET_USED = 1,     /* kept by the set: every name in it has it */
	NAMESET_CUT = 2,      /* a delegation stands here */
	NAMESET_DNAME = 4,    /* a DNAME stands here */
	NAMESET_WILDCARD = 8, /* a label "*" stands directly below */
	NAMESET_FLAGS = 15,
};

struct nameset {
	uint64_t *slots; /* 0: free */
	size_t count, mask;
	size_t limit; /* names */
};

enum nameset_result { NAMESET_OLD, NAMESET_NEW, NAMESET_FULL };

void nameset_init(struct nameset *set, size_t limit);
void nameset_release(struct nameset *set);
/* Adds a name, or adds flags to it. FULL: it is not in the set, and the limit is reached. */
enum nameset_result nameset_put(struct nameset *set, uint64_t hash, unsigned flags);
/* Its flags, with NAMESET_USED; 0 when it is not in the set. */
unsigned nameset_find(const struct nameset *set, uint64_t hash);
/* Memory held. */
size_t nameset_bytes(const struct nameset *set);

#endif
