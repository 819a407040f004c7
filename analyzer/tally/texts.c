#include "tally/texts.h"

#include <stdlib.h>

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

uint32_t
texts_hold_hashed(struct texts *texts, struct str s, uint64_t hash)
{
	bool created;
	struct known *known = map_put(&texts->map, hash, &hash, &created);

	if (created) {
		known->id = take_id(texts);
		texts->by_id[known->id] =
			(struct held_text){xmemdup(s.p, s.n), hash, (uint32_t)s.n, 0};
		texts->bytes += s.n + sizeof(struct held_text);
	}
	texts_share(texts, known->id);
	return known->id;
}

uint32_t
texts_hold(struct texts *texts, struct str s)
{
	return texts_hold_hashed(texts, s, hash_bytes(texts->key, s.p, s.n));
}

uint32_t
texts_hold_from(struct texts *texts, struct texts *from, uint32_t id)
{
	if (!from->moved)
		from->moved = xcalloc(from->count, sizeof(*from->moved));
	uint32_t *moved = &from->moved[id];
	if (*moved == TEXT_NONE)
		*moved = texts->key == from->key ? texts_hold_hashed(texts, texts_get(from, id),
								     from->by_id[id].hash)
						 : texts_hold(texts, texts_get(from, id));
	texts_share(texts, *moved);
	return *moved;
}

void
texts_share_out(struct texts *texts, struct texts *from)
{
	for (uint32_t id = 1; id < from->count; id++)
		if (from->by_id[id].bytes)
			texts_drop(texts, texts_hold_from(texts, from, id));
	texts->shared = true;
}

/* Takes a text that nobody holds out. */
static void
forget(struct texts *texts, uint32_t id)
{
	struct held_text *text = &texts->by_id[id];

	texts->bytes -= text->length + sizeof(*text);
	free(text->bytes);
	map_remove(&texts->map, map_find(&texts->map, text->hash, &text->hash));
	*text = (struct held_text){.references = texts->free_id};
	texts->free_id = id;
}

void
texts_gather(struct texts *texts)
{
	texts->shared = false;
	for (uint32_t id = 1; id < texts->count; id++)
		if (texts->by_id[id].bytes && texts->by_id[id].references == 0)
			forget(texts, id);
}

void
texts_end_moves(struct texts *texts, struct texts *from)
{
	for (uint32_t id = 0; from->moved && id < from->count; id++)
		texts_drop(texts, from->moved[id]);
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
