#include "detect/allow.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "base/yaml.h"
#include "detect/detector.h"
#include "record/qname.h"

static const int64_t DAY_MS = 86400000;

enum { V4_OFFSET = 96, SHOWN = 80, DATE_LENGTH = 10 };

void
allow_release(struct allow_list *list)
{
	free(list->all);
	free(list->errors);
	arena_release(&list->arena);
	*list = (struct allow_list){0};
}

/* What is being read: one file into one list. */
struct reading {
	struct allow_list *list;
	struct str file;
	struct allow_entry entry;
};

static bool fail(struct reading *reading, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Notes a mistake; always false. */
static bool
fail(struct reading *reading, unsigned line, const char *format, ...)
{
	struct allow_list *list = reading->list;
	va_list args;

	if (list->error_count == list->error_capacity) {
		list->error_capacity = list->error_capacity ? list->error_capacity * 2 : 4;
		list->errors = xrealloc(list->errors, list->error_capacity, sizeof(*list->errors));
	}
	struct allow_error *error = &list->errors[list->error_count++];
	*error = (struct allow_error){.file = reading->file, .line = line};
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return false;
}

/* "any" and "*" say that a field narrows nothing. */
static bool
is_anything(const struct yaml_node *value)
{
	return str_eq(value->text, STR("*")) || str_eq(value->text, STR("any"));
}

static bool
read_kind(struct reading *reading, const struct yaml_node *value)
{
	if (is_anything(value))
		return true;
	if (!detect_has_kind(value->text))
		return fail(reading, value->line, "kind: '%.*s' is no kind of finding, nor any",
			    SHOWN, value->text.p);
	reading->entry.kind = value->text;
	return true;
}

static bool
read_zone(struct reading *reading, const struct yaml_node *value)
{
	char folded[QNAME_TEXT_MAX];

	if (is_anything(value))
		return true;
	if (!qname_is_valid(value->text))
		return fail(reading, value->line, "zone: '%.*s' is no name, nor \"*\"", SHOWN,
			    value->text.p);
	reading->entry.zone =
		arena_str(&reading->list->arena, qname_fold(qname_trim_dot(value->text), folded));
	return true;
}

static bool
is_too_wide(const struct prefix *prefix)
{
	if (prefix->bits >= V4_OFFSET && ip_is_v4(&prefix->ip))
		return prefix->bits < V4_OFFSET + ALLOW_BITS_V4;
	return prefix->bits < ALLOW_BITS_V6;
}

static bool
read_actor(struct reading *reading, const struct yaml_node *value)
{
	struct allow_entry *entry = &reading->entry;
	struct str key = value->text;

	if (is_anything(value))
		return true;
	if (str_take(&key, STR("key:")) && key.n > 0) {
		entry->key = qname_trim_dot(key);
		return true;
	}
	if (!prefix_parse(value->text, &entry->prefix))
		return fail(reading, value->line,
			    "actor: '%.*s' is no address or network such as 192.0.2.0/24 (no bits "
			    "set behind the prefix), nor key:NAME",
			    SHOWN, value->text.p);
	entry->has_prefix = true;
	if (is_too_wide(&entry->prefix))
		return fail(reading, value->line,
			    "actor: %.*s is too wide: at least /%d of IPv4 or /%d of IPv6", SHOWN,
			    value->text.p, ALLOW_BITS_V4, ALLOW_BITS_V6);
	return true;
}

static bool
read_reason(struct reading *reading, const struct yaml_node *value)
{
	reading->entry.reason = str_trim(value->text);
	return reading->entry.reason.n > 0 || fail(reading, value->line, "reason: is empty");
}

static bool
read_until(struct reading *reading, const struct yaml_node *value)
{
	struct allow_entry *entry = &reading->entry;

	if (!timestamp_parse(value->text, &entry->until))
		return fail(reading, value->line,
			    "until: '%.*s' is no date such as 2026-04-30, nor a time such as "
			    "2026-04-30T12:00:00Z",
			    SHOWN, value->text.p);
	/* A date means the whole day. */
	if (value->text.n == DATE_LENGTH)
		entry->until += DAY_MS;
	return true;
}

static const struct field {
	const char *name;
	bool (*read)(struct reading *reading, const struct yaml_node *value);
	const char *missing; /* what to say where it is missing; NULL: it may be */
} fields[] = {
	{"kind", read_kind, NULL},
	{"zone", read_zone, NULL},
	{"actor", read_actor, NULL},
	{"reason", read_reason, "the entry gives no reason; add 'reason:' with who wants it"},
	{"until", read_until, "the entry never ends; add 'until:' with a date"},
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static bool
read_field(struct reading *reading, const struct yaml_node *key, const struct yaml_node *value)
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (!str_eq(key->text, str_of(fields[i].name)))
			continue;
		if (value->kind != YAML_SCALAR)
			return fail(reading, value->line, "%s: a text expected, not %s",
				    fields[i].name, yaml_kind_name(value));
		if (yaml_is_null(value))
			return fail(reading, value->line, "%s: has no value", fields[i].name);
		return fields[i].read(reading, value);
	}
	return fail(reading, key->line, "'%.*s' is none of kind, zone, actor, reason, until", SHOWN,
		    key->text.p);
}

