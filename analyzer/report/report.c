#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* realpath */
#endif

#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

const struct report_format *const report_formats[] = {
	&report_text,      &report_json, &report_html,
	&report_ndjson,    &report_csv,  &report_watchlist,
	&report_ocsf,      &report_stix, &report_navigator,
	&report_addresses, &report_acl,  &report_unbound,
	&report_nftables,  NULL};

const struct report_format *
report_by_name(const char *name)
{
	for (const struct report_format *const *format = report_formats; *format; format++)
		if (strcmp((*format)->name, name) == 0)
			return *format;
	return NULL;
}

/* Of several endings that fit, such as .json and .stix.json, the longest. */
const struct report_format *
report_by_path(const char *path)
{
	const struct report_format *best = NULL;

	for (const struct report_format *const *format = report_formats; *format; format++)
		if (str_ends(str_of(path), str_of((*format)->suffix)) &&
		    (!best || strlen((*format)->suffix) > strlen(best->suffix)))
			best = *format;
	return best;
}

/* The whole report into `out`; an error that occurred anywhere on the way shows here. */
static int
write_stream(const struct report_format *format, const struct summary *summary,
	     const struct report_options *options, FILE *out)
{
	errno = 0;
	format->write(summary, options, out);
	if (fflush(out) == 0 && !ferror(out))
		return 0;
	if (errno == 0)
		errno = EIO;
	return -1;
}

static int
write_failed(struct err *err, const char *path)
{
	return err_set(err, "%s: the report could not be written: %s", path, strerror(errno));
}

/*
 * Devices, FIFOs and the like are written in place: renaming over /dev/null would replace
 * the device by a file.
 */
static int
write_in_place(const struct report_format *format, const struct summary *summary,
	       const struct report_options *options, const char *path, struct err *err)
{
	FILE *out = fopen(path, "we");

	if (!out)
		return write_failed(err, path);
	int status = write_stream(format, summary, options, out);
	int cause = errno;
	if (fclose(out) != 0 && status == 0) {
		status = -1;
		cause = errno;
	}
	errno = cause;
	return status < 0 ? write_failed(err, path) : 0;
}

/*
 * Creates a file beside `path` that nobody else has open, named in `name`. Not mkstemp: the
 * report shall have the permissions of the old one, or those that the umask leaves. They
 * are never wider than that, not even for a moment.
 */
static int
create_beside(const char *path, mode_t mode, struct buf *name)
{
	enum { TRIES = 100 };

	for (int i = 0; i < TRIES; i++) {
		buf_clear(name);
		if (!buf_printf(name, "%s.tmp-%ld-%d", path, (long)getpid(), i)) {
			errno = ENAMETOOLONG;
			return -1;
		}
		int fd = open(name->p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* Closes `out` after its bytes have reached the disk; -1 with errno when any step failed. */
static int
close_synced(FILE *out, int status)
{
	int cause = errno;

	/* EINVAL: a file system that has no notion of it. */
	if (status == 0 && fsync(fileno(out)) != 0 && errno != EINVAL && errno != ENOSYS) {
		status = -1;
		cause = errno;
	}
	if (fclose(out) != 0 && status == 0) {
		status = -1;
		cause = errno;
	}
	errno = cause;
	return status;
}

static int
write_replacing(const struct report_format *format, const struct summary *summary,
		const struct report_options *options, const char *path, const struct stat *old,
		struct err *err)
{
	enum { PATH_LIMIT = 8192 };
	struct buf name;
	FILE *out = NULL;
	int status = -1;

	buf_init(&name, PATH_LIMIT);
	int fd = create_beside(path, old ? old->st_mode & 0777 : 0666, &name);
	if (fd < 0) {
		err_set(err, "%s: no new file could be made beside it: %s", path, strerror(errno));
		goto out;
	}
	out = fdopen(fd, "w");
	if (!out) {
		write_failed(err, path);
		close(fd);
		unlink(name.p);
		goto out;
	}
	/* What the umask took away is given back where the file system knows of it. */
	if (old && fchmod(fd, old->st_mode & 0777) != 0)
		errno = 0;
	status = close_synced(out, write_stream(format, summary, options, out));
	if (status == 0)
		status = rename(name.p, path);
	if (status < 0) {
		write_failed(err, path);
		unlink(name.p);
	}
out:
	buf_release(&name);
	return status;
}

int
report_write(const struct report_format *format, const struct summary *summary,
	     const struct report_options *options, const char *path, struct err *err)
{
	struct stat old;

	if (strcmp(path, "-") == 0)
		return write_stream(format, summary, options, stdout) < 0
			       ? write_failed(err, "standard output")
			       : 0;
	if (stat(path, &old) != 0)
		return write_replacing(format, summary, options, path, NULL, err);
	if (!S_ISREG(old.st_mode))
		return write_in_place(format, summary, options, path, err);
	/* A symbolic link stays one: what it points to is replaced. */
	char *target = realpath(path, NULL);
	int status = write_replacing(format, summary, options, target ? target : path, &old, err);
	free(target);
	return status;
}
