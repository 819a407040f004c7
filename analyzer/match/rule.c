#include "match/rule.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "match/correlation.h"
#include "match/dispatch.h"
#include "match/rulefile.h"

/* Deeper than any rule collection; a link to a folder above ends here. */
enum { FOLDERS_MAX = 12 };

void
ruleset_init(struct ruleset *ruleset)
{
	*ruleset = (struct ruleset){.patterns = patterns_new()};
}

void
ruleset_release(struct ruleset *ruleset)
{
	patterns_free(ruleset->patterns);
	dispatch_free(ruleset->dispatch);
	free(ruleset->rules);
	free(ruleset->correlations);
	arena_release(&ruleset->arena);
	*ruleset = (struct ruleset){0};
}

void
rule_errors_release(struct rule_errors *errors)
{
	free(errors->errors);
	*errors = (struct rule_errors){0};
}

/* Order counts too: the same files in another order give other rule numbers. */
static void
add_fingerprint(struct ruleset *ruleset, struct str content)
{
	struct hash_key key;

	hash_key_make(&key, STR("digtrail rules"));
	ruleset->fingerprint = hash_mix(ruleset->fingerprint + 1,
					hash_bytes(&key, content.n ? content.p : "", content.n));
}

static int
load_file(struct ruleset *ruleset, const char *path, struct rule_errors *errors, struct err *err)
{
	struct build build = {.ruleset = ruleset,
			      .errors = errors,
			      .file = arena_str(&ruleset->arena, str_of(path))};
	struct yaml_documents documents;
	struct str content = {NULL, 0};
	struct err mistake = {.text = ""};
	unsigned line;

	if (yaml_read_file(&ruleset->arena, path, &documents, &content, &line, &mistake) < 0) {
		if (line == 0)
			return err_set(err, "%s", mistake.text);
		build_fail(&build, line, "%s", mistake.text);
	}
	add_fingerprint(ruleset, content);
	for (size_t i = 0; i < documents.count; i++)
		rulefile_document(&build, documents.roots[i]);
	return 0;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a directory that do not begin with '.', sorted; all of it from malloc. */
static char **
list_names(const char *path, size_t *count, struct err *err)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	char **names = NULL;
	size_t capacity = 0;

	*count = 0;
	if (!directory) {
		err_set(err, "%s: %s", path, strerror(errno));
		return NULL;
	}
	names = xmalloc(sizeof(*names));
	while ((entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (*count == capacity) {
			capacity = capacity ? capacity * 2 : 32;
			names = xrealloc(names, capacity, sizeof(*names));
		}
		names[(*count)++] = xstrdup(entry->d_name);
	}
	closedir(directory);
	qsort(names, *count, sizeof(*names), compare_names);
	return names;
}

static int load_path(struct ruleset *ruleset, const char *path, unsigned depth,
		     struct rule_errors *errors, struct err *err);

static int
load_directory(struct ruleset *ruleset, const char *path, unsigned depth,
	       struct rule_errors *errors, struct err *err)
{
	size_t count;
	int result = 0;
	char **names = list_names(path, &count, err);

	if (!names)
		return -1;
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(path) + strlen(names[i]) + 2;
		char *full = xmalloc(n);
		struct stat status;
		snprintf(full, n, "%s/%s", path, names[i]);
		struct str name = str_of(names[i]);
		bool rules = str_ends(name, STR(".yml")) || str_ends(name, STR(".yaml"));
		bool folder = stat(full, &status) == 0 && S_ISDIR(status.st_mode);
		if (result == 0 && (folder ? depth < FOLDERS_MAX : rules))
			result = load_path(ruleset, full, depth + 1, errors, err);
		free(full);
		free(names[i]);
	}
	free(names);
	return result;
}

static int
load_path(struct ruleset *ruleset, const char *path, unsigned depth, struct rule_errors *errors,
	  struct err *err)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return load_directory(ruleset, path, depth, errors, err);
	return load_file(ruleset, path, errors, err);
}

int
ruleset_load(struct ruleset *ruleset, const char *path, struct rule_errors *errors, struct err *err)
{
	return load_path(ruleset, path, 0, errors, err);
}

void
ruleset_finish(struct ruleset *ruleset, bool jit, struct rule_errors *errors)
{
	correlation_resolve(ruleset, errors);
	ruleset->jit = jit && patterns_jit(ruleset->patterns);
	dispatch_free(ruleset->dispatch);
	ruleset->dispatch = dispatch_new(ruleset);
}

struct str
rule_field_value(const struct record *record, const struct name *name, struct str server,
		 struct str field, char *out, size_t size)
{
	struct field_values values;
	enum field found = field_find(field);

	if (found == FIELDS || size == 0)
		return (struct str){NULL, 0};
	field_values_init(&values, record, name, server, (struct str){NULL, 0});
	struct str text = field_text(&values, found);
	if (text.n > size)
		text.n = size;
	if (text.n)
		memcpy(out, text.p, text.n);
	return str_make(out, text.n);
}
