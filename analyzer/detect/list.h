/*
 * Sources that go through a list of names, found whoever else asked the same. Scanners with one
 * list make each other's names popular, and forged sources can do so on purpose: what such
 * sources ask must not count as known. Resolvers, whose clients make names popular, show none of
 * these signs. Looked for before popularity is counted.
 */
#ifndef DETECT_LIST_H
#define DETECT_LIST_H

#include "detect/scan.h"

/* True when one set of types was asked, and each name once. */
bool list_is_plain(const struct judgement *judgement);
/* Flags those sources and networks, and marks whose lists are known to be of missing names. */
void lists_flag(struct scans *scans);

#endif
