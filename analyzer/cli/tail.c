#include "cli/tail.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/siblings.h"
#include "input/reader.h"

enum {
	KNOWN_AT_START = TAIL_KNOWN / 2,
	LOOKS = 4, /* at a directory in which files are renamed while it is read */
};

enum fill { FILL_SOME, FILL_END, FILL_CUT };

static const struct tail_piece no_piece = {.fd = -1};

static bool
piece_is_open(const struct tail_piece *piece)
{
	return piece->fd >= 0 || piece->source;
}

static void
piece_close(struct tail_piece *piece)
{
	if (piece->fd >= 0)
		close(piece->fd);
	source_close(piece->source);
	*piece = no_piece;
}

/* Whether `bytes` begin as a file did whose head is known. Nothing begins as an empty one. */
static bool
begins_as(struct str bytes, struct identity head)
{
	return head.n > 0 && bytes.n >= head.n &&
	       identity_of(str_make(bytes.p, (size_t)head.n)).hash == head.hash;
}

/* Whether the file still begins as it did: else it was cut, and perhaps grew again. */
static bool
head_holds(struct tail_piece *piece)
{
	char bytes[TAIL_HEAD];
	ssize_t n = pread(piece->fd, bytes, sizeof(bytes), 0);

	if (n < 0)
		return true;
	struct str head = str_make(bytes, (size_t)n);
	if (piece->head.n > 0 && !begins_as(head, piece->head))
		return false;
	if (head.n > piece->head.n)
		piece->head = identity_of(head);
	return true;
}

