#include "cli/options.h"

#include "base/buf.h"

enum { HELP_WIDTH = 80, HELP_INDENT = 29, HELP_LIMIT = 4096 };

/* "  -o, --output FILE" */
static void
add_names(struct buf *buf, const struct option_row *row)
{
	if (row->letter)
		buf_printf(buf, "  -%c, --%s", row->letter, row->name);
	else
		buf_printf(buf, "      --%s", row->name);
	if (row->argument)
		buf_printf(buf, " %s", row->argument);
}

/* The help text, the words that may stand there, the default. */
static void
add_meaning(struct buf *buf, const struct option_row *row)
{
	const char *word;

	buf_add_text(buf, row->help);
	for (size_t i = 0; row->word && (word = row->word(i)) != NULL; i++)
		buf_printf(buf, "%s%s", i ? ", " : ": ", word);
	if (row->initial)
		buf_printf(buf, " (default %s)", row->initial);
}

/* Prints `text` from column `column` on, broken between words, further lines indented. */
static void
print_wrapped(FILE *out, const char *text, size_t column)
{
	while (*text) {
		size_t n = strcspn(text, " ");

		if (column > HELP_INDENT && column + 1 + n > HELP_WIDTH) {
			fprintf(out, "\n%*s", HELP_INDENT, "");
			column = HELP_INDENT;
		} else if (column > HELP_INDENT) {
			fputc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", (int)n, text);
		column += n;
		text += n;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

static void
print_option(FILE *out, const struct option_row *row)
{
	struct buf names, meaning;

	buf_init(&names, HELP_LIMIT);
	buf_init(&meaning, HELP_LIMIT);
	add_names(&names, row);
	add_meaning(&meaning, row);
	fputs(names.p, out);
	if (names.n + 2 > HELP_INDENT)
		fprintf(out, "\n%*s", HELP_INDENT, "");
	else
		fprintf(out, "%*s", (int)(HELP_INDENT - names.n), "");
	print_wrapped(out, meaning.p, HELP_INDENT);
	buf_release(&names);
	buf_release(&meaning);
}

void
options_help(const struct command *command, FILE *out)
{
	for (int group = 0; group < OPTION_GROUPS; group++) {
		bool titled = false;

		for (size_t i = 0; i < option_count; i++) {
			const struct option_row *row = &option_table[i];

			if ((int)row->group != group || !(row->commands & command->id) ||
			    !row->help)
				continue;
			if (!titled)
				fprintf(out, "\n%s:\n", option_group_titles[group]);
			titled = true;
			print_option(out, row);
		}
	}
}
