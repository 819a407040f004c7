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
	uint64_t hash = from->by_id[id].hash;

	if (id == TEXT_NONE || texts->key != from->key)
		return texts_hold(texts, texts_get(from, id));
	if (!from->moved)
		from->moved = xcalloc(from->count, sizeof(*from->moved));
	uint32_t *moved = &from->moved[id];
	const struct held_text *held = &texts->by_id[*moved];
	/* The number may have come to another text since, or be one of other texts. */
	if (*moved && *moved < texts->count && held->bytes && held->hash == hash)
		texts_share(texts, *moved);
	else
		*moved = texts_hold_hashed(texts, texts_get(from, id), hash);
	return *moved;
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
	struct held_text *text = &texts->by_id[id];
	if (--text->references)
		return;
	texts->bytes -= text->length + sizeof(*text);
	free(text->bytes);
	map_remove(&texts->map, map_find(&texts->map, text->hash, &text->hash));
	*text = (struct held_text){.references = texts->free_id};
	texts->free_id = id;
}

struct str
texts_get(const struct texts *texts, uint32_t id)
{
	if (id == TEXT_NONE)
		return (struct str){0};
	const struct held_text *text = &texts->by_id[id];
	return str_make(text->bytes, text->length);
}
