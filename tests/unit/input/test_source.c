#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../files.h"
#include "base/xalloc.h"
#include "input/reader.h"

/* Reads all of a file in steps of `step` bytes; returns the text to be freed. */
static char *
slurp(const char *path, size_t step, enum source_end *end, struct err *why)
{
	struct err err = {0};
	struct source *source = source_open(path, &err);
	char *text = NULL;
	size_t n = 0;

	cr_assert_not_null(source, "%s", err.text);
	for (ssize_t got = 1; got > 0;) {
		text = xrealloc(text, n + step + 1, 1);
		got = source_read(source, text + n, step);
		if (got > 0)
			n += (size_t)got;
	}
	text[n] = '\0';
	cr_expect_lt(source_read(source, text, 0), 1, "the end is sticky");
	*end = source_end(source);
	*why = *source_error(source);
	source_close(source);
	return text;
}

struct row {
	const char *name;
	const char *command; /* makes "f" */
	const char *text;    /* what can be read */
	enum source_end end;
	const char *why; /* part of the message */
};

/* $Z compresses with each tool in turn. */
static const struct row rows[] = {
	{"one member", "printf 'a\\nb\\n' | $Z > f", "a\nb\n", SOURCE_COMPLETE, ""},
	{"no content", "printf '' | $Z > f", "", SOURCE_COMPLETE, ""},
	{"several members", "(printf 'a\\n' | $Z; printf '' | $Z; printf 'b\\n' | $Z) > f",
	 "a\nb\n", SOURCE_COMPLETE, ""},
	{"zero padding", "(printf 'a\\n' | $Z; head -c 300000 /dev/zero) > f", "a\n",
	 SOURCE_COMPLETE, ""},
	{"padding between", "(printf 'a\\n' | $Z; head -c 512 /dev/zero; printf 'b\\n' | $Z) > f",
	 "a\nb\n", SOURCE_COMPLETE, ""},
	{"garbage after", "(printf 'a\\n' | $Z; printf 'garbage') > f", "a\n", SOURCE_TRAILING,
	 "follows the last"},
	{"one byte after", "(printf 'a\\n' | $Z; printf 'g') > f", "a\n", SOURCE_TRAILING,
	 "follows the last"},
	{"second member cut in its magic",
	 "(printf 'a\\n' | $Z; printf 'b\\n' | $Z | head -c 2) > f", "a\n", SOURCE_TRUNCATED,
	 "stops in the middle"},
	{"second member cut", "(printf 'a\\n' | $Z; printf 'b\\n' | $Z | head -c 9) > f", "a\n",
	 SOURCE_TRUNCATED, "stops in the middle"},
	{"last byte missing", "printf 'a\\n' | $Z > g; head -c -1 g > f", "a\n", SOURCE_TRUNCATED,
	 "stops in the middle"},
};

static const char *const tools[] = {"gzip", "zstd -q", "xz"};
static const enum source_kind tool_kinds[] = {SOURCE_GZIP, SOURCE_ZSTD, SOURCE_XZ};

Test(source, compressed_files_end_alike)
{
	struct files files;
	char path[256], command[1024];

	files_init(&files);
	files_path(&files, "f", path);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t t = 0; t < 3; t++) {
			if (!source_kind_available(tool_kinds[t]))
				continue;
			snprintf(command, sizeof(command), "Z='%s'; %s", tools[t], rows[i].command);
			files_run(&files, command);
			for (size_t step = 1; step < 5000; step = step * 20) {
				enum source_end end;
				struct err why;
				char *text = slurp(path, step, &end, &why);
				cr_expect_str_eq(text, rows[i].text, "%s %s", tools[t],
						 rows[i].name);
				cr_expect_eq(end, rows[i].end, "%s %s: %d", tools[t], rows[i].name,
					     end);
				cr_expect(strstr(why.text, rows[i].why), "%s", why.text);
				cr_expect(*rows[i].why == '\0' || strstr(why.text, path), "%s",
					  why.text);
				free(text);
			}
		}
	files_release(&files);
}

Test(source, damage_keeps_what_came_before)
{
	struct files files;
	char path[256], command[512];

	files_init(&files);
	files_path(&files, "f", path);
	for (size_t t = 0; t < 3; t++) {
		if (!source_kind_available(tool_kinds[t]))
			continue;
		/* The middle of 3 MB that do not compress well is overwritten. */
		snprintf(command, sizeof(command),
			 "seq 1 400000 | %s > f && printf XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX |"
			 "dd of=f bs=1 seek=$(($(stat -c %%s f) / 2)) conv=notrunc 2>/dev/null",
			 tools[t]);
		files_run(&files, command);
		enum source_end end;
		struct err why;
		char *text = slurp(path, 65536, &end, &why);
		cr_expect_eq(end, SOURCE_CORRUPT, "%s: %d", tools[t], end);
		cr_expect(strstr(why.text, "damaged"), "%s", why.text);
		/* xz gives nothing of a block whose check fails before its end. */
		cr_expect(t == 2 || strncmp(text, "1\n2\n3\n", 6) == 0, "%s", tools[t]);
		free(text);
	}
	files_release(&files);
}

