#include "tally/serverset.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "tally/ceiling.h"

enum { WORD_BITS = 64 };

struct serverset_list {
	size_t count;
	uint64_t words[];
};

static struct serverset_list *
list_of(const struct serverset *set)
{
	/* Addresses that malloc gives are even. */
	return set->word & 1 ? (struct serverset_list *)((uintptr_t)set->word - 1) : NULL;
}

void
serverset_release(struct serverset *set)
{
	free(list_of(set));
	set->word = 0;
}

size_t
serverset_words(const struct serverset *set, uint64_t *near, const uint64_t **words)
{
	const struct serverset_list *list = list_of(set);

	*near = set->word >> 1;
	*words = list ? list->words : near;
	return list ? list->count : 1;
}

/* The list with that many words at least; made of the word when there is none. */
static struct serverset_list *
grow(struct serverset *set, size_t count)
{
	struct serverset_list *list = list_of(set);
	size_t before = list ? list->count : 0;

	if (list && list->count >= count)
		return list;
	uint64_t near = set->word >> 1;
	list = xrealloc(list, 1, sizeof(*list) + count * sizeof(*list->words));
	memset(list->words + before, 0, (count - before) * sizeof(*list->words));
	if (before == 0)
		list->words[0] = near;
	list->count = count;
	set->word = (uintptr_t)list | 1;
	return list;
}

bool
serverset_add_far(struct serverset *set, uint32_t server)
{
	struct serverset_list *list = grow(set, server / WORD_BITS + 1);
	uint64_t bit = 1ULL << server % WORD_BITS, before = list->words[server / WORD_BITS];

	list->words[server / WORD_BITS] |= bit;
	return !(before & bit);
}

void
serverset_merge(struct serverset *into, const struct serverset *from)
{
	uint64_t near;
	const uint64_t *words;
	size_t count = serverset_words(from, &near, &words);

	if (!((into->word | from->word) & 1)) {
		into->word |= from->word;
		return;
	}
	struct serverset_list *list = grow(into, count);
	for (size_t i = 0; i < count; i++)
		list->words[i] |= words[i];
}

bool
serverset_next(const struct serverset *set, uint32_t *server)
{
	uint64_t near;
	const uint64_t *words;
	size_t count = serverset_words(set, &near, &words);

	for (size_t i = *server / WORD_BITS; i < count; i++) {
		uint64_t left = words[i];
		if (i == *server / WORD_BITS)
			left &= ~0ULL << *server % WORD_BITS;
		if (!left)
			continue;
		*server = (uint32_t)(i * WORD_BITS + (size_t)__builtin_ctzll(left));
		return true;
	}
	return false;
}

bool
serverset_equal(const struct serverset *a, const struct serverset *b)
{
	uint64_t near_a, near_b;
	const uint64_t *words_a, *words_b;
	size_t count = serverset_words(a, &near_a, &words_a);

	return serverset_words(b, &near_b, &words_b) == count &&
	       memcmp(words_a, words_b, count * sizeof(*words_a)) == 0;
}

size_t
serverset_bytes(const struct serverset *set)
{
	const struct serverset_list *list = list_of(set);

	return list ? CEILING_ENTRY + sizeof(*list) + list->count * sizeof(*list->words) : 0;
}
