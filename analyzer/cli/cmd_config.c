#include "cli/cmd_config.h"

#include <errno.h>

#include "base/buf.h"
#include "cli/config.h"
#include "cli/exit.h"
#include "cli/import.h"

/* All of a file, "-" is standard input. False when it cannot be read, or is too large. */
static bool
read_all(const char *path, struct buf *text)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char block[16 * 1024];
	size_t n;

	if (!file)
		return false;
	errno = 0;
	while ((n = fread(block, 1, sizeof(block), file)) > 0 && buf_add(text, block, n))
		continue;
	bool good = !ferror(file) && !text->full;
	if (text->full)
		errno = EFBIG;
	if (file != stdin)
		fclose(file);
	return good;
}

static enum exit_status
import_file(const char *path)
{
	enum exit_status status = EXIT_TROUBLE;
	struct buf text;
	struct err err;

	buf_init(&text, IMPORT_FILE_MAX);
	if (!read_all(path, &text))
		fprintf(stderr, "digtrail: %s: %s\n", path, strerror(errno));
	else if (import_config(buf_str(&text), stdout, &err) != 0)
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
