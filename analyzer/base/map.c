#include "base/map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"
#include "base/xalloc.h"

/* The first chunks, of 16,384 entries, are allocated one by one, further ones cut from slabs. */
enum { MAP_FIRST_SLOTS = 16, SMALL_CHUNKS = 256 };

static size_t
chunk_bytes(const struct map *map)
{
	return MAP_CHUNK * map->entry_size;
}

static uint32_t
chunks_a_slab(const struct map *map)
{
	return chunk_bytes(map) >= PAGES_HUGE ? 1 : (uint32_t)(PAGES_HUGE / chunk_bytes(map));
}

/* True where a chunk beyond the small ones begins a slab. */
static bool
begins_slab(const struct map *map, uint32_t chunk)
{
	return (chunk - SMALL_CHUNKS) % chunks_a_slab(map) == 0;
}

static size_t
slab_bytes(const struct map *map)
{
	return chunks_a_slab(map) * chunk_bytes(map);
}

static size_t
slots_bytes(const struct map *map)
{
	return ((size_t)map->mask + 1) * sizeof(struct map_slot);
}

void
map_init(struct map *map, size_t entry_size, size_t key_size)
{
	assert(key_size >= sizeof(uint32_t) && entry_size >= sizeof(uint64_t) + key_size);
	*map = (struct map){.entry_size = entry_size, .key_size = key_size};
}

void
map_release(struct map *map)
{
	uint32_t chunks = (map->allocated + MAP_CHUNK - 1) / MAP_CHUNK;

	for (uint32_t i = 0; i < chunks; i++) {
		if (i < SMALL_CHUNKS)
			free(map->chunks[i]);
		else if (begins_slab(map, i))
			pages_free(map->chunks[i], slab_bytes(map));
	}
	free(map->chunks);
	if (map->slots)
		pages_free(map->slots, slots_bytes(map));
	*map = (struct map){.entry_size = map->entry_size, .key_size = map->key_size};
}

static char *
entry_at(const struct map *map, uint32_t index)
{
	return map_entry(map, index);
}

static uint64_t
entry_hash(const char *entry)
{
	uint64_t hash;

	memcpy(&hash, entry, sizeof(hash));
	return hash;
}

static uint32_t
slot_of(const struct map *map, uint64_t hash, const void *key)
{
	uint32_t tag = (uint32_t)(hash >> 32);
	uint32_t at = (uint32_t)hash & map->mask;

	for (;; at = (at + 1) & map->mask) {
		const struct map_slot *slot = &map->slots[at];
		if (slot->index == 0)
			return at;
		if (slot->tag != tag)
			continue;
		const char *entry = entry_at(map, slot->index - 1);
		if (entry_hash(entry) == hash && memcmp(entry + 8, key, map->key_size) == 0)
			return at;
	}
}

uint32_t
map_find_number(const struct map *map, uint64_t hash, const void *key)
{
	return map->slots ? map->slots[slot_of(map, hash, key)].index : 0;
}

void *
map_find(const struct map *map, uint64_t hash, const void *key)
{
	uint32_t number = map_find_number(map, hash, key);

	return number ? entry_at(map, number - 1) : NULL;
}

/* The slot of an entry whose key has none. */
static void
fill_slot(struct map *map, uint64_t hash, uint32_t index)
{
	uint32_t at = (uint32_t)hash & map->mask;

	while (map->slots[at].index)
		at = (at + 1) & map->mask;
	map->slots[at] = (struct map_slot){(uint32_t)(hash >> 32), index + 1};
}

/*
 * More slots, where `count` entries would fill more than three quarters of them. Entries are
 * walked where they lie, not in the order of the old slots: far fewer misses.
 */
static void
make_room(struct map *map, uint64_t count)
{
	struct map_slot *old = map->slots;
	size_t old_bytes = slots_bytes(map);
	uint32_t mask = old ? map->mask : MAP_FIRST_SLOTS - 1;

	while (count > ((uint64_t)mask + 1) / 4 * 3)
		mask = mask * 2 + 1;
	if (old && mask == map->mask)
		return;
	map->mask = mask;
	map->slots = pages_alloc(slots_bytes(map));
	for (uint32_t i = 0; i < map->allocated; i++) {
		uint64_t hash = entry_hash(entry_at(map, i));
		if (hash)
			fill_slot(map, hash, i);
	}
	if (old)
		pages_free(old, old_bytes);
}

static void
add_chunk(struct map *map, uint32_t chunk)
{
	if ((chunk & (chunk - 1)) == 0) /* room for as many again */
		map->chunks = xrealloc(map->chunks, chunk ? chunk * 2 : 1, sizeof(*map->chunks));
	if (chunk < SMALL_CHUNKS)
		map->chunks[chunk] = xmalloc_lines(chunk_bytes(map));
	else if (begins_slab(map, chunk))
		map->chunks[chunk] = pages_alloc(slab_bytes(map));
	else
		map->chunks[chunk] = map->chunks[chunk - 1] + chunk_bytes(map);
}

