/*
 * struct config: what the environment and the configuration files add to the command line.
 * Each long option is a key of the same name; "inputs" lists logs with what is known of
 * them. A higher place settles an option for all lower ones: command line, environment, the
 * user's files, the system's. Within one place files are read in order: lists add up, of
 * single values the last one counts.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <stdio.h>

#include "base/arena.h"
#include "cli/options.h"

enum { CONFIG_ERRORS_SHOWN = 20, CONFIG_INPUTS_MAX = 10000 };

/* Directories with digtrail.yml, conf.d/, allow.d/ and rules.d/; NULL: there is none. */
struct config_places {
	const char *user, *system;
};

/* Logs, and what is known of them; a member that is NULL or 0 says nothing. */
struct config_input {
	const char *path; /* or a pattern, or a directory */
	const char *server, *timezone, *format;
	enum option_role role;
	const char *place; /* "FILE:LINE" */
};

struct config {
	struct arena arena; /* owns every text that the options borrow */
	struct config_places places;
	size_t input_count, input_capacity;
	struct config_input *inputs; /* by the order of the files */
	size_t file_count, file_capacity;
	const char **files; /* those that were read */
};

/* A zeroed config with the places of this machine: $XDG_CONFIG_HOME or ~/.config, and /etc. */
void config_init(struct config *config);
void config_release(struct config *config);
/*
 * Adds to what options_parse has filled in. A file named by --config or DIGTRAIL_CONFIG is read
 * instead of all others. Every mistake is a line on `messages`, with file and line; -1 when
 * there was one. For --help and --version nothing is read. The options borrow from `config` from then on.
 */
int config_load(struct config *config, struct options *options, FILE *messages);
/*
 * Where a command that reads logs is given none, those of the configuration become its
 * operands, names with * ? [ as the files they match.
 */
void config_add_inputs(struct config *config, struct options *options);
/* The configuration in force as YAML, with the place of each value as a comment. */
void config_show(const struct config *config, const struct options *options, FILE *out);

#endif
