/*
 * ISA-L against zlib. The first byte tells what the rest is: a file as it stands, or text to be
 * compressed in members, of which some bytes are then changed or cut off (a fuzzer does not
 * find checksums). Both libraries end alike and give the same; inside a broken member one may
 * give less than the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "help.h"
#include "input/feed.h"
#include "input/source.h"

enum {
	ENOUGH = 1 << 22,
	MEMBERS_MOST = 4,
	CHANGES_MOST = 4,
	GZIP_WINDOW = 15 + 16,
	LARGE_PIECE = 65536
};

static void
add_member(struct buf *out, struct str text, unsigned level, unsigned strategy)
{
	size_t room = compressBound(text.n) + 64;
	char *bytes = xmalloc(room);
	z_stream z = {0};

	MUST(deflateInit2(&z, (int)level % 10, Z_DEFLATED, GZIP_WINDOW, 1 + (int)level % 9,
			  (int)strategy % 5) == Z_OK);
	z.next_in = (const Bytef *)text.p;
	z.avail_in = (uInt)text.n;
	z.next_out = (Bytef *)bytes;
	z.avail_out = (uInt)room;
	MUST(deflate(&z, Z_FINISH) == Z_STREAM_END);
	buf_add(out, bytes, room - z.avail_out);
	deflateEnd(&z);
	free(bytes);
}

/* Changes told by three bytes each: where (two), and what is added to the byte there. */
static void
change(struct buf *file, struct str *told, unsigned count)
{
	for (unsigned i = 0; i < count && file->n; i++) {
		size_t at = help_byte(told) << 8;
		at = (at | help_byte(told)) % file->n;
		file->p[at] = (char)(file->p[at] + (char)help_byte(told));
	}
}

static void
make_file(struct buf *file, struct str told)
{
	unsigned kind = help_byte(&told);

	if (kind == 0) {
		buf_add_str(file, told);
		return;
	}
	unsigned changes = help_byte(&told) % (CHANGES_MOST + 1), cut = help_byte(&told);
	struct str places = help_take(&told, 3 * (size_t)changes);
	for (unsigned i = 0; i <= kind % MEMBERS_MOST; i++) {
		unsigned level = help_byte(&told), strategy = help_byte(&told);
		size_t n = i == kind % MEMBERS_MOST ? told.n : told.n / 2;
		add_member(file, help_take(&told, n), level, strategy);
	}
	change(file, &places, changes);
	if (cut & 1 && file->n)
		file->n -= (size_t)(cut >> 1) % file->n;
}

/* All that a library gives, in pieces of some length. */
static enum source_end
inflate_with(const struct source_ops *ops, struct str file, size_t piece, struct buf *out,
	     uint64_t *consumed)
{
	char path[HELP_PATH], head[SOURCE_HEAD], *bytes = xmalloc(piece);
	enum source_end end = SOURCE_OPEN;
	struct err err = {0};
	int fd = help_file(file, path);
	ssize_t got = 1;

	MUST(lseek(fd, 0, SEEK_SET) == 0);
	ssize_t n = read(fd, head, sizeof(head));
	MUST(n >= 0);
	void *state = ops->open(fd, str_make(head, (size_t)n), &err);
	MUST(state);
	while (out->n < ENOUGH && (got = ops->read(state, bytes, piece, &end, &err)) > 0)
		buf_add(out, bytes, (size_t)got);
	MUST(got > 0 || end == SOURCE_COMPLETE || err.text[0]);
	*consumed = ops->consumed(state);
	ops->close(state);
	free(bytes);
	return end;
}

/* However much is asked for at a time, all of it is the same. */
static enum source_end
inflate_twice(const struct source_ops *ops, struct str file, size_t piece, struct buf *out,
	      uint64_t *consumed)
{
	enum source_end end = inflate_with(ops, file, piece, out, consumed);
	struct buf other;
	uint64_t all;

	buf_init(&other, 2 * ENOUGH);
	enum source_end other_end = inflate_with(ops, file, LARGE_PIECE, &other, &all);
	if (end != SOURCE_OPEN && other_end != SOURCE_OPEN) {
		MUST(end == other_end);
		help_same(buf_str(out), buf_str(&other), "in small and in large pieces");
	}
	buf_release(&other);
	return end;
}

/*
 * Whether zlib refuses a member for its codes: some that no compressor writes, since they leave
 * bits unused, ISA-L reads; the checksum of what it gives has been right.
 */
static bool
refuses_codes(struct str file)
{
	char *out = xmalloc(LARGE_PIECE);
	bool refuses = false;
	z_stream z = {0};

	MUST(inflateInit2(&z, GZIP_WINDOW) == Z_OK);
	z.next_in = (const Bytef *)file.p;
	z.avail_in = (uInt)file.n;
	for (int status = Z_OK; status == Z_OK || status == Z_STREAM_END;) {
		z.next_out = (Bytef *)out;
		z.avail_out = LARGE_PIECE;
		if (status == Z_STREAM_END)
			inflateReset(&z);
		status = inflate(&z, Z_NO_FLUSH);
		refuses = status == Z_DATA_ERROR && str_ends(str_of(z.msg), STR(" set"));
	}
	inflateEnd(&z);
	free(out);
	return refuses;
}

static void
compare(struct str file, size_t piece)
{
	struct buf zlib, isal;
	uint64_t consumed[2];

	buf_init(&zlib, 2 * ENOUGH);
	buf_init(&isal, 2 * ENOUGH);
	enum source_end ends[2] = {
		inflate_twice(&source_gzip, file, piece, &zlib, &consumed[0]),
		inflate_twice(&source_gzip_isal, file, piece, &isal, &consumed[1]),
	};
	bool whole = ends[0] == SOURCE_COMPLETE || ends[0] == SOURCE_TRAILING;
	size_t common = zlib.n < isal.n ? zlib.n : isal.n;
	if (ends[0] != ends[1])
		fprintf(stderr, "zlib ended %d, ISA-L %d\n", ends[0], ends[1]);
	/* Code lengths that no compressor writes: zlib waits for more of them, or refuses them. */
	MUST(ends[0] == ends[1] || (ends[0] == SOURCE_TRUNCATED && ends[1] == SOURCE_CORRUPT) ||
	     (ends[0] == SOURCE_CORRUPT && refuses_codes(file)));
	help_same(str_make(zlib.p, common), str_make(isal.p, common), "zlib and ISA-L");
	MUST(!whole || (zlib.n == isal.n && consumed[0] == consumed[1]));
	buf_release(&zlib);
	buf_release(&isal);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str told = str_make((const char *)data, n);
	size_t piece = 1 + help_byte(&told);
	struct buf file;

	buf_init(&file, ENOUGH);
	make_file(&file, told);
	/* Nothing else is given to either (source.c). */
	if (str_starts(buf_str(&file), source_gzip.magic) && source_gzip_isal.available)
		compare(buf_str(&file), piece);
	buf_release(&file);
	return 0;
}
