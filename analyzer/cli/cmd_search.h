/* digtrail search: the log lines, or records, that match. */
#ifndef CLI_CMD_SEARCH_H
#define CLI_CMD_SEARCH_H

#include "cli/options.h"

int cmd_search(const struct options *options);

#endif
