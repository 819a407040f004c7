#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/xalloc.h"
#include "base/yaml.h"
#include "record/codes.h"
#include "record/custom_parts.h"

enum { FORMATS_MAX = 256, PATH_TEXT = 1024, NAME_LENGTH_MAX = 32 };

/* A description while it is read. */
struct loader {
	struct custom_formats *formats;
	struct custom_format *format;
	const char *file;
	struct err *err;
};

static int
fail(struct loader *loader, const struct yaml_node *node, const char *text)
{
	return err_set(loader->err, "%s:%u: %s", loader->file, node->line, text);
}

static int
fail_word(struct loader *loader, const struct yaml_node *node, const char *text, struct str word)
{
	return err_set(loader->err, "%s:%u: %s: '%.*s'", loader->file, node->line, text,
		       STR_ARG(word));
}

static int
read_text(struct loader *loader, const struct yaml_node *node, struct str *out)
{
	*out = (struct str){0};
	if (node->kind != YAML_SCALAR)
		return fail(loader, node, "a text expected");
	*out = arena_str(&loader->formats->arena, node->text);
	return 0;
}

static int
read_texts(struct loader *loader, const struct yaml_node *node, struct str **out, size_t *count)
{
	if (node->kind == YAML_MAPPING)
		return fail(loader, node, "a text or a list of texts expected");
	*count = node->kind == YAML_SCALAR ? 1 : node->count;
	*out = arena_alloc(&loader->formats->arena, *count * sizeof(**out));
	for (size_t i = 0; i < *count; i++)
		if (read_text(loader, node->kind == YAML_SCALAR ? node : node->items[i],
			      &(*out)[i]) != 0)
			return -1;
	return 0;
}

static int
read_bool(struct loader *loader, const struct yaml_node *node, bool *out)
{
	return yaml_bool(node, out) ? 0 : fail(loader, node, "true or false expected");
}

/* The index of a text in a list that ends with NULL; -1 for none. */
static int
index_of(struct str text, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (str_eq(text, str_of(words[i])))
			return i;
	return -1;
}

/* Of which kind the lines are that tell an action. */
static enum record_kind
kind_of(enum record_action action)
{
	if (action >= ACTION_TRANSFER_STARTED && action <= ACTION_TRANSFER_FAILED)
		return RECORD_TRANSFER;
	if (action >= ACTION_RATE_DROP && action <= ACTION_RATE_LIMIT)
		return RECORD_RATE_LIMITED;
	if (action >= ACTION_QUERY_DENIED && action <= ACTION_TRANSFER_BAD)
		return RECORD_DENIED;
	return RECORD_OTHER;
}

/* A kind ("query") or an action ("transfer ended"), which has its kind. */
static int
read_event(struct loader *loader, const struct yaml_node *node, struct custom_event *out)
{
	static const enum record_kind kinds[] = {RECORD_QUERY, RECORD_RESPONSE, RECORD_QUERY_ERROR,
						 RECORD_UPDATE, RECORD_OTHER};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_eq(node->text, str_of(record_kind_names[kinds[i]]))) {
			*out = (struct custom_event){kinds[i], ACTION_NONE};
			return 0;
		}
	for (int action = ACTION_NONE + 1; action < RECORD_ACTIONS; action++)
		if (str_eq(node->text, str_of(record_action_names[action])) &&
		    kind_of((enum record_action)action) != RECORD_OTHER) {
			*out = (struct custom_event){kind_of((enum record_action)action),
						     (enum record_action)action};
			return 0;
		}
	return fail_word(loader, node, "no kind of line, nor what can happen", node->text);
}

static int
read_flag(struct loader *loader, const struct yaml_node *node, struct custom_word *word)
{
	static const char *const names[] = {"rd",     "tcp",          "edns",   "do", "cd",
					    "cookie", "cookie_valid", "signed", NULL};
	int flag = index_of(node->text, names);

	if (flag < 0)
		return fail_word(loader, node, "no flag (rd, tcp, edns, do, cd, cookie, signed)",
				 node->text);
	word->number = 1U << flag;
	loader->format->flags_known |= (uint16_t)word->number;
	return 0;
}

