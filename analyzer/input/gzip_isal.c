/*
 * gzip (RFC 1952) by ISA-L, which inflates about two and a half times as fast as zlib. What
 * it says of a file is what gzip.c says; a unit test compares them. Only inside a member that
 * is broken may the two differ, in how much of its last line they give; and where it also ends
 * too early, zlib may not have come to the damage. Codes that leave bits unused, which no
 * compressor writes, zlib refuses ("invalid distances set"), and ISA-L reads: the checksum
 * holds.
 */
#include "input/source.h"

#ifdef HAVE_LIBISAL
#include <isa-l/igzip_lib.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/xalloc.h"
#include "input/gzip_header.h"
#include "input/members.h"

enum {
	GZIP_TIME = 4,         /* in a header: four bytes, the least significant first */
	GZIP_WINDOW = 15 + 16, /* for zlib: 32 KiB window; gzip wrapper only */
};

struct gzip {
	struct members members;
	struct inflate_state inflate;
	struct gzip_header header; /* of this member */
	bool damaged;              /* this member is; what came before is still being given */
	uint64_t member_start;     /* in the file */
	uint32_t seconds;          /* in the first member's header; 0: none */
};

static int
isal_start(void *decoder, struct err *err)
{
	struct gzip *gzip = decoder;
	const struct feed *feed = &gzip->members.feed;

	(void)err;
	gzip->member_start = feed->taken - (feed->end - feed->start);
	isal_inflate_reset(&gzip->inflate);
	gzip->inflate.crc_flag = ISAL_GZIP_NO_HDR_VER;
	gzip->header = (struct gzip_header){0};
	gzip->damaged = false;
	return 0;
}

/*
 * Where it meets damage, ISA-L keeps what it has inflated for which there was no room, and does not
 * give it when it is asked again. How much that is depends on the room: without this, on threads.
 */
static enum members_step
give_rest(struct inflate_state *inflate, struct members_window *window)
{
	size_t rest = (size_t)(inflate->tmp_out_valid - inflate->tmp_out_processed);
	size_t room = (size_t)(window->out_end - window->out), n = rest < room ? rest : room;

	if (n == 0)
		return rest ? MEMBERS_GOING : MEMBERS_DAMAGED;
	memcpy(window->out, inflate->tmp_out_buffer + inflate->tmp_out_processed, n);
	inflate->tmp_out_processed += (int32_t)n;
	window->out += n;
	return MEMBERS_GOING;
}

static enum members_step
isal_step(void *decoder, struct members_window *window, struct err *err)
{
	struct gzip *gzip = decoder;
	struct inflate_state *inflate = &gzip->inflate;

	(void)err;
	if (gzip->damaged)
		return give_rest(inflate, window);
	if (gzip->header.part != GZIP_BODY) {
		enum members_step step = gzip_header_take(&gzip->header, window);
		return step == MEMBERS_END ? MEMBERS_GOING : step;
	}
	inflate->next_in = (uint8_t *)(uintptr_t)window->in; /* it is only read */
	inflate->avail_in = (uint32_t)(window->in_end - window->in);
	inflate->next_out = (uint8_t *)window->out;
	inflate->avail_out = (uint32_t)(window->out_end - window->out);
	int status = isal_inflate(inflate);
	window->in = (const char *)inflate->next_in;
	window->out = (char *)inflate->next_out;
	if (status < 0) {
		gzip->damaged = true;
		return give_rest(inflate, window);
	}
	return inflate->block_state == ISAL_BLOCK_FINISH ? MEMBERS_END : MEMBERS_GOING;
}

/*
 * ISA-L decides only with some bytes more than zlib needs: what it calls cut short may be
 * broken in its last bytes. zlib reads that member again and has the last word; in a pipe it
 * cannot, and the member counts as cut short.
 */
static bool
isal_is_damaged(void *decoder)
{
	struct gzip *gzip = decoder;
	char *in = xmalloc(FEED_BUFFER), *out = xmalloc(FEED_BUFFER);
	off_t at = (off_t)gzip->member_start;
	z_stream z = {0};
	int status = inflateInit2(&z, GZIP_WINDOW);
	ssize_t got;

	while (status == Z_OK && (got = pread(gzip->members.feed.fd, in, FEED_BUFFER, at)) > 0) {
		at += got;
		z.next_in = (const Bytef *)in;
		z.avail_in = (uInt)got;
		do {
			z.next_out = (Bytef *)out;
			z.avail_out = FEED_BUFFER;
			status = inflate(&z, Z_NO_FLUSH);
		} while (status == Z_OK && z.avail_out == 0);
		if (status == Z_BUF_ERROR)
			status = Z_OK;
	}
	inflateEnd(&z);
	free(in);
	free(out);
	return status == Z_DATA_ERROR || status == Z_NEED_DICT;
}

static const struct members_codec codec = {
	"gzip", {"\x1f\x8b\x08", 3}, isal_start, isal_step, isal_is_damaged};

static void *
gzip_open(int fd, struct str head, struct err *err)
{
	struct gzip *gzip = xcalloc(1, sizeof(*gzip));

	isal_inflate_init(&gzip->inflate);
	isal_start(gzip, err);
	for (size_t i = 0; i < 4 && GZIP_TIME + i < head.n; i++)
		gzip->seconds |= (uint32_t)(unsigned char)head.p[GZIP_TIME + i] << (8 * i);
	members_open(&gzip->members, &codec, gzip, fd, head);
	return gzip;
}

static ssize_t
gzip_read(void *state, char *p, size_t n, enum source_end *end, struct err *err)
{
	struct gzip *gzip = state;

	return members_read(&gzip->members, p, n < INT32_MAX ? n : INT32_MAX, end, err);
}

static void
gzip_close(void *state)
{
	struct gzip *gzip = state;

	members_close(&gzip->members);
	free(gzip);
}

static uint64_t
gzip_consumed(const void *state)
{
	return ((const struct gzip *)state)->members.feed.taken;
}

static int64_t
gzip_time(const void *state)
{
	const struct gzip *gzip = state;

	/* 0 means "no time stamp is available" (RFC 1952, 2.3.1). */
	return gzip->seconds ? (int64_t)gzip->seconds * 1000 : TIME_NONE;
}

const struct source_ops source_gzip_isal = {
	.name = "gzip",
	.magic = {"\x1f\x8b\x08", 3},
	.open = gzip_open,
	.read = gzip_read,
	.close = gzip_close,
	.consumed = gzip_consumed,
	.time = gzip_time,
	.available = true,
};
#else
const struct source_ops source_gzip_isal = {.name = "gzip", .available = false};
#endif
