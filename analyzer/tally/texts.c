#include "tally/texts.h"

#include <stdlib.h>

#include "base/xalloc.h"

struct text {
	uint64_t hash;
	uint64_t key; /* the hash again: 64 bits under a random key stand for the text */
	uint32_t id, references, length;
	char *bytes;
};

void
texts_init(struct texts *texts)
{
	*texts = (struct texts){.count = 1};
	map_init(&texts->map, sizeof(struct text), sizeof(uint64_t));
	hash_key_random(&texts->key);
}

void
texts_release(struct texts *texts)
{
	struct text *text;

	for (uint32_t i = 0; (text = map_next(&texts->map, &i)) != NULL;)
		free(text->bytes);
	map_release(&texts->map);
	free(texts->by_id);
	texts->by_id = NULL;
}

/* A free number; by_id holds either a text or, while free, nothing. */
static uint32_t
take_id(struct texts *texts)
{
	if (texts->free_id) {
		uint32_t id = texts->free_id;
		texts->free_id = (uint32_t)(uintptr_t)texts->by_id[id];
		return id;
	}
	if (texts->count >= texts->capacity) {
		texts->capacity = texts->capacity ? texts->capacity * 2 : 64;
		texts->by_id = xrealloc(texts->by_id, texts->capacity, sizeof(struct text *));
	}
	return texts->count++;
}

uint32_t
texts_hold(struct texts *texts, struct str s)
{
	uint64_t hash = hash_bytes(&texts->key, s.p, s.n);
	bool created;
	struct text *text = map_put(&texts->map, hash, &hash, &created);

	if (created) {
		text->id = take_id(texts);
		text->length = (uint32_t)s.n;
		text->bytes = xmemdup(s.p, s.n);
		texts->by_id[text->id] = text;
		texts->bytes += s.n + sizeof(*text);
	}
	text->references++;
	return text->id;
}

uint32_t
texts_find(const struct texts *texts, struct str s)
{
	uint64_t hash = hash_bytes(&texts->key, s.p, s.n);
	const struct text *text = map_find(&texts->map, hash, &hash);

	return text ? text->id : TEXT_NONE;
}

void
texts_drop(struct texts *texts, uint32_t id)
{
	if (id == TEXT_NONE)
		return;
	struct text *text = texts->by_id[id];
	if (--text->references)
		return;
	texts->bytes -= text->length + sizeof(*text);
	free(text->bytes);
	map_remove(&texts->map, text);
	texts->by_id[id] = (struct text *)(uintptr_t)texts->free_id;
	texts->free_id = id;
}

struct str
texts_get(const struct texts *texts, uint32_t id)
{
	if (id == TEXT_NONE)
		return (struct str){0};
	const struct text *text = texts->by_id[id];
	return str_make(text->bytes, text->length);
}
