/* What several fuzz targets need. A failed check aborts: that is how libFuzzer learns of it. */
#ifndef FUZZ_HELP_H
#define FUZZ_HELP_H

#include <stdint.h>

#include "base/str.h"

/* Each target defines it; libFuzzer, or replay.c, calls it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Aborts, with the condition on standard error, when it does not hold. */
#define MUST(condition) help_must((condition), #condition, __FILE__, __LINE__)
void help_must(bool holds, const char *condition, const char *file, int line);
/* Two texts are one; else their first difference is printed. */
void help_same(struct str one, struct str other, const char *what);

/* Two counts are one; else both are printed. */
void help_equal(uint64_t one, uint64_t other, const char *what);

/* A file in memory with these bytes. Returns its descriptor; `path` opens it. */
enum { HELP_PATH = 64 };
int help_file(struct str bytes, char path[HELP_PATH]);
/* Bytes taken off the front; fewer where there are fewer. */
struct str help_take(struct str *from, size_t n);
/* The next byte; 0 at the end. */
unsigned help_byte(struct str *from);
/*
 * Takes a line off, in a copy of its own size, so that the sanitizers see a read behind it. The
 * caller frees text->p. False at the end.
 */
bool help_line(struct str *from, struct str *text);
/* Where patterns/ is. */
const char *help_data(const char *name, char path[1024]);

#endif
