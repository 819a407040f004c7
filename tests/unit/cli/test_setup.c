#include <criterion/criterion.h>

#include "cli/setup.h"

/* Each takes memory beside its tables: --memory and 32 MiB must hold them all. */
Test(setup, no_more_threads_read_than_the_memory_has_room_for)
{
	static const struct {
		int64_t memory;
		size_t readers;
	} rows[] = {{16 << 20, 1}, {47 << 20, 1},  {48 << 20, 2},
		    {64 << 20, 2}, {128 << 20, 3}, {1 << 30, 22}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct options options = {.memory = rows[i].memory};
		size_t readers = setup_readers(&options);
		cr_expect_eq(readers, rows[i].readers, "row %zu: %zu", i, readers);
	}
}
