#include "detect/zonedir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "detect/ownername.h"

enum { PATH_BYTES = 1024, DEPTH_MAX = 4, FILES_MAX = 1000000 };

/* What stands around a zone's name in the name of its file. */
static const char *const beginnings[] = {
	"db.", "zone.", "pri.", "sec.", "named.",
};
static const char *const endings[] = {
	".signed", ".zone", ".db",  ".hosts", ".zonefile", ".dns",
	".text",   ".txt",  ".raw", ".gz",    ".xz",       ".zst",
};
/* Files that lie beside zone files and are none, or are old ones. */
static const char *const others[] = {
	".jnl",  ".jbk",   ".key",    ".private", ".state",     ".conf",     ".bak", ".old",
	".orig", ".save",  ".swp",    ".tmp",     ".rej",       ".diff",     ".log", ".nzf",
	".nzd",  ".mkeys", ".rpmnew", ".rpmsave", ".dpkg-dist", ".dpkg-old", "~",
};
/* Last words of a file's name that tell two views of one zone apart. */
static const char *const views[] = {
	"internal", "external", "intern",  "extern", "int",   "ext",     "inside", "outside",
	"public",   "private",  "trusted", "lan",    "guest", "default", "view",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "192.0.2" as Debian names its files: the reverse zone of a network. */
static struct str
reverse_zone(struct str text, char *out)
{
	const struct str arpa = STR("in-addr.arpa");
	struct str parts[3] = {{NULL, 0}};
	size_t count = 0, n = 0;

	while (text.n) {
		size_t dot = str_index(text, '.');
		size_t length = dot < text.n ? dot : text.n;
		uint64_t number;

		if (count == COUNT(parts) || !str_number(str_make(text.p, length), 255, &number))
			return str_make(NULL, 0);
		parts[count++] = str_make(text.p, length);
		text = str_skip(text, length + 1);
	}
	while (count--) {
		memcpy(out + n, parts[count].p, parts[count].n);
		n += parts[count].n;
		out[n++] = '.';
	}
	memcpy(out + n, arpa.p, arpa.n);
	return n ? str_make(out, n + arpa.n) : str_make(NULL, 0);
}

struct str
zonedir_origin(struct str filename, char *out)
{
	size_t before;

	for (size_t i = 0; i < COUNT(beginnings); i++) {
		struct str word = str_of(beginnings[i]);

		if (filename.n > word.n && str_take(&filename, word))
			break;
	}
	do {
		before = filename.n;
		for (size_t i = 0; i < COUNT(endings); i++) {
			struct str word = str_of(endings[i]);

			if (filename.n > word.n && str_ends(filename, word))
				filename.n -= word.n;
		}
	} while (filename.n < before);
	struct str reverse = reverse_zone(filename, out);
	return reverse.n ? reverse : ownername_of_text(filename, out);
}

static bool
is_other(const char *name)
{
	if (name[0] == '.' || name[0] == '#')
		return true;
	if (strncmp(name, "dsset-", 6) == 0 || strncmp(name, "keyset-", 7) == 0)
		return true;
	for (size_t i = 0; i < COUNT(others); i++)
		if (str_ends(str_of(name), str_of(others[i])))
			return true;
	return false;
}

/* NAME.signed beside NAME: the same names, and what signing adds are none. */
static bool
is_signed_copy(const char *path)
{
	struct str unsigned_path = str_of(path);
	char text[PATH_BYTES];
	struct stat status;

	if (!str_ends(unsigned_path, STR(".signed")))
		return false;
	unsigned_path.n -= strlen(".signed");
	snprintf(text, sizeof(text), "%.*s", STR_ARG(unsigned_path));
	return stat(text, &status) == 0 && S_ISREG(status.st_mode);
}

static void
add_file(struct zonedir *zonedir, const char *path, const char *name)
{
	char origin[QNAME_TEXT_MAX];

	if (zonedir->count == FILES_MAX) {
		zonedir->cut = true;
		return;
	}
	if (is_other(name) || is_signed_copy(path)) {
		zonedir->left_out++;
		return;
	}
	if (zonedir->count == zonedir->capacity) {
		zonedir->capacity = zonedir->capacity ? zonedir->capacity * 2 : 64;
		zonedir->files =
			xrealloc(zonedir->files, zonedir->capacity, sizeof(*zonedir->files));
	}
	zonedir->files[zonedir->count++] = (struct zonedir_file){
		arena_copy(&zonedir->arena, str_of(path)),
		arena_str(&zonedir->arena, zonedir_origin(str_of(name), origin)),
	};
}

static int
walk(struct zonedir *zonedir, const char *path, unsigned depth, struct err *err)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;

	if (!directory)
		return err_set(err, "%s: %s", path, strerror(errno));
	while ((entry = readdir(directory)) != NULL) {
		char name[PATH_BYTES];
		struct stat status;
		int n = snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);

		if (n < 0 || n >= PATH_BYTES || entry->d_name[0] == '.' ||
		    lstat(name, &status) != 0)
			continue;
		if (S_ISDIR(status.st_mode)) {
			/* One directory that cannot be read does not hide the others. */
			if (depth == DEPTH_MAX || walk(zonedir, name, depth + 1, err) != 0)
				zonedir->cut = true;
			continue;
		}
		if (S_ISLNK(status.st_mode) && stat(name, &status) != 0)
			continue;
		if (S_ISREG(status.st_mode))
			add_file(zonedir, name, entry->d_name);
	}
	closedir(directory);
	return 0;
}

