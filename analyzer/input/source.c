#include "input/source.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "input/access.h"
#include "input/feed.h"

static const struct source_ops *const kinds[SOURCE_KINDS] = {
	[SOURCE_PLAIN] = &source_plain,
	[SOURCE_GZIP] = &source_gzip,
	[SOURCE_ZSTD] = &source_zstd,
	[SOURCE_XZ] = &source_xz,
};

/* The Debian package whose presence at build time makes a kind readable. */
static const char *const packages[SOURCE_KINDS] = {
	[SOURCE_GZIP] = "zlib1g-dev",
	[SOURCE_ZSTD] = "libzstd-dev",
	[SOURCE_XZ] = "liblzma-dev",
};

struct source {
	const struct source_ops *ops;
	void *state;
	enum source_kind kind;
	char *path;
	uint64_t left;               /* of a range; UINT64_MAX without one */
	uint64_t given, ratio;       /* bytes so far; see source_limit_ratio */
	char *peeked;                /* read by source_peek */
	size_t peek_start, peek_end; /* the part not given yet */
	enum source_end end;
	struct err error;
};

struct source *
source_new(const struct source_ops *ops, void *state, const char *name)
{
	struct source *source = xcalloc(1, sizeof(*source));

	source->ops = ops;
	source->state = state;
	source->path = xstrdup(name);
	source->left = UINT64_MAX;
	source->ratio = SOURCE_RATIO;
	return source;
}

void
source_limit_ratio(struct source *source, uint64_t ratio)
{
	source->ratio = ratio;
}

void
source_close(struct source *source)
{
	if (!source)
		return;
	source->ops->close(source->state);
	free(source->peeked);
	free(source->path);
	free(source);
}

