/* digtrail report: analyses logs and writes reports. */
#ifndef CLI_CMD_REPORT_H
#define CLI_CMD_REPORT_H

#include "cli/options.h"

/* Returns an enum exit_status; messages go to standard error. */
int cmd_report(const struct options *options);

#endif