/* All mistakes of an entry are named, not only the first. */
static void
read_entry(struct reading *reading, const struct yaml_node *node)
{
	struct allow_list *list = reading->list;
	struct allow_entry *entry = &reading->entry;
	bool good = true;

	*entry = (struct allow_entry){.file = reading->file, .line = node->line};
	if (node->kind != YAML_MAPPING) {
		fail(reading, node->line,
		     "a map with kind, zone, actor, reason, until expected, "
		     "not %s",
		     yaml_kind_name(node));
		return;
	}
	for (size_t i = 0; i < node->count; i++)
		good &= read_field(reading, node->keys[i], node->items[i]);
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].missing && !yaml_get(node, fields[i].name))
			good = fail(reading, node->line, "%s", fields[i].missing);
	if (good && entry->kind.n + entry->zone.n + entry->key.n == 0 && !entry->has_prefix)
		good = fail(reading, node->line,
			    "too wide: it would allow everything; say at "
			    "least one of kind, zone and actor");
	if (!good)
		return;
	if (list->count == list->capacity) {
		list->capacity = list->capacity ? list->capacity * 2 : 16;
		list->all = xrealloc(list->all, list->capacity, sizeof(*list->all));
	}
	list->all[list->count++] = *entry;
}

/* A list of entries, or a map whose one key "allow" holds it. */
static void
read_document(struct reading *reading, const struct yaml_node *root)
{
	const struct yaml_node *entries = root;

	if (root->kind == YAML_MAPPING && root->count == 1 && yaml_get(root, "allow"))
		entries = yaml_get(root, "allow");
	if (yaml_is_null(entries))
		return;
	if (entries->kind != YAML_SEQUENCE) {
		fail(reading, entries->line, "a list of entries expected, not %s",
		     yaml_kind_name(entries));
		return;
	}
	for (size_t i = 0; i < entries->count; i++)
		read_entry(reading, entries->items[i]);
}

static void
read_documents(struct reading *reading, const struct yaml_documents *documents)
{
	for (size_t i = 0; i < documents->count; i++)
		read_document(reading, documents->roots[i]);
}

void
allow_read(struct allow_list *list, struct str text, const char *file)
{
	struct reading reading = {.list = list, .file = arena_str(&list->arena, str_of(file))};
	struct yaml_documents documents;
	struct err err;
	unsigned line;

	if (yaml_read(&list->arena, text, &documents, &line, &err) != 0)
		fail(&reading, line, "%s", err.text);
	read_documents(&reading, &documents);
}

int
allow_load(struct allow_list *list, const char *path, struct err *err)
{
	struct reading reading = {.list = list, .file = arena_str(&list->arena, str_of(path))};
	struct yaml_documents documents;
	unsigned line;

	if (yaml_read_file(&list->arena, path, &documents, NULL, &line, err) != 0) {
		if (line == 0)
			return -1;
		fail(&reading, line, "%s", err->text);
	}
	read_documents(&reading, &documents);
	return 0;
}

enum allow_state
allow_state(const struct allow_entry *entry, int64_t now)
{
	if (now == TIME_NONE)
		return ALLOW_UNDATED;
	if (entry->until <= now)
		return ALLOW_EXPIRED;
	return entry->until - now <= ALLOW_SOON_DAYS * DAY_MS ? ALLOW_ENDS_SOON : ALLOW_IN_FORCE;
}

/* Every zone of the finding; one that has more than it lists may have any. */
static bool
covers_zones(const struct allow_entry *entry, const struct finding *finding)
{
	if (finding->zone_list_count == 0 || finding->zone_count > finding->zone_list_count)
		return false;
	for (size_t i = 0; i < finding->zone_list_count; i++)
		if (!str_eq(finding->zones[i], entry->zone))
			return false;
	return true;
}

static bool
covers_addresses(const struct prefix *prefix, const struct ip *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!prefix_contains(prefix, &addresses[i]))
			return false;
	return count > 0;
}

/* Everybody whom the finding accuses: its addresses, else its prefix, else those seen through. */
static bool
covers_actor(const struct prefix *prefix, const struct finding *finding)
{
	if (finding->address_count)
		return covers_addresses(prefix, finding->addresses, finding->address_count);
	if (finding->has_prefix)
		return finding->prefix.bits >= prefix->bits &&
		       prefix_contains(prefix, &finding->prefix.ip);
	return finding->contributor_count == finding->contributor_address_count &&
	       covers_addresses(prefix, finding->contributors, finding->contributor_address_count);
}

/* Only a transfer has a key: each of them must be signed with this one. */
static bool
covers_keys(struct str key, const struct finding *finding)
{
	for (size_t i = 0; i < finding->transfer_count; i++)
		if (!str_eq_nocase(qname_trim_dot(finding->transfers[i].key), key))
			return false;
	return finding->transfer_count > 0;
}

bool
allow_covers(const struct allow_entry *entry, const struct finding *finding)
{
	if (entry->kind.n && !str_eq(entry->kind, finding->kind))
		return false;
	if (entry->zone.n && !covers_zones(entry, finding))
		return false;
	if (entry->has_prefix && !covers_actor(&entry->prefix, finding))
		return false;
	return !entry->key.n || covers_keys(entry->key, finding);
}

const struct allow_entry *
allow_find(const struct allow_list *list, const struct finding *finding, int64_t now)
{
	for (size_t i = 0; i < list->count; i++) {
		enum allow_state state = allow_state(&list->all[i], now);
		if ((state == ALLOW_IN_FORCE || state == ALLOW_ENDS_SOON) &&
		    allow_covers(&list->all[i], finding))
			return &list->all[i];
	}
	return NULL;
}
