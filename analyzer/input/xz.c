/* xz by liblzma: one or more streams. */
#include "input/source.h"

#ifdef HAVE_LIBLZMA
#include <lzma.h>

#include "base/xalloc.h"
#include "input/members.h"

/* xz -9 needs 65 MiB; a file that asks for more than this was made to exhaust us. */
enum { XZ_MEMORY = 256 * 1024 * 1024 };

struct xz {
	struct members members;
	lzma_stream z;
};

static int
xz_start(void *decoder, struct err *err)
{
	struct xz *xz = decoder;

	/* The memory of the last stream's decoder is used again. */
	if (lzma_stream_decoder(&xz->z, XZ_MEMORY, 0) != LZMA_OK)
		return err_set(err, "not enough memory to decompress");
	return 0;
}

static enum members_step
xz_step(void *decoder, struct members_window *window, struct err *err)
{
	struct xz *xz = decoder;
	lzma_stream *z = &xz->z;

	z->next_in = (const uint8_t *)window->in;
	z->avail_in = (size_t)(window->in_end - window->in);
	z->next_out = (uint8_t *)window->out;
	z->avail_out = (size_t)(window->out_end - window->out);
	lzma_ret status = lzma_code(z, LZMA_RUN);
	window->in = (const char *)z->next_in;
	window->out = (char *)z->next_out;
	switch (status) {
	case LZMA_STREAM_END:
		return MEMBERS_END;
	case LZMA_OK:
	case LZMA_BUF_ERROR: /* no progress was possible: more input is needed */
		return MEMBERS_GOING;
	case LZMA_MEM_ERROR:
	case LZMA_MEMLIMIT_ERROR:
		err_set(err, "decompressing it needs more than %d MiB of memory",
			XZ_MEMORY / (1024 * 1024));
		return MEMBERS_FAILED;
	case LZMA_OPTIONS_ERROR:
		err_set(err, "made with options of xz that this build's liblzma does not know");
		return MEMBERS_FAILED;
	default:
		return MEMBERS_DAMAGED;
	}
}

static const struct members_codec codec = {
	"xz", {"\xfd\x37\x7a\x58\x5a\x00", 6}, xz_start, xz_step, NULL};

static void *
xz_open(int fd, struct str head, struct err *err)
{
	struct xz *xz = xcalloc(1, sizeof(*xz));

	xz->z = (lzma_stream)LZMA_STREAM_INIT;
	if (xz_start(xz, err) != 0) {
		free(xz);
		return NULL;
	}
	members_open(&xz->members, &codec, xz, fd, head);
	return xz;
}

static ssize_t
xz_read(void *state, char *p, size_t n, enum source_end *end, struct err *err)
{
	return members_read(&((struct xz *)state)->members, p, n, end, err);
}

static void
xz_close(void *state)
{
	struct xz *xz = state;

	lzma_end(&xz->z);
	members_close(&xz->members);
	free(xz);
}

static uint64_t
xz_consumed(const void *state)
{
	return ((const struct xz *)state)->members.feed.taken;
}

const struct source_ops source_xz = {
	.name = "xz",
	.magic = {"\xfd\x37\x7a\x58\x5a\x00", 6},
	.open = xz_open,
	.read = xz_read,
	.close = xz_close,
	.consumed = xz_consumed,
	.available = true,
};

#else

/* Recognised, so that the message can say what is missing. */
const struct source_ops source_xz = {.name = "xz", .magic = {"\xfd\x37\x7a\x58\x5a\x00", 6}};

#endif
