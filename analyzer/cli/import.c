#include "cli/import.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ip.h"
#include "base/xalloc.h"
#include "base/yaml_text.h"

enum { WORDS_MAX = 8, LINE_LIMIT = 16384 };

struct texts {
	size_t count, capacity;
	struct str *all;
};

/* A named list of addresses, keys and other lists: acl, primaries and their older names. */
struct list {
	struct str name;
	struct texts members; /* as peers are told; other lists after "list:" */
};

/* What was found, in any order; sorted and each once when it is printed. */
struct import {
	struct arena arena;
	struct str rest; /* what is still to be read */
	struct texts zones, files, peers, internal, logs, remarks;
	struct texts peer_lists; /* named in the place of peers */
	size_t list_count;
	struct list *lists;
	struct str directory;
	bool known; /* something of a nameserver's configuration was there */
	/* Of the zone being read. */
	struct str zone, zone_file;
	bool is_ours, is_primary, is_raw;
	/* Of an unbound.conf. */
	struct str place; /* the directory of the file that was named, with a slash at its end */
	size_t includes;
};

static void
add(struct texts *texts, struct str text)
{
	if (texts->count == texts->capacity) {
		texts->capacity = texts->capacity ? texts->capacity * 2 : 16;
		texts->all = xrealloc(texts->all, texts->capacity, sizeof(*texts->all));
	}
	texts->all[texts->count++] = text;
}

/* "a b c" in the arena. */
static struct str
concat(struct import *import, struct str a, struct str b, struct str c)
{
	char *text = arena_alloc(&import->arena, a.n + b.n + c.n + 1);
	struct str parts[] = {a, b, c};
	size_t n = 0;

	for (size_t i = 0; i < 3; i++) {
		if (parts[i].n)
			memcpy(text + n, parts[i].p, parts[i].n);
		n += parts[i].n;
	}
	return str_make(text, n);
}

static void
remark(struct import *import, struct str what, struct str name)
{
	add(&import->remarks, concat(import, what, name, STR("")));
}