/* Reads what tells the kind. Returns the number of bytes, or -1. */
static ssize_t
read_head(int fd, char head[SOURCE_HEAD], struct err *err)
{
	size_t n = 0;

	while (n < SOURCE_HEAD) {
		ssize_t got = feed_read(fd, head + n, SOURCE_HEAD - n, err);
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

static enum source_kind
kind_of(struct str head)
{
	for (int kind = 0; kind < SOURCE_KINDS; kind++)
		if (kinds[kind]->magic.n > 0 && str_starts(head, kinds[kind]->magic))
			return (enum source_kind)kind;
	return SOURCE_PLAIN;
}

/*
 * Who reads a kind: for gzip ISA-L where the build has it. DIGTRAIL_INFLATE=zlib in the
 * environment asks for zlib all the same: tests and `make bench` compare the two.
 */
static const struct source_ops *
ops_of(enum source_kind kind)
{
	const char *wanted = getenv("DIGTRAIL_INFLATE");

	if (kind == SOURCE_GZIP && source_gzip_isal.available &&
	    !(wanted && strcmp(wanted, "zlib") == 0))
		return &source_gzip_isal;
	return kinds[kind];
}

/* Takes fd. */
static struct source *
open_fd(int fd, const char *path, struct err *err)
{
	char head[SOURCE_HEAD];
	ssize_t n = read_head(fd, head, err);

	if (n < 0) {
		err_prefix(err, "%s", path);
		close(fd);
		return NULL;
	}
	enum source_kind kind = kind_of(str_make(head, (size_t)n));
	const struct source_ops *ops = ops_of(kind);
	void *state = NULL;
	if (!ops->available)
		err_set(err,
			"%s: compressed with %s, which this build cannot read (install %s and "
			"build again)",
			path, ops->name, packages[kind]);
	else if (!(state = ops->open(fd, str_make(head, (size_t)n), err)))
		err_prefix(err, "%s", path);
	if (!state) {
		close(fd);
		return NULL;
	}
	struct source *source = source_new(ops, state, path);
	source->kind = kind;
	return source;
}

/* A path that only stands for the descriptor the caller was given. */
static bool
names_stdin(const char *path)
{
	return strcmp(path, "/dev/stdin") == 0 || strcmp(path, "/dev/fd/0") == 0 ||
	       strcmp(path, "/proc/self/fd/0") == 0;
}

/* Opens what can be a log: a file or a pipe. */
static int
open_path(const char *path, struct err *err)
{
	struct stat st;

	/* Asked before opening: to open a device can already do something. */
	if (stat(path, &st) != 0) {
		access_explain(path, errno, err);
		return -1;
	}
	if (S_ISDIR(st.st_mode))
		return err_set(err, "%s: is a directory", path);
	if ((S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) && !names_stdin(path))
		return err_set(err, "%s: is a device, not a log", path);
	if (S_ISSOCK(st.st_mode) && !names_stdin(path))
		return err_set(err, "%s: is a socket, not a log", path);
	int fd;
	do
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		access_explain(path, errno, err);
	return fd;
}

struct source *
source_open(const char *path, struct err *err)
{
	int fd;

	if (strcmp(path, "-") != 0) {
		fd = open_path(path, err);
	} else {
		path = "standard input";
		fd = dup(STDIN_FILENO);
		if (fd < 0)
			access_explain(path, errno, err);
		else
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	return fd < 0 ? NULL : open_fd(fd, path, err);
}

struct source *
source_open_range(const char *path, uint64_t from, uint64_t to, struct err *err)
{
	int fd = open_path(path, err);

	assert(from <= to && to <= INT64_MAX);
	if (fd < 0)
		return NULL;
	if (lseek(fd, (off_t)from, SEEK_SET) < 0) {
		access_explain(path, errno, err);
		close(fd);
		return NULL;
	}
	void *state = source_plain.open(fd, (struct str){0}, err);
	struct source *source = source_new(&source_plain, state, path);
	source->left = to - from;
	return source;
}

/* Notes how the source ended and says what source_read returns for it. */
static ssize_t
finish(struct source *source, enum source_end end)
{
	source->end = end;
	if (end != SOURCE_COMPLETE)
		err_prefix(&source->error, "%s", source->path);
	return end == SOURCE_COMPLETE || end == SOURCE_TRAILING ? 0 : -1;
}

/* Unpacks to more than a log does: to read all of it is what whoever made it wants. */
static bool
is_bomb(const struct source *source)
{
	return source->kind != SOURCE_PLAIN && source->given > SOURCE_UNPACKED_ANYWAY &&
	       source->given / source->ratio > source_consumed(source);
}

/* Past what was peeked. */
static ssize_t
read_on(struct source *source, char *p, size_t n)
{
	enum source_end end = SOURCE_COMPLETE;

	if (source->end != SOURCE_OPEN)
		return source->end == SOURCE_COMPLETE || source->end == SOURCE_TRAILING ? 0 : -1;
	if (n > source->left)
		n = (size_t)source->left;
	if (source->left == 0)
		return finish(source, SOURCE_COMPLETE);
	if (is_bomb(source)) {
		err_set(&source->error,
			"unpacks to more than %" PRIu64 " times its size: given up "
			"(--max-ratio)",
			source->ratio);
		return finish(source, SOURCE_FAILED);
	}
	ssize_t got = source->ops->read(source->state, p, n, &end, &source->error);
	if (got <= 0) {
		if (source->left == UINT64_MAX || end != SOURCE_COMPLETE)
			return finish(source, end);
		err_set(&source->error, "became shorter while it was read");
		return finish(source, SOURCE_FAILED);
	}
	source->given += (uint64_t)got;
	if (source->left != UINT64_MAX)
		source->left -= (uint64_t)got;
	return got;
}

struct source *
source_open_slice(const char *path, uint64_t member, uint64_t skip, uint64_t take, struct err *err)
{
	char waste[16 * 1024];
	int fd = open_path(path, err);

	if (fd < 0)
		return NULL;
	if (lseek(fd, (off_t)member, SEEK_SET) < 0) {
		access_explain(path, errno, err);
		close(fd);
		return NULL;
	}
	struct source *source = open_fd(fd, path, err);
	while (source && skip > 0) {
		ssize_t got =
			read_on(source, waste, skip < sizeof(waste) ? (size_t)skip : sizeof(waste));
		if (got <= 0) {
			err_set(err, "%s: became shorter while it was read", path);
			source_close(source);
			return NULL;
		}
		skip -= (uint64_t)got;
	}
	if (source)
		source->left = take;
	return source;
}

ssize_t
source_read(struct source *source, char *p, size_t n)
{
	size_t left = source->peek_end - source->peek_start;

	if (left == 0)
		return read_on(source, p, n);
	if (n > left)
		n = left;
	memcpy(p, source->peeked + source->peek_start, n);
	source->peek_start += n;
	if (n == left) {
		free(source->peeked);
		source->peeked = NULL;
	}
	return (ssize_t)n;
}

struct str
source_peek(struct source *source, size_t want)
{
	assert(!source->peeked);
	source->peeked = xmalloc(want ? want : 1);
	source->peek_start = source->peek_end = 0;
	while (source->peek_end < want) {
		ssize_t got =
			read_on(source, source->peeked + source->peek_end, want - source->peek_end);
		if (got <= 0)
			break;
		source->peek_end += (size_t)got;
	}
	return str_make(source->peeked, source->peek_end);
}

enum source_kind
source_kind(const struct source *source)
{
	return source->kind;
}

enum source_end
source_end(const struct source *source)
{
	return source->end;
}

const struct err *
source_error(const struct source *source)
{
	return &source->error;
}

uint64_t
source_consumed(const struct source *source)
{
	return source->ops->consumed ? source->ops->consumed(source->state) : 0;
}

int64_t
source_time(const struct source *source)
{
	return source->ops->time ? source->ops->time(source->state) : TIME_NONE;
}

const char *
source_kind_name(enum source_kind kind)
{
	return kinds[kind]->name;
}

bool
source_kind_available(enum source_kind kind)
{
	return kinds[kind]->available;
}
