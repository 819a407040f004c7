/* The program as a function, and files that it reads and writes, for targets that compare runs. */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H

#include "help.h"

/* The program's rules, formats and lists here: few. */
#define PROGRAM_DATA "tests/fuzz/data"

/* Files of this process, on a file system in memory; removed at its end. Lives as long as it does. */
const char *program_file(const char *name);
void program_write(const char *path, struct str bytes);
/* The file's bytes; to be freed. An absent file is an empty text. */
char *program_read(const char *path, size_t *n);
/* Runs a command line, its words ended by NULL; returns the exit status. */
int program_run(const char *const *words);
/* Two files hold the same, and something. */
void program_same(const char *one, const char *other, const char *what);

#endif
