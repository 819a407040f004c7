#include "tally/texts.h"

#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"

void
texts_init(struct texts *texts, const struct hash_key *key)
{
	*texts = (struct texts){.key = key};
	map_init(&texts->map, sizeof(struct held_text), sizeof(uint32_t));
}

void
texts_release(struct texts *texts)
{
	struct held_text *text;

	for (uint32_t i = 0; (text = map_next(&texts->map, &i)) != NULL;)
		free(text->bytes);
	map_release(&texts->map);
	free(texts->moved);
	texts->moved = NULL;
}

uint32_t
texts_hold_hashed(struct texts *texts, struct str s, uint64_t hash)
{
	uint32_t length = (uint32_t)s.n;
	bool created;
	uint32_t id = map_put_number(&texts->map, hash, &length, &created);

	if (created) {
		texts_at(texts, id)->bytes = xmemdup(s.p, s.n);
		texts->bytes += s.n;
	}
	texts_share(texts, id);
	return id;
}

uint32_t
texts_hold(struct texts *texts, struct str s)
{
	return texts_hold_hashed(texts, s, hash_bytes(texts->key, s.p, s.n));
}

/* Takes a text that nobody holds out. */
static void
forget(struct texts *texts, struct held_text *text)
{
	texts->bytes -= text->length;
	free(text->bytes);
	map_remove(&texts->map, text);
}

enum { PARTS = 16, FETCH_AHEAD = 16 };

struct taking {
	struct texts *texts, *from;
	uint64_t *hashes;         /* by number in `from`: of texts that are new; else 0 */
	uint32_t news[PARTS + 1]; /* new texts of the parts before */
	size_t bytes[PARTS];      /* of the new ones */
	uint32_t first_id;        /* of the new ones */
};

/* The first number of a part; TEXT_NONE is in none. */
static uint32_t
begin_of(const struct texts *texts, size_t part)
{
	return 1 + map_cursor(&texts->map, part, PARTS);
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
		struct held_text *text = texts_at(from, id);
		if (!text->hash) /* a free number */
			continue;
		if (texts->key == from->key)
			map_fetch_ahead(&texts->map, &from->map, id);
		else
			text->hash = hash_bytes(texts->key, text->bytes, text->length);
		uint32_t known = map_find_number(&texts->map, text->hash, &text->length);
		if (!known) {
			taking->hashes[id] = text->hash;
			taking->bytes[part] += text->length;
			news++;
			continue;
		}
		from->moved[id] = known;
		__atomic_fetch_add(&texts_at(texts, known)->references, text->references,
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
		if (!taking->hashes[id])
			continue;
		from->moved[id] = taking->first_id + at++;
		*texts_at(texts, from->moved[id]) = *texts_at(from, id);
	}
}

/* The new ones find their places one after the other, and are brought there side by side. */
static void
take_new(struct taking *taking, struct workers *workers)
{
	struct texts *texts = taking->texts;

	for (size_t part = 0; part < PARTS; part++) {
		taking->news[part + 1] += taking->news[part];
		texts->bytes += taking->bytes[part];
	}
	taking->first_id = 1 + map_extend(&texts->map, taking->hashes, texts_numbers(taking->from));
	workers_run(workers, PARTS, bring_new, taking);
}

void
texts_take(struct texts *texts, struct texts *from, struct workers *workers)
{
	struct taking taking = {
		.texts = texts,
		.from = from,
		.hashes = xcalloc(texts_numbers(from), sizeof(*taking.hashes)),
	};

	from->moved = xcalloc(texts_numbers(from), sizeof(*from->moved));
	workers_run(workers, PARTS, take_known, &taking);
	take_new(&taking, workers);
	free(taking.hashes);
	map_release(&from->map);
	from->bytes = 0;
	texts_share_among(texts, workers);
}

void
texts_share_among(struct texts *texts, struct workers *workers)
{
	texts->shared = workers_count(workers) > 1;
}

void
texts_gather(struct texts *texts)
{
	struct held_text *text;

	if (!texts->shared)
		return;
	texts->shared = false;
	for (uint32_t i = 0; (text = map_next(&texts->map, &i)) != NULL;)
		if (text->references == 0)
			forget(texts, text);
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
	uint32_t length = (uint32_t)s.n;

	return map_find_number(&texts->map, hash_bytes(texts->key, s.p, s.n), &length);
}

void
texts_drop(struct texts *texts, uint32_t id)
{
	if (id == TEXT_NONE)
		return;
	struct held_text *text = texts_at(texts, id);
	if (texts->shared)
		__atomic_fetch_sub(&text->references, 1,
				   __ATOMIC_RELAXED); /* and stays until texts_gather */
	else if (--text->references == 0)
		forget(texts, text);
}

struct str
texts_get(const struct texts *texts, uint32_t id)
{
	if (id == TEXT_NONE)
		return (struct str){0};
	const struct held_text *text = texts_at(texts, id);
	return str_make(text->bytes, text->length);
}
