#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#include "base/xalloc.h"

enum { ARENA_BLOCK = 16 * 1024 };

struct arena_block {
	struct arena_block *next;
	alignas(max_align_t) char bytes[];
};

void
arena_release(struct arena *arena)
{
	struct arena_block *block = arena->blocks;

	while (block) {
		struct arena_block *next = block->next;
		free(block);
		block = next;
	}
	*arena = (struct arena){0};
}

void
arena_join(struct arena *arena, struct arena *from)
{
	struct arena_block **end = &arena->blocks;

	/* Behind the newest, of which there is something left. */
	while (*end)
		end = &(*end)->next;
	*end = from->blocks;
	if (arena->blocks == from->blocks) {
		arena->used = from->used;
		arena->size = from->size;
	}
	arena->bytes += from->bytes;
	*from = (struct arena){0};
}

void *
arena_alloc(struct arena *arena, size_t n)
{
	size_t align = alignof(max_align_t);

	n = (n + align - 1) / align * align;
	if (!arena->blocks || n > arena->size - arena->used) {
		size_t size = n > ARENA_BLOCK ? n : ARENA_BLOCK;
		struct arena_block *block = xmalloc(sizeof(*block) + size);
		block->next = arena->blocks;
		arena->blocks = block;
		arena->used = 0;
		arena->size = size;
		arena->bytes += size;
	}
	void *p = arena->blocks->bytes + arena->used;
	arena->used += n;
	return memset(p, 0, n);
}

void *
arena_grow(struct arena *arena, void *all, size_t count, size_t size)
{
	if (count & (count - 1)) /* neither 0 nor a power of two */
		return all;
	void *more = arena_alloc(arena, (count ? 2 * count : 1) * size);
	return count ? memcpy(more, all, count * size) : more;
}

char *
arena_copy(struct arena *arena, struct str s)
{
	char *p = arena_alloc(arena, s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

struct str
arena_str(struct arena *arena, struct str s)
{
	return str_make(arena_copy(arena, s), s.n);
}
