/* The kind that is no container: the bytes as they stand. */
#include "input/source.h"

#include <assert.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "input/feed.h"

struct plain {
	int fd;
	char head[SOURCE_HEAD]; /* read before the kind was known, not given yet */
	size_t head_start, head_end;
	uint64_t taken;
};

static void *
plain_open(int fd, struct str head, struct err *err)
{
	struct plain *plain = xcalloc(1, sizeof(*plain));

	(void)err;
	plain->fd = fd;
	assert(head.n <= sizeof(plain->head));
	if (head.n)
		memcpy(plain->head, head.p, head.n);
	plain->head_end = plain->taken = head.n;
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return plain;
}

static ssize_t
plain_read(void *state, char *p, size_t n, enum source_end *end, struct err *err)
{
	struct plain *plain = state;

	if (plain->head_start < plain->head_end) {
		size_t left = plain->head_end - plain->head_start, given = n < left ? n : left;
		memcpy(p, plain->head + plain->head_start, given);
		plain->head_start += given;
		return (ssize_t)given;
	}
	ssize_t got = feed_read(plain->fd, p, n, err);
	if (got > 0)
		plain->taken += (uint64_t)got;
	else
		*end = got == 0 ? SOURCE_COMPLETE : SOURCE_FAILED;
	return got;
}

static void
plain_close(void *state)
{
	struct plain *plain = state;

	close(plain->fd);
	free(plain);
}

static uint64_t
plain_consumed(const void *state)
{
	return ((const struct plain *)state)->taken;
}

const struct source_ops source_plain = {
	.name = "plain",
	.open = plain_open,
	.read = plain_read,
	.close = plain_close,
	.consumed = plain_consumed,
	.available = true,
};
