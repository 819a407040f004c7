/* What standard output may be sent. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "cli/options.h"

/* Whether standard output shall be coloured: --color, NO_COLOR, TERM. */
bool terminal_wants_color(const struct options *options);
/* Whether the locale writes UTF-8; after setlocale. */
bool terminal_is_utf8(void);

#endif
