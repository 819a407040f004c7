#include "tally/texts.h"

#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"

struct known {
	uint64_t hash;
	uint64_t key; /* the hash again: 64 bits under a random key stand for the text */
	uint32_t id;
};

void
texts_init(struct texts *texts, const struct hash_key *key)
{
	*texts = (struct texts){.key = key, .count = 1};
	map_init(&texts->map, sizeof(struct known), sizeof(uint64_t));
}

void
texts_release(struct texts *texts)
{
	for (uint32_t id = 1; texts->by_id && id < texts->count; id++)
		free(texts->by_id[id].bytes);
	map_release(&texts->map);
	free(texts->by_id);
	free(texts->moved);
	texts->by_id = NULL;
	texts->moved = NULL;
}

static uint32_t
take_id(struct texts *texts)
{
	if (texts->free_id) {
		uint32_t id = texts->free_id;
		texts->free_id = texts->by_id[id].references;
		return id;
	}
	if (texts->count >= texts->capacity) {
		texts->capacity = texts->capacity ? texts->capacity * 2 : 64;
		texts->by_id = xrealloc(texts->by_id, texts->capacity, sizeof(*texts->by_id));
	}
	return texts->count++;
}

static size_t
bytes_of(const struct held_text *text)
{
	return text->length + sizeof(*text);
}

/* Gives a new text, which is owned from now on, a number. */
static uint32_t
number(struct texts *texts, struct held_text text)
{
	uint32_t id = take_id(texts);

	texts->by_id[id] = text;
	texts->bytes += bytes_of(&text);
	return id;
}

uint32_t
texts_hold_hashed(struct texts *texts, struct str s, uint64_t hash)
{
	bool created;
	struct known *known = map_put(&texts->map, hash, &hash, &created);

	if (created)
		known->id = number(texts,
				   (struct held_text){xmemdup(s.p, s.n), hash, (uint32_t)s.n, 0});
	texts_share(texts, known->id);
	return known->id;
}

uint32_t
texts_hold(struct texts *texts, struct str s)
{
	return texts_hold_hashed(texts, s, hash_bytes(texts->key, s.p, s.n));
}

/* Takes a text that nobody holds out. */
static void
forget(struct texts *texts, uint32_t id)
{
	struct held_text *text = &texts->by_id[id];

	texts->bytes -= bytes_of(text);
	free(text->bytes);
	map_remove(&texts->map, map_find(&texts->map, text->hash, &text->hash));
	*text = (struct held_text){.references = texts->free_id};
	texts->free_id = id;
}

enum { PARTS = 16, FETCH_AHEAD = 16 };

struct taking {
	struct texts *texts, *from;
	uint64_t *hashes;         /* by number in `from`: of texts that are new; else 0 */
	uint32_t news[PARTS + 1]; /* new texts of the parts before */
	size_t bytes[PARTS];      /* of the new ones */
	uint32_t first_known;     /* of the new ones, its index in texts->map */
	uint32_t first_id;        /* and its number */
};

/* The first number of a part; TEXT_NONE is in none. */
static uint32_t
begin_of(const struct texts *texts, size_t part)
{
	return 1 + (uint32_t)((uint64_t)(texts->count - 1) * part / PARTS);
}

/* Hint: the number that goes with a hash is about to be looked for. */
static void
fetch_ahead(const struct texts *texts, const struct texts *from, uint32_t id)
{
	if (id + FETCH_AHEAD < from->count)
		map_prefetch_slot(&texts->map, from->by_id[id + FETCH_AHEAD].hash);
	if (id + FETCH_AHEAD / 2 >= from->count)
		return;
	const struct known *known = map_guess(&texts->map, from->by_id[id + FETCH_AHEAD / 2].hash);
	if (known)
		__builtin_prefetch(known);
}

