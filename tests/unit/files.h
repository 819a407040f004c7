/* Files for tests: a directory of their own, and contents made by hand or by a tool. */
#ifndef TESTS_FILES_H
#define TESTS_FILES_H

#include "base/str.h"

struct files {
	char directory[64];
};

/* Makes an empty directory; failing ends the test. */
void files_init(struct files *files);
/* Removes it with all that is in it. */
void files_release(struct files *files);
/* The path of a name in it, in `out` of 256 bytes. Returns `out`. */
const char *files_path(const struct files *files, const char *name, char out[256]);
/* Writes a file. */
void files_write(const struct files *files, const char *name, struct str content);
/* Runs a shell command in the directory; failing ends the test. */
void files_run(const struct files *files, const char *command);

#endif
