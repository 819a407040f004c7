#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* pread */
#endif

#include "store/logs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "input/identity.h"
#include "store/db.h"

enum { BUFFER = 64 * 1024 };

/* How the file was when it was last looked at. */
enum log_state {
	STATE_WHOLE,
	STATE_GROWING, /* compressed and cut off: it may be growing, so it waits */
	STATE_DAMAGED, /* what could be read of it was read */
};

struct log_row {
	struct log_look kept; /* as it was kept; `from` and verdict mean nothing */
	bool is_used;         /* by a file of this night */
};

struct logs {
	size_t count;
	struct log_row *all;
};

struct logs *
logs_load(struct state *state, struct err *err)
{
	struct logs *logs = xcalloc(1, sizeof(*logs));
	struct query query;

	query_open(&query, state_db(state),
		   "SELECT id, head_bytes, head_hash, read_to, tail_bytes, tail_hash, lines, "
		   "waiting, packed_bytes, packed_hash, state FROM logs ORDER BY id");
	while (query_next(&query)) {
		logs->all = xrealloc(logs->all, logs->count + 1, sizeof(*logs->all));
		struct log_row *row = &logs->all[logs->count++];
		*row = (struct log_row){0};
		row->kept.id = query_take_number(&query);
		row->kept.head_bytes = (uint64_t)query_take_number(&query);
		row->kept.head_hash = (uint64_t)query_take_number(&query);
		row->kept.to = (uint64_t)query_take_number(&query);
		row->kept.tail_bytes = (uint64_t)query_take_number(&query);
		row->kept.tail_hash = (uint64_t)query_take_number(&query);
		row->kept.lines_before = (uint64_t)query_take_number(&query);
		row->kept.waiting = (uint64_t)query_take_number(&query);
		row->kept.packed_bytes = (uint64_t)query_take_number(&query);
		row->kept.packed_hash = (uint64_t)query_take_number(&query);
		row->kept.state = (int)query_take_number(&query);
	}
	if (query_close(&query, err) == 0)
		return logs;
	logs_free(logs);
	return NULL;
}

void
logs_free(struct logs *logs)
{
	if (logs)
		free(logs->all);
	free(logs);
}

static uint64_t
hash_of(const char *p, size_t n)
{
	return identity_of(str_make(p, n)).hash;
}

static bool
has_head(const struct log_row *row, struct str head)
{
	return row->kept.head_bytes <= head.n &&
	       hash_of(head.p, (size_t)row->kept.head_bytes) == row->kept.head_hash;
}

