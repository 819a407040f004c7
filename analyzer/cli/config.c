#include "cli/config.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "base/yaml.h"
#include "report/escape.h"

enum { MESSAGE_LIMIT = 8192, NAME_TEXT = 128 };

/* What is being read, from one place to the next. */
struct loading {
	struct config *config;
	struct options *options;
	struct options shadow; /* takes values that do not count, so that they are checked */
	FILE *messages;
	size_t errors;
	uint64_t settled; /* rows that a higher place has set */
	uint64_t set;     /* rows that this place has set */
	bool has_inputs;  /* a higher place lists inputs */
	const char *path; /* of the file being read */
};

void
config_init(struct config *config)
{
	static const char system[] = SYSCONFDIR "/digtrail";
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct buf path;

	*config = (struct config){.places.system = system};
	buf_init(&path, MESSAGE_LIMIT);
	if (base && base[0] == '/')
		buf_printf(&path, "%s/digtrail", base);
	else if (home && home[0] == '/')
		buf_printf(&path, "%s/.config/digtrail", home);
	if (path.n)
		config->places.user = arena_copy(&config->arena, buf_str(&path));
	buf_release(&path);
}

void
config_release(struct config *config)
{
	free(config->inputs);
	free(config->files);
	arena_release(&config->arena);
	*config = (struct config){0};
}

/* One line about a mistake; `line` 0: the whole file. What it cites is no command to a terminal. */
static void
complain(struct loading *loading, unsigned line, const char *text)
{
	struct buf message;

	if (++loading->errors > CONFIG_ERRORS_SHOWN)
		return;
	buf_init(&message, MESSAGE_LIMIT);
	escape_text(&message, str_of(loading->path));
	if (line)
		buf_printf(&message, ":%u", line);
	buf_add_text(&message, ": ");
	escape_text(&message, str_of(text));
	fprintf(loading->messages, "digtrail: %.*s\n", STR_ARG(buf_str(&message)));
	buf_release(&message);
}

static const char *
place_of(struct loading *loading, unsigned line)
{
	struct buf place;

	buf_init(&place, MESSAGE_LIMIT);
	buf_printf(&place, "%s:%u", loading->path, line);
	const char *copy = arena_copy(&loading->config->arena, buf_str(&place));
	buf_release(&place);
	return copy;
}

static uint64_t
bit_of(const struct option_row *row)
{
	return UINT64_C(1) << (row - option_table);
}

/* Sets a value, or only checks it where a higher place has its own or the command no use. */
static int
apply(struct loading *loading, const struct option_row *row, const char *value, const char *place,
      struct err *err)
{
	const struct command *command = loading->options->command;
	bool counts = !(loading->settled & bit_of(row)) &&
		      (row->commands & command->id || command->id == COMMAND_CONFIG);
	struct options *target = counts ? loading->options : &loading->shadow;

	loading->set |= bit_of(row);
	target->place = place;
	return options_set(target, row, value, err);
}

/* err_set's texts begin with the option as it is typed; here it is a key. */
static void
complain_of_value(struct loading *loading, unsigned line, const struct err *err)
{
	complain(loading, line, strncmp(err->text, "--", 2) == 0 ? err->text + 2 : err->text);
}

/* A scalar's text, NULL (said) for what can be no value. */
static const char *
scalar_text(struct loading *loading, const char *name, const struct yaml_node *node)
{
	struct err err;

	if (node->kind != YAML_SCALAR)
		err_set(&err, "%s: a single value expected, not %s", name, yaml_kind_name(node));
	else if (yaml_is_null(node))
		err_set(&err, "%s: has no value", name);
	else if (strlen(node->text.p) != node->text.n)
		err_set(&err, "%s: holds a NUL byte", name);
	else
		return node->text.p;
	complain(loading, node->line, err.text);
	return NULL;
}

static void
read_flag(struct loading *loading, const struct option_row *row, const struct yaml_node *node)
{
	struct err err;
	bool yes = false;

	if (!yaml_bool(node, &yes)) {
		err_set(&err, "%s: true or false expected", row->name);
		complain(loading, node->line, err.text);
		return;
	}
	apply(loading, row, yes ? "true" : "false", place_of(loading, node->line), &err);
}

