/*
 * struct serverset: the numbers of the servers that an entry was seen at. Of up to 63 servers
 * it is one word and owns nothing; a higher number makes it a list of words on the heap, of as
 * many words as its highest number needs, so that what a set takes depends on its members alone.
 *
 * A zeroed set is empty. A copy of the struct is a view: one of the two is released.
 */
#ifndef TALLY_SERVERSET_H
#define TALLY_SERVERSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SERVERSET_NEAR = 63 }; /* servers that the word itself holds */

struct serverset {
	/*
	 * Bit 0 clear: bit n + 1 is server n. Bit 0 set: the address, plus one, of a
	 * struct serverset_list.
	 */
	uint64_t word;
};

void serverset_release(struct serverset *set);
/* For serverset_add. */
bool serverset_add_far(struct serverset *set, uint32_t server);
/* What `into` has in the end, it owns. */
void serverset_merge(struct serverset *into, const struct serverset *from);
/* True while *server, which the caller sets to where to begin, was moved to a member. */
bool serverset_next(const struct serverset *set, uint32_t *server);
bool serverset_equal(const struct serverset *a, const struct serverset *b);
/*
 * As bits, 64 servers a word, the lowest first; returns the number of words, one at least. They
 * are valid as long as the set is not changed, and `near`, where they may lie.
 */
size_t serverset_words(const struct serverset *set, uint64_t *near, const uint64_t **words);
/* What hangs on it, in bytes, for ceiling.h. */
size_t serverset_bytes(const struct serverset *set);

/* True when it is new. */
static inline bool
serverset_add(struct serverset *set, uint32_t server)
{
	if (server >= SERVERSET_NEAR || set->word & 1)
		return serverset_add_far(set, server);
	uint64_t before = set->word;
	set->word |= 2ULL << server;
	return set->word != before;
}

#endif
