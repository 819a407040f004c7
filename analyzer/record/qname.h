/*
 * Names as servers write them: presentation form with BIND's escapes (RFC 1035 5.1: \c and
 * \DDD) or with Unbound's '?' for every byte outside [A-Za-z0-9_*-]. Walk them with these
 * functions; never search a raw name for '.', blank or ')'.
 */
#ifndef RECORD_QNAME_H
#define RECORD_QNAME_H

#include "base/str.h"

enum { QNAME_TEXT_MAX = 1024, QNAME_LABELS_MAX = 128 };

/*
 * The length of the name at the start of `s`: up to a blank or an unescaped ')' or the end.
 * SIZE_MAX where the escaping is broken, a byte outside 0x21 to 0x7e stands, or the name is
 * longer than DNS allows (labels of 63, 255 octets in all).
 */
size_t qname_span(struct str s);
/* The same for a whole view: true when all of it is one valid name ("." is). */
bool qname_is_valid(struct str s);
/* Without its final dot, root stays ".". An escaped dot at the end stays. */
struct str qname_trim_dot(struct str s);
/*
 * Lower-case copy into `out` (QNAME_TEXT_MAX bytes): the form all tables and hashes use.
 * A longer name is cut. Returns the view of `out`.
 */
struct str qname_fold(struct str name, char *out);
/*
 * Offsets of the labels' first bytes in a trimmed name, at most `max`. Root has none.
 * Returns the number of labels, counting those beyond max.
 */
size_t qname_labels(struct str name, uint16_t *starts, size_t max);
/* The first label, as written. */
struct str qname_first_label(struct str name);
/* The name without its first label; empty for a single label. */
struct str qname_parent(struct str name);
/* The last label of a trimmed name, taken off it with its dot; empty when none is left. */
struct str qname_take_last_label(struct str *name);
/* True when `name` is `zone` or below it; both folded and trimmed. "." holds everything. */
bool qname_is_below(struct str name, struct str zone);

#endif
