#include "cli/commands.h"

#include "cli/cmd_ack.h"
#include "cli/cmd_allow.h"
#include "cli/cmd_config.h"
#include "cli/cmd_explain.h"
#include "cli/cmd_follow.h"
#include "cli/cmd_formats.h"
#include "cli/cmd_report.h"
#include "cli/cmd_rules.h"
#include "cli/cmd_search.h"
#include "cli/cmd_top.h"
#include "cli/exit.h"
#include "cli/options.h"

static int
run_help(const struct options *options)
{
	const char *name = options->operands.count ? options->operands.items[0] : commands[0].name;

	for (const struct command *command = commands; command->name; command++)
		if (strcmp(command->name, name) == 0) {
			commands_help(command, stdout);
			return EXIT_ALL_READ;
		}
	fprintf(stderr, "digtrail: no command '%s': see digtrail --help\n", name);
	return EXIT_TROUBLE;
}

static int
run_version(const struct options *options)
{
	(void)options;
	commands_version(stdout);
	return EXIT_ALL_READ;
}

const struct command commands[] = {
	{"report", COMMAND_REPORT, "[FILE|DIRECTORY|-]...",
	 "analyse logs and write reports (the default command)", cmd_report},
	{"search", COMMAND_SEARCH, "[FILE|DIRECTORY|-]...",
	 "print the log lines, or records, that match, in order of time", cmd_search},
	{"follow", COMMAND_FOLLOW, "FILE|DIRECTORY...",
	 "read on while logs grow and rotate, and tell findings as they happen", cmd_follow},
	{"explain", COMMAND_EXPLAIN, "ADDRESS|CIDR|ZONE|FINDING FILE...",
	 "tell all that logs hold on one source, network, zone or finding", cmd_explain},
	{"top", COMMAND_TOP, "[FILE|DIRECTORY|-]...",
	 "browse sources, zones and findings in the terminal", cmd_top},
	{"merge", COMMAND_MERGE, "TALLY...",
	 "make one report of tallies that were written with --save", cmd_report},
	{"rules", COMMAND_RULES, "list|check|test [PATH]...",
	 "list the rules in force, check them, run their own examples", cmd_rules},
	{"formats", COMMAND_FORMATS, "[list|test [PATH]...]",
	 "list the log formats that are known, run their own examples", cmd_formats},
	{"ack", COMMAND_ACK, "FINDING",
	 "mark a finding as seen: it is not mailed again unless it escalates", cmd_ack},
	{"allow", COMMAND_ALLOW, "add FINDING",
	 "expect a finding from now on: one more entry of an allow-list", cmd_allow},
	{"config", COMMAND_CONFIG, "show|import FILE",
	 "print the configuration in force, or propose one from a server's", cmd_config},
	{"help", COMMAND_HELP, "[COMMAND]", "print the help of a command", run_help},
	{"version", COMMAND_VERSION, "", "print the version and the libraries built in",
	 run_version},
	{NULL, 0, NULL, NULL, NULL},
};

/* What the default command's page says beside its options. */
static void
print_overview(FILE *out)
{
	fputs("\nReads the logs of nameservers (BIND and Unbound; plain or compressed) and says\n"
	      "who has been mapping the DNS, how far they got, and what shows it. A directory\n"
	      "means the logs in it; - is standard input.\n"
	      "\nCommands:\n",
	      out);
	for (const struct command *command = commands; command->name; command++)
		fprintf(out, "  %-9s %s\n", command->name, command->help);
}

void
commands_help(const struct command *command, FILE *out)
{
	if (command == commands)
		fprintf(out, "Usage: digtrail [%s] [OPTION]... %s\n", command->name,
			command->operands);
	else
		fprintf(out, "Usage: digtrail %s [OPTION]... %s\n", command->name,
			command->operands);
	if (command == commands)
		print_overview(out);
	else
		fprintf(out, "\n%c%s.\n", command->help[0] - 'a' + 'A', command->help + 1);
	options_help(command, out);
	if (command == commands)
		fputs("\nExit status: 0 everything was read; 1 only with --fail-on, a finding at "
		      "or\n"
		      "above that level; 2 usage, I/O, or input that could not be read in full;\n"
		      "130 interrupted.\n"
		      "\nThe manual is digtrail(1).\n",
		      out);
}

/* The name of a library's package for pkg-config, as BUILT_WITH lists it, and its use. */
static const struct {
	const char *package, *name, *use;
} libraries[] = {
	{"libzstd", "zstd", "logs compressed by zstd"},
	{"liblzma", "xz", "logs compressed by xz"},
	{"libisal", "isal", "fast reading of gzip"},
	{"ldns", "ldns", "zone files"},
	{"libmaxminddb", "maxminddb", "countries and networks of addresses"},
	{"libseccomp", "seccomp", "a sandbox while logs are read"},
	{"mimalloc", "mimalloc", "memory in large pages, for speed"},
	{"ncursesw", "ncurses", "browsing findings in the terminal"},
};

/* BUILT_WITH is the Makefile's list of the optional packages it found, with spaces between. */
static bool
is_built_with(const char *package)
{
	const char *p = BUILT_WITH;
	size_t n = strlen(package);

	while (*p) {
		size_t word = strcspn(p, " ");

		if (word == n && memcmp(p, package, n) == 0)
			return true;
		p += word;
		p += strspn(p, " ");
	}
	return false;
}

void
commands_version(FILE *out)
{
	fputs("digtrail " VERSION "\n"
	      "Copyright (C) 2026 the digtrail authors\n"
	      "License: BSD 2-Clause. There is NO WARRANTY, to the extent permitted by law.\n"
	      "\nOptional libraries:\n",
	      out);
	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
		fprintf(out, "  %-10s %-9s %s\n", libraries[i].name,
			is_built_with(libraries[i].package) ? "built in" : "absent",
			libraries[i].use);
}