static struct str
full_path(struct import *import, struct str path)
{
	if (path.n == 0 || path.p[0] == '/' || import->directory.n == 0)
		return path;
	return concat(import, import->directory, STR("/"), path);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Steps over blanks and comments of named.conf. */
static void
skip_blanks(struct str *rest)
{
	for (;;) {
		while (rest->n && is_blank(rest->p[0]))
			*rest = str_skip(*rest, 1);
		if (str_starts(*rest, STR("/*"))) {
			size_t end = str_find(*rest, STR("*/"), 2);
			*rest = str_skip(*rest, end == SIZE_MAX ? rest->n : end + 2);
		} else if (str_starts(*rest, STR("//")) || str_starts(*rest, STR("#"))) {
			size_t end = str_index(*rest, '\n');
			*rest = str_skip(*rest, end == SIZE_MAX ? rest->n : end);
		} else {
			return;
		}
	}
}

/* A word, what stands in quotes, or one of { } ; alone. False at the end. */
static bool
next_token(struct import *import, struct str *token)
{
	struct str *rest = &import->rest;
	size_t n = 0;

	skip_blanks(rest);
	if (rest->n == 0)
		return false;
	if (rest->p[0] == '"') {
		*rest = str_skip(*rest, 1);
		n = str_index(*rest, '"');
		n = n == SIZE_MAX ? rest->n : n;
		*token = str_make(rest->p, n);
		*rest = str_skip(*rest, n + 1);
		return true;
	}
	if (strchr("{};", rest->p[0]))
		n = 1;
	while (n < rest->n && !(n == 1 && strchr("{};", rest->p[0])) && !is_blank(rest->p[n]) &&
	       !strchr("{};\"", rest->p[n]))
		n++;
	*token = str_make(rest->p, n);
	*rest = str_skip(*rest, n);
	return true;
}

struct statement {
	size_t count;
	struct str words[WORDS_MAX];
	char end; /* '{', ';', '}' or 0 at the end of the file */
};

static void
next_statement(struct import *import, struct statement *statement)
{
	struct str token;

	*statement = (struct statement){0};
	while (next_token(import, &token)) {
		if (token.n == 1 && strchr("{};", token.p[0])) {
			statement->end = token.p[0];
			return;
		}
		if (statement->count < WORDS_MAX)
			statement->words[statement->count++] = token;
	}
}

static bool
is(const struct statement *statement, size_t i, const char *word)
{
	return i < statement->count && str_eq_nocase(statement->words[i], str_of(word));
}

static void read_block(struct import *import, size_t depth,
		       void (*use)(struct import *import, const struct statement *statement,
				   size_t depth));

static void
use_nothing(struct import *import, const struct statement *statement, size_t depth)
{
	if (statement->end == '{')
		read_block(import, depth + 1, use_nothing);
}

static int
compare(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* A member of allow-transfer or also-notify. */
static void
use_peer(struct import *import, const struct statement *statement, size_t depth)
{
	struct str word = statement->count ? statement->words[0] : STR("");
	struct prefix prefix;

	if (statement->end == '{') {
		read_block(import, depth + 1, use_peer);
	} else if (is(statement, 0, "key") && statement->count > 1) {
		add(&import->peers, concat(import, STR("key:"), statement->words[1], STR("")));
	} else if (prefix_parse(word, &prefix)) {
		add(&import->peers, word);
	} else if (is(statement, 0, "any")) {
		remark(import, STR("Transfers are allowed to any host; a zone: "), import->zone);
	} else if (word.n && word.p[0] != '!' && !is(statement, 0, "none")) {
		add(&import->peer_lists, word);
	}
}

/* A member of the list that is read; what it excludes is left out. */
static void
use_member(struct import *import, const struct statement *statement, size_t depth)
{
	struct texts *members = &import->lists[import->list_count - 1].members;
	struct str word = statement->count ? statement->words[0] : STR("");
	struct prefix prefix;

	if (statement->end == '{')
		read_block(import, depth + 1,
			   str_starts(word, STR("!")) ? use_nothing : use_member);
	else if (is(statement, 0, "key") && statement->count > 1)
		add(members, concat(import, STR("key:"), statement->words[1], STR("")));
	else if (prefix_parse(word, &prefix))
		add(members, word);
	else if (word.n && word.p[0] != '!' && !is(statement, 0, "none"))
		add(members, concat(import, STR("list:"), word, STR("")));
}

static void
read_list(struct import *import, struct str name, size_t depth)
{
	import->lists = xrealloc(import->lists, import->list_count + 1, sizeof(*import->lists));
	import->lists[import->list_count++] = (struct list){.name = name};
	read_block(import, depth + 1, use_member);
}

static const struct list *
find_list(const struct import *import, struct str name)
{
	for (size_t i = 0; i < import->list_count; i++)
		if (str_eq(import->lists[i].name, name))
			return &import->lists[i];
	return NULL;
}

/* Adds the members of a list to the peers; a list that names itself ends at some depth. */
static void
resolve(struct import *import, struct str name, size_t depth)
{
	const struct list *list = depth < IMPORT_DEPTH_MAX ? find_list(import, name) : NULL;

	if (!list) {
		remark(import, STR("Transfers are allowed to, or notified by, the list: "), name);
		return;
	}
	for (size_t i = 0; i < list->members.count; i++) {
		struct str member = list->members.all[i];
		if (str_take(&member, STR("list:")))
			resolve(import, member, depth + 1);
		else
			add(&import->peers, member);
	}
}

/* Each list that was named, once: 20,000 zones may name the same. */
static void
resolve_lists(struct import *import)
{
	struct texts *names = &import->peer_lists;

	if (names->count)
		qsort(names->all, names->count, sizeof(*names->all), compare);
	for (size_t i = 0; i < names->count; i++)
		if (i == 0 || !str_eq(names->all[i - 1], names->all[i]))
			resolve(import, names->all[i], 0);
}

static void
use_channel(struct import *import, const struct statement *statement, size_t depth)
{
	if (statement->end == '{')
		read_block(import, depth + 1, use_channel);
	else if (is(statement, 0, "file") && statement->count > 1)
		add(&import->logs,
		    concat(import, full_path(import, statement->words[1]), STR("*"), STR("")));
	else if (is(statement, 0, "syslog"))
		remark(import,
		       STR("A channel goes to syslog: add its file, or a journal's "
			   "export, to inputs"),
		       STR(""));
}

static void
use_zone(struct import *import, const struct statement *statement, size_t depth)
{
	static const char *const types[] = {"primary", "master", "secondary", "slave", "mirror"};

	if (statement->end == '{') {
		bool peers = is(statement, 0, "allow-transfer") || is(statement, 0, "also-notify");
		read_block(import, depth + 1, peers ? use_peer : use_zone);
	} else if (depth > 1 || statement->count < 2) {
		return;
	} else if (is(statement, 0, "file")) {
		import->zone_file = statement->words[1];
	} else if (is(statement, 0, "masterfile-format")) {
		import->is_raw = !is(statement, 1, "text");
	} else if (is(statement, 0, "type")) {
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
			if (is(statement, 1, types[i])) {
				import->is_ours = true;
				import->is_primary = i < 2;
			}
	}
}

static void
read_zone(struct import *import, struct str name)
{
	import->zone = name;
	import->zone_file = STR("");
	import->is_ours = import->is_primary = import->is_raw = false;
	read_block(import, 1, use_zone);
	if (import->is_ours && name.n && !str_eq(name, STR("."))) {
		add(&import->zones, name);
		if (import->is_primary && import->zone_file.n && !import->is_raw)
			add(&import->files,
			    concat(import, name, STR("="), full_path(import, import->zone_file)));
	}
	import->zone = STR("");
}

static bool
is_list(const struct statement *statement)
{
	static const char *const kinds[] = {"acl", "primaries", "masters", "remote-servers"};

	for (size_t i = 0; statement->count > 1 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (is(statement, 0, kinds[i]))
			return true;
	return false;
}

static void
use_top(struct import *import, const struct statement *statement, size_t depth)
{
	if (is(statement, 0, "options") || is(statement, 0, "logging"))
		import->known = true;
	if (is(statement, 0, "directory") && statement->count > 1)
		import->directory = statement->words[1];
	if (depth == 0 && is(statement, 0, "include") && statement->count > 1)
		remark(import, STR("Not followed, named-checkconf -p does that: include "),
		       statement->words[1]);
	if (statement->end != '{')
		return;
	if (is(statement, 0, "zone") && statement->count > 1) {
		import->known = true;
		read_zone(import, statement->words[1]);
	} else if (is(statement, 0, "allow-transfer") || is(statement, 0, "also-notify")) {
		read_block(import, depth + 1, use_peer);
	} else if (is_list(statement)) {
		read_list(import, statement->words[1], depth);
	} else {
		read_block(import, depth + 1, is(statement, 0, "channel") ? use_channel : use_top);
	}
}

/* All statements up to the block's end; what lies too deep is stepped over. */
static void
read_block(struct import *import, size_t depth,
	   void (*use)(struct import *import, const struct statement *statement, size_t depth))
{
	struct statement statement;
	size_t below = 0;

	for (;;) {
		next_statement(import, &statement);
		if (statement.end == 0 || (statement.end == '}' && below == 0))
			return;
		if (depth < IMPORT_DEPTH_MAX)
			use(import, &statement, depth);
		else if (statement.end == '{')
			below++;
		else if (statement.end == '}')
			below--;
	}
}

/* "key: value" of an unbound.conf. */
static void
use_unbound_line(struct import *import, struct str key, struct str value, bool *auth)
{
	struct prefix prefix;
	size_t blank = str_index(value, ' ');
	struct str first = blank == SIZE_MAX ? value : str_make(value.p, blank);
	struct str more = blank == SIZE_MAX ? STR("") : str_trim(str_skip(value, blank));

	if (str_eq(key, STR("server")) || str_eq(key, STR("auth-zone")) ||
	    str_eq(key, STR("stub-zone")) || str_eq(key, STR("forward-zone"))) {
		import->known = true;
		*auth = str_eq(key, STR("auth-zone"));
		import->zone = STR("");
	} else if (str_eq(key, STR("directory"))) {
		import->directory = value;
	} else if (str_eq(key, STR("use-syslog")) && str_eq(value, STR("yes"))) {
		remark(import,
		       STR("use-syslog: Unbound logs to syslog, not to its logfile: add syslog's "
			   "file, or a journal's export, to inputs"),
		       STR(""));
	} else if (str_eq(key, STR("logfile")) && value.n) {
		add(&import->logs, concat(import, full_path(import, value), STR("*"), STR("")));
	} else if (str_eq(key, STR("name")) && *auth) {
		import->zone = str_ends(value, STR(".")) && value.n > 1
				       ? str_make(value.p, value.n - 1)
				       : value;
		if (!str_eq(value, STR(".")))
			add(&import->zones, import->zone);
	} else if (str_eq(key, STR("zonefile")) && *auth && import->zone.n && value.n) {
		add(&import->files,
		    concat(import, import->zone, STR("="), full_path(import, value)));
	} else if (str_eq(key, STR("access-control")) && str_starts(more, STR("allow")) &&
		   prefix_parse(first, &prefix)) {
		add(&import->internal, first);
	}
}

static void read_unbound(struct import *import, struct str rest, bool *auth, size_t depth);

static void
include_file(struct import *import, const char *path, bool *auth, size_t depth)
{
	struct buf text;

	buf_init(&text, IMPORT_FILE_MAX);
	if (depth >= IMPORT_DEPTH_MAX || import->includes >= IMPORT_INCLUDES_MAX)
		remark(import, STR("Not followed, too many or too deep: include: "),
		       arena_str(&import->arena, str_of(path)));
	else if (import->includes++, !import_read(path, &text))
		remark(import, STR("Could not be read: include: "),
		       arena_str(&import->arena, str_of(path)));
	else
		read_unbound(import, arena_str(&import->arena, buf_str(&text)), auth, depth + 1);
	buf_release(&text);
}

/* A file or a pattern; a relative one begins where the file that was named lies. */
static void
include(struct import *import, struct str pattern, bool *auth, size_t depth)
{
	char *path = arena_copy(&import->arena,
				pattern.n && pattern.p[0] == '/'
					? pattern
					: concat(import, import->place, pattern, STR("")));
	glob_t found;
	int status = glob(path, GLOB_NOCHECK, NULL, &found);

	for (size_t i = 0; status == 0 && i < found.gl_pathc; i++)
		include_file(import, found.gl_pathv[i], auth, depth);
	if (status == 0)
		globfree(&found);
}

static void
read_unbound(struct import *import, struct str rest, bool *auth, size_t depth)
{
	while (rest.n) {
		size_t n = str_index(rest, '\n');
		struct str line = str_make(rest.p, n == SIZE_MAX ? rest.n : n);
		rest = str_skip(rest, line.n + 1);
		size_t hash = str_index(line, '#');
		line = str_trim(hash == SIZE_MAX ? line : str_make(line.p, hash));
		size_t colon = str_index(line, ':');
		if (colon == SIZE_MAX)
			continue;
		struct str value = str_trim(str_skip(line, colon + 1));
		if (value.n > 1 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			value = str_make(value.p + 1, value.n - 2);
		struct str key = str_make(line.p, colon);
		if (str_eq(key, STR("include")) || str_eq(key, STR("include-toplevel")))
			include(import, value, auth, depth);
		else
			use_unbound_line(import, key, value, auth);
	}
}

/* A list under its key, or a comment that nothing is known of it. */
static void
print_list(FILE *out, const char *key, struct texts *texts, const char *unknown)
{
	struct buf line;

	if (texts->count == 0) {
		fprintf(out, "# %s: %s\n", key, unknown);
		return;
	}
	qsort(texts->all, texts->count, sizeof(*texts->all), compare);
	buf_init(&line, LINE_LIMIT);
	fprintf(out, "%s:\n", key);
	for (size_t i = 0; i < texts->count; i++) {
		if (i && str_eq(texts->all[i - 1], texts->all[i]))
			continue;
		buf_clear(&line);
		bool good = yaml_add_text(&line, texts->all[i]);
		fprintf(out, "%s- %.*s\n",
			good ? "  " : "  # is no UTF-8: ", STR_ARG(buf_str(&line)));
	}
	buf_release(&line);
}

static void
print_remarks(FILE *out, struct texts *texts)
{
	struct buf line;

	if (texts->count)
		qsort(texts->all, texts->count, sizeof(*texts->all), compare);
	buf_init(&line, LINE_LIMIT);
	for (size_t i = 0; i < texts->count; i++) {
		if (i && str_eq(texts->all[i - 1], texts->all[i]))
			continue;
		buf_clear(&line);
		yaml_add_comment(&line, texts->all[i]);
		fprintf(out, "# %.*s\n", STR_ARG(buf_str(&line)));
	}
	buf_release(&line);
}

bool
import_read(const char *path, struct buf *text)
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

int
import_config(const char *path, struct str text, FILE *out, struct err *err)
{
	struct import import = {.rest = text, .zone = STR(""), .directory = STR("")};
	const char *slash = strrchr(path, '/');
	bool auth = false;

	import.place = slash ? str_make(path, (size_t)(slash - path) + 1) : STR("");

	read_block(&import, 0, use_top);
	if (!import.known) {
		read_unbound(&import, text, &auth, 0);
	}
	if (import.known) {
		resolve_lists(&import);
		fputs("# Proposed by `digtrail config import`: look through it before it is "
		      "used.\n",
		      out);
		print_list(out, "inputs", &import.logs, "no log file is configured");
		print_list(out, "own-zone", &import.zones, "no zone is served");
		print_list(out, "zone-file", &import.files, "no zone file is named");
		print_list(out, "secondary", &import.peers, "who may transfer zones is not told");
		print_list(out, "internal", &import.internal,
			   "the networks of your own hosts are not told");
		print_remarks(out, &import.remarks);
	}
	struct texts *const lists[] = {&import.zones,     &import.files, &import.peers,
				       &import.internal,  &import.logs,  &import.remarks,
				       &import.peer_lists};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		free(lists[i]->all);
	for (size_t i = 0; i < import.list_count; i++)
		free(import.lists[i].members.all);
	free(import.lists);
	arena_release(&import.arena);
	return import.known ? 0 : err_set(err, "neither a named.conf nor an unbound.conf");
}
