#include <criterion/criterion.h>

#include <stdlib.h>

#include "cli/commands.h"
#include "cli/options.h"

static char *
text_of_help(const struct command *command)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	commands_help(command, out);
	fclose(out);
	return text;
}

Test(commands, every_command_has_help_within_80_columns)
{
	for (const struct command *command = commands; command->name; command++) {
		char *text = text_of_help(command);

		cr_expect(strstr(text, "Usage: digtrail"), "%s", command->name);
		cr_expect(strstr(text, command->name), "%s", command->name);
		for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
			cr_expect_leq(strcspn(line, "\n"), 80, "%.90s", line);
		free(text);
	}
}

Test(commands, help_of_the_default_command_lists_all_commands)
{
	char *text = text_of_help(commands);

	for (const struct command *command = commands; command->name; command++)
		cr_expect(strstr(text, command->help), "%s", command->name);
	free(text);
}

Test(commands, no_name_or_bit_stands_twice)
{
	unsigned bits = 0;

	for (const struct command *command = commands; command->name; command++) {
		cr_expect_eq(bits & command->id, 0, "%s", command->name);
		bits |= command->id;
		cr_expect_not_null(command->run);
	}
}

Test(commands, version_tells_of_each_optional_library)
{
	static const char *const names[] = {"zstd",      "xz",      "isal",   "ldns",
					    "maxminddb", "seccomp", "ncurses"};
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	commands_version(out);
	fclose(out);
	cr_expect_eq(strncmp(text, "digtrail " VERSION "\n", strlen("digtrail " VERSION "\n")), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *line = strstr(text, names[i]);

		cr_assert(line, "%s", names[i]);
		cr_expect(strstr(line, "built in") || strstr(line, "absent"), "%s", names[i]);
	}
	free(text);
}