static void
read_value(struct loading *loading, const struct option_row *row, const struct yaml_node *node)
{
	const char *text = scalar_text(loading, row->name, node);
	struct err err;

	if (text && apply(loading, row, text, place_of(loading, node->line), &err) != 0)
		complain_of_value(loading, node->line, &err);
}

static void
read_option(struct loading *loading, const struct option_row *row, const struct yaml_node *node)
{
	if (row->kind == OPTION_FLAG) {
		read_flag(loading, row, node);
	} else if (option_is_list(row) && node->kind == YAML_SEQUENCE) {
		loading->set |= bit_of(row); /* an empty list is one */
		for (size_t i = 0; i < node->count; i++)
			read_value(loading, row, node->items[i]);
	} else {
		read_value(loading, row, node);
	}
}

/* What may be said of an input, and the option that says it of all of them. */
static const struct input_key {
	const char *name, *option;
} input_keys[] = {
	{"path", NULL},           {"server", "server"},
	{"role", "role"},         {"timezone", "log-timezone"},
	{"format", "log-format"},
};
enum { INPUT_KEYS = sizeof(input_keys) / sizeof(input_keys[0]) };

/* One member of an input; an option that a higher place has set outdoes it. */
static void
read_input_key(struct loading *loading, const struct yaml_node *key, const struct yaml_node *node,
	       struct options *values, const char **path)
{
	const struct input_key *found = NULL;
	struct err err;

	for (size_t i = 0; i < INPUT_KEYS; i++)
		if (str_eq(key->text, str_of(input_keys[i].name)))
			found = &input_keys[i];
	if (!found) {
		err_set(&err, "inputs: '%.60s' is none of path, server, role, timezone, format",
			key->text.p);
		complain(loading, key->line, err.text);
		return;
	}
	const char *text = scalar_text(loading, found->name, node);
	if (!text)
		return;
	if (!found->option) {
		*path = text;
		return;
	}
	const struct option_row *row = options_find(str_of(found->option));
	struct options *target = loading->settled & bit_of(row) ? &loading->shadow : values;
	if (options_set(target, row, text, &err) != 0)
		complain_of_value(loading, node->line, &err);
}

static void
add_input(struct loading *loading, struct config_input input, unsigned line)
{
	struct config *config = loading->config;

	if (loading->has_inputs)
		return;
	if (config->input_count == CONFIG_INPUTS_MAX) {
		complain(loading, line, "inputs: too many");
		return;
	}
	if (config->input_count == config->input_capacity) {
		config->input_capacity = config->input_capacity ? config->input_capacity * 2 : 8;
		config->inputs =
			xrealloc(config->inputs, config->input_capacity, sizeof(*config->inputs));
	}
	input.place = place_of(loading, line);
	config->inputs[config->input_count++] = input;
}

static void
read_input(struct loading *loading, const struct yaml_node *node)
{
	struct options values;
	const char *path = NULL;
	size_t errors = loading->errors;

	options_init(&values);
	if (node->kind == YAML_MAPPING)
		for (size_t i = 0; i < node->count; i++)
			read_input_key(loading, node->keys[i], node->items[i], &values, &path);
	else
		path = scalar_text(loading, "inputs", node);
	if (loading->errors == errors && (!path || !*path))
		complain(loading, node->line, "inputs: an entry needs a path");
	if (loading->errors == errors)
		add_input(loading,
			  (struct config_input){
				  .path = path,
				  .server = values.server,
				  .timezone = values.log_timezone,
				  .format = strcmp(values.log_format, "auto") == 0
						    ? NULL
						    : values.log_format,
				  .role = (enum option_role)values.role,
			  },
			  node->line);
	options_release(&values);
}

static void
read_inputs(struct loading *loading, const struct yaml_node *node)
{
	struct err err;

	if (node->kind != YAML_SEQUENCE) {
		err_set(&err, "inputs: a list expected, not %s", yaml_kind_name(node));
		complain(loading, node->line, err.text);
		return;
	}
	for (size_t i = 0; i < node->count; i++)
		read_input(loading, node->items[i]);
}

