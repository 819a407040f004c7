/*
 * BIND's $GENERATE (lib/dns/master.c): one line that stands for a range of records. ldns does
 * not know it. Only the owner names and the type are made; the data behind them are not
 * needed.
 */
#ifndef DETECT_GENERATE_H
#define DETECT_GENERATE_H

#include "base/str.h"

enum { GENERATE_TEXT_MAX = 1024 };

struct generate {
	uint32_t next, stop, step;
	struct str owner; /* with "$" and "${offset,width,base}" */
	struct str type;
};

/* `text` is what stands behind the word $GENERATE; its views are borrowed. False when broken. */
bool generate_parse(struct generate *generate, struct str text);
/* How many names are left to be made. */
uint64_t generate_left(const struct generate *generate);
/*
 * The next owner name as text in `out` of GENERATE_TEXT_MAX bytes; false at the end, or when
 * the name cannot be made (then generate_left is not 0).
 */
bool generate_next(struct generate *generate, char *out, struct str *owner);

#endif
