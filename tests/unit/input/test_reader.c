#include <criterion/criterion.h>

#include "base/xalloc.h"
#include "input/reader.h"

/* A source over memory that gives a few bytes at a time and ends as it is told. */
struct stub {
	struct str bytes;
	size_t chunk;
	enum source_end end;
};

static ssize_t
stub_read(void *state, char *p, size_t n, enum source_end *end, struct err *err)
{
	struct stub *stub = state;

	if (n > stub->chunk)
		n = stub->chunk;
	if (n > stub->bytes.n)
		n = stub->bytes.n;
	if (n == 0) {
		*end = stub->end;
		err_set(err, "%s", stub->end == SOURCE_COMPLETE ? "" : "stub");
		return stub->end == SOURCE_COMPLETE ? 0 : -1;
	}
	memcpy(p, stub->bytes.p, n);
	stub->bytes = str_skip(stub->bytes, n);
	return (ssize_t)n;
}

static void
stub_close(void *state)
{
	(void)state;
}

static const struct source_ops stub_ops = {
	.name = "stub", .read = stub_read, .close = stub_close, .available = true};

struct outcome {
	char text[4096]; /* the lines, each ended by "|", an unterminated one by "~" */
	uint64_t lines, overlong, skipped;
};

static struct outcome
read_all(struct str bytes, size_t chunk, size_t capacity, size_t line_max, enum source_end end)
{
	struct stub stub = {bytes, chunk, end};
	struct source *source = source_new(&stub_ops, &stub, "stub");
	struct outcome outcome = {0};
	struct reader reader;
	struct line line;
	size_t n = 0;

	reader_init_sized(&reader, source, 0, capacity, line_max);
	while (reader_next(&reader, &line)) {
		cr_assert_lt(n + line.text.n + 1, sizeof(outcome.text));
		cr_expect(line.text.n == 0 ||
			  memcmp(bytes.p + line.offset, line.text.p, line.text.n) == 0);
		memcpy(outcome.text + n, line.text.p, line.text.n);
		n += line.text.n;
		outcome.text[n++] = line.terminated ? '|' : '~';
	}
	outcome.lines = reader.lines;
	outcome.overlong = reader.overlong;
	outcome.skipped = reader.skipped_bytes;
	cr_expect_eq(reader.offset, bytes.n);
	cr_expect_not(reader_next(&reader, &line));
	reader_release(&reader);
	source_close(source);
	return outcome;
}

struct row {
	struct str input;
	const char *lines;
	uint64_t count, overlong, skipped;
	enum source_end end;
};

/* Longest line 8. */
static const struct row rows[] = {
	{{"", 0}, "", 0, 0, 0, SOURCE_COMPLETE},
	{{"a\nbc\n", 5}, "a|bc|", 2, 0, 0, SOURCE_COMPLETE},
	{{"a\n\n\nb\n", 6}, "a|||b|", 4, 0, 0, SOURCE_COMPLETE},
	{{"a\nbc", 4}, "a|bc~", 2, 0, 0, SOURCE_COMPLETE},
	{{"a\r\nb\r\n\r\n", 8}, "a|b||", 3, 0, 0, SOURCE_COMPLETE},
	{{"a\rb\r\r\n", 6}, "a\rb\r|", 1, 0, 0, SOURCE_COMPLETE},
	{{"a\r", 2}, "a~", 1, 0, 0, SOURCE_COMPLETE},
	{{"12345678\n1\n", 11}, "12345678|1|", 2, 0, 0, SOURCE_COMPLETE},
	{{"12345678\r\n1\n", 12}, "12345678|1|", 2, 0, 0, SOURCE_COMPLETE},
	{{"12345678", 8}, "12345678~", 1, 0, 0, SOURCE_COMPLETE},
	{{"123456789\n1\n", 12}, "1|", 2, 1, 10, SOURCE_COMPLETE},
	{{"123456789\r\n1\n", 13}, "1|", 2, 1, 11, SOURCE_COMPLETE},
	{{"123456789", 9}, "", 1, 1, 9, SOURCE_COMPLETE},
	{{"1\n1234567890123456789012345678901234567890\n2\n", 45},
	 "1|2|",
	 3,
	 1,
	 41,
	 SOURCE_COMPLETE},
	{{"\0\0\0\0\0\0\0\0\0\0\0\0a\nb\n", 16}, "a|b|", 2, 0, 12, SOURCE_COMPLETE},
	{{"a\n\0\0\0\n\0b\n", 9}, "a||b|", 3, 0, 4, SOURCE_COMPLETE},
	{{"a\0\0\nb\n", 6}, "a|b|", 2, 0, 2, SOURCE_COMPLETE},
	{{"a\n\0\0\0\0\0\0\0\0\0\0\0\0", 14}, "a|", 1, 0, 12, SOURCE_COMPLETE},
	{{"a\nb\0\0\0", 6}, "a|b~", 2, 0, 3, SOURCE_COMPLETE},
	{{"\0", 1}, "", 0, 0, 1, SOURCE_COMPLETE},
	/* Before damage only whole lines are certain. */
	{{"a\nbc\ncut", 8}, "a|bc|", 2, 0, 3, SOURCE_TRUNCATED},
	{{"a\nbc\n", 5}, "a|bc|", 2, 0, 0, SOURCE_CORRUPT},
	{{"a\n123456789", 11}, "a|", 1, 0, 9, SOURCE_TRAILING},
	{{"cut", 3}, "", 0, 0, 3, SOURCE_FAILED},
};

