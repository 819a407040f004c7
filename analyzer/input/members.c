#include "input/members.h"

#include <inttypes.h>

void
members_open(struct members *members, const struct members_codec *codec, void *decoder, int fd,
	     struct str head)
{
	*members = (struct members){.codec = codec, .decoder = decoder};
	feed_open(&members->feed, fd, head);
}

void
members_close(struct members *members)
{
	feed_close(&members->feed);
}

/* Settles how the chain ended. Returns false for "no more". */
static bool
finish(struct members *members, enum source_end end)
{
	const char *name = members->codec->name;
	struct err *err = &members->end_cause;

	members->end = end;
	if (end == SOURCE_TRUNCATED)
		err_set(err, "the %s data stops in the middle; what came before was read", name);
	else if (end == SOURCE_CORRUPT)
		err_set(err,
			"the %s data is damaged near byte %" PRIu64 "; what came before was read",
			name, members->feed.taken - (members->feed.end - members->feed.start));
	else if (end == SOURCE_TRAILING)
		err_set(err, "something that is no %s data follows the last %s member", name, name);
	return false;
}

/* Goes to the next member. */
static bool
follow(struct members *members)
{
	struct err *err = &members->end_cause;

	switch (feed_follow(&members->feed, members->codec->magic, err)) {
	case FEED_MEMBER:
		if (members->codec->start(members->decoder, err) != 0)
			return finish(members, SOURCE_FAILED);
		members->between = false;
		return true;
	case FEED_NOTHING:
		return finish(members, SOURCE_COMPLETE);
	case FEED_GARBAGE:
		return finish(members, SOURCE_TRAILING);
	default:
		return finish(members, SOURCE_FAILED);
	}
}

/*
 * One step of the decompressor, after which `*given` bytes stand at p. It is asked before the
 * file is: it may still hold output for which there was no room.
 */
static bool
step(struct members *members, char *p, size_t n, size_t *given)
{
	struct feed *feed = &members->feed;
	struct err *err = &members->end_cause;
	struct members_window window = {feed->buffer + feed->start, feed->buffer + feed->end, p,
					p + n};
	enum members_step result = members->codec->step(members->decoder, &window, err);
	bool took = window.in != feed->buffer + feed->start;

	feed->start = (size_t)(window.in - feed->buffer);
	*given = (size_t)(window.out - p);
	switch (result) {
	case MEMBERS_END:
		members->between = true;
		return true;
	case MEMBERS_DAMAGED:
		return finish(members, SOURCE_CORRUPT);
	case MEMBERS_FAILED:
		return finish(members, SOURCE_FAILED);
	case MEMBERS_GOING:
		break;
	}
	if (took || *given > 0)
		return true;
	int filled = feed_fill(feed, err);
	if (filled > 0)
		return true;
	if (filled < 0)
		return finish(members, SOURCE_FAILED);
	bool damaged = members->codec->is_damaged && members->codec->is_damaged(members->decoder);
	return finish(members, damaged ? SOURCE_CORRUPT : SOURCE_TRUNCATED);
}

ssize_t
members_read(struct members *members, char *p, size_t n, enum source_end *end, struct err *err)
{
	size_t given = 0;

	while (given == 0 && members->end == SOURCE_OPEN) {
		if (members->between)
			follow(members);
		else
			step(members, p, n, &given);
	}
	if (given > 0)
		return (ssize_t)given;
	*end = members->end;
	*err = members->end_cause;
	return members->end == SOURCE_COMPLETE || members->end == SOURCE_TRAILING ? 0 : -1;
}
