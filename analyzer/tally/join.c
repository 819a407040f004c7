#include "tally/join.h"

#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"

enum { PARTS = 16 };

struct joining {
	const struct join *join;
	bool *is_new; /* by index of the entry in join->others */
};

/* The index of a part's first entry. */
static uint32_t
begin_of(const struct map *map, size_t part)
{
	return (uint32_t)((uint64_t)map->allocated * part / PARTS);
}

/* Hint: what the next rounds will touch. */
static void
fetch_ahead(const struct join *join, uint32_t cursor)
{
	enum { AHEAD = 4 };

	map_fetch_ahead(join->own, join->others, cursor);
	if (!join->fetch_owned || cursor + AHEAD >= join->others->allocated)
		return;
	const void *other = map_entry(join->others, cursor + AHEAD);
	uint64_t hash;
	memcpy(&hash, other, sizeof(hash));
	if (hash == 0) /* removed: what stands in it is not an entry's */
		return;
	join->fetch_owned(other);
	const void *own = map_guess(join->own, hash);
	if (own)
		join->fetch_owned(own);
}

static void
add_known(void *context, size_t thread, size_t part)
{
	const struct joining *joining = context;
	const struct join *join = joining->join;
	uint32_t end = begin_of(join->others, part + 1), i = begin_of(join->others, part);
	void *entry;

	(void)thread;
	while ((entry = map_next(join->others, &i)) != NULL && i <= end) {
		fetch_ahead(join, i);
		joining->is_new[i - 1] = !join->add_known(join->into, join->from, entry);
	}
}

void
join_tables(const struct join *join, size_t threads)
{
	struct joining joining = {join, xcalloc(join->others->allocated, sizeof(bool))};

	workers_run(threads, PARTS, add_known, &joining);
	for (uint32_t i = 0; i < join->others->allocated; i++)
		if (joining.is_new[i])
			join->add_new(join->into, join->from, map_entry(join->others, i));
	free(joining.is_new);
}