Test(source, kind_is_told_by_content_and_time_by_the_container)
{
	struct files files;
	char path[256];
	struct err err = {0};

	files_init(&files);
	files_run(&files, "printf 'a\\n' > queries.log; touch -d @1773100800 queries.log;"
			  "gzip queries.log; mv queries.log.gz queries.txt; printf 'b\\n' > b.gz");
	struct source *source = source_open(files_path(&files, "queries.txt", path), &err);
	cr_assert_not_null(source);
	cr_expect_eq(source_kind(source), SOURCE_GZIP);
	struct str seen = source_peek(source, 100);
	cr_expect(str_eq(seen, STR("a\n")));
	cr_expect_eq(source_time(source), 1773100800000);
	cr_expect_gt(source_consumed(source), 20);
	cr_expect_eq(source_end(source), SOURCE_COMPLETE);
	source_close(source);
	source = source_open(files_path(&files, "b.gz", path), &err);
	cr_assert_not_null(source);
	cr_expect_eq(source_kind(source), SOURCE_PLAIN);
	cr_expect_eq(source_time(source), TIME_NONE);
	source_close(source);
	files_release(&files);
}

Test(source, peeking_takes_nothing)
{
	struct files files;
	char path[256], buffer[16];
	struct err err = {0};

	files_init(&files);
	files_write(&files, "f", STR("0123456789"));
	struct source *source = source_open(files_path(&files, "f", path), &err);
	cr_assert_not_null(source);
	cr_expect(str_eq(source_peek(source, 4), STR("0123")));
	cr_expect_eq(source_end(source), SOURCE_OPEN);
	cr_expect_eq(source_read(source, buffer, 3), 3);
	cr_expect_eq(source_read(source, buffer + 3, 10), 1);
	cr_expect_eq(source_read(source, buffer + 4, 10), 6);
	cr_expect_arr_eq(buffer, "0123456789", 10);
	cr_expect_eq(source_read(source, buffer, 10), 0);
	source_close(source);
	files_release(&files);
}

Test(source, a_range_holds_its_bytes_and_no_more)
{
	struct files files;
	char path[256], buffer[16];
	struct err err = {0};

	files_init(&files);
	files_write(&files, "f", STR("0123456789"));
	files_path(&files, "f", path);
	struct source *source = source_open_range(path, 3, 7, &err);
	cr_assert_not_null(source);
	cr_expect_eq(source_read(source, buffer, 16), 4);
	cr_expect_arr_eq(buffer, "3456", 4);
	cr_expect_eq(source_read(source, buffer, 16), 0);
	cr_expect_eq(source_end(source), SOURCE_COMPLETE);
	source_close(source);
	/* The file was cut since it was measured. */
	source = source_open_range(path, 5, 20, &err);
	cr_assert_not_null(source);
	cr_expect_eq(source_read(source, buffer, 16), 5);
	cr_expect_eq(source_read(source, buffer, 16), -1);
	cr_expect_eq(source_end(source), SOURCE_FAILED);
	cr_expect(strstr(source_error(source)->text, "shorter"));
	source_close(source);
	files_release(&files);
}

Test(source, standard_input_is_sniffed_too)
{
	struct files files;
	char path[256], buffer[16];
	struct err err = {0};
	static const char *const names[] = {"-", "/dev/stdin"};

	files_init(&files);
	files_run(&files, "printf 'a\\n' | gzip > f");
	for (size_t i = 0; i < 2; i++) {
		int fd = open(files_path(&files, "f", path), O_RDONLY);
		cr_assert_geq(fd, 0);
		cr_assert_eq(dup2(fd, 0), 0);
		struct source *source = source_open(names[i], &err);
		cr_assert_not_null(source, "%s", err.text);
		cr_expect_eq(source_kind(source), SOURCE_GZIP);
		cr_expect_eq(source_read(source, buffer, 16), 2);
		source_close(source);
		close(fd);
	}
	files_release(&files);
}

Test(source, a_pipe_with_a_name_is_read)
{
	struct files files;
	char path[256], buffer[16];
	struct err err = {0};

	files_init(&files);
	files_run(&files, "mkfifo p; (printf 'abc' > p) & true");
	struct source *source = source_open(files_path(&files, "p", path), &err);
	cr_assert_not_null(source, "%s", err.text);
	cr_expect_eq(source_read(source, buffer, 16), 3);
	cr_expect_eq(source_read(source, buffer, 16), 0);
	source_close(source);
	files_release(&files);
}

