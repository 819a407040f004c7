/*
 * Any bytes as a file: whatever compression they seem to have, reading ends, lines keep within
 * the limit, their offsets ascend; and a reader over blocks gives the lines that a reader over
 * the whole gives.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "help.h"
#include "input/blocks.h"

/* A bomb is not a defect: reading may stop here. */
enum { STREAM_ENOUGH = 1 << 22 };

/* What a reading gave. */
struct reading {
	struct buf text; /* each line with its offset and number */
	uint64_t next, number, lines, overlong, skipped;
	bool stopped;
};

static void
add_line(struct reading *reading, const struct line *line, uint64_t number)
{
	MUST(line->text.n <= READER_LINE_MAX && line->offset >= reading->next &&
	     number > reading->number);
	reading->number = number;
	reading->next = line->offset + line->text.n;
	buf_printf(&reading->text, "%llu %llu %.*s\n", (unsigned long long)number,
		   (unsigned long long)line->offset, STR_ARG(line->text));
	reading->stopped |= reading->next >= STREAM_ENOUGH;
}

static void
add_counts(struct reading *reading, const struct reader *reader)
{
	reading->lines += reader->lines;
	reading->overlong += reader->overlong;
	reading->skipped += reader->skipped_bytes;
}

static void
read_whole(struct source *source, struct reading *reading)
{
	struct reader reader;
	struct line line;

	reader_init(&reader, source, 0);
	while (!reading->stopped && reader_next(&reader, &line))
		add_line(reading, &line, line.number);
	add_counts(reading, &reader);
	reader_release(&reader);
}

static void
read_block(struct reading *reading, struct block *block)
{
	struct reader reader;
	struct line line;
	uint64_t before = reading->lines;

	reader_init_block(&reader, block->bytes, block->n, block->offset, block->ends_whole);
	while (!reading->stopped &&
	       (reader_next_held(&reader, &line) || reader_next(&reader, &line)))
		add_line(reading, &line, before + line.number);
	add_counts(reading, &reader);
	reader_release(&reader);
}

static void
read_in_blocks(struct source *source, struct reading *reading)
{
	struct blocks blocks;
	struct block block;

	blocks_init(&blocks, source);
	block_init(&block);
	while (!reading->stopped && blocks_next(&blocks, &block)) {
		reading->lines += block.lines;
		reading->overlong += block.overlong;
		reading->skipped += block.skipped_bytes;
		if (block.n)
			read_block(reading, &block);
	}
	block_release(&block);
	blocks_release(&blocks);
}

static void
read_with(const char *path, void (*way)(struct source *source, struct reading *reading),
	  struct reading *reading, enum source_end *end)
{
	struct err err = {0};
	struct source *source = source_open(path, &err);

	*reading = (struct reading){0};
	*end = SOURCE_FAILED;
	buf_init(&reading->text, 4 * STREAM_ENOUGH);
	MUST(source || err.text[0]);
	if (!source)
		return;
	way(source, reading);
	*end = source_end(source);
	MUST(reading->stopped || *end != SOURCE_OPEN);
	MUST(*end == SOURCE_OPEN || *end == SOURCE_COMPLETE || source_error(source)->text[0]);
	source_close(source);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct reading whole, parts;
	enum source_end ends[2];
	char path[HELP_PATH];
	int fd = help_file(str_make((const char *)data, n), path);

	read_with(path, read_whole, &whole, &ends[0]);
	read_with(path, read_in_blocks, &parts, &ends[1]);
	if (!whole.stopped && !parts.stopped) {
		MUST(ends[0] == ends[1]);
		help_same(buf_str(&whole.text), buf_str(&parts.text), "whole and in blocks");
		help_equal(whole.lines, parts.lines, "lines");
		help_equal(whole.overlong, parts.overlong, "overlong lines");
		help_equal(whole.skipped, parts.skipped, "skipped bytes");
	}
	buf_release(&whole.text);
	buf_release(&parts.text);
	close(fd);
	return 0;
}
