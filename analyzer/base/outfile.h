/*
 * struct outfile: a file that appears under its name when all of it is there. It is written
 * beside its place under another name, then renamed; what stood there keeps its permissions,
 * a symbolic link stays one.
 */
#ifndef BASE_OUTFILE_H
#define BASE_OUTFILE_H

#include "base/err.h"

struct outfile {
	char *path; /* where it shall stand, without symbolic links; owned */
	char *name; /* where it stands until then; owned */
	int fd;     /* open for writing until outfile_close; -1 */
};

/* Makes the new file, readable by nobody whom the old one, or the umask, would not let. */
int outfile_open(struct outfile *file, const char *path, struct err *err);
/* All has been written to `fd` (0), or that failed (-1, with errno): to the disk with it. */
int outfile_close(struct outfile *file, int status, struct err *err);
/* Puts it in its place. */
int outfile_rename(struct outfile *file, struct err *err);
/* Frees the names; a file that is not in its place is removed. */
void outfile_release(struct outfile *file);
/*
 * What outfile_open calls a file that is being written, and outfile_keep one that is complete and
 * waits to be put in its place by whoever wrote its name down.
 */
#define OUTFILE_WRITTEN ".tmp-"
#define OUTFILE_WAITING ".night-"
/* From here on it waits. -1 with err. */
int outfile_keep(struct outfile *file, struct err *err);
/*
 * Removes what runs that were killed left beside `path` under that mark: files of this user whose
 * process is gone, and which are more than an hour old, as processes of a container that shares
 * the directory cannot be seen.
 */
void outfile_sweep(const char *path, const char *mark);
/* Makes a renaming in the directory of `path` last. */
void outfile_sync_directory(const char *path);

#endif
