/*
 * The rules of the public suffix list that libpsl holds, from the text that it was made of.
 *
 * libpsl answers for a name and tells no rule: each name has to be asked about anew, at some
 * thousand instructions. Of the rules it is known below which names there are any: two look-ups
 * say that none goes deeper than "com".
 */
#ifndef NAMES_SUFFIX_H
#define NAMES_SUFFIX_H

#include "base/hash.h"
#include "base/map.h"

/* Of a map for suffix_load(): the last labels of a rule, or all of them. */
struct suffix_rule {
	uint64_t hash; /* the text's: 64 keyed bits stand for it */
	uint64_t key;  /* the same */
	uint64_t flags;
};

void suffix_init(struct map *rules);
/*
 * Reads the rules of the list with that SHA-1 sum (hexadecimal) from `path`. Leaves the map empty
 * where there is no such file (`path` may be NULL) or it is another list.
 */
void suffix_load(struct map *rules, const struct hash_key *key, const char *path, const char *sum);
/*
 * The offset at which the registrable domain begins in `name`, folded and without final dot; 0
 * also where it is a public suffix itself. `starts` are the offsets of its labels, all of them, at
 * least two. SIZE_MAX where only libpsl can say: no rules, an escape, an internationalised name.
 */
size_t suffix_offset(const struct map *rules, const struct hash_key *key, struct str name,
		     const uint16_t *starts, size_t labels);

#endif
