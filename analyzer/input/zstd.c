/* Zstandard (RFC 8878) by libzstd: one or more frames. */
#include "input/source.h"

#ifdef HAVE_LIBZSTD
#include <zstd.h>
#include <zstd_errors.h>

#include "base/xalloc.h"
#include "input/members.h"

#ifdef TINY_BUFFERS
enum { ZSTD_BUFFER = 100 };
#else
enum { ZSTD_BUFFER = 128 * 1024 };
#endif

/*
 * What is inflated goes into a buffer of its own first: what libzstd gives of a damaged frame
 * depends on the room it has, and what is read of a log must not depend on who reads it.
 */
struct zstd {
	struct members members;
	ZSTD_DCtx *context;
	char *buffer; /* of ZSTD_BUFFER */
	size_t start, end;
	enum members_step result; /* told when the buffer has been given */
};

static int
zstd_start(void *decoder, struct err *err)
{
	(void)decoder; /* the library goes to the next frame by itself */
	(void)err;
	return 0;
}

static enum members_step
result_of(size_t status, struct err *err)
{
	if (!ZSTD_isError(status))
		return status == 0 ? MEMBERS_END : MEMBERS_GOING;
	switch (ZSTD_getErrorCode(status)) {
	case ZSTD_error_memory_allocation:
	case ZSTD_error_frameParameter_windowTooLarge:
		err_set(err, "cannot decompress: %s", ZSTD_getErrorName(status));
		return MEMBERS_FAILED;
	default:
		return MEMBERS_DAMAGED;
	}
}

static void
inflate(struct zstd *zstd, struct members_window *window, struct err *err)
{
	ZSTD_inBuffer in = {window->in, (size_t)(window->in_end - window->in), 0};
	ZSTD_outBuffer out = {zstd->buffer, ZSTD_BUFFER, 0};

	zstd->result = result_of(ZSTD_decompressStream(zstd->context, &out, &in), err);
	window->in += in.pos;
	zstd->start = 0;
	zstd->end = out.pos;
}

static enum members_step
zstd_step(void *decoder, struct members_window *window, struct err *err)
{
	struct zstd *zstd = decoder;
	size_t room = (size_t)(window->out_end - window->out);

	if (zstd->start == zstd->end)
		inflate(zstd, window, err);
	size_t n = zstd->end - zstd->start < room ? zstd->end - zstd->start : room;
	if (n)
		memcpy(window->out, zstd->buffer + zstd->start, n);
	zstd->start += n;
	window->out += n;
	return zstd->start < zstd->end ? MEMBERS_GOING : zstd->result;
}

static const struct members_codec codec = {
	"zstd", {"\x28\xb5\x2f\xfd", 4}, zstd_start, zstd_step, NULL};

static void *
zstd_open(int fd, struct str head, struct err *err)
{
	struct zstd *zstd = xcalloc(1, sizeof(*zstd));

	zstd->context = ZSTD_createDCtx();
	if (!zstd->context) {
		err_set(err, "not enough memory to decompress");
		free(zstd);
		return NULL;
	}
	zstd->buffer = xmalloc(ZSTD_BUFFER);
	members_open(&zstd->members, &codec, zstd, fd, head);
	return zstd;
}

static ssize_t
zstd_read(void *state, char *p, size_t n, enum source_end *end, struct err *err)
{
	return members_read(&((struct zstd *)state)->members, p, n, end, err);
}

static void
zstd_close(void *state)
{
	struct zstd *zstd = state;

	ZSTD_freeDCtx(zstd->context);
	members_close(&zstd->members);
	free(zstd->buffer);
	free(zstd);
}

static uint64_t
zstd_consumed(const void *state)
{
	return ((const struct zstd *)state)->members.feed.taken;
}

const struct source_ops source_zstd = {
	.name = "zstd",
	.magic = {"\x28\xb5\x2f\xfd", 4},
	.open = zstd_open,
	.read = zstd_read,
	.close = zstd_close,
	.consumed = zstd_consumed,
	.available = true,
};

#else

/* Recognised, so that the message can say what is missing. */
const struct source_ops source_zstd = {.name = "zstd", .magic = {"\x28\xb5\x2f\xfd", 4}};

#endif
