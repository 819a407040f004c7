/* digtrail top: sources, zones and findings in the terminal, over files or live. */
#ifndef CLI_CMD_TOP_H
#define CLI_CMD_TOP_H

struct options;

int cmd_top(const struct options *options);

#endif
