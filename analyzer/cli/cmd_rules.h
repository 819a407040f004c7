/* digtrail rules: the rules in force, their mistakes, their own examples. */
#ifndef CLI_CMD_RULES_H
#define CLI_CMD_RULES_H

#include "cli/options.h"

/* Operands: list, check or test, then paths. Returns an enum exit_status. */
int cmd_rules(const struct options *options);

#endif
