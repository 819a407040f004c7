#include "names/suffix.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/digest.h"

enum { LIST_MAX = 16 << 20 };

enum suffix_flag {
	SUFFIX_RULE = 1,
	SUFFIX_EXCEPTION = 2, /* "!www.ck" */
	SUFFIX_WILDCARD = 4,  /* "*.ck": what stands directly below is a suffix */
	SUFFIX_BELOW = 8,     /* longer rules end with this one's text */
};

void
suffix_init(struct map *rules)
{
	map_init(rules, sizeof(struct suffix_rule), sizeof(uint64_t));
}

static void
add_flags(struct map *rules, const struct hash_key *key, struct str text, uint64_t flags)
{
	uint64_t hash = hash_bytes(key, text.p, text.n);
	struct suffix_rule *rule = map_put(rules, hash, &hash, NULL);

	rule->flags |= flags;
}

/* libpsl takes the text behind "*." for a suffix itself. */
static void
add_rule(struct map *rules, const struct hash_key *key, struct str text)
{
	uint64_t flags = SUFFIX_RULE;
	size_t dot;

	if (str_take(&text, STR("!")))
		flags = SUFFIX_EXCEPTION;
	else if (str_take(&text, STR("*.")))
		flags = SUFFIX_RULE | SUFFIX_WILDCARD | SUFFIX_BELOW;
	add_flags(rules, key, text, flags);
	while ((dot = str_index(text, '.')) != SIZE_MAX) {
		text = str_skip(text, dot + 1);
		add_flags(rules, key, text, SUFFIX_BELOW);
	}
}

/* One rule a line, up to the first blank; "//" begins a comment. */
static void
add_rules(struct map *rules, const struct hash_key *key, struct str list)
{
	while (list.n) {
		size_t n = str_index(list, '\n');
		struct str line = str_make(list.p, n < list.n ? n : list.n);
		list = str_skip(list, n < list.n ? n + 1 : list.n);
		line = str_trim(line);
		if (line.n == 0 || str_starts(line, STR("//")))
			continue;
		size_t blank = str_index(line, ' ');
		add_rule(rules, key, str_make(line.p, blank < line.n ? blank : line.n));
	}
}

void
suffix_load(struct map *rules, const struct hash_key *key, const char *path, const char *sum)
{
	FILE *file = path ? fopen(path, "rb") : NULL;
	struct buf list;
	char part[4096], found[DIGEST_SUM];

	if (!file)
		return;
	buf_init(&list, LIST_MAX);
	for (size_t n; (n = fread(part, 1, sizeof(part), file)) > 0;)
		buf_add(&list, part, n);
	fclose(file);
	if (strcmp(digest_sum(buf_str(&list), found), sum) == 0)
		add_rules(rules, key, buf_str(&list));
	buf_release(&list);
}

/*
 * Where libpsl takes the name as it stands, parts it where we do, and answers by its list: bytes of
 * UTF-8 in its automaton (0.21.2) look to it like the ends of ASCII words, so it finds a "*.m".
 */
static bool
is_plain(struct str name, const uint16_t *starts, size_t labels)
{
	unsigned odd = name.p[name.n - 1] == '.' || name.n - starts[labels - 1] < 2;

	for (size_t i = 0; i < name.n; i++)
		odd |= (unsigned)((unsigned char)(name.p[i] - '!') > '~' - '!') |
		       (unsigned)(name.p[i] == '\\');
	for (size_t i = 0; i < labels && !odd; i++)
		odd |= name.p[starts[i]] == '.' ||
		       str_starts(str_skip(name, starts[i]), STR("xn--"));
	return !odd;
}

size_t
suffix_offset(const struct map *rules, const struct hash_key *key, struct str name,
	      const uint16_t *starts, size_t labels)
{
	size_t suffix = labels - 1; /* the label at which the longest suffix begins */
	uint64_t above = SUFFIX_BELOW;

	if (rules->count == 0 || !is_plain(name, starts, labels))
		return SIZE_MAX;
	for (size_t i = labels; i-- > 0 && above & SUFFIX_BELOW;) {
		struct str tail = str_skip(name, starts[i]);
		uint64_t hash = hash_bytes(key, tail.p, tail.n);
		const struct suffix_rule *rule = map_find(rules, hash, &hash);
		uint64_t flags = rule ? rule->flags : 0;
		bool is_rule = flags & (SUFFIX_RULE | SUFFIX_EXCEPTION);
		if (is_rule ? !(flags & SUFFIX_EXCEPTION) : above & SUFFIX_WILDCARD)
			suffix = i;
		above = flags;
	}
	return suffix ? starts[suffix - 1] : 0;
}