/* The references of those that are in both; the hash of the others. */
static void
take_known(void *context, size_t thread, size_t part)
{
	struct taking *taking = context;
	struct texts *texts = taking->texts, *from = taking->from;
	uint32_t end = begin_of(from, part + 1), news = 0;

	(void)thread;
	for (uint32_t id = begin_of(from, part); id < end; id++) {
		struct held_text *text = &from->by_id[id];
		if (!text->bytes)
			continue;
		if (texts->key == from->key)
			fetch_ahead(texts, from, id);
		else
			text->hash = hash_bytes(texts->key, text->bytes, text->length);
		const struct known *known = map_find(&texts->map, text->hash, &text->hash);
		if (!known) {
			taking->hashes[id] = text->hash;
			taking->bytes[part] += bytes_of(text);
			news++;
			continue;
		}
		from->moved[id] = known->id;
		__atomic_fetch_add(&texts->by_id[known->id].references, text->references,
				   __ATOMIC_RELAXED);
		free(text->bytes);
	}
	taking->news[part + 1] = news;
}

static void
bring_new(void *context, size_t thread, size_t part)
{
	const struct taking *taking = context;
	struct texts *texts = taking->texts, *from = taking->from;
	uint32_t end = begin_of(from, part + 1), at = taking->news[part];

	(void)thread;
	for (uint32_t id = begin_of(from, part); id < end; id++) {
		uint64_t hash = taking->hashes[id];
		if (!hash)
			continue;
		struct known *known = (void *)map_entry(&texts->map, taking->first_known + at);
		from->moved[id] = taking->first_id + at++;
		*known = (struct known){hash, hash, from->moved[id]};
		texts->by_id[from->moved[id]] = from->by_id[id];
	}
}

/* The new ones find their places one after the other, and are brought there side by side. */
static void
take_new(struct taking *taking, size_t threads)
{
	struct texts *texts = taking->texts;

	for (size_t part = 0; part < PARTS; part++) {
		taking->news[part + 1] += taking->news[part];
		texts->bytes += taking->bytes[part];
	}
	uint32_t news = taking->news[PARTS];
	taking->first_known = map_extend(&texts->map, taking->hashes, taking->from->count);
	taking->first_id = texts->count;
	if (texts->count + news > texts->capacity) {
		texts->capacity = (texts->count + news) / 2 * 3;
		texts->by_id = xrealloc(texts->by_id, texts->capacity, sizeof(*texts->by_id));
	}
	texts->count += news;
	workers_run(threads, PARTS, bring_new, taking);
}

void
texts_take(struct texts *texts, struct texts *from, size_t threads)
{
	struct taking taking = {
		.texts = texts,
		.from = from,
		.hashes = xcalloc(from->count, sizeof(*taking.hashes)),
	};

	from->moved = xcalloc(from->count, sizeof(*from->moved));
	workers_run(threads, PARTS, take_known, &taking);
	take_new(&taking, threads);
	free(taking.hashes);
	map_release(&from->map);
	free(from->by_id);
	from->by_id = NULL;
	from->count = 1;
	from->capacity = from->free_id = 0;
	from->bytes = 0;
	texts_share_among(texts, threads);
}

void
texts_share_among(struct texts *texts, size_t threads)
{
	texts->shared = threads > 1;
}

void
texts_gather(struct texts *texts)
{
	if (!texts->shared)
		return;
	texts->shared = false;
	for (uint32_t id = 1; id < texts->count; id++)
		if (texts->by_id[id].bytes && texts->by_id[id].references == 0)
			forget(texts, id);
}

void
texts_end_moves(struct texts *texts, struct texts *from)
{
	texts_gather(texts);
	free(from->moved);
	from->moved = NULL;
}

uint32_t
texts_find(const struct texts *texts, struct str s)
{
	uint64_t hash = hash_bytes(texts->key, s.p, s.n);
	const struct known *known = map_find(&texts->map, hash, &hash);

	return known ? known->id : TEXT_NONE;
}

void
texts_drop(struct texts *texts, uint32_t id)
{
	if (id == TEXT_NONE)
		return;
	uint32_t *references = &texts->by_id[id].references;
	if (texts->shared)
		__atomic_fetch_sub(references, 1,
				   __ATOMIC_RELAXED); /* and stays until texts_gather */
	else if (--*references == 0)
		forget(texts, id);
}

struct str
texts_get(const struct texts *texts, uint32_t id)
{
	if (id == TEXT_NONE)
		return (struct str){0};
	const struct held_text *text = &texts->by_id[id];
	return str_make(text->bytes, text->length);
}
