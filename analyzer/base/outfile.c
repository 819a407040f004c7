#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* realpath */
#endif

#include "base/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "base/xalloc.h"

enum { TRIES = 100, SUFFIX = 48, SWEEP_AGE = 3600 };

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
		snprintf(file->name, size, "%s" OUTFILE_WRITTEN "%ld-%d", file->path,
			 (long)getpid(), i);
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
outfile_keep(struct outfile *file, struct err *err)
{
	size_t size = strlen(file->path) + SUFFIX;
	char *name = xmalloc(size);

	snprintf(name, size, "%s" OUTFILE_WAITING "%ld-0", file->path, (long)getpid());
	if (rename(file->name, name) != 0) {
		free(name);
		return err_set(err, "%s: %s", file->path, strerror(errno));
	}
	free(file->name);
	file->name = name;
	return 0;
}

/* "report.json.tmp-4711-0" of report.json; the process that made it. */
static bool
parse_name(struct str name, struct str base, const char *mark, pid_t *pid)
{
	uint64_t number, try;

	if (!str_take(&name, base) || !str_take(&name, str_of(mark)) ||
	    !str_take_number(&name, INT32_MAX, &number) || !str_take(&name, STR("-")) ||
	    !str_take_number(&name, TRIES, &try) || name.n || number == 0)
		return false;
	*pid = (pid_t)number;
	return true;
}

void
outfile_sweep(const char *path, const char *mark)
{
	char *real = realpath(path, NULL), *copy = real ? real : xstrdup(path);
	char *slash = strrchr(copy, '/');
	struct str base = str_of(slash ? slash + 1 : copy);
	const struct dirent *entry;
	struct stat file;
	pid_t pid;

	if (slash && slash != copy)
		*slash = '\0';
	DIR *directory = opendir(!slash ? "." : slash == copy ? "/" : copy);
	while (directory && (entry = readdir(directory)) != NULL) {
		if (!parse_name(str_of(entry->d_name), base, mark, &pid) || kill(pid, 0) == 0 ||
		    errno != ESRCH ||
		    fstatat(dirfd(directory), entry->d_name, &file, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(file.st_mode) || file.st_uid != geteuid() ||
		    file.st_mtime > time(NULL) - SWEEP_AGE)
			continue;
		unlinkat(dirfd(directory), entry->d_name, 0);
	}
	if (directory)
		closedir(directory);
	free(copy);
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
