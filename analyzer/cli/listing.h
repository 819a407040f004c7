/*
 * struct listing: the files behind the paths of a command line, each once. Directories are
 * replaced by what is in them, one level deep. The order is by path, standard input last.
 */
#ifndef CLI_LISTING_H
#define CLI_LISTING_H

#include "cli/plan.h"

#define LISTING_NAMED SIZE_MAX /* not from a directory */

struct listing_file {
	const char *path; /* in the plan's arena */
	bool is_named;    /* named by the user, not only found in a directory */
	bool is_regular;  /* a file, not a pipe or standard input */
	size_t directory; /* index into listing.directories, or LISTING_NAMED */
	uint64_t device, inode, size;
	int64_t changed; /* last change of its content, UTC milliseconds; TIME_NONE for a pipe */
};

struct listing_directory {
	const char *path;
	size_t files, logs; /* found in it; `logs` is counted by the caller */
	bool failed;        /* an error was noted for it, or for a file in it */
	bool has_twins;     /* some of its files are listed under another path */
};

struct listing {
	size_t count;
	struct listing_file *files;
	size_t directory_count;
	struct listing_directory *directories;
};

/* What cannot be read or is no file becomes a note of `plan`; so does a file named twice. */
void listing_make(struct listing *listing, struct plan *plan, const char *const *paths,
		  size_t count);
void listing_release(struct listing *listing);

#endif
