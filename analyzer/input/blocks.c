#include "input/blocks.h"

#include "base/xalloc.h"

void
blocks_init(struct blocks *blocks, struct source *source)
{
	*blocks = (struct blocks){.source = source, .rest = xmalloc(BLOCK_SIZE)};
}

void
blocks_release(struct blocks *blocks)
{
	free(blocks->rest);
	*blocks = (struct blocks){0};
}

void
block_init(struct block *block)
{
	*block = (struct block){.bytes = xcalloc(1, BLOCK_SIZE + READER_PADDING)};
}

void
block_release(struct block *block)
{
	free(block->bytes);
	*block = (struct block){0};
}

/* Reads until the block is full or the source at its end. */
static size_t
fill(struct blocks *blocks, char *bytes, size_t n)
{
	while (n < BLOCK_SIZE && !blocks->at_end) {
		ssize_t got = source_read(blocks->source, bytes + n, BLOCK_SIZE - n);
		if (got <= 0)
			blocks->at_end = true;
		else
			n += (size_t)got;
	}
	return n;
}

/* What begins the next block. */
static void
keep(struct blocks *blocks, const char *bytes, size_t n)
{
	if (n)
		memcpy(blocks->rest, bytes, n);
	blocks->rest_n = n;
}

/* Bytes up to and with the last LF; 0 when there is none. */
static size_t
whole_lines(const char *bytes, size_t n)
{
	while (n > 0 && bytes[n - 1] != '\n')
		n--;
	return n;
}

/* A block full of NUL bytes, or of such and the begin of a line: the former are no line. */
static void
skip_nuls(struct blocks *blocks, struct block *block, size_t n)
{
	size_t nuls = 0;

	while (nuls < n && block->bytes[nuls] == '\0')
		nuls++;
	block->skipped_bytes = nuls;
	keep(blocks, block->bytes + nuls, n - nuls);
}

/* A line longer than a block, up to and with its LF. */
static void
skip_line(struct blocks *blocks, struct block *block, size_t n)
{
	block->lines = block->overlong = 1;
	for (;;) {
		const char *lf = n ? memchr(block->bytes, '\n', n) : NULL;
		size_t skipped = lf ? (size_t)(lf - block->bytes) + 1 : n;
		block->skipped_bytes += skipped;
		if (lf || blocks->at_end) {
			keep(blocks, block->bytes + skipped, n - skipped);
			return;
		}
		n = fill(blocks, block->bytes, 0);
	}
}

bool
blocks_next(struct blocks *blocks, struct block *block)
{
	block->n = 0;
	block->offset = blocks->offset;
	block->ends_whole = false;
	block->lines = block->overlong = block->skipped_bytes = 0;
	if (blocks->rest_n)
		memcpy(block->bytes, blocks->rest, blocks->rest_n);
	size_t n = fill(blocks, block->bytes, blocks->rest_n);
	blocks->rest_n = 0;
	if (blocks->at_end) {
		block->n = n;
		block->ends_whole = source_end(blocks->source) == SOURCE_COMPLETE;
	} else {
		block->n = whole_lines(block->bytes, n);
		if (block->n)
			keep(blocks, block->bytes + block->n, n - block->n);
		else if (block->bytes[0] == '\0')
			skip_nuls(blocks, block, n);
		else
			skip_line(blocks, block, n);
	}
	blocks->offset += block->n + block->skipped_bytes;
	return block->n + block->skipped_bytes > 0;
}
