/*
 * struct arena: memory for things that die together. Nothing is freed alone; pointers stay
 * valid until arena_release. A zeroed struct is an empty arena.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t used, size; /* of the newest block */
	size_t bytes;      /* of all blocks together */
};

void arena_release(struct arena *arena);
/* Takes over all that `from` holds and leaves it empty; pointers stay valid. */
void arena_join(struct arena *arena, struct arena *from);
/* Zeroed and aligned for any type. */
void *arena_alloc(struct arena *arena, size_t n);
/*
 * An array in the arena of `count` items of `size` bytes, with room for one more: `all` itself, or
 * a copy of it with room for as many again. To be called for each item that is added.
 */
void *arena_grow(struct arena *arena, void *all, size_t count, size_t size);
/* A terminated copy. */
char *arena_copy(struct arena *arena, struct str s);
/* The same as a view. */
struct str arena_str(struct arena *arena, struct str s);

#endif
