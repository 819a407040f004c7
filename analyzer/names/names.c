#include "names/names.h"

#include <errno.h>
#include <libpsl.h>
#include <stdio.h>

#include "base/buf.h"
#include "names/suffix.h"

const char *const name_class_names[NAME_CLASSES] = {"wordlist", "random", "numbered", "service",
						    "nsec",     "apex",   "other"};

struct own_zone {
	uint64_t hash; /* its text's table hash is its whole key: 64 keyed bits do not collide */
	uint64_t key;
	struct str text;
};

void
names_init(struct names *names, struct str sample_key)
{
	*names = (struct names){0};
	map_init(&names->own_zones, sizeof(struct own_zone), sizeof(uint64_t));
	map_init(&names->words, sizeof(struct own_zone), sizeof(uint64_t));
	suffix_init(&names->suffix_rules);
	hash_key_make(&names->sample_key, sample_key);
	hash_key_random(&names->table_key);
	names->fingerprint = hash_bytes(&names->sample_key, "key", 3);
}

void
names_release(struct names *names)
{
	map_release(&names->own_zones);
	map_release(&names->words);
	map_release(&names->suffix_rules);
	if (names->owns_suffixes)
		psl_free((psl_ctx_t *)names->suffixes);
	arena_release(&names->arena);
	*names = (struct names){0};
}

static void
add_print(struct names *names, enum names_print of, uint64_t hash)
{
	names->prints[of] += hash;
	names->fingerprint += hash;
}

/* Puts `text` into a set; what is in a set changes the fingerprint, its order does not. */
static void
add_text(struct names *names, struct map *map, struct str text, enum names_print of)
{
	uint64_t hash = hash_bytes(&names->table_key, text.p, text.n);
	bool created;
	struct own_zone *entry = map_put(map, hash, &hash, &created);

	if (!created)
		return;
	entry->text = arena_str(&names->arena, text);
	add_print(names, of, hash_mix(hash_bytes(&names->sample_key, text.p, text.n), of + 1));
}

int
names_add_own_zone(struct names *names, struct str zone, struct err *err)
{
	char folded[QNAME_TEXT_MAX];

	zone = str_trim(zone);
	if (zone.n == 0 || !qname_is_valid(zone))
		return err_set(err, "own zone \"%.*s\" is not a domain name", STR_ARG(zone));
	add_text(names, &names->own_zones, qname_fold(qname_trim_dot(zone), folded),
		 NAMES_OWN_ZONES);
	return 0;
}

int
names_add_wordlist(struct names *names, const char *path, struct err *err)
{
	char line[512], folded[QNAME_TEXT_MAX];
	FILE *file = fopen(path, "r");

	if (!file)
		return err_set(err, "%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		struct str word = str_trim(str_of(line));
		if (word.n && word.p[0] != '#' && qname_is_valid(word))
			add_text(names, &names->words, qname_fold(word, folded), NAMES_WORDLISTS);
	}
	bool failed = ferror(file);
	fclose(file);
	return failed ? err_set(err, "%s: cannot be read to its end", path) : 0;
}

int
names_load_suffixes(struct names *names, const char *path, struct err *err)
{
	if (!path) {
		names->suffixes = psl_builtin();
		const char *sum = psl_builtin_sha1sum();
		add_print(names, NAMES_SUFFIXES, hash_bytes(&names->sample_key, sum, strlen(sum)));
		suffix_load(&names->suffix_rules, &names->table_key, psl_builtin_filename(), sum);
		return 0;
	}
	psl_ctx_t *suffixes = psl_load_file(path);
	if (!suffixes)
		return err_set(err, "%s: not a public suffix list that can be read", path);
	names->suffixes = suffixes;
	names->owns_suffixes = true;
	FILE *file = fopen(path, "rb");
	struct buf content;
	buf_init(&content, 16u << 20);
	char part[4096];
	for (size_t n; file && (n = fread(part, 1, sizeof(part), file)) > 0;)
		buf_add(&content, part, n);
	if (file)
		fclose(file);
	add_print(names, NAMES_SUFFIXES, hash_bytes(&names->sample_key, content.p, content.n));
	buf_release(&content);
	return 0;
}