Test(reader, cuts_lines_alike_whatever_the_buffer)
{
	static const size_t chunks[] = {1, 2, 3, 5, 7, 16, 1000};
	static const size_t capacities[] = {0, 11, 16, 17, 1000};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t c = 0; c < 7; c++)
			for (size_t k = 0; k < 5; k++) {
				struct outcome o = read_all(rows[i].input, chunks[c], capacities[k],
							    8, rows[i].end);
				cr_expect_str_eq(o.text, rows[i].lines, "row %zu %zu %zu", i, c, k);
				cr_expect_eq(o.lines, rows[i].count, "row %zu lines", i);
				cr_expect_eq(o.overlong, rows[i].overlong, "row %zu overlong", i);
				cr_expect_eq(o.skipped, rows[i].skipped, "row %zu skipped %zu", i,
					     (size_t)o.skipped);
			}
}

Test(reader, takes_lines_of_64_kib_and_skips_longer_ones)
{
	for (size_t extra = 0; extra < 2; extra++)
		for (size_t crlf = 0; crlf < 2; crlf++) {
			size_t n = READER_LINE_MAX + extra;
			char *bytes = xmalloc(n + 6);
			memset(bytes, 'x', n);
			memcpy(bytes + n, crlf ? "\r\nend\n" : "\nend\n", crlf ? 6 : 5);
			struct stub stub = {str_make(bytes, n + (crlf ? 6 : 5)), 16,
					    SOURCE_COMPLETE};
			struct source *source = source_new(&stub_ops, &stub, "stub");
			struct reader reader;
			struct line line;
			reader_init(&reader, source, 100);
			if (extra == 0) {
				cr_assert(reader_next(&reader, &line));
				cr_expect_eq(line.text.n, n);
				cr_expect_eq(line.offset, 100);
			}
			cr_assert(reader_next(&reader, &line));
			cr_expect(str_eq(line.text, STR("end")));
			cr_expect_eq(line.number, 2);
			cr_expect_eq(line.offset, 100 + n + (crlf ? 2 : 1));
			cr_expect_eq(reader.overlong, extra);
			cr_expect_eq(reader.skipped_bytes, extra ? n + (crlf ? 2 : 1) : 0);
			reader_release(&reader);
			source_close(source);
			free(bytes);
		}
}

Test(reader, leaves_readable_bytes_after_every_line)
{
	struct stub stub = {STR("one\ntwo"), 3, SOURCE_COMPLETE};
	struct source *source = source_new(&stub_ops, &stub, "stub");
	struct reader reader;
	struct line line;
	unsigned sum = 0;

	reader_init_sized(&reader, source, 0, 0, 8); /* asan sees a read past the buffer */
	while (reader_next(&reader, &line))
		for (size_t i = 0; i < READER_PADDING; i++)
			sum += (unsigned char)line.text.p[line.text.n + i];
	cr_expect_gt(sum, 0);
	reader_release(&reader);
	source_close(source);
}

Test(reader, cuts_memory_like_a_stream)
{
	struct str bytes = {"a\r\n\0b\0\n\nrest", 12}, text;

	cr_expect(reader_cut(&bytes, &text) && str_eq(text, STR("a")));
	cr_expect(reader_cut(&bytes, &text) && str_eq(text, STR("b")));
	cr_expect(reader_cut(&bytes, &text) && text.n == 0);
	cr_expect_not(reader_cut(&bytes, &text));
	cr_expect(str_eq(bytes, STR("rest")));
}
