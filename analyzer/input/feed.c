#include "input/feed.h"

#include <errno.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "input/wait.h"

ssize_t
feed_read(int fd, char *p, size_t n, struct err *err)
{
	ssize_t got;

	if (!wait_readable(fd))
		return err_set(err, "read only in part: interrupted");
	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		char reason[128];
		if (strerror_r(errno, reason, sizeof(reason)) != 0)
			reason[0] = '\0';
		err_set(err, "read error: %s", reason);
	}
	return got;
}

void
feed_open(struct feed *feed, int fd, struct str head)
{
	*feed = (struct feed){.fd = fd, .buffer = xmalloc(FEED_BUFFER)};
	if (head.n)
		memcpy(feed->buffer, head.p, head.n);
	feed->end = feed->taken = head.n;
}

void
feed_close(struct feed *feed)
{
	free(feed->buffer);
	if (feed->fd >= 0)
		close(feed->fd);
	feed->buffer = NULL;
	feed->fd = -1;
}

int
feed_fill(struct feed *feed, struct err *err)
{
	if (feed->at_end)
		return 0;
	if (feed->start > 0) {
		memmove(feed->buffer, feed->buffer + feed->start, feed->end - feed->start);
		feed->end -= feed->start;
		feed->start = 0;
	}
	if (feed->end == FEED_BUFFER)
		return 1;
	ssize_t got = feed_read(feed->fd, feed->buffer + feed->end, FEED_BUFFER - feed->end, err);
	if (got < 0)
		return -1;
	feed->at_end = got == 0;
	feed->end += (size_t)got;
	feed->taken += (uint64_t)got;
	return got > 0;
}

enum feed_follower
feed_follow(struct feed *feed, struct str magic, struct err *err)
{
	for (;;) {
		while (feed->start < feed->end && feed->buffer[feed->start] == '\0')
			feed->start++;
		size_t n = feed->end - feed->start;
		if (n >= magic.n || (feed->at_end && n > 0)) {
			size_t compared = n < magic.n ? n : magic.n;
			return memcmp(feed->buffer + feed->start, magic.p, compared) == 0
				       ? FEED_MEMBER
				       : FEED_GARBAGE;
		}
		if (feed->at_end)
			return FEED_NOTHING;
		if (feed_fill(feed, err) < 0)
			return FEED_FAILED;
	}
}
