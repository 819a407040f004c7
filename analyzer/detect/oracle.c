#include "detect/oracle.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "detect/knownnames.h"
#include "detect/nameset.h"
#include "detect/ownername.h"
#include "detect/zonedir.h"

enum {
	NOTES_MAX = 10000,
	VIEWS_MAX = 16,     /* of one zone */
	TEXTS_AT_NAME = 64, /* of one name */
	BYTES_A_NAME = 24,  /* of a set while it grows */
	PATH_BYTES = 1024,
};

static const uint64_t default_bytes = 256ULL << 20;

/* A file's version of a zone. Its number, from 1, is part of its names' hashes. */
struct view {
	uint32_t next; /* of the same zone; 0: none */
	bool partial;
};

struct zone_entry {
	uint64_t hash, key; /* of the name */
	uint32_t first_view, view_count;
};

/* A file that was read, so that the same one given twice is read once. */
struct file_entry {
	uint64_t hash, device, inode, changed, origin;
};

struct text {
	struct text *next;
	unsigned kind;
	struct str text;
};

struct text_entry {
	uint64_t hash, key; /* of the name */
	struct text *first, *last;
	uint32_t count;
};

struct oracle {
	struct hash_key key;
	struct nameset names; /* of zones, by view */
	struct nameset known;
	struct map zones, files, texts;
	size_t view_count, view_capacity;
	struct view *views;
	struct arena arena; /* texts and notes */
	size_t text_bytes, text_limit;
	size_t note_count, note_capacity;
	struct oracle_note *notes;
	uint64_t notes_dropped;
	int64_t newest;
	const char *newest_path;
};

struct oracle *
oracle_new(void)
{
	struct oracle *oracle = xcalloc(1, sizeof(*oracle));

	hash_key_random(&oracle->key);
	oracle_limit(oracle, default_bytes);
	map_init(&oracle->zones, sizeof(struct zone_entry), sizeof(uint64_t));
	map_init(&oracle->texts, sizeof(struct text_entry), sizeof(uint64_t));
	map_init(&oracle->files, sizeof(struct file_entry), 4 * sizeof(uint64_t));
	oracle->newest = TIME_NONE;
	return oracle;
}

void
oracle_free(struct oracle *oracle)
{
	if (!oracle)
		return;
	nameset_release(&oracle->names);
	nameset_release(&oracle->known);
	map_release(&oracle->zones);
	map_release(&oracle->texts);
	map_release(&oracle->files);
	arena_release(&oracle->arena);
	free(oracle->views);
	free(oracle->notes);
	free(oracle);
}

void
oracle_limit(struct oracle *oracle, uint64_t bytes)
{
	/* Half for names in zones, a quarter each for known names and for texts. */
	nameset_release(&oracle->names);
	nameset_release(&oracle->known);
	nameset_init(&oracle->names, (size_t)(bytes / 2 / BYTES_A_NAME));
	nameset_init(&oracle->known, (size_t)(bytes / 4 / BYTES_A_NAME));
	oracle->text_limit = (size_t)(bytes / 4);
}

static uint64_t
hash_name(const struct oracle *oracle, struct str name)
{
	return hash_bytes(&oracle->key, name.p, name.n);
}

/* A name's hashes, from itself (0) up to the root (count). */
struct ancestry {
	size_t count; /* labels */
	uint16_t starts[QNAME_LABELS_MAX];
	uint64_t hashes[QNAME_LABELS_MAX + 1];
};

static void
ancestry_make(struct ancestry *ancestry, const struct oracle *oracle, struct str name)
{
	ancestry->count = qname_labels(name, ancestry->starts, QNAME_LABELS_MAX);
	if (ancestry->count > QNAME_LABELS_MAX)
		ancestry->count = QNAME_LABELS_MAX;
	for (size_t i = 0; i < ancestry->count; i++)
		ancestry->hashes[i] = hash_name(oracle, str_skip(name, ancestry->starts[i]));
	ancestry->hashes[ancestry->count] = hash_name(oracle, STR("."));
}

