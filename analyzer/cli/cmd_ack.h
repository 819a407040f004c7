/* digtrail ack: a person has seen a finding; it is not mailed again unless it escalates. */
#ifndef CLI_CMD_ACK_H
#define CLI_CMD_ACK_H

#include "cli/options.h"

/* Operand: the finding's id. Returns an enum exit_status. */
int cmd_ack(const struct options *options);

#endif
