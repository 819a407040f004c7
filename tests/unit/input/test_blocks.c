/*
 * The lines of a source's blocks, read apart, are the lines of the source: also around lines
 * and runs of NUL bytes that are longer than a block.
 */
#include <criterion/criterion.h>

#include "../tally/harness.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "input/blocks.h"

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
		err_set(err, "stub");
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

/* What was read, in figures that show any difference in text, place or order. */
struct sum {
	uint64_t hash, lines, overlong, skipped, bytes;
};

static void
add_reader(struct sum *sum, struct reader *reader)
{
	struct hash_key key;
	struct line line;

	hash_key_make(&key, STR("blocks"));
	uint64_t base = reader->offset;
	while (reader_next(reader, &line)) {
		uint64_t number = sum->lines + line.number;
		sum->hash = hash_mix(sum->hash, hash_bytes(&key, line.text.p, line.text.n));
		sum->hash = hash_mix(sum->hash, line.offset + number + line.terminated);
	}
	sum->lines += reader->lines;
	sum->overlong += reader->overlong;
	sum->skipped += reader->skipped_bytes;
	sum->bytes += reader->offset - base;
}

static struct sum
by_reader(const struct stub *content)
{
	struct stub stub = *content;
	struct source *source = source_new(&stub_ops, &stub, "stub");
	struct sum sum = {0};
	struct reader reader;

	reader_init(&reader, source, 0);
	add_reader(&sum, &reader);
	reader_release(&reader);
	source_close(source);
	return sum;
}

static struct sum
by_blocks(const struct stub *content)
{
	struct stub stub = *content;
	struct source *source = source_new(&stub_ops, &stub, "stub");
	struct sum sum = {0};
	struct blocks blocks;
	struct block block;

	blocks_init(&blocks, source);
	block_init(&block);
	while (blocks_next(&blocks, &block)) {
		struct reader reader;
		cr_assert_eq(block.offset, sum.bytes);
		reader_init_block(&reader, block.bytes, block.n, block.offset, block.ends_whole);
		add_reader(&sum, &reader);
		reader_release(&reader);
		sum.lines += block.lines;
		sum.overlong += block.overlong;
		sum.skipped += block.skipped_bytes;
		sum.bytes += block.skipped_bytes;
	}
	block_release(&block);
	blocks_release(&blocks);
	source_close(source);
	return sum;
}

/* Lines of many lengths, some far too long, and runs of NUL bytes. */
static size_t
make(uint64_t *state, char *bytes, size_t size)
{
	size_t n = 0;

	while (n < size) {
		uint64_t r = harness_random(state), length = (r >> 8) % 120;
		bool nul = r % 64 == 0;
		if (r % 128 < 2)
			length = READER_LINE_MAX - 2 + (r >> 8) % 5;
		else if (r % 128 < 4)
			length = (r >> 8) % (3 * (uint64_t)BLOCK_SIZE);
		else if (r % 128 == 5)
			length = BLOCK_SIZE - 3 + (r >> 8) % 6;
		for (uint64_t i = 0; i < length && n < size; i++)
			bytes[n++] = nul ? '\0' : (char)('a' + i % 23);
		if (n < size && (r >> 40) % 8 == 0)
			bytes[n++] = '\r';
		if (n < size && (!nul || (r >> 44) % 2))
			bytes[n++] = '\n';
	}
	return n;
}

Test(blocks, read_apart_give_the_lines_of_the_source, .timeout = 60)
{
	enum { SIZE = 3 << 20 };
	static const size_t chunks[] = {SIZE, BLOCK_SIZE, 4099, 131072};
	static const enum source_end ends[] = {SOURCE_COMPLETE, SOURCE_TRUNCATED, SOURCE_TRAILING};
	char *bytes = xmalloc(SIZE);
	uint64_t lines = 0, overlong = 0, skipped = 0;

	for (uint64_t seed = 1; seed <= 60; seed++) {
		uint64_t state = seed;
		size_t n = make(&state, bytes, (size_t)(harness_random(&state) % SIZE));
		struct stub stub = {str_make(bytes, n), chunks[seed % 4], ends[seed % 3]};
		struct sum whole = by_reader(&stub), apart = by_blocks(&stub);
		cr_expect_eq(whole.lines, apart.lines, "seed %lu", (unsigned long)seed);
		cr_expect_eq(whole.overlong, apart.overlong, "seed %lu", (unsigned long)seed);
		cr_expect_eq(whole.skipped, apart.skipped, "seed %lu", (unsigned long)seed);
		cr_expect_eq(whole.bytes, apart.bytes, "seed %lu", (unsigned long)seed);
		cr_expect_eq(whole.hash, apart.hash, "seed %lu", (unsigned long)seed);
		cr_expect_eq(whole.bytes, n);
		lines += whole.lines;
		overlong += whole.overlong;
		skipped += whole.skipped;
	}
	cr_expect(lines > 10000 && overlong > 100 && skipped > 1000000,
		  "%lu %lu %lu: the test tests little", (unsigned long)lines,
		  (unsigned long)overlong, (unsigned long)skipped);
	free(bytes);
}
