/* A log that is renamed, cut, copied and compressed between two looks, on real files. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "../files.h"
#include "base/buf.h"
#include "cli/siblings.h"
#include "cli/tail.h"

enum { STEPS = 6 };

/* `w` appends each word as a line; each step is followed by a look at the log. */
static const char tools[] = "w() { f=$1; shift; for i; do echo $i >> $f; done; }; ";

struct row {
	const char *name, *before, *steps[STEPS], *lines;
};

static const struct row rows[] = {
	{"it grows", "w log a", {"w log b", "printf c >> log", "w log c"}, "a b cc "},
	{"it comes late", ":", {":", "w log a"}, "a "},
	{"renamed once", "w log a", {"w log b; mv log log.1; w log c", "w log d"}, "a b c d "},
	{"the old one's writer is late",
	 "w log a",
	 {"mv log log.1; : > log", "w log.1 b", "w log.1 c; w log d"},
	 "a b c d "},
	{"renamed twice",
	 "w log a",
	 {"w log b; mv log log.1; w log c; mv log.1 log.2; mv log log.1; w log d", "w log e"},
	 "a b c d e "},
	{"renamed four times, by date",
	 "w log a",
	 {"mv log log-20260310; w log b; mv log log-20260311; w log c; mv log log-20260312; "
	  "w log d; mv log log-20260313; w log e"},
	 "a b c d e "},
	{"an inode used again",
	 "w log.1 old; w log a",
	 {"rm log.1; mv log log.1; w log b; mv log.1 log.2; mv log log.1; w log c"},
	 "a b c "},
	{"renamed twice and compressed",
	 "w log a",
	 {"mv log log.1; w log b; mv log.1 log.2; mv log log.1; gzip log.1 log.2; w log c"},
	 "a b c "},
	{"compressed by and by",
	 "w log a",
	 {"mv log log.1; w log b", "gzip log.1; mv log.1.gz log.2.gz; mv log log.1; w log c",
	  "gzip log.1"},
	 "a b c "},
	{"what lay beside it at the start is not read",
	 "w log.1 x; w log.2 y; gzip log.2; w log a",
	 {"mv log.1 log.2; w log.2 z; mv log log.1; w log b"},
	 "a b "},
	{"cut in place", "w log a", {"w log b; cp log log.1; : > log", "w log c"}, "a b c "},
	{"cut in place, with more than had been read",
	 "w log a",
	 {"w log b c; cp log log.1; : > log; w log d"},
	 "a b c d "},
	{"cut in place and grown beyond what was read",
	 "w log a",
	 {"w log b; cp log log.1; : > log; w log c d e f g h i j"},
	 "a b c d e f g h i j "},
	{"cut in place in the middle of a line",
	 "w log a; printf half >> log",
	 {"echo b >> log; cp log log.1; : > log; w log c"},
	 "a halfb c "},
	{"cut in place twice",
	 "w log a",
	 {"w log b; cp log log.1; : > log; w log c; mv log.1 log.2; cp log log.1; : > log; "
	  "w log d"},
	 "a b c d "},
	{"cut in place twice and compressed",
	 "w log a",
	 {"w log b; cp log log.1; : > log; w log c; mv log.1 log.2; cp log log.1; : > log; "
	  "gzip log.1 log.2; w log d"},
	 "a b c d "},
	{"cut, then renamed",
	 "w log a",
	 {"w log b; cp log log.1; : > log; w log c; mv log.1 log.2; mv log log.1; w log d"},
	 "a b c d "},
	{"cut without a copy loses what was not read",
	 "w log a",
	 {"w log b; : > log; w log c"},
	 "a c "},
	{"NUL bytes of a writer that does not append",
	 "w log a",
	 {"truncate -s 0 log; truncate -s 1000000 log; w log b c"},
	 "a b c "},
	{"an unfinished line of a file that is gone",
	 "w log a; printf half >> log",
	 {"mv log log.1; w log b"},
	 "a b "},
};

static void
run(const struct files *files, const char *command)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s%s", tools, command);
	files_run(files, text);
}

static void
look(struct tail *tail, struct buf *lines)
{
	struct str line;
	uint64_t offset;

	while (tail_fill(tail))
		while (tail_line(tail, &line, &offset))
			buf_printf(lines, "%.*s ", STR_ARG(line));
}

Test(tail, delivers_each_line_once_through_rotation)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct files files;
		struct tail tail;
		struct buf lines;
		char path[256];

		files_init(&files);
		buf_init(&lines, 4096);
		run(&files, rows[i].before);
		tail_open(&tail, files_path(&files, "log", path), false);
		look(&tail, &lines);
		for (size_t j = 0; j < STEPS && rows[i].steps[j]; j++) {
			run(&files, rows[i].steps[j]);
			look(&tail, &lines);
		}
		cr_expect_str_eq(lines.n ? lines.p : "", rows[i].lines, "%s: %s", rows[i].name,
				 lines.n ? lines.p : "");
		tail_close(&tail);
		buf_release(&lines);
		files_release(&files);
	}
}

Test(tail, a_rotated_file_is_read_to_its_end_and_no_further)
{
	struct files files;
	struct tail tail;
	struct buf lines;
	char path[256];

	files_init(&files);
	buf_init(&lines, 4096);
	run(&files, "w log a; mv log log.1; w log b");
	tail_open(&tail, files_path(&files, "log.1", path), true);
	look(&tail, &lines);
	run(&files, "mv log.1 log.2; mv log log.1; w log.2 c; w log d");
	look(&tail, &lines);
	cr_expect_str_eq(lines.p, "a c ");
	tail_close(&tail);
	buf_release(&lines);
	files_release(&files);
}

static const struct {
	const char *log, *other;
	bool are;
} names[] = {
	{"named.log", "named.log.1", true},
	{"named.log", "named.log.0", true},
	{"named.log", "named.log-20260310", true},
	{"named.log", "named.log-20260310.gz", true},
	{"named.log", "named.log.20260310T031500.123", true},
	{"named.log", "named.log.12.zst", true},
	{"named.log", "named-20260310.log", true},
	{"named.log", "named-2026-03-10.log.xz", true},
	{"named.log", "named.1.log", true},
	{"named.log", "named.log.old", true},
	{"queries", "queries.3", true},
	{"named.log", "named.log", false},
	{"named.log", "named.log.gz", false},
	{"named.log", "named-queries.log", false},
	{"named.log", "named.log.bak2", false},
	{"named.log", "named.logs.1", false},
	{"named.log", "named.log.", false},
	{"named.log", "named.txt", false},
	{".log", ".log.1", true},
};

Test(tail, rotated_files_are_known_by_their_names)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		cr_expect_eq(siblings_are(str_of(names[i].log), str_of(names[i].other)),
			     names[i].are, "row %zu", i);
}
