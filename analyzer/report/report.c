#include "report/report.h"

#include <errno.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <unistd.h>

const struct report_format *const report_formats[] = {
	&report_text,      &report_json,      &report_html,     &report_ndjson,
	&report_csv,       &report_watchlist, &report_ocsf,     &report_stix,
	&report_navigator, &report_mail,      &report_check,    &report_addresses,
	&report_acl,       &report_unbound,   &report_nftables, NULL};

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
	/* One thread writes to it: no lock for each of half a million pieces. */
	int locking = __fsetlocking(out, FSETLOCKING_BYCALLER);
	format->write(summary, options, out);
	__fsetlocking(out, locking);
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

int
report_prepare(const struct report_format *format, const struct summary *summary,
	       const struct report_options *options, const char *path, struct outfile *file,
	       struct err *err)
{
	struct stat old;

	*file = (struct outfile){.fd = -1};
	if (strcmp(path, "-") == 0)
		return write_stream(format, summary, options, stdout) < 0
			       ? write_failed(err, "standard output")
			       : 0;
	if (stat(path, &old) == 0 && !S_ISREG(old.st_mode))
		return write_in_place(format, summary, options, path, err);
	if (outfile_open(file, path, err) != 0)
		return -1;
	/* The stream closes a descriptor of its own: the file's is synced and closed after it. */
	int fd = dup(file->fd);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out) {
		write_failed(err, path);
		if (fd >= 0)
			close(fd);
		outfile_release(file);
		return -1;
	}
	int status = write_stream(format, summary, options, out);
	int cause = errno;
	if (fclose(out) != 0 && status == 0) {
		status = -1;
		cause = errno;
	}
	errno = cause;
	if (outfile_close(file, status, err) == 0)
		return 0;
	errno = cause;
	if (status != 0)
		write_failed(err, path);
	outfile_release(file);
	return -1;
}

int
report_write(const struct report_format *format, const struct summary *summary,
	     const struct report_options *options, const char *path, struct err *err)
{
	struct outfile file;
	int status = report_prepare(format, summary, options, path, &file, err);

	if (status == 0 && file.name)
		status = outfile_rename(&file, err);
	outfile_release(&file);
	return status;
}