static int
read_type(struct loader *loader, const struct yaml_node *node, struct custom_word *word)
{
	int32_t type = type_parse(node->text);
	uint64_t number;

	if (type == TYPE_UNKNOWN && str_number(node->text, 65535, &number))
		type = (int32_t)number;
	word->number = (uint32_t)type;
	return type == TYPE_UNKNOWN ? fail_word(loader, node, "no type", node->text) : 0;
}

static int
read_action(struct loader *loader, const struct yaml_node *node, struct custom_word *word)
{
	return read_event(loader, node, &word->event);
}

static int
read_words(struct loader *loader, const struct yaml_node *node, struct custom_words *words,
	   int (*read)(struct loader *, const struct yaml_node *, struct custom_word *))
{
	if (node->kind != YAML_MAPPING || node->count > CUSTOM_MEANINGS_MAX)
		return fail(loader, node, "a map of words to their meanings expected");
	words->all = arena_alloc(&loader->formats->arena, node->count * sizeof(*words->all));
	for (size_t i = 0; i < node->count; i++) {
		struct custom_word *word = &words->all[words->count++];
		word->word = arena_str(&loader->formats->arena, node->keys[i]->text);
		if (node->items[i]->kind != YAML_SCALAR)
			return fail(loader, node->items[i], "a word expected");
		if (read(loader, node->items[i], word) != 0)
			return -1;
	}
	return 0;
}

/* Single letters stand without anything between them. */
static int
read_flags(struct loader *loader, const struct yaml_node *node)
{
	struct custom_words *flags = &loader->format->flags;

	if (read_words(loader, node, flags, read_flag) != 0)
		return -1;
	loader->format->flags_are_letters = true;
	for (size_t i = 0; i < flags->count; i++)
		loader->format->flags_are_letters &= flags->all[i].word.n == 1;
	return 0;
}

static int
read_groups(struct loader *loader, const struct yaml_node *node, struct custom_pattern *pattern)
{
	const char *name;
	size_t number;

	for (size_t i = 0; (name = regex_group(pattern->regex, i, &number)) != NULL; i++) {
		size_t field = 0;
		while (field < CUSTOM_FIELDS && strcmp(name, custom_field_names[field]) != 0)
			field++;
		if (field == CUSTOM_FIELDS)
			return fail_word(loader, node, "no field of a record", str_of(name));
		if (number >= CUSTOM_GROUPS_MAX || i >= CUSTOM_GROUPS_MAX)
			return fail(loader, node, "too many groups");
		pattern->groups[pattern->group_count].number = (uint16_t)number;
		pattern->groups[pattern->group_count++].field = (uint8_t)field;
		pattern->highest = number > pattern->highest ? number : pattern->highest;
	}
	return 0;
}

static int
read_pattern(struct loader *loader, const struct yaml_node *node, struct custom_pattern *pattern)
{
	const struct yaml_node *kind = yaml_get(node, "kind"), *text = yaml_get(node, "pattern");
	struct err err;

	if (node->kind != YAML_MAPPING || node->count != 2 || !kind || !text ||
	    kind->kind != YAML_SCALAR || text->kind != YAML_SCALAR)
		return fail(loader, node, "'kind' and 'pattern' expected");
	if (read_event(loader, kind, &pattern->event) != 0)
		return -1;
	pattern->regex = regex_compile(text->text, REGEX_ANCHORED | REGEX_WHOLE, &err);
	if (!pattern->regex)
		return fail_word(loader, text, "not a pattern", str_of(err.text));
	return read_groups(loader, text, pattern);
}

static int
read_lines(struct loader *loader, const struct yaml_node *node)
{
	struct custom_format *format = loader->format;

	if (node->kind != YAML_SEQUENCE || node->count == 0)
		return fail(loader, node, "a list of patterns expected");
	format->patterns =
		arena_alloc(&loader->formats->arena, node->count * sizeof(*format->patterns));
	for (size_t i = 0; i < node->count; i++)
		if (read_pattern(loader, node->items[i],
				 &format->patterns[format->pattern_count++]) != 0)
			return -1;
	return 0;
}

/* Room for `count` more examples behind those that are there. */
static struct custom_example *
more_examples(struct loader *loader, size_t count)
{
	struct custom_info *info = &loader->format->info;
	struct custom_example *all =
		arena_alloc(&loader->formats->arena, (info->example_count + count) * sizeof(*all));

	if (info->example_count)
		memcpy(all, info->examples, info->example_count * sizeof(*all));
	struct custom_example *first = all + info->example_count;
	info->examples = all;
	info->example_count += count;
	return first;
}

