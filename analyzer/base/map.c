#include "base/map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum { MAP_CHUNK = 64, MAP_FIRST_SLOTS = 16 };

void
map_init(struct map *map, size_t entry_size, size_t key_size)
{
	assert(key_size >= sizeof(uint32_t) && entry_size >= sizeof(uint64_t) + key_size);
	*map = (struct map){.entry_size = entry_size, .key_size = key_size};
}

void
map_release(struct map *map)
{
	for (uint32_t i = 0; i < map->allocated; i += MAP_CHUNK)
		free(map->chunks[i / MAP_CHUNK]);
	free(map->chunks);
	free(map->slots);
	*map = (struct map){.entry_size = map->entry_size, .key_size = map->key_size};
}

static char *
entry_at(const struct map *map, uint32_t index)
{
	return map->chunks[index / MAP_CHUNK] + (size_t)(index % MAP_CHUNK) * map->entry_size;
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

void *
map_find(const struct map *map, uint64_t hash, const void *key)
{
	if (!map->slots)
		return NULL;
	const struct map_slot *slot = &map->slots[slot_of(map, hash, key)];
	return slot->index ? entry_at(map, slot->index - 1) : NULL;
}

static void
grow_slots(struct map *map)
{
	uint32_t n = map->slots ? (map->mask + 1) * 2 : MAP_FIRST_SLOTS;
	struct map_slot *slots = xcalloc(n, sizeof(*slots));

	for (uint32_t i = 0; map->slots && i <= map->mask; i++) {
		struct map_slot slot = map->slots[i];
		if (slot.index == 0)
			continue;
		uint32_t at = (uint32_t)entry_hash(entry_at(map, slot.index - 1)) & (n - 1);
		while (slots[at].index)
			at = (at + 1) & (n - 1);
		slots[at] = slot;
	}
	free(map->slots);
	map->slots = slots;
	map->mask = n - 1;
}

static uint32_t
take_entry(struct map *map)
{
	if (map->free_head) {
		uint32_t index = map->free_head - 1;
		memcpy(&map->free_head, entry_at(map, index) + 8, sizeof(map->free_head));
		return index;
	}
	uint32_t index = map->allocated++;
	if (index % MAP_CHUNK == 0) {
		map->chunks = xrealloc(map->chunks, index / MAP_CHUNK + 1, sizeof(*map->chunks));
		map->chunks[index / MAP_CHUNK] = xmalloc(MAP_CHUNK * map->entry_size);
	}
	return index;
}

void *
map_put(struct map *map, uint64_t hash, const void *key, bool *created)
{
	assert(hash != 0);
	if (!map->slots || map->count >= (map->mask + 1) / 4 * 3)
		grow_slots(map);
	struct map_slot *slot = &map->slots[slot_of(map, hash, key)];
	if (created)
		*created = slot->index == 0;
	if (slot->index)
		return entry_at(map, slot->index - 1);
	uint32_t index = take_entry(map);
	char *entry = entry_at(map, index);
	memset(entry, 0, map->entry_size);
	memcpy(entry, &hash, sizeof(hash));
	memcpy(entry + 8, key, map->key_size);
	*slot = (struct map_slot){(uint32_t)(hash >> 32), index + 1};
	map->count++;
	return entry;
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
map_next(const struct map *map, uint32_t *cursor)
{
	while (*cursor < map->allocated) {
		char *entry = entry_at(map, (*cursor)++);
		if (entry_hash(entry))
			return entry;
	}
	return NULL;
}

size_t
map_bytes(const struct map *map)
{
	size_t chunks = (map->allocated + MAP_CHUNK - 1) / MAP_CHUNK;
	size_t slots = map->slots ? (size_t)map->mask + 1 : 0;

	return chunks * (sizeof(char *) + MAP_CHUNK * map->entry_size) +
	       slots * sizeof(struct map_slot);
}
