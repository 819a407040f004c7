/*
 * ISA-L against zlib: the same files, whole and broken, give the same lines and end alike.
 * Inside a broken member the two may give a different part of what it holds; whatever both
 * give is the same.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "../files.h"
#include "../tally/harness.h"
#include "base/xalloc.h"
#include "input/feed.h"
#include "input/reader.h"

struct reading {
	char *text; /* whole lines */
	size_t n;
	uint64_t lines, skipped, consumed;
	int64_t time;
	enum source_end end;
};

static struct reading
reading_of(const char *path, const char *library, size_t capacity)
{
	struct reading reading = {0};
	struct reader reader;
	struct line line;
	struct err err = {0};
	size_t held = 0;

	if (library)
		setenv("DIGTRAIL_INFLATE", library, 1);
	else
		unsetenv("DIGTRAIL_INFLATE");
	struct source *source = source_open(path, &err);
	cr_assert_not_null(source, "%s", err.text);
	reader_init_sized(&reader, source, 0, capacity, READER_LINE_MAX);
	while (reader_next(&reader, &line)) {
		if (reading.n + line.text.n + 1 > held) {
			held = 2 * (reading.n + line.text.n + 1);
			reading.text = xrealloc(reading.text, held, 1);
		}
		memcpy(reading.text + reading.n, line.text.p, line.text.n);
		reading.n += line.text.n;
		reading.text[reading.n++] = '\n';
	}
	reading.lines = reader.lines;
	reading.skipped = reader.skipped_bytes;
	reading.end = source_end(source);
	reading.time = source_time(source);
	reading.consumed = source_consumed(source);
	reader_release(&reader);
	source_close(source);
	return reading;
}

/* Expects the reading of both libraries to be the same; returns how it ended. */
static enum source_end
compare(const char *path, size_t capacity, const char *what, unsigned long row)
{
	struct reading zlib = reading_of(path, "zlib", capacity),
		       isal = reading_of(path, NULL, capacity);
	size_t n = zlib.n < isal.n ? zlib.n : isal.n;

	cr_expect_eq(isal.end, zlib.end, "%s %lu: ISA-L %d, zlib %d", what, row, isal.end,
		     zlib.end);
	cr_expect(n == 0 || memcmp(zlib.text, isal.text, n) == 0, "%s %lu", what, row);
	if (zlib.end == SOURCE_COMPLETE || zlib.end == SOURCE_TRAILING) {
		cr_expect_eq(isal.time, zlib.time, "%s %lu", what, row);
		cr_expect_eq(isal.n, zlib.n, "%s %lu: %zu, %zu bytes", what, row, isal.n, zlib.n);
		cr_expect_eq(isal.lines, zlib.lines, "%s %lu", what, row);
		cr_expect_eq(isal.skipped, zlib.skipped, "%s %lu", what, row);
		cr_expect_eq(isal.consumed, zlib.consumed, "%s %lu", what, row);
	}
	free(zlib.text);
	free(isal.text);
	return zlib.end;
}

/* Commands that make "f"; every level, and blocks that are stored, fixed and dynamic. */
static const char *const made[] = {
	"printf '' | gzip >f",
	"printf 'a\\n' | gzip -1 >f",
	"printf 'no newline at the end' | gzip >f",
	"seq 1 200000 | gzip -1 >f",
	"seq 1 200000 | gzip -9 >f",
	"head -c 1000000 /dev/urandom | base64 | gzip -6 >f",
	"head -c 400000 /dev/urandom | gzip -6 >f",
	"yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | head -c 40000000 | gzip >f",
	"seq 1 50000 >g; touch -d @1773100800 g; gzip g; mv g.gz f",
	"for i in $(seq 1 300); do seq $i $((i * 3)) | gzip; done >f",
	"for i in $(seq 1 40); do head -c 7001 /dev/urandom | base64 | gzip -$((i % 9 + 1)); done "
	">f",
	"seq 1 9 | gzip >f; head -c 200000 /dev/zero >>f; seq 1 9 | gzip >>f",
	"seq 1 9 | gzip >f; printf 'x' >>f",
	"seq 1 9 | gzip >f; head -c 131072 /dev/urandom >>f",
	"seq 1 9 | gzip >f; printf '\\037' >>f",
	"seq 1 9 | gzip >f; printf '\\037\\213' >>f",
	"seq 1 9 | gzip >f; printf '\\037\\213\\007' >>f",
	/* A header with everything in it: extra field, name, comment, CRC. */
	"seq 1 5000 | gzip -n >g; (printf "
	"'\\037\\213\\010\\034AAAA\\000\\003\\005\\000extraname\\000"
	"comment\\000'; tail -c +11 g) >f",
	"seq 1 5000 | gzip -n >g; (printf '\\037\\213\\010\\002AAAA\\000\\003\\000\\000'; tail -c "
	"+11 g) >f",
	"seq 1 5000 | gzip -n >g; (printf '\\037\\213\\010\\340AAAA\\000\\003'; tail -c +11 g) >f",
	/* Wrong checksum, wrong length. */
	"seq 1 5000 | gzip -n >g; (head -c -8 g; printf 'ABCD'; tail -c 4 g) >f",
	"seq 1 5000 | gzip -n >g; (head -c -4 g; printf 'ABCD'; seq 1 9 | gzip) >f",
};

