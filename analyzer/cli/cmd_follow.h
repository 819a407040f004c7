/* digtrail follow: reads on while the logs grow and rotate; findings as they happen. */
#ifndef CLI_CMD_FOLLOW_H
#define CLI_CMD_FOLLOW_H

#include "cli/options.h"

int cmd_follow(const struct options *options);

#endif
