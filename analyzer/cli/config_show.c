#include "cli/config.h"

#include "base/yaml_text.h"

enum { LINE_LIMIT = 16384, COMMENT_COLUMN = 40 };

/* "key: value", then where it came from. */
static void
print_line(FILE *out, struct buf *line, const char *place)
{
	struct buf comment;

	buf_init(&comment, LINE_LIMIT);
	yaml_add_comment(&comment, str_of(place));
	fprintf(out, "%-*s # %.*s\n", COMMENT_COLUMN, line->p, STR_ARG(buf_str(&comment)));
	buf_release(&comment);
	buf_clear(line);
}

static void
show_list(const struct options *options, const struct option_row *row, FILE *out)
{
	bool titled = false;
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	for (size_t i = 0; i < options->setting_count; i++) {
		const struct option_setting *setting = &options->settings[i];
		if (setting->row != row)
			continue;
		if (!titled)
			fprintf(out, "%s:\n", row->name);
		titled = true;
		buf_add_text(&line, "  - ");
		yaml_add_text(&line, str_of(setting->value));
		print_line(out, &line, setting->place);
	}
	buf_release(&line);
}

/* The value set last is the one that counts. */
static void
show_value(const struct options *options, const struct option_row *row, FILE *out)
{
	const struct option_setting *last = NULL;
	struct buf line;

	for (size_t i = 0; i < options->setting_count; i++)
		if (options->settings[i].row == row)
			last = &options->settings[i];
	if (!last)
		return;
	buf_init(&line, LINE_LIMIT);
	buf_printf(&line, "%s: ", row->name);
	yaml_add_text(&line, str_of(last->value ? last->value : "true"));
	print_line(out, &line, last->place);
	buf_release(&line);
}

static void
show_key(FILE *out, const char *key, const char *value)
{
	struct buf line;

	if (!value)
		return;
	buf_init(&line, LINE_LIMIT);
	yaml_add_text(&line, str_of(value));
	fprintf(out, "    %s: %s\n", key, line.p);
	buf_release(&line);
}

static void
show_inputs(const struct config *config, FILE *out)
{
	static const char *const roles[] = {NULL, "authoritative", "resolver"};
	struct buf line;

	if (config->input_count == 0)
		return;
	buf_init(&line, LINE_LIMIT);
	fputs("inputs:\n", out);
	for (size_t i = 0; i < config->input_count; i++) {
		const struct config_input *input = &config->inputs[i];
		buf_add_text(&line, "  - path: ");
		yaml_add_text(&line, str_of(input->path));
		print_line(out, &line, input->place);
		show_key(out, "server", input->server);
		show_key(out, "role", roles[input->role]);
		show_key(out, "timezone", input->timezone);
		show_key(out, "format", input->format);
	}
	buf_release(&line);
}

static void
show_places(const struct config *config, const struct options *options, FILE *out)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	fputs("# The configuration in force: command line > environment > user > system > built "
	      "in.\n",
	      out);
	for (size_t i = 0; i < config->file_count; i++) {
		buf_clear(&line);
		yaml_add_comment(&line, str_of(config->files[i]));
		fprintf(out, "# read: %s\n", line.p);
	}
	if (!options->config && config->file_count == 0) {
		buf_clear(&line);
		yaml_add_comment(&line, str_of(config->places.system));
		fprintf(out, "# no configuration file, such as %s/digtrail.yml\n", line.p);
	}
	buf_release(&line);
}

void
config_show(const struct config *config, const struct options *options, FILE *out)
{
	show_places(config, options, out);
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_table[i];
		if (strcmp(row->name, "config") == 0 || options_find(str_of(row->name)) != row)
			continue;
		if (option_is_list(row))
			show_list(options, row, out);
		else
			show_value(options, row, out);
	}
	show_inputs(config, out);
}
