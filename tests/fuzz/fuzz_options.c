/* Any words as a command line, split at NUL bytes. */
#include "cli/options.h"
#include "help.h"

enum { WORDS_MAX = 64 };

static const struct command table[] = {
	{"report", COMMAND_REPORT, "", "", NULL},
	{"rules", COMMAND_RULES, "", "", NULL},
	{NULL, 0, NULL, NULL, NULL},
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *argv[WORDS_MAX + 1] = {(char *)"digtrail"};
	char *words = malloc(n + 1);
	struct options options;
	struct err err;
	int argc = 1;

	if (!words)
		return 0;
	memcpy(words, data, n);
	words[n] = '\0';
	for (char *p = words; p < words + n && argc < WORDS_MAX; p += strlen(p) + 1)
		argv[argc++] = p;
	options_init(&options);
	if (options_parse(&options, table, argc, argv, &err) != 0 && err.text[0] == '\0')
		abort();
	options_release(&options);
	free(words);
	return 0;
}
