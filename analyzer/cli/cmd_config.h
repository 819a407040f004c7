/* digtrail config: the configuration in force. */
#ifndef CLI_CMD_CONFIG_H
#define CLI_CMD_CONFIG_H

#include "cli/options.h"

/* Operands: a verb, then what it works on. Returns an enum exit_status. */
int cmd_config(const struct options *options);

#endif
