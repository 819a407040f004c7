/* digtrail formats: the log formats that are known, and their own examples. */
#ifndef CLI_CMD_FORMATS_H
#define CLI_CMD_FORMATS_H

#include "cli/options.h"

int cmd_formats(const struct options *options);

#endif