static int
read_must(struct loader *loader, const struct yaml_node *node)
{
	struct custom_example *examples = more_examples(loader, node->count);

	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *line = yaml_get(node->items[i], "line");
		const struct yaml_node *is = yaml_get(node->items[i], "is");
		if (!line || !is)
			return fail(loader, node->items[i], "'line' and 'is' expected");
		examples[i].place = node->items[i]->line;
		if (read_text(loader, line, &examples[i].line) != 0 ||
		    read_text(loader, is, &examples[i].is) != 0)
			return -1;
	}
	return 0;
}

static int
read_must_not(struct loader *loader, const struct yaml_node *node)
{
	struct custom_example *examples = more_examples(loader, node->count);

	for (size_t i = 0; i < node->count; i++) {
		examples[i].place = node->items[i]->line;
		if (read_text(loader, node->items[i], &examples[i].line) != 0)
			return -1;
	}
	return 0;
}

static int
read_name(struct loader *loader, const struct yaml_node *node)
{
	struct str name;

	if (read_text(loader, node, &name) != 0)
		return -1;
	if (name.n == 0 || name.n > NAME_LENGTH_MAX)
		return fail(loader, node, "a name of 1 to 32 characters expected");
	if (str_eq(name, STR("auto")) || str_eq(name, STR("bind")) ||
	    str_eq(name, STR("unbound")) || custom_find(loader->formats, name.p))
		return fail_word(loader, node, "this format is there already", name);
	loader->format->info.name = name.p;
	return 0;
}

static int
read_title(struct loader *loader, const struct yaml_node *node)
{
	struct str title;

	if (read_text(loader, node, &title) != 0)
		return -1;
	loader->format->info.title = title.p;
	return 0;
}

static int
read_origin(struct loader *loader, const struct yaml_node *node)
{
	struct str origin;

	if (read_text(loader, node, &origin) != 0)
		return -1;
	if (!str_starts(origin, STR("checked: ")) && !str_starts(origin, STR("documented: ")))
		return fail(loader, node, "'checked: ...' or 'documented: ...' expected");
	loader->format->info.origin = origin.p;
	return 0;
}

static int
read_role(struct loader *loader, const struct yaml_node *node)
{
	static const char *const roles[] = {"authoritative", "resolver", "either", NULL};
	int role = index_of(node->text, roles);

	if (role < 0)
		return fail(loader, node, "'authoritative', 'resolver' or 'either' expected");
	loader->format->info.resolver = role == 1;
	loader->format->info.either = role == 2;
	return 0;
}

static int
read_times(struct loader *loader, const struct yaml_node *node)
{
	struct custom_format *format = loader->format;

	if (read_texts(loader, node, &format->times, &format->time_count) != 0)
		return -1;
	for (size_t i = 0; i < format->time_count; i++)
		if (!stamp_form_is_valid(format->times[i]))
			return fail_word(loader, node, "no form of a time", format->times[i]);
	return 0;
}

static int
read_names(struct loader *loader, const struct yaml_node *node)
{
	static const char *const forms[] = {"escaped",  "raw",     "quoted", "hex",
					    "hex-json", "lengths", NULL};
	int form = index_of(node->text, forms);

	if (form < 0)
		return fail_word(loader, node, "no form of names", node->text);
	loader->format->names = (enum custom_names)form;
	return 0;
}

static int
read_programs(struct loader *loader, const struct yaml_node *node)
{
	return read_texts(loader, node, &loader->format->programs, &loader->format->program_count);
}

static int
read_unset(struct loader *loader, const struct yaml_node *node)
{
	return read_text(loader, node, &loader->format->unset);
}

static int
read_whole_line(struct loader *loader, const struct yaml_node *node)
{
	return read_bool(loader, node, &loader->format->whole_line);
}

static int
read_like_bind(struct loader *loader, const struct yaml_node *node)
{
	return read_bool(loader, node, &loader->format->like_bind);
}

static int
read_types(struct loader *loader, const struct yaml_node *node)
{
	return read_words(loader, node, &loader->format->types, read_type);
}

static int
read_actions(struct loader *loader, const struct yaml_node *node)
{
	return read_words(loader, node, &loader->format->actions, read_action);
}

