#include "match/pattern.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/xalloc.h"

struct entry {
	uint64_t hash;
	uint64_t key; /* hash of flags and text, under a key nobody knows */
	struct regex *regex;
};

struct patterns {
	struct map map;
	struct hash_key key;
};

struct patterns *
patterns_new(void)
{
	struct patterns *patterns = xcalloc(1, sizeof(*patterns));

	map_init(&patterns->map, sizeof(struct entry), sizeof(uint64_t));
	hash_key_random(&patterns->key);
	return patterns;
}

void
patterns_free(struct patterns *patterns)
{
	const struct entry *entry;
	uint32_t cursor = 0;

	if (!patterns)
		return;
	while ((entry = map_next(&patterns->map, &cursor)) != NULL)
		regex_free(entry->regex);
	map_release(&patterns->map);
	free(patterns);
}

bool
patterns_jit(struct patterns *patterns)
{
	const struct entry *entry;
	uint32_t cursor = 0;
	bool all = true;

	while ((entry = map_next(&patterns->map, &cursor)) != NULL)
		all = regex_jit(entry->regex) && all;
	return all;
}

/* ASCII without the bit by which small letters differ from capital ones: 64 classes. */
static unsigned
byte_class(char c)
{
	return ((unsigned)c & 0x1f) | ((unsigned)c >> 1 & 0x20);
}

uint64_t
pattern_bytes(struct str text)
{
	uint64_t set = 0;

	for (size_t i = 0; i < text.n; i++)
		set |= 1ULL << byte_class(text.p[i]);
	return set;
}

int
pattern_regex(struct patterns *patterns, struct str text, unsigned flags, struct pattern *out,
	      struct err *err)
{
	if (text.n == 0)
		text.p = "";
	uint64_t key = hash_mix(hash_bytes(&patterns->key, text.p, text.n), flags + 1);
	const struct entry *known = map_find(&patterns->map, key, &key);

	*out = (struct pattern){0};
	if (!known) {
		struct regex *regex = regex_compile(text, flags, err);
		if (!regex)
			return -1;
		struct entry *entry = map_put(&patterns->map, key, &key, NULL);
		entry->regex = regex;
		known = entry;
	}
	out->regex = known->regex;
	out->minimum = regex_minimum(known->regex);
	unsigned char required[2];
	size_t n = regex_required_bytes(known->regex, required);
	out->needs = pattern_bytes(str_make((const char *)required, n));
	return 0;
}

enum glob { GLOB_BYTE, GLOB_ONE, GLOB_MANY };

/* Takes one item off the value. */
static enum glob
glob_take(struct str *value, char *byte)
{
	char c = value->p[0];

	if (c == '\\' && value->n > 1 &&
	    (value->p[1] == '*' || value->p[1] == '?' || value->p[1] == '\\')) {
		*byte = value->p[1];
		*value = str_skip(*value, 2);
		return GLOB_BYTE;
	}
	*value = str_skip(*value, 1);
	*byte = c;
	return c == '*' ? GLOB_MANY : c == '?' ? GLOB_ONE : GLOB_BYTE;
}

bool
pattern_is_plain(struct str value, char *plain, size_t *length)
{
	size_t n = 0;

	while (value.n)
		if (glob_take(&value, &plain[n++]) != GLOB_BYTE)
			return false;
	*length = n;
	return true;
}

/* A byte that stands for itself in a pattern. */
static void
add_byte(struct buf *buf, char c)
{
	bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '_' || c == '-';

	if (word)
		buf_add_char(buf, c);
	else
		buf_printf(buf, "\\x%02x", (unsigned char)c);
}

static void
add_literal(struct buf *buf, char c, uint64_t *needs)
{
	add_byte(buf, c);
	*needs |= 1ULL << byte_class(c);
}

/* What lies between two stars, as a pattern of fixed length. Returns that length. */
static size_t
add_segment(struct buf *buf, struct str *value, uint64_t *needs)
{
	size_t length = 0;

	while (value->n && value->p[0] != '*') {
		char c;
		if (glob_take(value, &c) == GLOB_ONE)
			buf_add_char(buf, '.');
		else
			add_literal(buf, c, needs);
		length++;
	}
	return length;
}

/* Takes a run of stars; true when there was one. */
static bool
take_stars(struct str *value)
{
	bool any = false;

	while (value->n && value->p[0] == '*') {
		*value = str_skip(*value, 1);
		any = true;
	}
	return any;
}

struct glob_pattern {
	struct buf text, segment;
	bool open_start, open_end; /* anything may stand before, behind */
	unsigned flags;
	size_t tail;
	uint64_t needs;
};

static const char *
segment_text(const struct glob_pattern *glob)
{
	return glob->segment.n ? glob->segment.p : "";
}

/* One segment: PCRE2's own search, or one look at the start or at the end. */
static void
write_one(struct glob_pattern *glob, size_t length)
{
	buf_add_text(&glob->text, segment_text(glob));
	if (!glob->open_start)
		glob->flags |= REGEX_ANCHORED;
	if (!glob->open_start && !glob->open_end)
		glob->flags |= REGEX_WHOLE;
	if (glob->open_start && !glob->open_end && length) {
		glob->flags |= REGEX_ANCHORED;
		glob->tail = length;
	}
}

/*
 * The leftmost place for each segment is as good as any other, so no earlier choice is ever
 * taken back: (?>.*?segment). The last one, where the subject must end with it, is looked at
 * from the end: enough bytes must be left for it, all are taken, and it stands behind.
 */
static void
write_many(struct glob_pattern *glob, struct str rest)
{
	glob->flags |= REGEX_ANCHORED;
	buf_printf(&glob->text, glob->open_start ? "(?>.*?%s)" : "%s", segment_text(glob));
	while (rest.n) {
		buf_clear(&glob->segment);
		size_t length = add_segment(&glob->segment, &rest, &glob->needs);
		bool more = take_stars(&rest);
		if (more || glob->open_end)
			buf_printf(&glob->text, "(?>.*?%s)", segment_text(glob));
		else
			buf_printf(&glob->text, "(?=.{%zu}).*+(?<=%s)", length, segment_text(glob));
	}
}

int
pattern_glob(struct patterns *patterns, struct str value, enum pattern_place place, bool caseless,
	     struct pattern *out, struct err *err)
{
	struct glob_pattern glob = {.flags = REGEX_DOTALL | (caseless ? REGEX_CASELESS : 0)};
	int result;

	buf_init(&glob.text, REGEX_PATTERN_MAX);
	buf_init(&glob.segment, REGEX_PATTERN_MAX);
	glob.open_start = take_stars(&value) || place == PATTERN_END || place == PATTERN_ANYWHERE;
	glob.open_end = place == PATTERN_START || place == PATTERN_ANYWHERE;
	size_t length = add_segment(&glob.segment, &value, &glob.needs);
	bool stars = take_stars(&value);
	if (value.n) {
		write_many(&glob, value);
	} else {
		glob.open_end = glob.open_end || stars;
		write_one(&glob, length);
	}
	if (glob.text.full || glob.segment.full)
		result = err_set(err, "value is too long");
	else
		result = pattern_regex(patterns, buf_str(&glob.text), glob.flags, out, err);
	if (result == 0) {
		out->tail = glob.tail;
		out->needs = glob.needs;
	}
	buf_release(&glob.text);
	buf_release(&glob.segment);
	return result;
}
