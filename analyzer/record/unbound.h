/*
 * Unbound's messages, 1.0 to 1.26: prefix, queries, replies. FORMATS.md 3. The function fills
 * a cleared record and returns its kind; UNKNOWN means that the text is none of Unbound's.
 */
#ifndef RECORD_UNBOUND_H
#define RECORD_UNBOUND_H

#include "record/record.h"
#include "record/stamp.h"

/* Where a line came from, as its wrapper tells: what may stand before `[pid:tid] `. */
struct unbound_origin {
	bool foreign_tag; /* a syslog tag that names neither server */
	struct str pid;   /* of the tag; empty for none */
};

/*
 * `text` is what follows the wrapper. `stamp` is replaced by Unbound's own epoch time where
 * the text begins with one.
 */
enum record_kind unbound_parse(struct str text, const struct unbound_origin *origin,
			       struct record *record, struct stamp *stamp);

#endif