static int
compare_files(const void *a, const void *b)
{
	return strcmp(((const struct zonedir_file *)a)->path,
		      ((const struct zonedir_file *)b)->path);
}

struct known_origin {
	uint64_t hash, key;
};

static uint64_t
put_origin(struct map *map, const struct hash_key *key, struct str origin, bool only_look)
{
	uint64_t hash = hash_bytes(key, origin.p, origin.n);

	if (only_look)
		return map_find(map, hash, &hash) ? hash : 0;
	map_put(map, hash, &hash, NULL);
	return hash;
}

/*
 * example.com.internal.zone beside example.com.zone is another view of example.com. The words
 * are few: example.com.br beside example.com is a zone of its own.
 */
static void
join_views(struct zonedir *zonedir)
{
	struct hash_key key;
	struct map map;

	hash_key_random(&key);
	map_init(&map, sizeof(struct known_origin), sizeof(uint64_t));
	for (size_t i = 0; i < zonedir->count; i++)
		put_origin(&map, &key, zonedir->files[i].origin, false);
	for (size_t i = 0; i < zonedir->count; i++) {
		struct str *origin = &zonedir->files[i].origin;

		for (size_t k = 0; k < COUNT(views); k++) {
			struct str word = str_of(views[k]), shorter = *origin;

			if (!str_ends(shorter, word) || shorter.n <= word.n + 1 ||
			    shorter.p[shorter.n - word.n - 1] != '.')
				continue;
			shorter.n -= word.n + 1;
			if (put_origin(&map, &key, shorter, true))
				*origin = shorter;
			break;
		}
	}
	map_release(&map);
}

int
zonedir_list(struct zonedir *zonedir, const char *path, struct err *err)
{
	*zonedir = (struct zonedir){0};
	if (walk(zonedir, path, 0, err) != 0)
		return -1;
	/* readdir's order is the file system's: the report's must not be. */
	if (zonedir->count)
		qsort(zonedir->files, zonedir->count, sizeof(*zonedir->files), compare_files);
	join_views(zonedir);
	return 0;
}

void
zonedir_release(struct zonedir *zonedir)
{
	free(zonedir->files);
	arena_release(&zonedir->arena);
	*zonedir = (struct zonedir){0};
}
