/* Zstandard (RFC 8878) by libzstd: one or more frames. */
#include "input/source.h"

#ifdef HAVE_LIBZSTD
#include <zstd.h>
#include <zstd_errors.h>

#include "base/xalloc.h"
#include "input/members.h"

struct zstd {
	struct members members;
	ZSTD_DCtx *context;
};

static int
zstd_start(void *decoder, struct err *err)
{
	(void)decoder; /* the library goes to the next frame by itself */
	(void)err;
	return 0;
}

static enum members_step
zstd_step(void *decoder, struct members_window *window, struct err *err)
{
	struct zstd *zstd = decoder;
	ZSTD_inBuffer in = {window->in, (size_t)(window->in_end - window->in), 0};
	ZSTD_outBuffer out = {window->out, (size_t)(window->out_end - window->out), 0};
	size_t status = ZSTD_decompressStream(zstd->context, &out, &in);

	window->in += in.pos;
	window->out += out.pos;
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
