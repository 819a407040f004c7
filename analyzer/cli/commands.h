/* The commands of digtrail: one const table that dispatches and prints the list in --help. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stdio.h>

struct options;

/* Bits, so that an option can say which commands take it. */
enum command_id {
	COMMAND_REPORT = 1 << 0,
	COMMAND_RULES = 1 << 1,
	COMMAND_HELP = 1 << 2,
	COMMAND_VERSION = 1 << 3,
	COMMAND_EXPLAIN = 1 << 4,
	COMMAND_FORMATS = 1 << 5,
	COMMAND_MERGE = 1 << 6,
	COMMAND_CONFIG = 1 << 7,
	COMMAND_SEARCH = 1 << 8,
	COMMAND_ACK = 1 << 9,
	COMMAND_FOLLOW = 1 << 10,
	COMMAND_ALLOW = 1 << 11,
	COMMAND_TOP = 1 << 12,
};

struct command {
	const char *name;
	enum command_id id;
	const char *operands;                      /* as the synopsis shows them */
	const char *help;                          /* one line */
	int (*run)(const struct options *options); /* returns an enum exit_status */
};

/* Ended by a row without name; the first one is the default. */
extern const struct command commands[];

/* The whole of --help for one command; the default command's page lists the others too. */
void commands_help(const struct command *command, FILE *out);
/* --version: the release, and which optional libraries this build has. */
void commands_version(FILE *out);

#endif
