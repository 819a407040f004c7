/*
 * struct map: a hash table of fixed-size entries with stable addresses.
 *
 * An entry is a struct of the caller's whose first member is `uint64_t hash` (kept by the
 * map, 0 = free) and whose next `key_size` bytes, from offset 8, are its key, compared by
 * memcmp: no padding may hide in a key. The rest starts zeroed. Entries never move; what an
 * entry owns is released by the caller before map_remove or map_release.
 *
 *	struct source { uint64_t hash; struct ip address; uint64_t requests; };
 *	map_init(&map, sizeof(struct source), sizeof(struct ip));
 *	struct source *s = map_put(&map, hash_bytes(&key, &ip, sizeof(ip)), &ip, NULL);
 *	for (uint32_t i = 0; (s = map_next(&map, &i)) != NULL;) …
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { MAP_CHUNK = 64 }; /* entries that lie side by side, from a cache line's beginning on */

struct map_slot {
	uint32_t tag;   /* high half of the hash */
	uint32_t index; /* of the entry, plus one; 0 = empty */
};

struct map {
	size_t entry_size, key_size;
	uint32_t count;     /* entries in use */
	uint32_t allocated; /* entries ever handed out */
	uint32_t free_head; /* index + 1 of a removed entry, chained through its key */
	uint32_t mask;      /* slots - 1 */
	struct map_slot *slots;
	char **chunks;
};

void map_init(struct map *map, size_t entry_size, size_t key_size);
/* A zeroed map, never initialised, is fine too. */
void map_release(struct map *map);
/* The entry with that key, or NULL. `hash` must not be 0. */
void *map_find(const struct map *map, uint64_t hash, const void *key);
/* The entry with that key, made when there is none; `created` (may be NULL) says which. */
void *map_put(struct map *map, uint64_t hash, const void *key, bool *created);
/* The same, of which the entry's number is told: its index plus one; 0: there is none. */
uint32_t map_find_number(const struct map *map, uint64_t hash, const void *key);
uint32_t map_put_number(struct map *map, uint64_t hash, const void *key, bool *created);
/*
 * Makes entries for keys that are not there, no two of them alike: one for each of the `n` hashes
 * that is not 0. They lie one after the other, in that order, from the index that is returned on.
 * Their memory is not set: the caller copies whole entries there, which have those hashes, before
 * anything else is done with the map.
 */
uint32_t map_extend(struct map *map, const uint64_t *hashes, size_t n);
void map_remove(struct map *map, void *entry);
/* Iteration in no particular order; start with *cursor = 0. Removing the current entry is allowed. */
void *map_next(const struct map *map, uint32_t *cursor);
/*
 * For several threads, each of which walks parts of a map: the cursor where one of `parts` begins,
 * and map_next() up to where the next begins.
 */
static inline uint32_t
map_cursor(const struct map *map, size_t part, size_t parts)
{
	return (uint32_t)((uint64_t)map->allocated * part / parts);
}
void *map_next_before(const struct map *map, uint32_t *cursor, uint32_t end);
/*
 * Hint for a loop by map_next() over `from`, to be given its cursor, that looks for each entry's
 * hash in `into`: what the next rounds will touch is fetched.
 */
void map_fetch_ahead(const struct map *into, const struct map *from, uint32_t cursor);
/* Memory held, in bytes. */
size_t map_bytes(const struct map *map);
/* How much of it is not from malloc (base/pages.h), for tests that ask malloc. */
size_t map_mapped(const struct map *map);

/* Hint: these bytes are about to be used. */
static inline void
map_fetch(const void *p, size_t n)
{
	enum { CACHE_LINE = 64 };

	for (size_t at = 0; at < n; at += CACHE_LINE)
		__builtin_prefetch((const char *)p + at, 1);
}

/* Hint for whoever will look up many keys: the slot of that hash. It decides nothing. */
static inline void
map_prefetch_slot(const struct map *map, uint64_t hash)
{
	if (map->slots)
		__builtin_prefetch(&map->slots[hash & map->mask]);
}

static inline char *
map_entry(const struct map *map, uint32_t index)
{
	return map->chunks[index / MAP_CHUNK] + (size_t)(index % MAP_CHUNK) * map->entry_size;
}

/*
 * What is probably the entry of a key with that hash: the first in its row of slots that has its
 * tag. NULL where there is none, and then the key is not in the map.
 */
static inline void *
map_guess(const struct map *map, uint64_t hash)
{
	if (!map->slots)
		return NULL;
	for (uint32_t at = (uint32_t)hash & map->mask;; at = (at + 1) & map->mask) {
		struct map_slot slot = map->slots[at];
		if (slot.index == 0)
			return NULL;
		if (slot.tag == (uint32_t)(hash >> 32))
			return map_entry(map, slot.index - 1);
	}
}

/*
 * Whether map_guess() was right: `guess` may be NULL, or belong to another key, or have been
 * removed since. For maps whose hashes are of 64 bits under a random key: they stand for the key.
 */
static inline bool
map_guessed(const void *guess, uint64_t hash)
{
	uint64_t found;

	if (!guess)
		return false;
	memcpy(&found, guess, sizeof(found));
	return found == hash;
}

#endif
