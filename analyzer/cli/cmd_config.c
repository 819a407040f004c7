#include "cli/cmd_config.h"

#include "cli/config.h"
#include "cli/exit.h"

int
cmd_config(const struct options *options)
{
	const struct option_list *operands = &options->operands;

	if (operands->count == 1 && strcmp(operands->items[0], "show") == 0) {
		config_show(options->loaded, options, stdout);
		return EXIT_ALL_READ;
	}
	fputs("digtrail: config needs 'show'\nTry 'digtrail help config'.\n", stderr);
	return EXIT_TROUBLE;
}