static void
complain_of_key(struct loading *loading, const struct yaml_node *key)
{
	const char *near = options_near(key->text.p);
	struct err err;

	if (near)
		err_set(&err, "unknown key '%.60s': did you mean '%s'?", key->text.p, near);
	else
		err_set(&err, "unknown key '%.60s'", key->text.p);
	complain(loading, key->line, err.text);
}

/* Options that only a command line can mean. */
static bool
is_no_key(const struct option_row *row)
{
	static const char *const names[] = {"config", "help", "version"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(row->name, names[i]) == 0)
			return true;
	return options_find(str_of(row->name)) != row; /* another command's of that name */
}

static void
read_root(struct loading *loading, const struct yaml_node *root)
{
	struct err err;

	if (root->kind != YAML_MAPPING) {
		err_set(&err, "a map of options expected, not %s", yaml_kind_name(root));
		complain(loading, root->line, err.text);
		return;
	}
	for (size_t i = 0; i < root->count; i++) {
		const struct yaml_node *key = root->keys[i];
		const struct option_row *row = options_find(key->text);
		if (str_eq(key->text, STR("inputs"))) {
			read_inputs(loading, root->items[i]);
		} else if (!row) {
			complain_of_key(loading, key);
		} else if (is_no_key(row)) {
			err_set(&err, "%s: has no meaning in a configuration file", row->name);
			complain(loading, key->line, err.text);
		} else {
			read_option(loading, row, root->items[i]);
		}
	}
}