static uint32_t
append_entry(struct map *map)
{
	uint32_t index = map->allocated++;

	if (index % MAP_CHUNK == 0)
		add_chunk(map, index / MAP_CHUNK);
	return index;
}

static uint32_t
take_entry(struct map *map)
{
	if (map->free_head) {
		uint32_t index = map->free_head - 1;
		memcpy(&map->free_head, entry_at(map, index) + 8, sizeof(map->free_head));
		return index;
	}
	return append_entry(map);
}

uint32_t
map_put_number(struct map *map, uint64_t hash, const void *key, bool *created)
{
	assert(hash != 0);
	if (!map->slots || map->count >= (map->mask + 1) / 4 * 3)
		make_room(map, (uint64_t)map->count + 1);
	struct map_slot *slot = &map->slots[slot_of(map, hash, key)];
	if (created)
		*created = slot->index == 0;
	if (slot->index)
		return slot->index;
	uint32_t index = take_entry(map);
	char *entry = entry_at(map, index);
	memset(entry, 0, map->entry_size);
	memcpy(entry, &hash, sizeof(hash));
	memcpy(entry + 8, key, map->key_size);
	*slot = (struct map_slot){(uint32_t)(hash >> 32), index + 1};
	map->count++;
	return index + 1;
}

void *
map_put(struct map *map, uint64_t hash, const void *key, bool *created)
{
	return entry_at(map, map_put_number(map, hash, key, created) - 1);
}

uint32_t
map_extend(struct map *map, const uint64_t *hashes, size_t n)
{
	enum { AHEAD = 16 };
	uint32_t first = map->allocated, count = 0;

	for (size_t i = 0; i < n; i++)
		count += hashes[i] != 0;
	make_room(map, (uint64_t)map->count + count);
	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			map_prefetch_slot(map, hashes[i + AHEAD]);
		if (hashes[i])
			fill_slot(map, hashes[i], append_entry(map));
	}
	map->count += count;
	return first;
}

/* Closes the gap at `at` so that every probe chain stays unbroken (Knuth 6.4, algorithm R). */
static void
close_gap(struct map *map, uint32_t at)
{
	uint32_t next = at;

	for (;;) {
		next = (next + 1) & map->mask;
		if (map->slots[next].index == 0)
			break;
		uint32_t home =
			(uint32_t)entry_hash(entry_at(map, map->slots[next].index - 1)) & map->mask;
		if (((next - home) & map->mask) >= ((next - at) & map->mask)) {
			map->slots[at] = map->slots[next];
			at = next;
		}
	}
	map->slots[at] = (struct map_slot){0, 0};
}

void
map_remove(struct map *map, void *entry)
{
	char *bytes = entry;
	uint32_t at = slot_of(map, entry_hash(bytes), bytes + 8);
	uint32_t index = map->slots[at].index - 1;

	close_gap(map, at);
	memset(bytes, 0, sizeof(uint64_t));
	memcpy(bytes + 8, &map->free_head, sizeof(map->free_head));
	map->free_head = index + 1;
	map->count--;
}

void *
map_next_before(const struct map *map, uint32_t *cursor, uint32_t end)
{
	while (*cursor < end) {
		char *entry = entry_at(map, (*cursor)++);
		if (entry_hash(entry))
			return entry;
	}
	return NULL;
}

void *
map_next(const struct map *map, uint32_t *cursor)
{
	return map_next_before(map, cursor, map->allocated);
}

void
map_fetch_ahead(const struct map *into, const struct map *from, uint32_t cursor)
{
	enum { SLOT_AHEAD = 16, ENTRY_AHEAD = 8 };

	if (cursor + SLOT_AHEAD >= from->allocated)
		return;
	map_prefetch_slot(into, entry_hash(entry_at(from, cursor + SLOT_AHEAD)));
	const char *entry = map_guess(into, entry_hash(entry_at(from, cursor + ENTRY_AHEAD)));
	if (entry)
		map_fetch(entry, into->entry_size);
}

size_t
map_bytes(const struct map *map)
{
	size_t chunks = (map->allocated + MAP_CHUNK - 1) / MAP_CHUNK;
	size_t slots = map->slots ? (size_t)map->mask + 1 : 0;

	return chunks * (sizeof(char *) + chunk_bytes(map)) + slots * sizeof(struct map_slot);
}

size_t
map_mapped(const struct map *map)
{
	uint32_t chunks = (map->allocated + MAP_CHUNK - 1) / MAP_CHUNK;
	uint32_t in_slabs = chunks > SMALL_CHUNKS ? chunks - SMALL_CHUNKS : 0;
	uint32_t slabs = (in_slabs + chunks_a_slab(map) - 1) / chunks_a_slab(map);
	size_t slots = map->slots ? slots_bytes(map) : 0;

	return slabs * slab_bytes(map) + (slots < PAGES_HUGE / 2 ? 0 : slots);
}
