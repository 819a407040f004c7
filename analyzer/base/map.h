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
void map_remove(struct map *map, void *entry);
/* Iteration in no particular order; start with *cursor = 0. Removing the current entry is allowed. */
void *map_next(const struct map *map, uint32_t *cursor);
/* Memory held, in bytes. */
size_t map_bytes(const struct map *map);

/* Asks the processor for the slot that map_find(hash) will read first. */
static inline void
map_prefetch(const struct map *map, uint64_t hash)
{
	if (map->slots)
		__builtin_prefetch(&map->slots[hash & map->mask]);
}

#endif
