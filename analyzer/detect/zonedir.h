/*
 * A directory of zone files: which files may hold zones, and what their names say of the
 * zone. Editors' copies, journals, keys and the like are left out.
 */
#ifndef DETECT_ZONEDIR_H
#define DETECT_ZONEDIR_H

#include "base/arena.h"
#include "base/err.h"

struct zonedir_file {
	const char *path;
	struct str origin; /* folded; empty when the file's name says none */
};

struct zonedir {
	struct arena arena; /* of the texts */
	size_t count, capacity;
	struct zonedir_file *files; /* by path */
	size_t left_out;            /* files that are none, by their names */
	bool cut;                   /* there are more than are looked at, or deeper */
};

/* Looks into the directory and those below it. -1 with err when it cannot be read. */
int zonedir_list(struct zonedir *zonedir, const char *path, struct err *err);
void zonedir_release(struct zonedir *zonedir);

/*
 * The zone that a file's name tells: example.com, example.com.zone, db.example.com,
 * example.com.db, example.com.zone.signed; db.192.0.2 is 2.0.192.in-addr.arpa. Into `out`
 * (QNAME_TEXT_MAX bytes); the empty view when it is no name of a zone.
 */
struct str zonedir_origin(struct str filename, char *out);

#endif
