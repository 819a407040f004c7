#include "cli/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "input/access.h"

static struct listing_file *
add_file(struct listing *listing)
{
	listing->files = xrealloc(listing->files, listing->count + 1, sizeof(*listing->files));
	struct listing_file *file = &listing->files[listing->count++];
	*file = (struct listing_file){.directory = LISTING_NAMED, .changed = TIME_NONE};
	return file;
}

static void
note_refusal(struct plan *plan, const char *path, int error)
{
	struct err err;

	access_explain(path, error, &err);
	plan_fail(plan, path, &err);
}

static void
fill_file(struct listing_file *file, const struct stat *st)
{
	file->is_regular = S_ISREG(st->st_mode);
	file->device = (uint64_t)st->st_dev;
	file->inode = (uint64_t)st->st_ino;
	if (!file->is_regular)
		return;
	file->size = (uint64_t)st->st_size;
	file->changed = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
}

/* One entry of a directory. What is no file is never opened: it could be a device. */
static void
add_entry(struct listing *listing, struct plan *plan, size_t directory, const char *name)
{
	struct listing_directory *in = &listing->directories[directory];
	size_t n = strlen(in->path), length = n + strlen(name) + 2;
	char *path = arena_alloc(&plan->arena, length);
	struct stat st;

	while (n > 1 && in->path[n - 1] == '/')
		n--;
	snprintf(path, length, "%.*s%s%s", (int)n, in->path, in->path[n - 1] == '/' ? "" : "/",
		 name);
	if (stat(path, &st) != 0) {
		bool missing = errno == ENOENT;
		in->failed |= !missing;
		if (!missing)
			note_refusal(plan, path, errno);
		else
			plan_note(plan, &plan->skipped, path, "a link to nothing");
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		plan_note(plan, &plan->skipped, path,
			  S_ISDIR(st.st_mode) ? "directory in a directory" : "not a file");
		return;
	}
	in->files++;
	struct listing_file *file = add_file(listing);
	file->path = path;
	file->directory = directory;
	fill_file(file, &st);
}

static void
add_directory(struct listing *listing, struct plan *plan, const char *path)
{
	DIR *directory = opendir(path);
	size_t index = listing->directory_count++;

	listing->directories = xrealloc(listing->directories, listing->directory_count,
					sizeof(*listing->directories));
	listing->directories[index] =
		(struct listing_directory){.path = path, .failed = directory == NULL};
	if (!directory) {
		note_refusal(plan, path, errno);
		return;
	}
	for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			add_entry(listing, plan, index, entry->d_name);
	closedir(directory);
}

static void
add_path(struct listing *listing, struct plan *plan, const char *given)
{
	bool is_stdin = strcmp(given, "-") == 0;
	char *path = arena_copy(&plan->arena, str_of(given));
	struct stat st;

	if ((is_stdin ? fstat(STDIN_FILENO, &st) : stat(path, &st)) != 0) {
		note_refusal(plan, path, errno);
		return;
	}
	if (S_ISDIR(st.st_mode) && !is_stdin) {
		add_directory(listing, plan, path);
		return;
	}
	struct listing_file *file = add_file(listing);
	file->path = path;
	file->is_named = true;
	fill_file(file, &st);
	if (is_stdin)
		file->is_regular = false; /* it has a position of its own */
}

/* Whether the file is read by its descriptor only, after all others. */
static bool
is_stdin(const struct listing_file *file)
{
	return strcmp(file->path, "-") == 0;
}

static int
by_path(const void *a, const void *b)
{
	const struct listing_file *x = a, *y = b;

	if (is_stdin(x) != is_stdin(y))
		return is_stdin(x) - is_stdin(y);
	return strcmp(x->path, y->path);
}

static int
by_inode(const void *a, const void *b)
{
	const struct listing_file *x = a, *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	return by_path(a, b);
}

/* Keeps the first path of each file. */
static void
drop_same_files(struct listing *listing, struct plan *plan)
{
	struct listing_file *files = listing->files;
	size_t kept = 0;

	for (size_t i = 0; i < listing->count; i++) {
		struct listing_file *last = kept ? &files[kept - 1] : NULL;
		if (!last || last->device != files[i].device || last->inode != files[i].inode) {
			files[kept++] = files[i];
			continue;
		}
		last->is_named |= files[i].is_named;
		if (last->directory == LISTING_NAMED)
			last->directory = files[i].directory;
		else if (files[i].directory != LISTING_NAMED)
			listing->directories[files[i].directory].has_twins = true;
		if (strcmp(last->path, files[i].path) == 0)
			continue;
		char text[600];
		snprintf(text, sizeof(text), "the same file as %s", last->path);
		plan_note(plan, &plan->dropped, files[i].path, text);
	}
	listing->count = kept;
}

/* Later the names of owners, which a refusal tells, cannot be looked up any more. */
static void
drop_refused(struct listing *listing, struct plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < listing->count; i++) {
		const struct listing_file *file = &listing->files[i];
		if (!file->is_regular || faccessat(AT_FDCWD, file->path, R_OK, AT_EACCESS) == 0 ||
		    errno != EACCES) {
			listing->files[kept++] = *file;
			continue;
		}
		note_refusal(plan, file->path, EACCES);
		if (file->directory != LISTING_NAMED)
			listing->directories[file->directory].failed = true;
	}
	listing->count = kept;
}

void
listing_make(struct listing *listing, struct plan *plan, const char *const *paths, size_t count)
{
	*listing = (struct listing){0};
	for (size_t i = 0; i < count; i++)
		add_path(listing, plan, paths[i]);
	if (listing->count == 0)
		return;
	qsort(listing->files, listing->count, sizeof(*listing->files), by_inode);
	drop_same_files(listing, plan);
	qsort(listing->files, listing->count, sizeof(*listing->files), by_path);
	drop_refused(listing, plan);
}

void
listing_release(struct listing *listing)
{
	free(listing->files);
	free(listing->directories);
	*listing = (struct listing){0};
}
