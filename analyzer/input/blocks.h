/*
 * struct blocks: a source cut after newlines into blocks that can be read apart from each
 * other, so that one thread decompresses while others read. The lines of all blocks, in their
 * order, are the lines that one reader over the source gives, with the same offsets.
 *
 * One thread at a time calls blocks_next; a filled block may be read by any thread.
 */
#ifndef INPUT_BLOCKS_H
#define INPUT_BLOCKS_H

#include "input/reader.h"

#ifdef TINY_BUFFERS
enum { BLOCK_SIZE = 600 };
#else
enum { BLOCK_SIZE = 256 * 1024 };
#endif

struct block {
	char *bytes;     /* of BLOCK_SIZE + READER_PADDING */
	size_t n;        /* whole lines; only the last block of a source may end without LF */
	uint64_t offset; /* of its first byte in the uncompressed stream */
	bool ends_whole; /* such a last line is a line: the source ended COMPLETE */
	/*
	 * Of a block without bytes: what stood there was longer than a block and no line: an
	 * overlong line (`lines` and `overlong` are 1), or NUL bytes.
	 */
	uint64_t lines, overlong, skipped_bytes;
};

struct blocks {
	struct source *source; /* borrowed */
	char *rest;            /* the begin of the next block */
	size_t rest_n;
	uint64_t offset; /* of `rest` in the stream */
	bool at_end;
};

void blocks_init(struct blocks *blocks, struct source *source);
void blocks_release(struct blocks *blocks);
void block_init(struct block *block);
void block_release(struct block *block);
/* Fills the next block; false at the end, and then source_end() says how it ended. */
bool blocks_next(struct blocks *blocks, struct block *block);

#endif
