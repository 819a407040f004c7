/*
 * digtrail allow: a finding that was told is expected from now on. What was told of it (kind,
 * zone, actor), why and until when become one more entry of an allow-list.
 */
#ifndef CLI_CMD_ALLOW_H
#define CLI_CMD_ALLOW_H

#include "cli/options.h"

/* Operands: "add" and the finding's id. Returns an enum exit_status. */
int cmd_allow(const struct options *options);

#endif