Test(gzip_isal, whole_files_are_read_as_zlib_reads_them)
{
	static const size_t capacities[] = {READER_LINE_MAX + 2, READER_BUFFER};
	struct files files;
	char path[256];

	cr_assert(source_kind_available(SOURCE_GZIP));
	files_init(&files);
	files_path(&files, "f", path);
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		files_run(&files, made[i]);
		for (size_t j = 0; j < 2; j++)
			compare(path, capacities[j], "file", i);
	}
	files_release(&files);
}

/* Members that end at, before and behind the end of the feed's buffer. */
Test(gzip_isal, members_end_anywhere_in_the_buffer)
{
	struct files files;
	char path[256], command[256];

	files_init(&files);
	files_path(&files, "f", path);
	for (int i = -24; i <= 24; i++) {
		snprintf(command, sizeof(command),
			 "head -c %d /dev/urandom >g; gzip -1 -c g >f; seq 1 9 | gzip >>f",
			 FEED_BUFFER - 55 + i);
		files_run(&files, command);
		enum source_end end = compare(path, READER_BUFFER, "end", (unsigned long)(i + 24));
		cr_expect_eq(end, SOURCE_COMPLETE);
	}
	files_release(&files);
}

static char *
load(const char *path, size_t *n)
{
	FILE *file = fopen(path, "r");
	char *bytes = xmalloc(1 << 20);

	cr_assert_not_null(file);
	*n = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	return bytes;
}

/* Cut at every place near both ends and at many between. */
Test(gzip_isal, cut_files_end_as_with_zlib)
{
	struct files files;
	char path[256];
	size_t n;

	files_init(&files);
	files_run(&files, "(seq 1 3000 | gzip -n; seq 1 30000 | gzip) >f");
	char *bytes = load(files_path(&files, "f", path), &n);
	for (size_t at = 18; at < n; at += at < 60 || n - at < 60 ? 1 : 997) {
		files_write(&files, "f", str_make(bytes, at));
		compare(path, READER_BUFFER, "cut at", at);
	}
	free(bytes);
	files_release(&files);
}

/* One to three bytes are changed anywhere, header and trailer included. */
Test(gzip_isal, damaged_files_end_as_with_zlib)
{
	static const char *const texts[] = {
		"(seq 1 3000 | gzip -n; seq 1 3000 | gzip) >f",
		"head -c 30000 /dev/urandom | base64 | gzip -9 >f",
		"head -c 3000 /dev/urandom | gzip >f",
		"printf 'one\\ntwo\\nthree\\n' | gzip -n >f",
	};
	struct files files;
	char path[256];
	uint64_t state = 20261126;

	files_init(&files);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t n, ends[SOURCE_FAILED + 1] = {0};
		files_run(&files, texts[i]);
		char *bytes = load(files_path(&files, "f", path), &n);
		char *broken = xmalloc(n);
		for (unsigned long j = 0; j < 500; j++) {
			memcpy(broken, bytes, n);
			for (uint64_t k = harness_random(&state) % 3 + 1; k > 0; k--) {
				uint64_t r = harness_random(&state);
				size_t at = 3 + (size_t)(r >> 16) % (n - 3);
				broken[at] = (char)(broken[at] ^ (char)(1u << (r % 8)));
			}
			files_write(&files, "f", str_make(broken, n));
			ends[compare(path, READER_BUFFER, texts[i], j)]++;
		}
		cr_expect_gt(ends[SOURCE_CORRUPT], 0, "%s", texts[i]);
		free(broken);
		free(bytes);
	}
	files_release(&files);
}
