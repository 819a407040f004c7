#include "cli/cmd_allow.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/yaml.h"
#include "base/yaml_text.h"
#include "cli/config.h"
#include "cli/exit.h"
#include "detect/allow.h"
#include "store/told.h"

enum { PATH_LIMIT = 4096, ENTRY_LIMIT = 16 * 1024, SPARE_INDENT = 64 };

/*
 * The first list in force; where there is none, one in the system's allow.d, which is read without
 * being named. NULL when nothing would read what is added.
 */
static const char *
list_path(const struct options *options, struct buf *out)
{
	const char *system = options->loaded ? options->loaded->places.system : NULL;
	struct stat there;

	if (options->allow.count)
		return options->allow.items[0];
	if (options->config || !system)
		return NULL;
	buf_printf(out, "%s/allow.d", system);
	if (!buf_add_char(out, '\0') || stat(out->p, &there) != 0)
		return NULL;
	out->n--;
	buf_add_text(out, "/allow.yml");
	return buf_add_char(out, '\0') ? out->p : NULL;
}

static void
add_field(struct buf *entry, const char *indent, const char *name, struct str value)
{
	buf_printf(entry, "%s%s", indent, name);
	yaml_add_text(entry, value);
	buf_add_char(entry, '\n');
}

/* As detect/allow.h shows it; what the finding does not name narrows nothing. */
static void
make_entry(struct buf *entry, const char *indent, const struct told *told,
	   const struct options *options)
{
	add_field(entry, indent, "- kind: ", told->kind);
	if (told->zone.n)
		add_field(entry, indent, "  zone: ", told->zone);
	if (told->actor.n)
		add_field(entry, indent, "  actor: ", told->actor);
	add_field(entry, indent, "  reason: ", str_of(options->reason));
	add_field(entry, indent, "  until: ", str_of(options->until));
}

/* Alone, the entry has no mistake, and has not ended when the finding was last seen. */
static int
check_entry(const struct told *told, const struct options *options, struct err *err)
{
	struct allow_list list = {0};
	struct buf entry;
	int status = 0;

	buf_init(&entry, ENTRY_LIMIT);
	make_entry(&entry, "", told, options);
	allow_read(&list, buf_str(&entry), "");
	if (!told->actor.n && !told->zone.n)
		status = err_set(err, "too wide: neither one actor nor one zone was told, so that "
				      "every finding of its kind would be allowed");
	else if (list.error_count)
		status = err_set(err, "%s", list.errors[0].text);
	else if (list.count != 1 || entry.full)
		status = err_set(err, "the entry would be too long");
	else if (told->last_seen != TIME_NONE && list.all[0].until <= told->last_seen)
		status =
			err_set(err, "until: it would have ended before the finding was last seen");
	buf_release(&entry);
	allow_release(&list);
	return status;
}

/* The blanks before the last entry, so that one more stands beside it. */
static struct str
last_indent(struct str text)
{
	struct str indent = {0};

	for (size_t at = 0; at < text.n;) {
		size_t blanks = 0;
		while (at + blanks < text.n && text.p[at + blanks] == ' ')
			blanks++;
		if (at + blanks < text.n && text.p[at + blanks] == '-' && blanks < SPARE_INDENT)
			indent = str_make(text.p + at, blanks);
		while (at < text.n && text.p[at] != '\n')
			at++;
		at++;
	}
	return indent;
}

/* Whether the list reads as before, and one entry more. */
static bool
is_one_more(struct str before, struct str after)
{
	struct allow_list old = {0}, new = {0};

	allow_read(&old, before, "");
	allow_read(&new, after, "");
	bool good = new.count == old.count + 1 && new.error_count == old.error_count;
	allow_release(&old);
	allow_release(&new);
	return good;
}

/*
 * Everything in the file stays as it is. The entry comes behind the last one where that has the
 * wanted effect; else (a list in brackets) as a document of its own.
 */
