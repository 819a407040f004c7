#include "detect/presence.h"

#include <stdlib.h>

#include "base/xalloc.h"

enum { FEW_SERVERS = 8 };

struct presence_row {
	uint64_t address; /* address_hash */
	uint32_t entry;   /* in the map of sources */
};

static uint64_t
hash_of(const struct tally *tally, const struct ip *address)
{
	return address_hash(&tally->settings->names->table_key, address);
}

static int
compare_rows(const void *a, const void *b)
{
	const struct presence_row *left = a, *right = b;

	return (left->address > right->address) - (left->address < right->address);
}

void
presence_make(struct presence *presence, const struct tally *tally)
{
	const struct map *sources = &tally->sources.map;
	const struct source *source;

	*presence = (struct presence){.tally = tally};
	if (tally->settings->server_count <= FEW_SERVERS)
		return;
	presence->rows = xcalloc((size_t)sources->count + 1, sizeof(*presence->rows));
	for (uint32_t i = 0; (source = map_next(sources, &i)) != NULL;)
		presence->rows[presence->count++] = (struct presence_row){
			hash_of(tally, &source->key.address),
			i - 1,
		};
	qsort(presence->rows, presence->count, sizeof(*presence->rows), compare_rows);
}

void
presence_release(struct presence *presence)
{
	free(presence->rows);
	*presence = (struct presence){0};
}

/* The first row of that hash, or where it would stand. */
static size_t
first_row(const struct presence *presence, uint64_t hash)
{
	size_t low = 0, high = presence->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (presence->rows[middle].address < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct source *
next_row(const struct presence *presence, const struct ip *address, size_t *cursor)
{
	uint64_t hash = hash_of(presence->tally, address);
	/* One more than the row that comes next. */
	size_t at = *cursor ? *cursor - 1 : first_row(presence, hash);

	for (; at < presence->count && presence->rows[at].address == hash; at++) {
		const struct source *source = (const void *)map_entry(&presence->tally->sources.map,
								      presence->rows[at].entry);
		if (ip_compare(&source->key.address, address) != 0)
			continue;
		*cursor = at + 2;
		return source;
	}
	return NULL;
}

const struct source *
presence_next(const struct presence *presence, const struct ip *address, size_t *cursor)
{
	if (presence->rows)
		return next_row(presence, address, cursor);
	while (*cursor < presence->tally->settings->server_count) {
		const struct source *source =
			sources_find(presence->tally, address, (uint32_t)(*cursor)++);
		if (source)
			return source;
	}
	return NULL;
}
