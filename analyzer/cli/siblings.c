#include "cli/siblings.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/xalloc.h"

static const char *const compressed[] = {".gz", ".zst", ".xz"};

/* ".1", "-20260310", ".20260310T031500.123", "-2026-03-10_03:10", ".old" */
static bool
is_rotation(struct str s)
{
	bool any = false;

	if (str_eq(s, STR(".old")))
		return true;
	if (s.n < 2 || !strchr(".-_", s.p[0]))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		any |= s.p[i] >= '0' && s.p[i] <= '9';
		if (s.p[i] == '\0' || !strchr("0123456789.-_:TZ+", s.p[i]))
			return false;
	}
	return any;
}

bool
siblings_are(struct str log, struct str other)
{
	for (size_t i = 0; i < sizeof(compressed) / sizeof(compressed[0]); i++)
		if (str_ends(other, str_of(compressed[i]))) {
			other.n -= strlen(compressed[i]);
			break;
		}
	if (str_starts(other, log) && is_rotation(str_skip(other, log.n)))
		return true;
	size_t dot = log.n;
	while (dot > 0 && log.p[dot - 1] != '.')
		dot--;
	if (dot < 2)
		return false;
	struct str stem = str_make(log.p, dot - 1), ending = str_skip(log, dot - 1);
	if (!str_starts(other, stem) || !str_ends(other, ending) || other.n <= stem.n + ending.n)
		return false;
	return is_rotation(str_make(other.p + stem.n, other.n - stem.n - ending.n));
}

static int64_t
nanoseconds(struct timespec time)
{
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Both are of one directory: of equal age, the one renamed first is the older. */
static int
by_age(const void *a, const void *b)
{
	const struct sibling *x = a, *y = b;

	if (x->changed != y->changed)
		return x->changed < y->changed ? -1 : 1;
	if (x->moved != y->moved)
		return x->moved < y->moved ? -1 : 1;
	return strcmp(x->path, y->path);
}

static void
add_entry(struct siblings *siblings, struct str directory, const char *name, int64_t since)
{
	size_t n = directory.n + strlen(name) + 1;
	char *path = xmalloc(n);
	struct stat st;

	snprintf(path, n, "%.*s%s", STR_ARG(directory), name);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || nanoseconds(st.st_mtim) < since) {
		free(path);
		return;
	}
	siblings->all = xrealloc(siblings->all, siblings->count + 1, sizeof(*siblings->all));
	siblings->all[siblings->count++] = (struct sibling){
		.path = path,
		.device = (uint64_t)st.st_dev,
		.inode = (uint64_t)st.st_ino,
		.changed = nanoseconds(st.st_mtim),
		.moved = nanoseconds(st.st_ctim),
	};
}

void
siblings_find(struct siblings *siblings, const char *path, int64_t since)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct str directory = str_make(path, (size_t)(name - path)); /* with its slash */
	char *opened = directory.n ? xmemdup(directory.p, directory.n) : xstrdup(".");
	DIR *entries = opendir(opened);

	*siblings = (struct siblings){0};
	free(opened);
	if (!entries)
		return;
	for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
		if (siblings_are(str_of(name), str_of(entry->d_name)))
			add_entry(siblings, directory, entry->d_name, since);
	closedir(entries);
	if (siblings->count)
		qsort(siblings->all, siblings->count, sizeof(*siblings->all), by_age);
}

void
siblings_release(struct siblings *siblings)
{
	for (size_t i = 0; i < siblings->count; i++)
		free(siblings->all[i].path);
	free(siblings->all);
	*siblings = (struct siblings){0};
}
