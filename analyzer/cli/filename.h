/* What the name of a log file tells of the server and the time it was written. */
#ifndef CLI_FILENAME_H
#define CLI_FILENAME_H

#include "base/str.h"
#include "base/timestamp.h"

enum { FILENAME_SERVER = 256 };

/*
 * The server: the base name without compression and rotation suffixes and without words that
 * only say what kind of log it is ("bind-queries.log.1.gz" is "bind"); when nothing is left
 * the directory's name by the same rule; then "dns". Returns `out`.
 */
const char *filename_server(const char *path, char out[FILENAME_SERVER]);
/* The date in the base name (20260310, 2026-03-10, 2026031006): true and year, month, day. */
bool filename_date(const char *path, struct civil *out);

#endif