static void
add_note(struct oracle *oracle, const char *path, uint64_t line, const char *text, bool is_zone)
{
	if (oracle->note_count == NOTES_MAX) {
		oracle->notes_dropped++;
		return;
	}
	if (oracle->note_count == oracle->note_capacity) {
		oracle->note_capacity = oracle->note_capacity ? oracle->note_capacity * 2 : 16;
		oracle->notes =
			xrealloc(oracle->notes, oracle->note_capacity, sizeof(*oracle->notes));
	}
	oracle->notes[oracle->note_count++] = (struct oracle_note){
		arena_copy(&oracle->arena, str_of(path)),
		line,
		arena_copy(&oracle->arena, str_of(text)),
		is_zone,
	};
}

/* A zone file while it is read. */
struct loading {
	struct oracle *oracle;
	const char *path;
	uint32_t view; /* 0: its zone is not known yet */
	size_t zone_labels;
	struct str zone;
	char zone_text[QNAME_TEXT_MAX];
	bool full;
};

static bool
loading_begin(void *context, struct str origin)
{
	struct loading *loading = context;
	struct oracle *oracle = loading->oracle;
	uint64_t hash = hash_name(oracle, origin);
	struct zone_entry *zone = map_put(&oracle->zones, hash, &hash, NULL);

	if (zone->view_count == VIEWS_MAX)
		return false;
	if (oracle->view_count == oracle->view_capacity) {
		oracle->view_capacity = oracle->view_capacity ? oracle->view_capacity * 2 : 64;
		oracle->views =
			xrealloc(oracle->views, oracle->view_capacity, sizeof(*oracle->views));
	}
	oracle->views[oracle->view_count] = (struct view){zone->first_view, false};
	loading->view = (uint32_t)++oracle->view_count;
	zone->first_view = loading->view;
	zone->view_count++;
	memcpy(loading->zone_text, origin.p, origin.n);
	loading->zone = str_make(loading->zone_text, origin.n);
	loading->zone_labels = qname_labels(origin, NULL, 0);
	return true;
}

static unsigned
flags_of_type(int32_t type, bool is_apex)
{
	if (type == TYPE_DNAME)
		return NAMESET_DNAME;
	return type == TYPE_NS && !is_apex ? NAMESET_CUT : 0;
}

static bool
is_wildcard(struct str name, const struct ancestry *ancestry, size_t i)
{
	size_t start = ancestry->starts[i];

	return name.p[start] == '*' && (start + 1 == name.n || name.p[start + 1] == '.');
}

static bool
loading_record(void *context, struct str owner, int32_t type)
{
	struct loading *loading = context;
	struct oracle *oracle = loading->oracle;
	struct ancestry ancestry;

	ancestry_make(&ancestry, oracle, owner);
	size_t apex = ancestry.count - loading->zone_labels;
	unsigned flags = flags_of_type(type, apex == 0);
	/* A name that is there has all between it and the apex there too. */
	for (size_t i = 0; i <= apex; i++) {
		uint64_t hash = hash_mix(ancestry.hashes[i], loading->view);
		enum nameset_result result = nameset_put(&oracle->names, hash, flags);

		loading->full = result == NAMESET_FULL;
		if (result != NAMESET_NEW)
			break;
		flags = i < apex && is_wildcard(owner, &ancestry, i) ? NAMESET_WILDCARD : 0;
	}
	return !loading->full;
}

/* True when a label begins with an underscore. */
static bool
is_service(struct str name)
{
	uint16_t starts[QNAME_LABELS_MAX];
	size_t count = qname_labels(name, starts, QNAME_LABELS_MAX);

	for (size_t i = 0; i < count && i < QNAME_LABELS_MAX; i++)
		if (name.p[starts[i]] == '_')
			return true;
	return false;
}