static void
read_file(struct loading *loading, const char *path)
{
	struct config *config = loading->config;
	struct yaml_documents documents;
	struct err err;
	unsigned line;

	loading->path = path;
	if (config->file_count == config->file_capacity) {
		config->file_capacity = config->file_capacity ? config->file_capacity * 2 : 8;
		config->files =
			xrealloc(config->files, config->file_capacity, sizeof(*config->files));
	}
	config->files[config->file_count++] = path;
	if (yaml_read_file(&config->arena, path, &documents, NULL, &line, &err) != 0) {
		struct str text = str_of(err.text);
		if (str_take(&text, str_of(path)))
			str_take(&text, STR(": "));
		complain(loading, line, text.p);
		return;
	}
	for (size_t i = 0; i < documents.count; i++)
		read_root(loading, documents.roots[i]);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is done with each file of a directory. */
typedef void (*file_user)(struct loading *loading, const char *path);

static const char *
join(struct loading *loading, const char *directory, const char *name)
{
	struct buf path;

	buf_init(&path, MESSAGE_LIMIT);
	buf_printf(&path, "%s/%s", directory, name);
	const char *copy = arena_copy(&loading->config->arena, buf_str(&path));
	buf_release(&path);
	return copy;
}

/* The files of a directory that end in .yml, by name; one that is not there has none. */
static void
use_directory(struct loading *loading, const char *path, file_user use)
{
	const char **names = NULL;
	size_t count = 0;
	const struct dirent *entry;
	DIR *directory = opendir(path);

	if (!directory) {
		if (errno != ENOENT) {
			loading->path = path;
			complain(loading, 0, strerror(errno));
		}
		return;
	}
	while ((entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.' || !str_ends(str_of(entry->d_name), STR(".yml")))
			continue;
		names = xrealloc(names, count + 1, sizeof(*names));
		names[count++] = join(loading, path, entry->d_name);
	}
	closedir(directory);
	if (count)
		qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++)
		use(loading, names[i]);
	free(names);
}

/* From here on what was set so far cannot be changed. */
static void
settle(struct loading *loading)
{
	loading->settled |= loading->set;
	loading->set = 0;
	loading->has_inputs = loading->config->input_count > 0;
}

static void
read_place(struct loading *loading, const char *directory)
{
	if (!directory)
		return;
	const char *main_file = join(loading, directory, "digtrail.yml");
	if (access(main_file, F_OK) == 0)
		read_file(loading, main_file);
	use_directory(loading, join(loading, directory, "conf.d"), read_file);
	settle(loading);
}

/* Blanks stand between the items of a list. */
static void
read_variable(struct loading *loading, const struct option_row *row, const char *name,
	      const char *value)
{
	struct buf place;
	struct err err;

	buf_init(&place, MESSAGE_LIMIT);
	buf_printf(&place, "%s in the environment", name);
	loading->path = arena_copy(&loading->config->arena, buf_str(&place));
	buf_release(&place);
	if (!option_is_list(row)) {
		if (apply(loading, row, value, loading->path, &err) != 0)
			complain_of_value(loading, 0, &err);
		return;
	}
	for (value += strspn(value, " \t"); *value; value += strspn(value, " \t")) {
		size_t n = strcspn(value, " \t");
		const char *item = arena_copy(&loading->config->arena, str_make(value, n));
		if (apply(loading, row, item, loading->path, &err) != 0)
			complain_of_value(loading, 0, &err);
		value += n;
	}
}

/* DIGTRAIL_OWN_ZONE is --own-zone. */
static void
variable_name(const struct option_row *row, char name[NAME_TEXT])
{
	size_t n = (size_t)snprintf(name, NAME_TEXT, "DIGTRAIL_%s", row->name);

	for (size_t i = 0; i < n; i++) {
		if (name[i] == '-')
			name[i] = '_';
		else if (name[i] >= 'a' && name[i] <= 'z')
			name[i] = (char)(name[i] - 'a' + 'A');
	}
}

static void
read_environment(struct loading *loading)
{
	for (size_t i = 0; i < option_count; i++) {
		char name[NAME_TEXT];
		variable_name(&option_table[i], name);
		const char *value = getenv(name);
		if (value && *value && !is_no_key(&option_table[i]))
			read_variable(loading, &option_table[i], name, value);
	}
	settle(loading);
}

static void
add_allow_list(struct loading *loading, const char *path)
{
	struct err err;

	loading->options->place = path;
	options_set(loading->options, options_find(STR("allow")), path, &err);
}

static void
add_rules(struct loading *loading, const char *path)
{
	struct err err;

	loading->options->place = path;
	options_set(loading->options, options_find(STR("rules")), path, &err);
}

/* Lists and rules that lie there count besides those that are named. */
static void
add_dropped_in(struct loading *loading, const char *directory)
{
	if (!directory)
		return;
	use_directory(loading, join(loading, directory, "allow.d"), add_allow_list);
	use_directory(loading, join(loading, directory, "rules.d"), add_rules);
}

int
config_load(struct config *config, struct options *options, FILE *messages)
{
	struct loading loading = {.config = config, .options = options, .messages = messages};

	if (options->help || options->version)
		return 0;
	loading.settled = options->given;
	options_init(&loading.shadow);
	if (!options->config)
		options->config = getenv("DIGTRAIL_CONFIG");
	if (options->config && !*options->config)
		options->config = NULL;
	read_environment(&loading);
	if (options->config) {
		read_file(&loading, options->config);
	} else {
		read_place(&loading, config->places.user);
		read_place(&loading, config->places.system);
		add_dropped_in(&loading, config->places.system);
		add_dropped_in(&loading, config->places.user);
	}
	options_release(&loading.shadow);
	options->loaded = config;
	if (loading.errors > CONFIG_ERRORS_SHOWN)
		fprintf(messages, "digtrail: and %zu more mistakes in the configuration\n",
			loading.errors - CONFIG_ERRORS_SHOWN);
	return loading.errors ? -1 : 0;
}

void
config_add_inputs(struct config *config, struct options *options)
{
	size_t others = options->command->id == COMMAND_EXPLAIN ? 1 : 0;

	if (!(options->command->id & (COMMAND_REPORT | COMMAND_EXPLAIN)) ||
	    options->operands.count != others)
		return;
	for (size_t i = 0; i < config->input_count; i++) {
		const char *pattern = config->inputs[i].path;
		glob_t found = {0};
		if (strpbrk(pattern, "*?[") && glob(pattern, 0, NULL, &found) == 0)
			for (size_t j = 0; j < found.gl_pathc; j++)
				options_add_operand(options, arena_copy(&config->arena,
									str_of(found.gl_pathv[j])));
		else
			options_add_operand(options, pattern);
		globfree(&found);
	}
}
