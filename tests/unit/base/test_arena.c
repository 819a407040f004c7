#include <criterion/criterion.h>
#include <stdalign.h>

#include "base/arena.h"

Test(arena, memory_is_zeroed_aligned_and_apart)
{
	enum { COUNT = 2000 };
	struct arena arena = {0};
	unsigned char *pieces[COUNT];

	for (size_t i = 0; i < COUNT; i++) {
		size_t n = i % 97 + 1;
		pieces[i] = arena_alloc(&arena, n);
		cr_assert_eq((uintptr_t)pieces[i] % alignof(max_align_t), 0, "piece %zu", i);
		for (size_t j = 0; j < n; j++)
			cr_assert_eq(pieces[i][j], 0, "piece %zu", i);
		memset(pieces[i], (int)(i % 251 + 1), n);
	}
	for (size_t i = 0; i < COUNT; i++)
		for (size_t j = 0; j < i % 97 + 1; j++)
			cr_assert_eq(pieces[i][j], i % 251 + 1, "piece %zu was overwritten", i);
	arena_release(&arena);
	cr_expect_null(arena.blocks);
	cr_expect_eq(arena.bytes, 0);
}

Test(arena, a_piece_larger_than_a_block_has_its_own)
{
	struct arena arena = {0};
	char *small = arena_alloc(&arena, 10), *large = arena_alloc(&arena, 1 << 20);

	memset(large, 'x', 1 << 20);
	cr_expect_eq(small[0], 0);
	cr_expect(arena.bytes >= 1 << 20);
	char *after = arena_alloc(&arena, 10);
	cr_expect(after < large || after >= large + (1 << 20));
	arena_release(&arena);
}

Test(arena, copies_are_terminated_and_may_hold_anything)
{
	struct arena arena = {0};
	char *copy = arena_copy(&arena, str_make("a\0b", 3));

	cr_expect(memcmp(copy, "a\0b", 4) == 0);
	struct str view = arena_str(&arena, (struct str){NULL, 0});
	cr_expect(view.p && view.n == 0 && view.p[0] == '\0');
	view = arena_str(&arena, STR("name"));
	cr_expect(str_eq(view, STR("name")));
	arena_release(&arena);
}

Test(arena, is_usable_again_after_release)
{
	struct arena arena = {0};

	arena_alloc(&arena, 1);
	arena_release(&arena);
	cr_expect_str_eq(arena_copy(&arena, STR("x")), "x");
	arena_release(&arena);
	arena_release(&arena);
}

Test(arena, one_takes_over_what_another_holds)
{
	struct arena arena = {0}, other = {0};

	arena_join(&arena, &other); /* nothing */
	char *theirs = arena_copy(&other, STR("theirs"));
	arena_join(&arena, &other); /* to an empty one */
	cr_expect(!other.blocks && other.bytes == 0);
	char *own = arena_copy(&arena, STR("own"));
	size_t bytes = arena.bytes;
	arena_alloc(&other, 1 << 20);
	char *more = arena_copy(&other, STR("more"));
	arena_join(&arena, &other);
	cr_expect(arena.bytes > bytes + (1 << 20));
	/* What is left of the newest block is used up. */
	bytes = arena.bytes;
	arena_alloc(&arena, 1);
	cr_expect_eq(arena.bytes, bytes);
	cr_expect_str_eq(theirs, "theirs");
	cr_expect_str_eq(own, "own");
	cr_expect_str_eq(more, "more");
	arena_release(&arena);
}
