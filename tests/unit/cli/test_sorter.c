#include "cli/sorter.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* Entries in a scattered order, given in blocks; what came out as numbers. */
static void
sort(size_t limit, size_t count, size_t block_size, bool advance, char **out)
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
		sort(rows[i].limit, COUNT, 300, rows[i].advance, &out);
		p = out;
		for (size_t k = 0; k < COUNT; k++)
			cr_assert_eq(strtoul(p, &p, 10), k, "row %zu: entry %zu", i, k);
		cr_expect_str_eq(p, "\n");
		free(out);
	}
}
