#include "tally/join.h"

#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"

enum { PARTS = 1024 };

struct joining {
	const struct join *join;
	uint64_t *hashes;         /* by index in join->others: of new entries; else 0 */
	uint32_t news[PARTS + 1]; /* new entries of the parts before */
	uint32_t first;           /* index of the first new entry in join->own */
};

static uint64_t
hash_at(const struct map *map, uint32_t index)
{
	uint64_t hash;

	memcpy(&hash, map_entry(map, index), sizeof(hash));
	return hash;
}

/* Hint: what the next rounds will touch. From `end` on another thread may be at it. */
static void
fetch_ahead(const struct join *join, uint32_t cursor, uint32_t end)
{
	enum { AHEAD = 4 };

	map_fetch_ahead(join->own, join->others, cursor);
	if (!join->fetch_owned || cursor + AHEAD >= end)
		return;
	uint64_t hash = hash_at(join->others, cursor + AHEAD);
	if (hash == 0) /* removed: what stands in it is not an entry's */
		return;
	join->fetch_owned(map_entry(join->others, cursor + AHEAD));
	const void *own = map_guess(join->own, hash);
	if (own)
		join->fetch_owned(own);
}

static void
add_known(void *context, size_t thread, size_t part)
{
	struct joining *joining = context;
	const struct join *join = joining->join;
	uint32_t end = map_cursor(join->others, part + 1, PARTS), news = 0;
	void *entry;

	(void)thread;
	for (uint32_t i = map_cursor(join->others, part, PARTS);
	     (entry = map_next_before(join->others, &i, end)) != NULL;) {
		fetch_ahead(join, i, end);
		if (join->rename)
			join->rename(join->from, entry);
		if (join->add_known(join->into, join->from, entry)) {
			join->release(join->into, entry);
			continue;
		}
		joining->hashes[i - 1] = hash_at(join->others, i - 1);
		news++;
	}
	joining->news[part + 1] = news;
}

static void
copy_new(void *context, size_t thread, size_t part)
{
	const struct joining *joining = context;
	const struct join *join = joining->join;
	uint32_t at = joining->first + joining->news[part];
	uint32_t end = map_cursor(join->others, part + 1, PARTS);

	(void)thread;
	for (uint32_t i = map_cursor(join->others, part, PARTS); i < end; i++) {
		if (!joining->hashes[i])
			continue;
		void *entry = map_entry(join->own, at++);
		memcpy(entry, map_entry(join->others, i), join->own->entry_size);
		if (join->arrive)
			join->arrive(join->into, entry);
	}
}

/* The new ones find their places one after the other, and are brought there side by side. */
static void
add_side_by_side(struct joining *joining, struct workers *workers)
{
	const struct join *join = joining->join;

	for (size_t part = 0; part < PARTS; part++)
		joining->news[part + 1] += joining->news[part];
	joining->first = map_extend(join->own, joining->hashes, join->others->allocated);
	join->fold->kept += joining->news[PARTS];
	workers_run(workers, PARTS, copy_new, joining);
}

static void
add_one_by_one(const struct joining *joining)
{
	const struct join *join = joining->join;

	for (uint32_t i = 0; i < join->others->allocated; i++) {
		if (!joining->hashes[i])
			continue;
		join->add_new(join->into, join->from, map_entry(join->others, i));
		join->release(join->into, map_entry(join->others, i));
	}
}

void
join_tables(const struct join *join, struct workers *workers)
{
	struct joining joining = {
		.join = join,
		.hashes = xcalloc(join->others->allocated, sizeof(*joining.hashes)),
	};

	workers_run(workers, PARTS, add_known, &joining);
	if (workers_count(workers) > 1 && fold_is_open(join->fold))
		add_side_by_side(&joining, workers);
	else
		add_one_by_one(&joining);
	free(joining.hashes);
	map_release(join->others);
}
