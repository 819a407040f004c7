/* What a name looks like. */
#ifndef NAMES_CLASS_H
#define NAMES_CLASS_H

#include "names/names.h"

/*
 * The class of a folded name whose zone begins at `zone_offset` (name.n for the root zone).
 * Decided by the labels in front of the zone, mostly the leftmost.
 */
enum name_class class_of(const struct names *names, struct str name, size_t zone_offset);

#endif
