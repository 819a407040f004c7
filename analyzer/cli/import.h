/* A configuration for digtrail proposed from that of a nameserver. */
#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H

#include <stdio.h>

#include "base/err.h"
#include "base/str.h"

enum { IMPORT_FILE_MAX = 256 * 1024 * 1024, IMPORT_DEPTH_MAX = 32 };

/*
 * Reads what named-checkconf -p prints, or an unbound.conf, and writes YAML with comments where
 * something cannot be known. -1 with err when it is neither.
 */
int import_config(struct str text, FILE *out, struct err *err);

#endif
