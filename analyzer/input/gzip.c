/* gzip (RFC 1952) by zlib: one or more members. */
#include "input/source.h"

#define ZLIB_CONST
#include <zlib.h>

#include "base/xalloc.h"
#include "input/members.h"

enum { GZIP_WINDOW = 15 + 16 }; /* 32 KiB window; gzip wrapper only */

struct gzip {
	struct members members;
	z_stream z;
	gz_header header; /* of the first member */
};

static int
gzip_start(void *decoder, struct err *err)
{
	struct gzip *gzip = decoder;

	(void)err;
	inflateReset(&gzip->z);
	return 0;
}

static enum members_step
gzip_step(void *decoder, struct members_window *window, struct err *err)
{
	struct gzip *gzip = decoder;
	z_stream *z = &gzip->z;

	z->next_in = (const Bytef *)window->in;
	z->avail_in = (uInt)(window->in_end - window->in);
	z->next_out = (Bytef *)window->out;
	z->avail_out = (uInt)(window->out_end - window->out);
	int status = inflate(z, Z_NO_FLUSH);
	window->in = (const char *)z->next_in;
	window->out = (char *)z->next_out;
	switch (status) {
	case Z_STREAM_END:
		return MEMBERS_END;
	case Z_OK:
	case Z_BUF_ERROR: /* no progress was possible: more input is needed */
		return MEMBERS_GOING;
	case Z_MEM_ERROR:
		err_set(err, "not enough memory to decompress");
		return MEMBERS_FAILED;
	default:
		return MEMBERS_DAMAGED;
	}
}

static const struct members_codec codec = {
	"gzip", {"\x1f\x8b\x08", 3}, gzip_start, gzip_step, NULL};

static void *
gzip_open(int fd, struct str head, struct err *err)
{
	struct gzip *gzip = xcalloc(1, sizeof(*gzip));

	if (inflateInit2(&gzip->z, GZIP_WINDOW) != Z_OK) {
		err_set(err, "not enough memory to decompress");
		free(gzip);
		return NULL;
	}
	inflateGetHeader(&gzip->z, &gzip->header);
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

	inflateEnd(&gzip->z);
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
	return gzip->header.time ? (int64_t)gzip->header.time * 1000 : TIME_NONE;
}

const struct source_ops source_gzip = {
	.name = "gzip",
	.magic = {"\x1f\x8b\x08", 3},
	.open = gzip_open,
	.read = gzip_read,
	.close = gzip_close,
	.consumed = gzip_consumed,
	.time = gzip_time,
	.available = true,
};