static struct tail_piece
open_plain(const char *path)
{
	struct tail_piece piece = no_piece;
	struct stat st;

	piece.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (piece.fd < 0)
		return piece;
	if (fstat(piece.fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		piece_close(&piece);
		return piece;
	}
	piece.device = (uint64_t)st.st_dev;
	piece.inode = (uint64_t)st.st_ino;
	piece.opened_at = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	head_holds(&piece);
	return piece;
}

static void
add_known(struct tail *tail, struct identity head)
{
	if (head.n)
		tail->known[tail->known_count++ % TAIL_KNOWN] = head;
}

static void
leave(struct tail *tail)
{
	add_known(tail, tail->now.head);
	piece_close(&tail->now);
}

static bool
is_known(const struct tail *tail, struct str head)
{
	size_t count = tail->known_count < TAIL_KNOWN ? tail->known_count : TAIL_KNOWN;

	for (size_t i = 0; i < count; i++)
		if (begins_as(head, tail->known[i]))
			return true;
	return false;
}

/* What lies beside the log is another time's, also when it is written to once more. */
static void
know_siblings(struct tail *tail)
{
	struct siblings siblings;
	struct err err;

	siblings_find(&siblings, tail->path, INT64_MIN);
	size_t first = siblings.count > KNOWN_AT_START ? siblings.count - KNOWN_AT_START : 0;
	for (size_t i = first; i < siblings.count; i++) {
		struct source *source = source_open(siblings.all[i].path, &err);
		if (source)
			add_known(tail, identity_of(source_peek(source, TAIL_HEAD)));
		source_close(source);
	}
	siblings_release(&siblings);
}

void
tail_open(struct tail *tail, const char *path, bool stays)
{
	*tail = (struct tail){.path = path, .stays = stays};
	tail->buffer = xcalloc(1, TAIL_BUFFER + READER_PADDING);
	tail->now = open_plain(path);
	if (!stays)
		know_siblings(tail);
}

static void
forget_pieces(struct tail *tail)
{
	for (size_t i = tail->next; i < tail->piece_count; i++)
		piece_close(&tail->pieces[i]);
	free(tail->pieces);
	tail->pieces = NULL;
	tail->next = tail->piece_count = 0;
}

void
tail_close(struct tail *tail)
{
	piece_close(&tail->now);
	forget_pieces(tail);
	free(tail->buffer);
	tail->buffer = NULL;
}

/* An unfinished line at the end of a file that is gone will never be finished. */
static void
drop_rest(struct tail *tail)
{
	tail->offset += tail->end - tail->start;
	tail->start = tail->end = 0;
	tail->overlong = false;
}

/* Room behind what is in the buffer. What fills all of it is NUL bytes, or no line of a log. */
static void
make_room(struct tail *tail)
{
	if (tail->start > 0) {
		memmove(tail->buffer, tail->buffer + tail->start, tail->end - tail->start);
		tail->end -= tail->start;
		tail->start = 0;
	}
	if (tail->end < TAIL_BUFFER)
		return;
	/* copytruncate under a writer that does not append leaves as many as it had written. */
	bool is_line = tail->buffer[0] != '\0' ||
		       memcmp(tail->buffer, tail->buffer + 1, TAIL_BUFFER - 1) != 0;
	bool was_overlong = tail->overlong;
	drop_rest(tail);
	tail->overlong = is_line || was_overlong;
}

static enum fill
read_more(struct tail *tail)
{
	struct tail_piece *now = &tail->now;
	struct stat st;

	make_room(tail);
	char *to = tail->buffer + tail->end;
	size_t room = TAIL_BUFFER - tail->end;
	ssize_t got = now->source ? source_read(now->source, to, room) : read(now->fd, to, room);
	if (!now->source && (!head_holds(now) || (got == 0 && fstat(now->fd, &st) == 0 &&
						  (uint64_t)st.st_size < now->position)))
		return FILL_CUT;
	if (got <= 0)
		return FILL_END;
	tail->end += (size_t)got;
	now->position += (uint64_t)got;
	return FILL_SOME;
}

/* Passes over what was read of the content before it was copied. */
static void
skip_to(struct tail_piece *piece, uint64_t position)
{
	char bytes[4096];

	piece->position = position;
	if (piece->fd >= 0) {
		lseek(piece->fd, (off_t)position, SEEK_SET);
		return;
	}
	while (position > 0) {
		size_t n = position < sizeof(bytes) ? (size_t)position : sizeof(bytes);
		ssize_t got = source_read(piece->source, bytes, n);
		if (got <= 0)
			return;
		position -= (uint64_t)got;
	}
}

static void
add_piece(struct tail *tail, struct tail_piece piece)
{
	tail->pieces = xrealloc(tail->pieces, tail->piece_count + 1, sizeof(*tail->pieces));
	tail->pieces[tail->piece_count++] = piece;
}

/* A rotated file with its head, of which `head` is a view that lives until it is read. */
static struct tail_piece
open_sibling(const struct sibling *sibling, struct str *head)
{
	struct tail_piece piece = no_piece;
	struct err err;
	struct source *source = source_open(sibling->path, &err);

	if (!source)
		return piece;
	*head = source_peek(source, TAIL_HEAD);
	piece.source = source;
	piece.device = sibling->device;
	piece.inode = sibling->inode;
	piece.head = identity_of(*head);
	return piece;
}

/* A plain one may still grow: by descriptor. Nothing when another file has the name by now. */
static struct tail_piece
by_descriptor(struct tail_piece piece, const char *path)
{
	if (source_kind(piece.source) != SOURCE_PLAIN)
		return piece;
	struct tail_piece plain = open_plain(path);
	if (plain.fd >= 0 && plain.head.hash != piece.head.hash &&
	    (plain.head.n == piece.head.n || plain.head.n < TAIL_HEAD))
		piece_close(&plain);
	piece_close(&piece);
	return plain;
}

/* What one look at the directory has found. */
struct found {
	struct tail_piece copy; /* with the rest of what was cut */
	bool is_cut, is_moving; /* cut in place; a file was renamed meanwhile */
};

/* Keeps of several copies the last plain one: a compressed one may not be complete yet. */
static void
keep_copy(struct found *found, struct tail_piece copy)
{
	if (found->copy.fd >= 0 && copy.source) {
		piece_close(&copy);
		return;
	}
	piece_close(&found->copy);
	found->copy = copy;
}

static bool
is_queued(const struct tail *tail, struct str head)
{
	for (size_t i = 0; i < tail->piece_count; i++)
		if (begins_as(head, tail->pieces[i].head))
			return true;
	return false;
}

static void
look_at_sibling(struct tail *tail, const struct sibling *sibling, struct found *found)
{
	struct str head = {0};
	struct tail_piece piece = open_sibling(sibling, &head);

	if (!piece_is_open(&piece)) {
		found->is_moving = true;
		return;
	}
	bool is_copy = begins_as(head, tail->now.head);
	if (head.n == 0 || (is_copy && !found->is_cut) ||
	    (!is_copy && (is_known(tail, head) || is_queued(tail, head)))) {
		piece_close(&piece);
		return;
	}
	piece = by_descriptor(piece, sibling->path);
	if (!piece_is_open(&piece))
		found->is_moving = true;
	else if (is_copy)
		keep_copy(found, piece);
	else
		add_piece(tail, piece);
}

static bool
is_same_file(const struct tail_piece *piece, const struct sibling *sibling)
{
	return piece_is_open(piece) && piece->device == sibling->device &&
	       piece->inode == sibling->inode;
}

/* One look: the files between the one that was read and the one that has the name. */
static struct found
look_around(struct tail *tail, bool is_cut)
{
	struct found found = {.copy = no_piece, .is_cut = is_cut};
	struct siblings siblings;
	/* Opened first: what is rotated from here on is this one's successor. */
	struct tail_piece last = open_plain(tail->path);

	siblings_find(&siblings, tail->path, tail->now.opened_at);
	for (size_t i = 0; i < siblings.count; i++)
		if ((is_cut || !is_same_file(&tail->now, &siblings.all[i])) &&
		    !is_same_file(&last, &siblings.all[i]))
			look_at_sibling(tail, &siblings.all[i], &found);
	siblings_release(&siblings);
	if (piece_is_open(&last))
		add_piece(tail, last);
	return found;
}

/* Puts into the queue what comes after the file that was read, and leaves that. */
static void
turn(struct tail *tail, bool is_cut)
{
	struct found found = {.copy = no_piece};

	for (int i = 0; i < LOOKS; i++) {
		forget_pieces(tail);
		piece_close(&found.copy);
		found = look_around(tail, is_cut);
		if (!found.is_moving)
			break;
	}
	uint64_t position = tail->now.position;
	leave(tail);
	if (piece_is_open(&found.copy)) {
		skip_to(&found.copy, position);
		tail->now = found.copy;
	}
	tail->rotations++;
}

/* Whether another file has the name and its writer. */
static bool
is_replaced(const struct tail *tail)
{
	struct stat st;

	return stat(tail->path, &st) == 0 && st.st_size > 0 &&
	       ((uint64_t)st.st_dev != tail->now.device || (uint64_t)st.st_ino != tail->now.inode);
}

static bool
next_piece(struct tail *tail)
{
	drop_rest(tail);
	if (tail->next < tail->piece_count)
		tail->now = tail->pieces[tail->next++];
	else
		tail->now = open_plain(tail->path);
	return piece_is_open(&tail->now);
}

bool
tail_fill(struct tail *tail)
{
	for (;;) {
		if (!piece_is_open(&tail->now) && !next_piece(tail))
			return false;
		enum fill fill = read_more(tail);
		bool is_last = tail->next == tail->piece_count;
		if (fill == FILL_END && is_last) {
			if (tail->stays || !is_replaced(tail))
				return false;
			/* The writer may have added a last line while we looked. */
			fill = read_more(tail);
		}
		if (fill == FILL_SOME)
			return true;
		if (!is_last)
			leave(tail);
		else if (tail->stays)
			return false;
		else
			turn(tail, fill == FILL_CUT);
	}
}

bool
tail_line(struct tail *tail, struct str *line, uint64_t *offset)
{
	for (;;) {
		const char *p = tail->buffer + tail->start;
		size_t left = tail->end - tail->start;
		const char *lf = left ? memchr(p, '\n', left) : NULL;
		if (!lf)
			return false;
		size_t n = (size_t)(lf - p);
		*offset = tail->offset;
		*line = str_make(p, n > 0 && p[n - 1] == '\r' ? n - 1 : n);
		tail->start += n + 1;
		tail->offset += n + 1;
		tail->lines++;
		/* A block of NUL bytes that a copytruncate left before the line is none of it. */
		while (line->n && line->p[0] == '\0')
			*line = str_skip(*line, 1);
		bool skip = tail->overlong || line->n > READER_LINE_MAX;
		tail->overlong = false;
		if (!skip)
			return true;
	}
}