static int
extend(struct buf *after, struct str before, const struct told *told, const struct options *options,
       struct err *err)
{
	static const char *const between[] = {"", "---\n"};
	char indent[SPARE_INDENT] = "";
	struct str last = last_indent(before);

	if (last.n)
		memcpy(indent, last.p, last.n);
	for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
		buf_clear(after);
		buf_add_str(after, before);
		if (before.n && before.p[before.n - 1] != '\n')
			buf_add_char(after, '\n');
		buf_add_text(after, between[i]);
		make_entry(after, i == 0 ? indent : "", told, options);
		if (!after->full && is_one_more(before, buf_str(after)))
			return 0;
	}
	return err_set(err, "it is no list that one more entry could be added to");
}

static int
replace(const char *path, struct str text, struct err *err)
{
	struct outfile file;

	if (outfile_open(&file, path, err) != 0)
		return -1;
	ssize_t n = write(file.fd, text.p, text.n);
	if (n >= 0 && (size_t)n < text.n)
		errno = ENOSPC;
	int status = outfile_close(&file, n == (ssize_t)text.n ? 0 : -1, err);
	if (status == 0)
		status = outfile_rename(&file, err);
	outfile_release(&file);
	return status;
}

/* A file that is not there yet is an empty one. */
static int
add_to_file(const char *path, const struct told *told, const struct options *options,
	    struct err *err)
{
	struct arena arena = {0};
	struct yaml_documents documents;
	struct str before = {0};
	struct buf after;
	unsigned line = 0;
	int status = 0;

	buf_init(&after, YAML_FILE_MAX);
	if (access(path, F_OK) == 0 || errno != ENOENT)
		status = yaml_read_file(&arena, path, &documents, &before, &line, err);
	if (status != 0 && line)
		err_prefix(err, "%s:%u", path, line);
	if (status == 0 && extend(&after, before, told, options, err) != 0)
		status = err_prefix(err, "%s", path);
	if (status == 0)
		status = replace(path, buf_str(&after), err);
	buf_release(&after);
	arena_release(&arena);
	return status;
}

static int
allow_finding(const char *id, const char *path, const struct options *options, struct err *err)
{
	struct arena arena = {0};
	struct told told = {0};
	int status = -1;
	struct state *state = state_open(options->state, STATE_READ, err);

	if (!state)
		return err_prefix(err, "--state");
	int found = told_find(state, str_of(id), &arena, &told, err);
	state_close(state);
	if (found == 0)
		err_set(err, "%s: no such finding was told", id);
	else if (found == 1 && check_entry(&told, options, err) != 0)
		err_prefix(err, "%s", id);
	else if (found == 1)
		status = add_to_file(path, &told, options, err);
	arena_release(&arena);
	return status;
}

int
cmd_allow(const struct options *options)
{
	const struct option_list *operands = &options->operands;
	enum exit_status status = EXIT_TROUBLE;
	struct buf text;
	struct err err;

	if (operands->count != 2 || strcmp(operands->items[0], "add") != 0 || !options->state ||
	    !options->reason || !options->until) {
		fputs("digtrail: allow needs 'add', a finding's id, --reason, --until and --state\n"
		      "Try 'digtrail help allow'.\n",
		      stderr);
		return EXIT_TROUBLE;
	}
	buf_init(&text, PATH_LIMIT);
	const char *path = list_path(options, &text);
	if (!path)
		fputs("digtrail: no allow-list is in force: name one in the configuration "
		      "('allow:'), or by --allow\n",
		      stderr);
	else if (allow_finding(operands->items[1], path, options, &err) != 0)
		fprintf(stderr, "digtrail: %s\n", err.text);
	else
		status = EXIT_ALL_READ;
	if (status == EXIT_ALL_READ)
		printf("%s: allowed until %s in %s\n", operands->items[1], options->until, path);
	buf_release(&text);
	return status;
}
