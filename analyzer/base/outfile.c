#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* realpath */
#endif

#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"

enum { TRIES = 100, SUFFIX = 48 };

/*
 * Not mkstemp: the file shall have the permissions of the old one, or those that the umask
 * leaves. They are never wider than that, not even for a moment.
 */
static int
create(struct outfile *file, mode_t mode)
{
	size_t size = strlen(file->path) + SUFFIX;

	file->name = xmalloc(size);
	for (int i = 0; i < TRIES; i++) {
		snprintf(file->name, size, "%s.tmp-%ld-%d", file->path, (long)getpid(), i);
		int fd = open(file->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

int
outfile_open(struct outfile *file, const char *path, struct err *err)
{
	struct stat old;
	bool is_there = stat(path, &old) == 0;

	*file = (struct outfile){.fd = -1};
	file->path = is_there ? realpath(path, NULL) : NULL;
	if (!file->path)
		file->path = xstrdup(path);
	file->fd = create(file, is_there ? old.st_mode & 0777 : 0666);
	if (file->fd < 0) {
		err_set(err, "%s: no new file could be made beside it: %s", path, strerror(errno));
		free(file->name);
		file->name = NULL;
		outfile_release(file);
		return -1;
	}
	/* What the umask took away is given back where the file system knows of it. */
	if (is_there && fchmod(file->fd, old.st_mode & 0777) != 0)
		errno = 0;
	return 0;
}

int
outfile_close(struct outfile *file, int status, struct err *err)
{
	int cause = errno;

	/* EINVAL: a file system that has no notion of it. */
	if (status == 0 && fsync(file->fd) != 0 && errno != EINVAL && errno != ENOSYS) {
		status = -1;
		cause = errno;
	}
	if (close(file->fd) != 0 && status == 0) {
		status = -1;
		cause = errno;
	}
	file->fd = -1;
	return status == 0 ? 0 : err_set(err, "%s: %s", file->path, strerror(cause));
}

int
outfile_rename(struct outfile *file, struct err *err)
{
	if (rename(file->name, file->path) != 0)
		return err_set(err, "%s: %s", file->path, strerror(errno));
	outfile_sync_directory(file->path);
	free(file->name);
	file->name = NULL;
	return 0;
}

void
outfile_release(struct outfile *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->name)
		unlink(file->name);
	free(file->name);
	free(file->path);
	*file = (struct outfile){.fd = -1};
}

void
outfile_sync_directory(const char *path)
{
	char *copy = xstrdup(path);
	char *slash = strrchr(copy, '/');

	if (slash)
		slash[slash == copy ? 1 : 0] = '\0';
	int fd = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		/* Best effort: the file itself is on the disk. */
		fsync(fd);
		close(fd);
	}
	free(copy);
}
