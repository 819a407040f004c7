/* digtrail explain: one page on an address, a network, a zone or a finding. */
#ifndef CLI_CMD_EXPLAIN_H
#define CLI_CMD_EXPLAIN_H

#include "cli/options.h"

/* Operands: what to explain, then logs. Returns an enum exit_status. */
int cmd_explain(const struct options *options);

#endif
