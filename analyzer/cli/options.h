/*
 * struct options: what the command line asks for and, where it is silent, the environment and
 * the configuration files (cli/config.h). Constant once both have been read. Texts are
 * borrowed from argv, or from the configuration.
 *
 * option_table is the one list of options: it parses, prints --help, reads the configuration
 * and is what tests check the manual page and the shell completions against. A new
 * option is one row there and one member here. A member without a row stands for a feature
 * that is not built yet: its option does not exist, so that none does nothing.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdint.h>

#include "base/err.h"
#include "base/ip.h"
#include "base/str.h"
#include "cli/commands.h"

enum option_when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };
enum option_role { ROLE_AUTO, ROLE_AUTHORITATIVE, ROLE_RESOLVER };

struct option_list {
	size_t count;
	const char **items; /* the texts are borrowed */
};

/* Hosts by address or network, and, where the option allows it, by the TSIG key they use. */
struct option_peers {
	size_t prefix_count, key_count;
	struct prefix *prefixes;
	const char **keys; /* key names as given; borrowed */
};

struct option_row;
struct config;

/* A value that counts, or was replaced by a later one of the same row. */
struct option_setting {
	const struct option_row *row;
	const char *value; /* as given; NULL: a flag */
	const char *place; /* "command line", "/etc/digtrail/digtrail.yml:3" */
};

struct options {
	const struct command *command;
	struct option_list operands; /* files, directories, "-"; for rules: a verb and paths */
	uint64_t given;              /* bit i: row i of option_table was set by somebody */

	/* Where the values came from, in the order in which they were set. */
	const char *place; /* of the next ones */
	size_t setting_count;
	struct option_setting *settings;

	const char *config;          /* NULL: those of the user and the system */
	const struct config *loaded; /* what config_load has read; NULL: nothing yet */

	/* What to read, and what the log does not say itself. */
	const char *server;       /* NULL: from the log */
	const char *log_format;   /* auto, or a format's name or file */
	const char *log_timezone; /* NULL: this machine's */
	int64_t year;             /* 0: from the file */
	int role;                 /* enum option_role */

	/* Who is who. */
	struct option_list own_zones;
	struct option_peers secondaries, internal, resolvers;
	struct option_list allow; /* files */
	const char *suffix_list;  /* NULL: libpsl's own */
	const char *key_file;     /* NULL: the documented default key, with a warning */

	/* What exists: NAME=FILE; directories; lists of names. */
	struct option_list zone_files, zone_dirs, known_names;

	/* Rules. */
	struct option_list rules;
	bool no_default_rules, no_jit;

	/* The report. */
	struct option_list outputs;
	int format;  /* index into report_formats; -1: by each output's ending, else text */
	int level;   /* enum level: findings below it are only counted */
	int fail_on; /* enum level; -1: never exit 1 */
	int64_t top; /* 0: by the format */
	int64_t examples;
	const char *state; /* NULL: no memory of earlier nights */
	const char *save;  /* NULL: no tally is written */
	bool check;        /* as a monitoring plugin */
	int64_t alive;     /* days after which a mail says that nothing is new; 0: never */
	bool quiet, verbose, stats, force_unproven, redact;
	struct option_list geo; /* databases */
	int color, progress;    /* enum option_when */

	/* How to run. */
	int64_t jobs;      /* 0: one a processor */
	int64_t memory;    /* bytes; 0: a quarter of the machine, at most 1 GiB */
	int64_t max_ratio; /* of a compressed log */
	const char *user;  /* NULL: as who started it */
	bool no_sandbox;
	bool help, version;
	struct option_list without; /* names of detect_part_names; for measurements */

	/* Which lines count. */
	const char *reason;        /* of a decision on a finding */
	const char *since, *until; /* RFC 3339, a date, or so long before the logs' end */
	struct option_peers sources;
	struct option_list zones, types, names, rule_ids, on_servers;
	const char *finding; /* the id of one */

	bool follow; /* top: live */

	/* Searching. */
	bool count;
	int records; /* enum search_form */
};

enum option_kind {
	OPTION_FLAG,     /* bool */
	OPTION_TEXT,     /* const char * */
	OPTION_TEXTS,    /* struct option_list; repeatable */
	OPTION_NUMBER,   /* int64_t, within min and max */
	OPTION_SIZE,     /* int64_t bytes, within min and max; suffixes K, M, G */
	OPTION_WORD,     /* int: the index of the word */
	OPTION_PREFIXES, /* struct option_peers without keys; repeatable */
	OPTION_PEERS,    /* struct option_peers; repeatable */
};

enum option_group {
	GROUP_INPUT,
	GROUP_FILTER,
	GROUP_PEERS,
	GROUP_RULES,
	GROUP_REPORT,
	GROUP_RUN,
	OPTION_GROUPS
};

struct option_row {
	const char *name;     /* without dashes; also the key in the configuration file */
	char letter;          /* 0: none */
	const char *argument; /* how the help calls the value; NULL for a flag */
	enum option_kind kind;
	enum option_group group;
	unsigned commands; /* enum command_id bits of those that take it */
	size_t offset;     /* of the member in struct options */
	int64_t min, max;
	const char *initial;           /* the default as it would be typed; NULL: zero */
	const char *(*word)(size_t i); /* OPTION_WORD: the i-th word, NULL after the last */
	const char *help;              /* NULL: for developers, left out of --help */
};

extern const struct option_row option_table[];
extern const size_t option_count;
extern const char *const option_group_titles[OPTION_GROUPS];

/* Everything at its default. */
void options_init(struct options *options);
void options_release(struct options *options);
/*
 * Reads the whole command line. The first operand names the command when it is the name of
 * one in `table` (ended by a row without name) and does not stand after "--"; else it is the
 * first of the table. -1 with err when something is wrong: nothing of `options` counts then.
 */
int options_parse(struct options *options, const struct command *table, int argc, char **argv,
		  struct err *err);
/*
 * Sets one option from its value as text, of a flag NULL, "true" or "false", as coming from
 * options->place. For the configuration too. On -1 nothing was set.
 */
int options_set(struct options *options, const struct option_row *row, const char *value,
		struct err *err);
/* The row of a long option's name, or NULL; of several the first, which is the reports'. */
const struct option_row *options_find(struct str name);
/* Whether values of the row add up. */
bool option_is_list(const struct option_row *row);
/* The option whose name looks like what was typed, or NULL. */
const char *options_near(const char *typed);
/* An operand more; the text is borrowed. */
void options_add_operand(struct options *options, const char *operand);
/* The options of a command, grouped, in 80 columns. */
void options_help(const struct command *command, FILE *out);

#endif
