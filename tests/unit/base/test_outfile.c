#define _POSIX_C_SOURCE 200809L
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../files.h"
#include "base/outfile.h"

static struct files files;

static void
set_up(void)
{
	files_init(&files);
}

static void
tear_down(void)
{
	files_release(&files);
}

TestSuite(outfile, .init = set_up, .fini = tear_down);

/* A process that was, and is no more. */
static pid_t
dead_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	return pid;
}

Test(outfile, what_killed_runs_left_is_removed_and_nothing_else)
{
	const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	const long dead = dead_process(), alive = getpid();
	const struct {
		const char *format;
		long pid;
		bool is_new, stays;
	} rows[] = {
		{"out.json.tmp-%ld-0", dead, false, false},
		{"out.json.tmp-%ld-7", dead, false, false},
		{"out.json.tmp-%ld-0", alive, false, true},
		{"out.json.tmp-%ld-1", dead, true, true},
		{"other.json.tmp-%ld-0", dead, false, true},
		{"out.json.night-%ld-0", dead, false, true},
		{"out.json.tmp-%ld-0.bak", dead, false, true},
		{"out.json.tmp-%ld-x", dead, false, true},
		{"out.json.tmp-%ld", dead, false, true},
		{"xout.json.tmp-%ld-0", dead, false, true},
	};
	char name[64], path[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(name, sizeof(name), rows[i].format, rows[i].pid);
		int fd = open(files_path(&files, name, path), O_WRONLY | O_CREAT, 0600);
		cr_assert(fd >= 0);
		if (!rows[i].is_new)
			futimens(fd, old);
		close(fd);
	}
	outfile_sweep(files_path(&files, "out.json", path), OUTFILE_WRITTEN);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(name, sizeof(name), rows[i].format, rows[i].pid);
		bool stays = access(files_path(&files, name, path), F_OK) == 0;
		cr_expect_eq(stays, rows[i].stays, "row %zu: %s", i, name);
	}
	outfile_sweep(files_path(&files, "out.json", path), OUTFILE_WAITING);
	snprintf(name, sizeof(name), "out.json.night-%ld-0", dead);
	cr_expect_neq(access(files_path(&files, name, path), F_OK), 0);
}

Test(outfile, what_waits_is_complete_and_has_another_name)
{
	struct outfile file;
	struct err err;
	char path[256];

	cr_assert_eq(outfile_open(&file, files_path(&files, "kept", path), &err), 0);
	cr_assert_eq(outfile_close(&file, 0, &err), 0);
	cr_assert_eq(outfile_keep(&file, &err), 0, "%s", err.text);
	cr_expect(strstr(file.name, "kept" OUTFILE_WAITING), "%s", file.name);
	cr_expect_eq(outfile_rename(&file, &err), 0);
	cr_expect_eq(access(path, F_OK), 0);
	outfile_release(&file);
}