static bool
loading_wants(void *context, struct str owner, unsigned kind)
{
	const struct loading *loading = context;

	if (kind == ZONEFILE_CNAME)
		return true;
	if (str_eq(owner, loading->zone))
		return true;
	return (kind == ZONEFILE_TXT || kind == ZONEFILE_SRV) && is_service(owner);
}

static void
add_text(struct oracle *oracle, struct str name, unsigned kind, struct str text)
{
	uint64_t hash = hash_name(oracle, name);
	size_t bytes = sizeof(struct text_entry) + sizeof(struct text) + text.n;

	if (oracle->text_bytes + bytes > oracle->text_limit)
		return;
	struct text_entry *entry = map_put(&oracle->texts, hash, &hash, NULL);
	for (const struct text *old = entry->first; old; old = old->next)
		if (old->kind == kind && str_eq(old->text, text))
			return;
	if (entry->count == TEXTS_AT_NAME)
		return;
	struct text *added = arena_alloc(&oracle->arena, sizeof(*added));
	added->kind = kind;
	added->text = arena_str(&oracle->arena, text);
	if (entry->last)
		entry->last->next = added;
	else
		entry->first = added;
	entry->last = added;
	entry->count++;
	oracle->text_bytes += bytes;
}

static void
loading_text(void *context, struct str owner, unsigned kind, struct str text)
{
	struct loading *loading = context;

	/* A CNAME within the zone discloses nobody. */
	if (kind == ZONEFILE_CNAME && !is_service(owner) && qname_is_below(text, loading->zone))
		return;
	add_text(loading->oracle, owner, kind, text);
}

static void
loading_note(void *context, const char *path, uint64_t line, const char *text)
{
	struct loading *loading = context;

	add_note(loading->oracle, path, line, text, true);
}

