#include "cli/sorter.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* Entries in a scattered order, given in blocks; what came out as numbers. */
static void
sort(size_t limit, size_t count, size_t block_size, bool advance, char **out, uint64_t *late)
{
	struct sorter sorter;
	struct buf block;
	size_t n = 0;
	FILE *stream = open_memstream(out, &n);

	sorter_init(&sorter, stream, limit);
	buf_init(&block, SIZE_MAX);
	for (size_t i = 0; i < count; i++) {
		/* 7919 is a prime and no divisor: each number once, spread over a block. */
		size_t at = i / block_size * block_size + i * 7919 % block_size;
		char text[32];
		int length = snprintf(text, sizeof(text), "%zu\n", at);
		struct sorter_entry entry = {(int64_t)(at / 3), at, 0, (uint32_t)length};
		sorter_append(&block, &entry, text);
		if (i % block_size != block_size - 1)
			continue;
		sorter_add(&sorter, &block);
		if (advance)
			sorter_advance(&sorter, (int64_t)((i + 1) / 3));
	}
	sorter_add(&sorter, &block);
	sorter_advance(&sorter, INT64_MAX);
	cr_expect_str_empty(sorter.err.text);
	*late = sorter.late;
	sorter_release(&sorter);
	buf_release(&block);
	fclose(stream);
}

Test(sorter, entries_leave_in_order_whatever_the_memory)
{
	static const struct {
		size_t limit;
		bool advance;
	} rows[] = {{SIZE_MAX, false}, {SIZE_MAX, true}, {4096, false}, {4096, true}, {0, false}};
	enum { COUNT = 3000 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *out = NULL, *p;
		uint64_t late;
		sort(rows[i].limit, COUNT, 300, rows[i].advance, &out, &late);
		p = out;
		for (size_t k = 0; k < COUNT; k++)
			cr_assert_eq(strtoul(p, &p, 10), k, "row %zu: entry %zu", i, k);
		cr_expect_str_eq(p, "\n");
		cr_expect_eq(late, 0, "row %zu", i);
		free(out);
	}
}

Test(sorter, what_comes_after_its_time_is_written_and_counted)
{
	struct sorter sorter;
	struct buf block;
	char *out = NULL;
	size_t n = 0;
	FILE *stream = open_memstream(&out, &n);

	sorter_init(&sorter, stream, SIZE_MAX);
	buf_init(&block, SIZE_MAX);
	sorter_append(&block, &(struct sorter_entry){.time = 10, .length = 2}, "a\n");
	sorter_add(&sorter, &block);
	sorter_advance(&sorter, 20);
	sorter_append(&block, &(struct sorter_entry){.time = 15, .length = 2}, "b\n");
	sorter_append(&block, &(struct sorter_entry){.time = 20, .length = 2}, "c\n");
	sorter_add(&sorter, &block);
	sorter_advance(&sorter, INT64_MAX);
	fclose(stream);
	cr_expect_str_eq(out, "a\nb\nc\n");
	cr_expect_eq(sorter.late, 1);
	sorter_release(&sorter);
	buf_release(&block);
	free(out);
}
