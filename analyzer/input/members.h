/*
 * struct members: a compressed file as a chain of members (gzip members, zstd frames, xz
 * streams), each a stream of its own, and how such a chain can end. The three libraries
 * differ only in `struct members_codec`.
 */
#ifndef INPUT_MEMBERS_H
#define INPUT_MEMBERS_H

#include "input/feed.h"
#include "input/source.h"

enum members_step {
	MEMBERS_GOING,   /* took or gave what it could */
	MEMBERS_END,     /* the member is complete and all of it was given */
	MEMBERS_DAMAGED, /* its content breaks the format or its checksum */
	MEMBERS_FAILED,  /* cannot go on for another reason; err is set */
};

/* What a decompressor consumes and fills; it moves both beginnings forward. */
struct members_window {
	const char *in, *in_end;
	char *out, *out_end;
};

struct members_codec {
	const char *name;
	struct str magic;
	/* Makes ready for a new member. */
	int (*start)(void *decoder, struct err *err);
	enum members_step (*step)(void *decoder, struct members_window *window, struct err *err);
	/*
	 * Asked when the file ends inside a member: what was taken is already known to be
	 * damaged. For a library that decides only with some bytes more; NULL for others.
	 */
	bool (*is_damaged)(void *decoder);
};

struct members {
	const struct members_codec *codec;
	void *decoder; /* borrowed */
	struct feed feed;
	bool between;         /* a member has ended, what follows is not known */
	enum source_end end;  /* sticky */
	struct err end_cause; /* for `end` */
};

/* Takes `fd`. The decoder must be ready for the first member. */
void members_open(struct members *members, const struct members_codec *codec, void *decoder, int fd,
		  struct str head);
void members_close(struct members *members);
/* See source_ops.read. */
ssize_t members_read(struct members *members, char *p, size_t n, enum source_end *end,
		     struct err *err);

#endif
