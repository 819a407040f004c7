/* Where the shipped rules and wordlists are. */
#ifndef CLI_DATA_H
#define CLI_DATA_H

#include <stddef.h>

/*
 * The path of "rules" or "wordlists/labels.txt" in `out`: below $DIGTRAIL_DATADIR, else the
 * source tree that the program was built in, else where `make install` puts it. Returns
 * `out`; the path need not exist.
 */
const char *data_path(const char *name, char *out, size_t size);

#endif