/* Reads exactly n bytes; false when they are not there. */
static bool
read_at(int fd, uint64_t at, char *p, size_t n)
{
	while (n > 0) {
		ssize_t got = pread(fd, p, n, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
		at += (uint64_t)got;
	}
	return true;
}

/* The hash of the bytes that end at `end`, at most LOGS_TAIL of them. */
static bool
hash_before(int fd, uint64_t end, uint64_t *bytes, uint64_t *hash)
{
	char tail[LOGS_TAIL];
	size_t n = end < LOGS_TAIL ? (size_t)end : LOGS_TAIL;

	if (!read_at(fd, end - n, tail, n))
		return false;
	*bytes = n;
	*hash = hash_of(tail, n);
	return true;
}

static bool
ends_alike(int fd, const struct log_look *kept)
{
	char tail[LOGS_TAIL];
	size_t n = (size_t)kept->tail_bytes;

	return n <= LOGS_TAIL && n <= kept->to && read_at(fd, kept->to - n, tail, n) &&
	       hash_of(tail, n) == kept->tail_hash;
}

/* Behind the last newline of from..size, or `from` when there is none. */
static uint64_t
after_last_newline(int fd, uint64_t from, uint64_t size)
{
	char buffer[16 * 1024];

	while (size > from) {
		size_t n = size - from < sizeof(buffer) ? (size_t)(size - from) : sizeof(buffer);
		if (!read_at(fd, size - n, buffer, n))
			return from;
		for (size_t i = n; i > 0; i--)
			if (buffer[i - 1] == '\n')
				return size - n + i;
		size -= n;
	}
	return from;
}

/* What a look keeps of the row that it continues. */
static void
continue_row(struct log_look *look, struct log_row *row)
{
	if (!row)
		return;
	row->is_used = true;
	look->id = row->kept.id;
	look->from = row->kept.to;
	look->lines_before = row->kept.lines_before;
}

static void
keep_head(struct log_look *look, struct str head)
{
	/* Of what nothing was read yet all of the head counts: else any log would be it. */
	look->head_bytes = head.n < look->to || look->to == 0 ? head.n : look->to;
	look->head_hash = hash_of(head.p, (size_t)look->head_bytes);
}

static void
look_at_plain(struct logs *logs, int fd, struct str head, uint64_t size, struct log_look *look)
{
	struct log_row *best = NULL;

	for (size_t i = 0; i < logs->count; i++) {
		struct log_row *row = &logs->all[i];
		if (row->is_used || row->kept.to > size ||
		    (best && row->kept.to <= best->kept.to) || !has_head(row, head) ||
		    !ends_alike(fd, &row->kept))
			continue;
		best = row;
	}
	continue_row(look, best);
	look->to = after_last_newline(fd, look->from, size);
	look->waiting = size - look->to;
	/* It has waited a night and did not become longer: this is all there is of it. */
	if (best && look->waiting && look->to == look->from &&
	    best->kept.waiting == look->waiting) {
		look->to = size;
		look->waiting = 0;
	}
	look->verdict = look->to > look->from ? LOG_READ : LOG_KNOWN;
	keep_head(look, head);
	hash_before(fd, look->to, &look->tail_bytes, &look->tail_hash);
}

/* Goes once through the content of a compressed file. */
struct pass {
	struct logs *logs;
	struct str head;
	struct log_row *best; /* the furthest row that the content continues */
	uint64_t at;          /* of the buffer's end in the stream */
	uint64_t line_end;    /* behind the last newline */
	struct {
		uint64_t bytes, hash;
	} tail, line_tail; /* before `at` and before `line_end` */
	size_t kept;       /* bytes before the new ones in the buffer */
	char *buffer;      /* of LOGS_TAIL + BUFFER */
};

/* The hash of the bytes before `end`, which lies in the buffer: all there are, at most LOGS_TAIL. */
static uint64_t
pass_hash(const struct pass *pass, size_t filled, uint64_t end, uint64_t *bytes)
{
	size_t in_buffer = filled - (size_t)(pass->at - end);

	*bytes = in_buffer < LOGS_TAIL ? in_buffer : LOGS_TAIL;
	return hash_of(pass->buffer + in_buffer - *bytes, (size_t)*bytes);
}

static bool
pass_ends_alike(const struct pass *pass, size_t filled, const struct log_look *kept)
{
	size_t in_buffer = filled - (size_t)(pass->at - kept->to);
	size_t n = (size_t)kept->tail_bytes;

	return n <= in_buffer && hash_of(pass->buffer + in_buffer - n, n) == kept->tail_hash;
}

static void
pass_add(struct pass *pass, size_t n)
{
	uint64_t before = pass->at;
	size_t filled = pass->kept + n;

	pass->at += n;
	for (size_t i = 0; i < pass->logs->count; i++) {
		struct log_row *row = &pass->logs->all[i];
		bool here = row->kept.to > before || (before == 0 && row->kept.to == 0);
		if (row->is_used || !here || row->kept.to > pass->at ||
		    (pass->best && row->kept.to <= pass->best->kept.to))
			continue;
		if (has_head(row, pass->head) && pass_ends_alike(pass, filled, &row->kept))
			pass->best = row;
	}
	for (size_t i = filled; i > pass->kept; i--)
		if (pass->buffer[i - 1] == '\n') {
			pass->line_end = pass->at - (filled - i);
			pass->line_tail.hash =
				pass_hash(pass, filled, pass->line_end, &pass->line_tail.bytes);
			break;
		}
	pass->tail.hash = pass_hash(pass, filled, pass->at, &pass->tail.bytes);
	pass->kept = filled < LOGS_TAIL ? filled : LOGS_TAIL;
	memmove(pass->buffer, pass->buffer + filled - pass->kept, pass->kept);
}

/* All of the content, from where `source` stands. */
static enum source_end
pass_run(struct pass *pass, struct source *source)
{
	ssize_t got;

	while ((got = source_read(source, pass->buffer + pass->kept, BUFFER)) > 0)
		pass_add(pass, (size_t)got);
	return source_end(source);
}

/* What follows from how the file ended. `before` is the row of the file as it was, or NULL. */
static void
judge_end(struct log_look *look, const struct pass *pass, struct source *source,
	  const struct log_row *before, uint64_t size)
{
	enum source_end end = source_end(source);
	bool has_grown = !before || before->kept.packed_bytes != size;

	look->to = pass->at;
	look->tail_bytes = pass->tail.bytes;
	look->tail_hash = pass->tail.hash;
	if (end == SOURCE_COMPLETE)
		return;
	if (end == SOURCE_TRUNCATED && has_grown) {
		look->state = STATE_GROWING;
		look->verdict = LOG_WAITS;
		return;
	}
	look->state = STATE_DAMAGED;
	look->damage = *source_error(source);
	if (end == SOURCE_TRAILING)
		return;
	/* Before damage only whole lines are certain. */
	look->to = pass->line_end;
	look->tail_bytes = pass->line_tail.bytes;
	look->tail_hash = pass->line_tail.hash;
}

/* A file that waits is kept as it was, with its new length. */
static void
keep_waiting(struct log_look *look, const struct log_row *row, struct str head)
{
	look->to = look->from;
	if (row) {
		look->head_bytes = row->kept.head_bytes;
		look->head_hash = row->kept.head_hash;
		look->tail_bytes = row->kept.tail_bytes;
		look->tail_hash = row->kept.tail_hash;
	} else {
		/* Known by all of its head, though nothing was read: else every log would match. */
		look->head_bytes = head.n;
		look->head_hash = hash_of(head.p, head.n);
		look->tail_bytes = 0;
		look->tail_hash = hash_of(head.p, 0);
	}
}

/* The row of this very file, perhaps with members appended since. */
static struct log_row *
find_packed(struct logs *logs, int fd, struct str head, uint64_t size)
{
	struct log_row *best = NULL;

	for (size_t i = 0; i < logs->count; i++) {
		struct log_row *row = &logs->all[i];
		uint64_t bytes, hash, n = row->kept.packed_bytes;
		if (row->is_used || n == 0 || n > size || (best && n <= best->kept.packed_bytes) ||
		    !has_head(row, head) || !hash_before(fd, n, &bytes, &hash) ||
		    hash != row->kept.packed_hash)
			continue;
		best = row;
	}
	return best;
}

/* Opens the file at its first byte, or at the member that was appended to what `row` tells. */
static struct source *
open_packed(const char *path, enum source_kind kind, struct log_row *row, struct pass *pass,
	    struct log_look *look, struct err *err)
{
	if (row && row->kept.state == STATE_WHOLE) {
		struct source *source =
			source_open_slice(path, row->kept.packed_bytes, 0, UINT64_MAX, err);
		if (source && source_kind(source) == kind) {
			look->member = row->kept.packed_bytes;
			look->member_from = row->kept.to;
			pass->at = pass->line_end = row->kept.to;
			pass->best = row;
			return source;
		}
		source_close(source);
	}
	return source_open(path, err);
}

static int
look_at_packed(struct logs *logs, int fd, const char *path, enum source_kind kind, struct str head,
	       uint64_t size, struct log_look *look, struct err *err)
{
	struct log_row *packed = find_packed(logs, fd, head, size);
	struct pass pass = {.logs = logs, .head = head};
	uint64_t hashed = 0;

	look->packed_bytes = size;
	hash_before(fd, size, &hashed, &look->packed_hash);
	if (packed && packed->kept.packed_bytes == size && packed->kept.state != STATE_GROWING) {
		packed->is_used = true;
		*look = packed->kept;
		look->from = look->to;
		look->verdict = LOG_KNOWN;
		if (look->state == STATE_DAMAGED)
			err_set(&look->damage, "it is damaged, as it was when it was read");
		return 0;
	}
	struct source *source = open_packed(path, kind, packed, &pass, look, err);
	if (!source)
		return -1;
	pass.buffer = xmalloc(LOGS_TAIL + BUFFER);
	pass_run(&pass, source);
	continue_row(look, pass.best);
	look->verdict = LOG_READ;
	judge_end(look, &pass, source, packed, size);
	if (look->verdict == LOG_WAITS) {
		keep_waiting(look, pass.best, head);
	} else {
		if (look->to <= look->from && pass.best) {
			look->to = look->from;
			look->tail_bytes = pass.best->kept.tail_bytes;
			look->tail_hash = pass.best->kept.tail_hash;
		}
		if (look->to == look->from)
			look->verdict = LOG_KNOWN;
		keep_head(look, head);
	}
	source_close(source);
	free(pass.buffer);
	return 0;
}

int
logs_look(struct logs *logs, const char *path, enum source_kind kind, struct str head,
	  uint64_t size, struct log_look *look, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), status = 0;

	*look = (struct log_look){0};
	if (fd < 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	if (head.n > LOGS_HEAD)
		head.n = LOGS_HEAD;
	if (kind == SOURCE_PLAIN)
		look_at_plain(logs, fd, head, size, look);
	else
		status = look_at_packed(logs, fd, path, kind, head, size, look, err);
	close(fd);
	return status;
}

int
logs_keep(struct state *state, const struct log_look *look, const char *path, uint64_t lines,
	  struct err *err)
{
	struct query query;

	query_open(
		&query, state_db(state),
		"INSERT OR REPLACE INTO logs VALUES (nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?)");
	query_number(&query, look->id);
	query_number(&query, (int64_t)look->head_bytes);
	query_number(&query, (int64_t)look->head_hash);
	query_number(&query, (int64_t)look->to);
	query_number(&query, (int64_t)look->tail_bytes);
	query_number(&query, (int64_t)look->tail_hash);
	query_number(&query, (int64_t)(look->lines_before + lines));
	query_number(&query, (int64_t)look->waiting);
	query_number(&query, (int64_t)look->packed_bytes);
	query_number(&query, (int64_t)look->packed_hash);
	query_number(&query, look->state);
	query_text(&query, str_of(path));
	query_number(&query, (int64_t)state_nights(state) + 1);
	return query_run(&query, err);
}

int
logs_prune(struct state *state, struct err *err)
{
	struct query query;

	query_open(&query, state_db(state), "DELETE FROM logs WHERE night <= ?");
	query_number(&query, (int64_t)state_nights(state) - LOGS_KEPT_NIGHTS);
	return query_run(&query, err);
}