static const struct {
	const char *key;
	bool needed;
	int (*read)(struct loader *loader, const struct yaml_node *node);
} keys[] = {
	{"name", true, read_name},
	{"title", true, read_title},
	{"origin", true, read_origin},
	{"role", true, read_role},
	{"programs", false, read_programs},
	{"whole-line", false, read_whole_line},
	{"like-bind", false, read_like_bind},
	{"time", false, read_times},
	{"names", false, read_names},
	{"unset", false, read_unset},
	{"flags", false, read_flags},
	{"types", false, read_types},
	{"actions", false, read_actions},
	{"lines", true, read_lines},
	{"must-parse", true, read_must},
	{"must-not-parse", true, read_must_not},
};

enum { KEYS = sizeof(keys) / sizeof(*keys) };

static int
check_keys(struct loader *loader, const struct yaml_node *root)
{
	if (root->kind != YAML_MAPPING)
		return fail(loader, root, "a map expected");
	for (size_t i = 0; i < root->count; i++) {
		size_t key = 0;
		while (key < KEYS && !str_eq(root->keys[i]->text, str_of(keys[key].key)))
			key++;
		if (key == KEYS)
			return fail_word(loader, root->keys[i], "unknown key", root->keys[i]->text);
	}
	return 0;
}

static int
read_format(struct loader *loader, const struct yaml_node *root)
{
	struct custom_formats *formats = loader->formats;

	if (check_keys(loader, root) != 0)
		return -1;
	if (formats->count == FORMATS_MAX)
		return fail(loader, root, "too many formats");
	loader->format = arena_alloc(&formats->arena, sizeof(*loader->format));
	loader->format->info.file = arena_copy(&formats->arena, str_of(loader->file));
	for (size_t i = 0; i < KEYS; i++) {
		const struct yaml_node *node = yaml_get(root, keys[i].key);
		if (!node && keys[i].needed)
			return fail_word(loader, root, "missing", str_of(keys[i].key));
		if (node && keys[i].read(loader, node) != 0)
			break;
		/* With a name it can be found, and is released with the others. */
		if (i == 0) {
			formats->all =
				xrealloc(formats->all, formats->count + 1, sizeof(*formats->all));
			formats->all[formats->count++] = loader->format;
			loader->err->text[0] = '\0';
		}
	}
	return loader->err->text[0] ? -1 : 0;
}

static int
load_file(struct custom_formats *formats, const char *path, struct err *err)
{
	struct loader loader = {.formats = formats, .file = path, .err = err};
	struct arena arena = {0};
	struct yaml_documents documents;
	unsigned line = 0;
	int status = yaml_read_file(&arena, path, &documents, NULL, &line, err);

	if (status != 0)
		err_prefix(err, "%s:%u", path, line);
	else if (documents.count == 0)
		status = err_set(err, "%s: no format in it", path);
	for (size_t i = 0; status == 0 && i < documents.count; i++)
		status = read_format(&loader, documents.roots[i]);
	arena_release(&arena);
	return status;
}

static int
is_description(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && str_ends(str_of(entry->d_name), STR(".yml"));
}

static int
load_directory(struct custom_formats *formats, const char *path, struct err *err)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_description, alphasort), status = 0;

	if (count < 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	for (int i = 0; i < count; i++) {
		char file[PATH_TEXT];
		snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
		if (status == 0)
			status = load_file(formats, file, err);
		free(entries[i]);
	}
	free(entries);
	return status;
}

int
custom_load(struct custom_formats *formats, const char *path, struct err *err)
{
	struct stat st;

	err->text[0] = '\0';
	if (stat(path, &st) != 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	return S_ISDIR(st.st_mode) ? load_directory(formats, path, err)
				   : load_file(formats, path, err);
}

void
custom_release(struct custom_formats *formats)
{
	for (size_t i = 0; i < formats->count; i++)
		for (size_t j = 0; j < formats->all[i]->pattern_count; j++)
			regex_free(formats->all[i]->patterns[j].regex);
	free(formats->all);
	arena_release(&formats->arena);
	*formats = (struct custom_formats){0};
}

const struct custom_format *
custom_find(const struct custom_formats *formats, const char *name)
{
	for (size_t i = 0; i < formats->count; i++)
		if (strcmp(formats->all[i]->info.name, name) == 0)
			return formats->all[i];
	return NULL;
}