Test(source, what_cannot_be_read_is_explained)
{
	struct files files;
	struct err err = {0};
	char path[256], expected[512];

	files_init(&files);
	files_run(&files, "mkdir shut; touch shut/f; echo x > f; chmod 0640 f; chgrp adm f;"
			  "chgrp adm shut; chmod 0710 shut; chmod 755 .");
	cr_expect_null(source_open(files_path(&files, "none", path), &err));
	snprintf(expected, sizeof(expected), "%s: no such file or directory", path);
	cr_expect_str_eq(err.text, expected);
	cr_expect_null(source_open(files.directory, &err));
	cr_expect(strstr(err.text, "is a directory"));
	cr_expect_null(source_open("/dev/zero", &err));
	cr_expect_str_eq(err.text, "/dev/zero: is a device, not a log");
	if (geteuid() == 0) {
		cr_assert_eq(setegid(65534), 0);
		cr_assert_eq(seteuid(65534), 0);
		cr_expect_null(source_open(files_path(&files, "f", path), &err));
		snprintf(expected, sizeof(expected),
			 "%s: permission denied (owner root:adm, mode 0640; run as root or join "
			 "group adm)",
			 path);
		cr_expect_str_eq(err.text, expected, "%s", err.text);
		cr_expect_null(source_open(files_path(&files, "shut/f", path), &err));
		snprintf(expected, sizeof(expected),
			 "%s: permission denied (directory %s/shut: owner root:adm, mode 0710; "
			 "run as root or join group adm)",
			 path, files.directory);
		cr_expect_str_eq(err.text, expected, "%s", err.text);
		cr_assert_eq(seteuid(0), 0);
	}
	files_release(&files);
}

Test(source, the_message_names_the_missing_library)
{
	for (int kind = 0; kind < SOURCE_KINDS; kind++)
		cr_expect(strlen(source_kind_name((enum source_kind)kind)) > 1);
	cr_expect(source_kind_available(SOURCE_PLAIN) && source_kind_available(SOURCE_GZIP));
}

/* Lines of a file by our reader and by zcat | wc -l agree on every lab log. */
Test(source, lab_logs_have_the_lines_that_zcat_counts, .timeout = 300)
{
	FILE *list =
		popen("for f in /work/shared/lab/day/*.gz /work/shared/lab/raw/variants/*.gz; do "
		      "[ -f $f ] && echo $f $(zcat $f | wc -l); done",
		      "r");
	char path[200];
	unsigned long lines;

	cr_assert_not_null(list);
	while (fscanf(list, "%199s %lu", path, &lines) == 2) {
		struct err err = {0};
		struct source *source = source_open(path, &err);
		struct reader reader;
		struct line line;
		cr_assert_not_null(source, "%s", err.text);
		reader_init(&reader, source, 0);
		while (reader_next(&reader, &line))
			;
		cr_expect_eq(reader.lines, lines, "%s", path);
		cr_expect_eq(reader.skipped_bytes, 0, "%s", path);
		cr_expect_eq(source_end(source), SOURCE_COMPLETE, "%s", path);
		reader_release(&reader);
		source_close(source);
	}
	pclose(list);
}

/* Bytes that are read of a file before it ends, when it may unpack `ratio` times. */
static uint64_t
read_within(const char *path, uint64_t ratio, enum source_end *end)
{
	static char bytes[1 << 16];
	struct err err = {0};
	struct source *source = source_open(path, &err);
	uint64_t n = 0;
	ssize_t got;

	cr_assert_not_null(source, "%s", err.text);
	if (ratio)
		source_limit_ratio(source, ratio);
	while ((got = source_read(source, bytes, sizeof(bytes))) > 0)
		n += (uint64_t)got;
	*end = source_end(source);
	cr_expect(*end == SOURCE_COMPLETE || strstr(source_error(source)->text, "--max-ratio"));
	source_close(source);
	return n;
}

Test(source, what_unpacks_to_more_than_a_log_does_is_given_up)
{
	static const char *const packers[] = {"gzip", "zstd -q", "xz -0"};
	const uint64_t whole = 96u << 20;
	struct files files;
	char path[256], command[128];
	enum source_end end;

	files_init(&files);
	files_path(&files, "f", path);
	for (size_t i = 0; i < 3; i++) {
		snprintf(command, sizeof(command), "head -c 100663296 /dev/zero | %s >f",
			 packers[i]);
		files_run(&files, command);
		uint64_t n = read_within(path, 0, &end);
		cr_expect(end == SOURCE_FAILED && n > SOURCE_UNPACKED_ANYWAY && n < whole,
			  "%s: %llu", packers[i], (unsigned long long)n);
		n = read_within(path, 1000000, &end);
		cr_expect(end == SOURCE_COMPLETE && n == whole, "%s: %llu", packers[i],
			  (unsigned long long)n);
	}
	files_run(&files, "head -c 100663296 /dev/zero >f");
	cr_expect_eq(read_within(path, 0, &end), whole, "a plain file has no ratio");
	files_release(&files);
}
