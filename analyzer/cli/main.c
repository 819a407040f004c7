#include <stdio.h>
#include <unistd.h>

#include "base/allocator.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/confine.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "cli/setup.h"

/* No log named and nobody to type one: the caller wanted to know how it works. */
static bool
wants_usage(const struct options *options)
{
	return options->command->id == COMMAND_REPORT && options->operands.count == 0 &&
	       isatty(STDIN_FILENO);
}

static int
run(const struct options *options)
{
	struct err err;

	if (options->help)
		commands_help(options->command, stdout);
	else if (options->version)
		commands_version(stdout);
	else if (wants_usage(options)) {
		commands_help(options->command, stderr);
		return EXIT_TROUBLE;
	} else if (confine_start(options, stderr, &err) != 0) {
		fprintf(stderr, "digtrail: %s\n", err.text);
		return options->check ? EXIT_UNKNOWN : EXIT_TROUBLE;
	} else {
		return options->command->run(options);
	}
	return EXIT_ALL_READ;
}

int
main(int argc, char **argv)
{
	struct options options;
	struct config config;
	struct err err;
	int status;

	options_init(&options);
	config_init(&config);
	if (options_parse(&options, commands, argc, argv, &err) != 0) {
		fprintf(stderr, "digtrail: %s\nTry 'digtrail --help'.\n", err.text);
		status = options.check ? EXIT_UNKNOWN : EXIT_TROUBLE;
	} else if (config_load(&config, &options, stderr) != 0) {
		status = options.check ? EXIT_UNKNOWN : EXIT_TROUBLE;
	} else {
		config_add_inputs(&config, &options);
		allocator_start(setup_memory(&options));
		status = run(&options);
	}
	options_release(&options);
	config_release(&config);
	/* A full disk behind standard output shows only now. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("digtrail: standard output");
		status = EXIT_TROUBLE;
	}
	return status;
}
