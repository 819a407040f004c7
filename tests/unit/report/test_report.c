#include <criterion/criterion.h>
#include <criterion/logging.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "fixture.h"

struct folder {
	char directory[64], path[128];
};

static void
make_place(struct folder *place, const char *old)
{
	snprintf(place->directory, sizeof(place->directory), "/tmp/digtrail-place-XXXXXX");
	cr_assert_not_null(mkdtemp(place->directory));
	snprintf(place->path, sizeof(place->path), "%s/report.json", place->directory);
	if (!old)
		return;
	FILE *out = fopen(place->path, "w");
	cr_assert(out && fputs(old, out) >= 0 && fclose(out) == 0);
}

/* Number of files in it, "." and ".." apart. */
static size_t
count_files(const struct folder *place)
{
	DIR *directory = opendir(place->directory);
	size_t n = 0;

	cr_assert(directory);
	while (readdir(directory))
		n++;
	closedir(directory);
	return n - 2;
}

static void
remove_place(const struct folder *place)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", place->directory);
	cr_assert_eq(system(command), 0);
}

static void
expect_content(const char *path, const char *expected, const char *what)
{
	char *text = fixture_read(path);

	cr_expect(text && strcmp(text, expected) == 0, "%s", what);
	free(text);
}

static int
write_busy(const char *path, struct err *err)
{
	struct report_options options = fixture_options();
	struct fixture fixture;

	*err = (struct err){.text = ""};
	fixture_busy(&fixture);
	int status = report_write(&report_json, &fixture.summary, &options, path, err);
	fixture_release(&fixture);
	return status;
}

Test(report, formats_are_found_by_name_and_by_ending)
{
	cr_expect_eq(report_by_name("text"), &report_text);
	cr_expect_eq(report_by_name("json"), &report_json);
	cr_expect_null(report_by_name("jso"));
	cr_expect_null(report_by_name(""));
	cr_expect_eq(report_by_path("/var/lib/x/report.json"), &report_json);
	cr_expect_eq(report_by_path("out.txt"), &report_text);
	cr_expect_null(report_by_path("json"));
	cr_expect_null(report_by_path("-"));
	for (size_t i = 0; report_formats[i]; i++) {
		cr_expect_eq(report_by_name(report_formats[i]->name), report_formats[i]);
		cr_expect_not_null(report_formats[i]->help);
	}
}

Test(report, a_new_report_replaces_the_old_one_and_leaves_nothing_beside_it)
{
	struct report_options options = fixture_options();
	struct fixture fixture;
	struct folder place;
	struct err err;
	struct stat status;

	make_place(&place, "old");
	cr_assert_eq(chmod(place.path, 0640), 0);
	cr_expect_eq(write_busy(place.path, &err), 0, "%s", err.text);
	fixture_busy(&fixture);
	char *text = fixture_print(&report_json, &fixture.summary, &options);
	expect_content(place.path, text, "the new report");
	cr_expect_eq(count_files(&place), 1);
	cr_expect(stat(place.path, &status) == 0 && (status.st_mode & 0777) == 0640,
		  "permissions are kept");
	free(text);
	fixture_release(&fixture);
	remove_place(&place);
}

Test(report, a_symbolic_link_stays_one)
{
	struct folder place;
	struct err err;
	struct stat status;
	char link[160];

	make_place(&place, "old");
	snprintf(link, sizeof(link), "%s/latest.json", place.directory);
	cr_assert_eq(symlink("report.json", link), 0);
	cr_expect_eq(write_busy(link, &err), 0, "%s", err.text);
	cr_expect(lstat(link, &status) == 0 && S_ISLNK(status.st_mode));
	char *text = fixture_read(place.path);
	cr_expect(text && text[0] == '{', "its target is the new report");
	free(text);
	cr_expect_eq(count_files(&place), 2);
	remove_place(&place);
}

Test(report, a_full_device_is_an_error_and_the_device_stays)
{
	struct err err;
	struct stat status;

	if (access("/dev/full", W_OK) != 0) {
		cr_log_warn("SKIPPED: no /dev/full here");
		return;
	}
	cr_expect_eq(write_busy("/dev/full", &err), -1);
	cr_expect_not_null(strstr(err.text, "/dev/full"), "%s", err.text);
	cr_expect_not_null(strstr(err.text, "No space left"), "%s", err.text);
	cr_expect(stat("/dev/full", &status) == 0 && S_ISCHR(status.st_mode));
	cr_expect_eq(write_busy("/dev/null", &err), 0, "%s", err.text);
	cr_expect(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode));
}

/* A limit on the size of files stands for a disk that fills up in the middle of the report. */
Test(report, a_disk_that_fills_up_leaves_the_old_report)
{
	struct folder place;
	struct err err;
	struct rlimit old, tight;

	make_place(&place, "old");
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = old;
	tight.rlim_cur = 5000;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
	int status = write_busy(place.path, &err);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	cr_expect_eq(status, -1);
	cr_expect_not_null(strstr(err.text, place.path), "%s", err.text);
	cr_expect_not_null(strstr(err.text, "File too large"), "%s", err.text);
	expect_content(place.path, "old", "the old report is gone");
	cr_expect_eq(count_files(&place), 1, "the temporary file was left");
	remove_place(&place);
}

Test(report, a_directory_that_may_not_be_written_leaves_the_old_report)
{
	struct folder place;
	struct err err;
	bool root = geteuid() == 0;

	make_place(&place, "old");
	cr_assert_eq(chmod(place.path, 0644), 0);
	cr_assert_eq(chmod(place.directory, 0555), 0);
	/* Permissions do not stop root: be somebody else, for good, in this test's process. */
	if (root && seteuid(65534) != 0) {
		cr_log_warn("SKIPPED: cannot stop being root");
		remove_place(&place);
		return;
	}
	int status = write_busy(place.path, &err);
	if (root)
		cr_assert_eq(seteuid(0), 0);
	cr_expect_eq(status, -1);
	cr_expect_not_null(strstr(err.text, "Permission denied"), "%s", err.text);
	expect_content(place.path, "old", "the old report is gone");
	cr_assert_eq(chmod(place.directory, 0755), 0);
	cr_expect_eq(count_files(&place), 1);
	remove_place(&place);
}

Test(report, a_place_that_is_not_there_is_named)
{
	struct err err;

	cr_expect_eq(write_busy("/nonexistent/digtrail/report.json", &err), -1);
	cr_expect_not_null(strstr(err.text, "/nonexistent/digtrail/report.json"), "%s", err.text);
	cr_expect_not_null(strstr(err.text, "No such file"), "%s", err.text);
	cr_expect_eq(write_busy("/tmp", &err), -1);
	cr_expect_not_null(strstr(err.text, "Is a directory"), "%s", err.text);
}
