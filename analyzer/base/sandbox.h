/*
 * What this process gives up for good, so that a hole in a reader is worth little: another
 * user's rights, system calls, files. Each step is taken once, before threads are started
 * (they inherit it); none can be taken back. The only includer of seccomp.h and landlock.h.
 *
 * Under the address sanitizer the last two do nothing: it needs what they take.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum sandbox_result {
	SANDBOX_DONE,
	SANDBOX_ABSENT, /* this build or this kernel cannot; err says which */
};

/* A file or a directory with all below it. One that is not there is passed over. */
struct sandbox_path {
	const char *path; /* borrowed */
	bool write;       /* also make, write, rename and remove files; else only read */
};

/*
 * Becomes that user, with its groups; of root's rights only the reading of any file stays,
 * where there was one. Nothing to do for who already is. -1 with err: it could not be done,
 * and the process may be half of each: it must end.
 */
int sandbox_become(const char *user, struct err *err);
/*
 * No more network, other programs, processes of others, keys typed to the terminal; nor processes of
 * one's own, unless `may_fork`.
 */
enum sandbox_result sandbox_close_calls(bool may_fork, struct err *err);
/*
 * From now on only these paths, files open already, and no new machine code. Also closes
 * what network Landlock knows of, where sandbox_close_calls could not.
 */
enum sandbox_result sandbox_close_files(const struct sandbox_path *paths, size_t count,
					struct err *err);

#endif
