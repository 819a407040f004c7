#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* realpath */
#endif

#include "cli/confine.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/sandbox.h"
#include "base/xalloc.h"

/* The paths that stay open. */
struct paths {
	struct sandbox_path *all;
	size_t count, size;
	struct arena arena;
};

/* Files of one directory come one after the other, so looking at the last entry will do. */
static void
add_path(struct paths *paths, const char *path, bool write)
{
	const struct sandbox_path *last = paths->count ? &paths->all[paths->count - 1] : NULL;

	if (last && last->write == write && strcmp(last->path, path) == 0)
		return;
	if (paths->count == paths->size) {
		paths->size = paths->size ? 2 * paths->size : 16;
		paths->all = xrealloc(paths->all, paths->size, sizeof(*paths->all));
	}
	paths->all[paths->count++] =
		(struct sandbox_path){arena_copy(&paths->arena, str_of(path)), write};
}

/* Cuts a path down to its directory. */
static void
cut_name(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		memcpy(path, ".", sizeof("."));
	else
		slash[slash == path] = '\0';
}

/*
 * The directory that holds the file: a log may be rotated, and a new one made, while others are
 * read, or while it is followed. The one that the file is in behind symbolic links, too.
 */
static void
add_input(struct paths *paths, const char *path)
{
	char real[PATH_MAX], named[PATH_MAX];
	struct stat st;

	if (!realpath(path, real))
		return;
	snprintf(named, sizeof(named), "%s", path);
	cut_name(real);
	cut_name(named);
	add_path(paths, real, false);
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		add_path(paths, named, false);
}

/* A file is replaced by a new one in its directory; a device or a pipe is written itself. */
static void
add_output(struct paths *paths, const char *path)
{
	char real[PATH_MAX];
	struct stat st;

	if (!path || strcmp(path, "-") == 0)
		return;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		add_path(paths, path, true);
		return;
	}
	if (!realpath(path, real)) {
		if (strlen(path) >= sizeof(real))
			return;
		memcpy(real, path, strlen(path) + 1);
	}
	cut_name(real);
	add_path(paths, real, true);
}

/* What ncurses reads of the terminal, once the logs are known. */
static void
add_terminals(struct paths *paths)
{
	static const char *const system[] = {"/etc/terminfo", "/lib/terminfo",
					     "/usr/share/terminfo", "/usr/lib/terminfo"};
	const char *own = getenv("TERMINFO"), *home = getenv("HOME");
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(system) / sizeof(system[0]); i++)
		add_path(paths, system[i], false);
	if (own)
		add_path(paths, own, false);
	if (home && snprintf(path, sizeof(path), "%s/.terminfo", home) < (int)sizeof(path))
		add_path(paths, path, false);
}

static void
say(const struct options *options, FILE *messages, const struct err *err)
{
	if (!options->quiet)
		fprintf(messages, "digtrail: sandbox: %s\n", err->text);
}

/* A limit on the size of files (ulimit -f) is a full disk: a write that fails, and a message. */
static void
outlive_limits(void)
{
	signal(SIGXFSZ, SIG_IGN);
}

int
confine_start(const struct options *options, FILE *messages, struct err *err)
{
	struct err lacking;

	outlive_limits();
	if (options->user && sandbox_become(options->user, err) != 0)
		return err_prefix(err, "--user");
	/* Copies of the process judge while it reads on (cli/live.c), and write pages (cli/pager.c). */
	bool may_fork = options->command->id & (COMMAND_FOLLOW | COMMAND_TOP);
	if (!options->no_sandbox && sandbox_close_calls(may_fork, &lacking) != SANDBOX_DONE)
		say(options, messages, &lacking);
	return 0;
}

void
confine_files(const struct options *options, const struct listing *logs, FILE *messages)
{
	struct paths paths = {0};
	struct err lacking;

	if (options->no_sandbox)
		return;
	for (size_t i = 0; logs && i < logs->count; i++)
		add_input(&paths, logs->files[i].path);
	if (options->command->id == COMMAND_MERGE)
		for (size_t i = 0; i < options->operands.count; i++)
			add_input(&paths, options->operands.items[i]);
	/* Lines out of order that do not fit into memory (cli/sorter.c). */
	if (options->command->id & (COMMAND_SEARCH | COMMAND_TOP))
		add_path(&paths, P_tmpdir, true);
	if (options->command->id == COMMAND_TOP)
		add_terminals(&paths);
	for (size_t i = 0; i < options->outputs.count; i++)
		add_output(&paths, options->outputs.items[i]);
	add_output(&paths, options->state);
	add_output(&paths, options->save);
	if (sandbox_close_files(paths.all, paths.count, &lacking) != SANDBOX_DONE)
		say(options, messages, &lacking);
	free(paths.all);
	arena_release(&paths.arena);
}
