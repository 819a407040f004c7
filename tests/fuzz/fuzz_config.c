/*
 * Any bytes as a configuration: what is wrong is told with its line, what is right can be
 * shown, and what was shown can be read again and says the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/config.h"
#include "help.h"

/* 0 when it was read without a mistake; what was said, and what is in force, as texts. */
static int
read_config(struct str bytes, char **said, char **shown)
{
	static const struct command report = {"report", COMMAND_REPORT, "", "", NULL};
	struct options options;
	struct config config = {0};
	char path[HELP_PATH];
	size_t said_n, shown_n;
	int fd = help_file(bytes, path);
	FILE *messages = open_memstream(said, &said_n);
	FILE *out = open_memstream(shown, &shown_n);

	MUST(messages && out);
	options_init(&options);
	options.command = &report;
	options.config = path;
	int status = config_load(&config, &options, messages);
	if (status == 0)
		config_show(&config, &options, out);
	fclose(messages);
	fclose(out);
	MUST(status == 0 || said_n > 0);
	options_release(&options);
	config_release(&config);
	close(fd);
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *said, *shown;

	if (read_config(str_make((const char *)data, n), &said, &shown) == 0) {
		char *again;
		free(said);
		if (read_config(str_of(shown), &said, &again) != 0)
			fprintf(stderr, "%s%s", said, shown), abort();
		free(again);
	}
	free(said);
	free(shown);
	return 0;
}
