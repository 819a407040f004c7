#include "cli/cmd_config.h"

#include <errno.h>

#include "base/buf.h"
#include "cli/config.h"
#include "cli/exit.h"
#include "cli/import.h"

static enum exit_status
import_file(const char *path)
{
	enum exit_status status = EXIT_TROUBLE;
	struct buf text;
	struct err err;

	buf_init(&text, IMPORT_FILE_MAX);
	if (!import_read(path, &text))
		fprintf(stderr, "digtrail: %s: %s\n", path, strerror(errno));
	else if (import_config(path, buf_str(&text), stdout, &err) != 0)
		fprintf(stderr, "digtrail: %s: %s\n", path, err.text);
	else
		status = EXIT_ALL_READ;
	buf_release(&text);
	return status;
}

int
cmd_config(const struct options *options)
{
	const struct option_list *operands = &options->operands;

	if (operands->count == 1 && strcmp(operands->items[0], "show") == 0) {
		config_show(options->loaded, options, stdout);
		return EXIT_ALL_READ;
	}
	if (operands->count == 2 && strcmp(operands->items[0], "import") == 0)
		return import_file(operands->items[1]);
	fputs("digtrail: config needs 'show', or 'import' and a file\n"
	      "Try 'digtrail help config'.\n",
	      stderr);
	return EXIT_TROUBLE;
}