/* A dynamic zone's file is behind its journal, by up to 15 minutes (BIND's lib/dns/zone.c). */
static void
look_for_journal(struct oracle *oracle, const char *path, int64_t changed)
{
	char journal[PATH_BYTES], text[2 * PATH_BYTES];
	struct stat status;
	int n = snprintf(journal, sizeof(journal), "%s.jnl", path);

	if (n < 0 || n >= PATH_BYTES || stat(journal, &status) != 0)
		return;
	if ((int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000 <= changed)
		return;
	snprintf(text, sizeof(text),
		 "has a newer journal, whose changes are not in it: named-compilezone -j -F text "
		 "-o FILE ZONE %s writes both",
		 path);
	add_note(oracle, path, 0, text, true);
}

/* True when that file was read for that zone. */
static bool
is_read(struct oracle *oracle, const char *path, struct str origin)
{
	struct stat status;
	bool created = true;

	if (stat(path, &status) == 0) {
		uint64_t key[] = {(uint64_t)status.st_dev, (uint64_t)status.st_ino,
				  (uint64_t)status.st_mtim.tv_nsec ^ (uint64_t)status.st_mtim.tv_sec
									     << 30,
				  hash_name(oracle, origin)};

		map_put(&oracle->files, hash_bytes(&oracle->key, key, sizeof(key)), key, &created);
	}
	return !created;
}

static int
load_zone(struct oracle *oracle, const char *path, const struct zonefile_hint *hint, bool *partial,
	  struct err *err)
{
	struct loading loading = {.oracle = oracle, .path = path};
	const struct zonefile_sink sink = {&loading,      loading_begin, loading_record,
					   loading_wants, loading_text,  loading_note};
	struct zonefile_result result;

	*partial = false;
	if (is_read(oracle, path, hint->origin))
		return 0;
	int status = zonefile_read(path, hint, &sink, &result, err);
	if (loading.full)
		add_note(oracle, path, 0, "holds more names than there is memory for: --memory",
			 true);
	if (loading.view)
		oracle->views[loading.view - 1].partial = result.partial || status != 0;
	if (status != 0)
		return -1;
	*partial = result.partial;
	look_for_journal(oracle, path, result.changed);
	if (oracle->newest == TIME_NONE || result.changed > oracle->newest) {
		oracle->newest = result.changed;
		oracle->newest_path = arena_copy(&oracle->arena, str_of(path));
	}
	return 0;
}

int
oracle_add_zone_file(struct oracle *oracle, const char *zone, const char *path, struct err *err)
{
	char text[QNAME_TEXT_MAX];
	struct str origin = ownername_of_text(str_of(zone), text);
	bool partial;

	if (origin.n == 0)
		return err_set(err, "'%s' is no name of a zone", zone);
	if (load_zone(oracle, path, &(struct zonefile_hint){origin, true}, &partial, err) != 0)
		return -1;
	if (partial)
		return err_set(err, "%s: read in part: names that are not in it are not missing",
			       path);
	return 0;
}

int
oracle_add_zone_dir(struct oracle *oracle, const char *path, struct err *err)
{
	struct zonedir zonedir;
	int status = zonedir_list(&zonedir, path, err);

	if (status == 0 && !zonefile_is_available()) {
		struct zonefile_result result;
		status = zonefile_read(path, NULL, NULL, &result, err);
	}
	for (size_t i = 0; status == 0 && i < zonedir.count; i++) {
		const struct zonedir_file *file = &zonedir.files[i];
		struct err why;
		size_t n = strlen(file->path);
		bool partial;

		if (load_zone(oracle, file->path, &(struct zonefile_hint){file->origin, false},
			      &partial, &why) == 0)
			continue;
		bool prefixed = strncmp(why.text, file->path, n) == 0 && why.text[n] == ':';
		add_note(oracle, file->path, 0, prefixed ? why.text + n + 2 : why.text, false);
	}
	if (status == 0 && zonedir.cut)
		add_note(oracle, path, 0, "holds more files, or deeper directories, than were read",
			 false);
	zonedir_release(&zonedir);
	return status;
}

static bool
known_name(void *context, struct str name)
{
	struct oracle *oracle = context;
	struct ancestry ancestry;

	/* What is above a name that exists does exist (RFC 8020). */
	ancestry_make(&ancestry, oracle, name);
	for (size_t i = 0; i < ancestry.count; i++) {
		enum nameset_result result = nameset_put(&oracle->known, ancestry.hashes[i], 0);

		if (result != NAMESET_NEW)
			return result == NAMESET_OLD;
	}
	return true;
}

static void
known_text(void *context, struct str name, unsigned kind, struct str text)
{
	add_text(context, name, kind, text);
}

int
oracle_add_known_names(struct oracle *oracle, const char *path, struct err *err)
{
	struct knownnames_result result;
	const struct knownnames_sink sink = {oracle, known_name, known_text};

	if (knownnames_read(path, &sink, &result, err) != 0)
		return -1;
	if (result.stopped)
		return err_set(err, "%s: holds more names than there is memory for: --memory",
			       path);
	if (result.names == 0 && result.broken)
		return err_set(err, "%s: holds no names: line %" PRIu64 " is none", path,
			       result.first_broken);
	if (result.broken) {
		char text[64];

		snprintf(text, sizeof(text), "%" PRIu64 " lines hold no name, this is the first",
			 result.broken);
		add_note(oracle, path, result.first_broken, text, true);
	}
	return 0;
}

/* `apex` is the zone's place in the ancestry. */
static enum existence
judge_view(const struct oracle *oracle, const struct ancestry *ancestry, size_t apex,
	   uint32_t number)
{
	unsigned above = 0;

	for (size_t i = apex + 1; i-- > 0;) {
		unsigned flags =
			nameset_find(&oracle->names, hash_mix(ancestry->hashes[i], number));

		if (!flags) {
			/* The name above is the closest encloser (RFC 4592 3.3.1). */
			if (above & NAMESET_WILDCARD)
				return EXISTENCE_EXISTS;
			return oracle->views[number - 1].partial ? EXISTENCE_UNKNOWN
								 : EXISTENCE_MISSING;
		}
		if (i > 0 && flags & NAMESET_DNAME)
			return EXISTENCE_EXISTS;
		if (i > 0 && flags & NAMESET_CUT)
			return EXISTENCE_UNKNOWN;
		above = flags;
	}
	return EXISTENCE_EXISTS;
}

/* The closest zone at or above the name, and its place; NULL when none is loaded. */
static const struct zone_entry *
closest_zone(const struct oracle *oracle, const struct ancestry *ancestry, size_t *apex)
{
	for (size_t i = 0; i <= ancestry->count; i++) {
		uint64_t hash = ancestry->hashes[i];
		const struct zone_entry *zone = map_find(&oracle->zones, hash, &hash);

		if (zone && zone->view_count) {
			*apex = i;
			return zone;
		}
	}
	return NULL;
}

static enum existence
judge_zone(const struct oracle *oracle, const struct ancestry *ancestry)
{
	size_t apex;
	const struct zone_entry *zone = closest_zone(oracle, ancestry, &apex);
	enum existence answer = zone ? EXISTENCE_MISSING : EXISTENCE_UNKNOWN;

	for (uint32_t i = zone ? zone->first_view : 0; i; i = oracle->views[i - 1].next) {
		enum existence view = judge_view(oracle, ancestry, apex, i);

		if (view == EXISTENCE_EXISTS)
			return view;
		if (view == EXISTENCE_UNKNOWN)
			answer = view;
	}
	return answer;
}

enum existence
oracle_judge(const struct oracle *oracle, struct str name, enum oracle_kind *by)
{
	struct ancestry ancestry;
	enum oracle_kind none = ORACLE_NONE;

	by = by ? by : &none;
	*by = ORACLE_ZONE_FILE;
	ancestry_make(&ancestry, oracle, name);
	enum existence zone = judge_zone(oracle, &ancestry);
	if (zone == EXISTENCE_EXISTS)
		return zone;
	if (nameset_find(&oracle->known, ancestry.hashes[0])) {
		*by = ORACLE_KNOWN_NAMES;
		return EXISTENCE_EXISTS;
	}
	if (zone == EXISTENCE_MISSING && str_index(name, '?') >= name.n)
		return zone;
	*by = ORACLE_NONE;
	return EXISTENCE_UNKNOWN;
}

bool
oracle_covers(const struct oracle *oracle, struct str zone)
{
	struct ancestry ancestry;
	size_t apex;

	ancestry_make(&ancestry, oracle, zone);
	const struct zone_entry *entry = closest_zone(oracle, &ancestry, &apex);
	for (uint32_t i = entry ? entry->first_view : 0; i; i = oracle->views[i - 1].next)
		if (oracle->views[i - 1].partial)
			return false;
	return entry && judge_zone(oracle, &ancestry) != EXISTENCE_UNKNOWN;
}

size_t
oracle_texts(const struct oracle *oracle, struct str name, unsigned kinds, oracle_text_fn *tell,
	     void *context)
{
	uint64_t hash = hash_name(oracle, name);
	const struct text_entry *entry = map_find(&oracle->texts, hash, &hash);
	size_t count = 0;

	for (const struct text *text = entry ? entry->first : NULL; text; text = text->next) {
		if (kinds && !(kinds & text->kind))
			continue;
		if (tell)
			tell(context, name, text->kind, text->text);
		count++;
	}
	return count;
}

const struct oracle_note *
oracle_notes(const struct oracle *oracle, size_t *count)
{
	*count = oracle->note_count;
	return oracle->notes;
}

uint64_t
oracle_notes_dropped(const struct oracle *oracle)
{
	return oracle->notes_dropped;
}

int64_t
oracle_newest(const struct oracle *oracle)
{
	return oracle->newest;
}

const char *
oracle_newest_path(const struct oracle *oracle)
{
	return oracle->newest_path;
}

size_t
oracle_zone_count(const struct oracle *oracle)
{
	return oracle->zones.count;
}

size_t
oracle_name_count(const struct oracle *oracle)
{
	return oracle->names.count + oracle->known.count;
}
