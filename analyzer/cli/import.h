/* A configuration for digtrail proposed from that of a nameserver. */
#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H

#include <stdio.h>

#include "base/err.h"
#include "base/str.h"

enum { IMPORT_FILE_MAX = 256 * 1024 * 1024, IMPORT_DEPTH_MAX = 32, IMPORT_INCLUDES_MAX = 1000 };

struct buf;
/* All of a file, "-" is standard input. False with errno when it cannot be read, or is too large. */
bool import_read(const char *path, struct buf *text);

/*
 * Reads what named-checkconf -p prints, or an unbound.conf with what it includes, and writes YAML
 * with comments where something cannot be known. `path` is where `text` stood, or "-". -1 with err
 * when it is neither.
 */
int import_config(const char *path, struct str text, FILE *out, struct err *err);

#endif
