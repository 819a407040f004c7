#include <criterion/criterion.h>

#include <stdlib.h>
#include <time.h>

#include "cli/progress.h"

Test(progress, a_line_says_share_amount_rate_and_time_left)
{
	static const struct {
		uint64_t done, total;
		int64_t elapsed;
		const char *text;
	} rows[] = {
		{0, 1000000, 0, "  0 %  0.0 of 1.0 MB"},
		{1300000000, 3100000000, 4194, " 42 %  1.3 of 3.1 GB  310 MB/s  0:05 left"},
		{500, 999, 1000, " 50 %  500 of 999 B  500 B/s  0:00 left"},
		{1000000, 8000000000, 1000, "  0 %  0.0 of 8.0 GB  1.0 MB/s  2 h 13 min left"},
		/* Standard input: nobody knows how much is to come. */
		{25000000, 0, 500, "25 MB  50 MB/s"},
		/* The file grew since its size was asked. */
		{120, 100, 1000, "100 %  100 of 100 B  120 B/s  0:00 left"},
		{UINT64_MAX, 0, 1, NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf buf;

		buf_init(&buf, 128);
		progress_print(&buf, rows[i].done, rows[i].total, rows[i].elapsed);
		cr_expect_not(buf.full, "row %zu", i);
		if (rows[i].text)
			cr_expect_str_eq(buf.p, rows[i].text, "row %zu: %s", i, buf.p);
		buf_release(&buf);
	}
}

static size_t
lines_printed(enum option_when when, unsigned adds, struct timespec pause)
{
	struct progress progress;
	char *text = NULL;
	size_t n = 0, lines = 0;
	FILE *out = tmpfile();

	cr_assert(out);
	progress_start(&progress, out, when, 1000);
	for (unsigned i = 0; i < adds; i++) {
		progress_add(&progress, 10);
		nanosleep(&pause, NULL);
	}
	progress_end(&progress);
	rewind(out);
	while (getline(&text, &n, out) > 0)
		lines++;
	free(text);
	fclose(out);
	return lines;
}

Test(progress, is_rare_late_and_only_where_wanted)
{
	struct timespec none = {0, 0}, some = {0, 50000000};
	size_t lines;

	cr_expect_eq(lines_printed(WHEN_ALWAYS, 1000, none), 0, "a short run prints nothing");
	cr_expect_eq(lines_printed(WHEN_AUTO, 16, some), 0, "a file is no terminal");
	cr_expect_eq(lines_printed(WHEN_NEVER, 16, some), 0);
	lines = lines_printed(WHEN_ALWAYS, 16, some);
	cr_expect(lines >= 1 && lines <= 3, "%zu lines in 0.8 seconds", lines);
}
