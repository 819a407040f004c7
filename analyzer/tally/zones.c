#include "tally/zones.h"

#include <stddef.h>

#include "base/workers.h"
#include "base/xalloc.h"
#include "tally/join.h"
#include "tally/tally.h"

/* A zone with so many names of one class is asked for more than its few hosts: it stays. */
enum { EVIDENT_NAMES = 64 };

static void
drop_name(void *item, void *texts)
{
	struct zone_name *name = item;

	texts_drop(texts, name->text);
}

/* For a tally that goes as a whole: its texts do too. */
static const struct sample_type undropped = {sizeof(struct zone_name), 0, NULL};

const struct sample_type zone_name_type = {sizeof(struct zone_name), ZONE_K, drop_name};
const struct sample_type zone_source_type = {sizeof(uint64_t), ZONE_SOURCES_K, NULL};

void
zones_init(struct zones *zones, uint32_t limit)
{
	*zones = (struct zones){.fold.limit = limit};
	map_init(&zones->map, sizeof(struct zone), offsetof(struct zone_key, text));
}

/* `names`: how to release those; the type itself, or `undropped`. */
static void
zone_release(struct tally *tally, struct zone *zone, const struct sample_type *names)
{
	for (size_t i = 0; i < NAME_CLASSES; i++) {
		if (!zone->classes[i])
			continue;
		sample_release(&zone->classes[i]->names, names, &tally->texts);
		free(zone->classes[i]);
	}
	sample_release(&zone->sources, &zone_source_type, NULL);
	serverset_release(&zone->servers);
	texts_drop(&tally->texts, zone->key.text);
}

void
zones_release(struct tally *tally)
{
	struct zone *zone;

	for (uint32_t i = 0; (zone = map_next(&tally->zones.map, &i)) != NULL;)
		zone_release(tally, zone, &undropped);
	map_release(&tally->zones.map);
}

static void
fold_away(void *table, void *entry)
{
	struct tally *tally = table;
	struct zone *zone = entry;

	tally->zones.folded++;
	tally->zones.folded_requests += zone->requests;
	zone_release(tally, zone, &zone_name_type);
}

static uint64_t
fold_weight(const void *table, const void *entry)
{
	(void)table;
	return ((const struct zone *)entry)->requests;
}

static const struct fold_type zone_fold = {offsetof(struct zone, rank),
					   offsetof(struct zone, evident), fold_away, fold_weight};

uint64_t
zones_hash(const struct tally *tally, struct str text, uint32_t role)
{
	const struct hash_key *table_key = &tally->settings->names->table_key;

	return zone_key_hash(hash_bytes(table_key, text.p, text.n), role);
}

/* What finds a zone, and what ranks it: two hashes of its text. */
struct zone_place {
	uint64_t hash, rank;
	uint32_t role;
	bool evidence;
};

/* The zone; `*created` where it is new, and then its text must be set. NULL: folded away. */
static struct zone *
put(struct tally *tally, const struct zone_place *place, bool *created)
{
	struct zone_key key = {.resolver = place->role};
	struct zone *zone = map_find(&tally->zones.map, place->hash, &key);

	*created = false;
	if (zone)
		return zone;
	zone = fold_put(&tally->zones.fold, &zone_fold, tally, &tally->zones.map, place->hash, &key,
			place->rank, place->evidence, created);
	if (zone && *created) {
		zone->first = zone->last = TIME_NONE;
		sample_lend(&zone->sources, &zone->first_source);
	}
	return zone;
}

/* Keeps the smallest ZONE_PREFIXES distinct hashes, ascending. */
static void
add_prefix(struct zone_name *name, uint32_t prefix)
{
	uint32_t last = name->prefixes[ZONE_PREFIXES - 1];
	size_t at = 0;

	if (last && prefix > last) {
		name->more_prefixes = true;
		return;
	}
	/* Without a branch: an empty place, less one, is the greatest. */
	for (size_t i = 0; i < ZONE_PREFIXES; i++)
		at += name->prefixes[i] - 1 < prefix - 1;
	if (name->prefixes[at] == prefix)
		return;
	name->more_prefixes |= last != 0;
	memmove(&name->prefixes[at + 1], &name->prefixes[at],
		(ZONE_PREFIXES - 1 - at) * sizeof(*name->prefixes));
	name->prefixes[at] = prefix;
}

uint32_t
zone_prefix_hash(const struct hash_key *sample_key, const struct ip *address)
{
	struct prefix prefix = ip_prefix(address, 24, 48);
	uint32_t hash = (uint32_t)hash_bytes(sample_key, &prefix.ip, sizeof(prefix.ip));

	return hash ? hash : 1;
}

static void
meet(struct zone_name *name, uint64_t moment, const struct ip *asker)
{
	if (moment < name->moment ||
	    (moment == name->moment && ip_compare(asker, &name->first_asker) < 0)) {
		name->moment = moment;
		name->first_asker = *asker;
	}
}

/* The item of a name, its moment set when it is new and then its text to be held; or NULL. */
static struct zone_name *
put_name(struct tally *tally, struct zone *zone, struct zone_class *names, uint64_t hash)
{
	bool created;
	struct zone_name *name =
		sample_put_near(&names->names, &zone_name_type, sizeof(struct zone_name), hash,
				&created, &tally->texts);

	if (created) {
		name->moment = MOMENT_NONE;
		zone->evident |= names->names.count == EVIDENT_NAMES;
	}
	return name;
}

struct zone_class *
zone_put_class(struct zone *zone, size_t class_)
{
	if (!zone->classes[class_]) {
		zone->classes[class_] = xcalloc(1, sizeof(*zone->classes[class_]));
		sample_lend(&zone->classes[class_]->names, &zone->classes[class_]->first);
	}
	return zone->classes[class_];
}

static uint32_t
add_saturating(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* Returns the number of the name's text where the zone keeps the name, or TEXT_NONE. */
static uint32_t
add_name(struct tally *tally, struct zone *zone, const struct tally_line *line)
{
	struct zone_class *names = zone_put_class(zone, line->name->class_);

	names->requests += line->is_request;
	struct zone_name *name = put_name(tally, zone, names, line->name->hash);
	if (!name)
		return TEXT_NONE;
	if (name->text == TEXT_NONE)
		name->text =
			texts_hold_hashed(&tally->texts, line->name->text, line->name->text_key);
	meet(name, line->moment, &line->record->client);
	if (line->is_request) {
		add_prefix(name, line->prefix);
		name->requests = add_saturating(name->requests, 1);
		name->types |= line->type_bit;
		name->hours |= line->hour_bit;
	}
	name->seen |= line->seen;
	return name->text;
}

void
zone_meet(struct zone *zone, uint64_t source_rank)
{
	sample_put(&zone->sources, &zone_source_type, source_rank, NULL, NULL);
}

/* The line's zone, made when there is none; NULL where it is folded away. */
static struct zone *
find(struct tally *tally, const struct tally_line *line, bool evidence)
{
	const struct name *name = line->name;
	struct zone_place place = {
		.hash = line->zone_hash,
		.rank = hash_mix(name->zone_hash, 0),
		.role = line->role,
		.evidence = evidence || name->own,
	};
	bool created;
	struct zone *zone = put(tally, &place, &created);

	if (zone && created)
		zone->key.text = texts_hold_hashed(&tally->texts, name->zone, name->zone_key);
	return zone;
}

struct zone *
zones_add(struct tally *tally, struct tally_line *line, bool evidence)
{
	const struct record *record = line->record;
	struct zone *zone =
		map_guessed(line->zone, line->zone_hash) ? line->zone : find(tally, line, evidence);

	if (!zone) {
		tally->zones.folded_requests += line->is_request;
		return NULL;
	}
	zone->evident |= evidence;
	if (line->name->own && !zone->own) {
		zone->own = true;
		zone->evident = true;
	}
	serverset_add(&zone->servers, line->server);
	if (line->in_order && zone->last != TIME_NONE) {
		zone->last = record->time;
	} else {
		zone->first = time_earlier(zone->first, record->time);
		zone->last = time_later(zone->last, record->time);
	}
	zone->requests += line->is_request;
	line->text_id = add_name(tally, zone, line);
	texts_prefetch(&tally->texts, line->text_id);
	return zone;
}

static void
merge_class(struct tally *into, struct zone *zone, size_t index, struct zone_class *other)
{
	struct zone_class *names = zone_put_class(zone, index);
	struct zone_name *name;

	names->requests += other->requests;
	sample_swap_larger(&names->names, &other->names);
	for (uint32_t i = 0; (name = sample_next(&other->names, &zone_name_type, &i)) != NULL;) {
		struct zone_name *own = put_name(into, zone, names, name->hash);
		if (!own)
			continue;
		if (own->text == TEXT_NONE)
			texts_pass(&own->text, &name->text);
		meet(own, name->moment, &name->first_asker);
		for (size_t j = 0; j < ZONE_PREFIXES && name->prefixes[j]; j++)
			add_prefix(own, name->prefixes[j]);
		own->more_prefixes |= name->more_prefixes;
		own->hours |= name->hours;
		own->requests = add_saturating(own->requests, name->requests);
		own->types |= name->types;
		own->seen |= name->seen;
	}
	sample_limit(&names->names, &zone_name_type, other->names.threshold, &into->texts);
}

static void
zone_merge(struct tally *into, struct zone *zone, struct zone *other)
{
	const uint64_t *source;

	zone->evident |= other->evident;
	zone->own |= other->own;
	zone->requests += other->requests;
	serverset_merge(&zone->servers, &other->servers);
	zone->first = time_earlier(zone->first, other->first);
	zone->last = time_later(zone->last, other->last);
	sample_swap_larger(&zone->sources, &other->sources);
	for (uint32_t i = 0;
	     (source = sample_next(&other->sources, &zone_source_type, &i)) != NULL;)
		sample_put(&zone->sources, &zone_source_type, *source, NULL, NULL);
	sample_limit(&zone->sources, &zone_source_type, other->sources.threshold, NULL);
	for (size_t i = 0; i < NAME_CLASSES; i++)
		if (other->classes[i])
			merge_class(into, zone, i, other->classes[i]);
}

static void
rename_texts(const struct tally *from, void *entry)
{
	struct zone *zone = entry;
	struct zone_name *name;

	texts_rename(&from->texts, &zone->key.text);
	for (size_t i = 0; i < NAME_CLASSES; i++)
		for (uint32_t k = 0;
		     zone->classes[i] &&
		     (name = sample_next(&zone->classes[i]->names, &zone_name_type, &k)) != NULL;)
			texts_rename(&from->texts, &name->text);
}

static void
arrive(struct tally *into, void *entry)
{
	struct zone *zone = entry;

	(void)into;
	if (zone->sources.capacity == 1)
		sample_lend(&zone->sources, &zone->first_source);
}

/* `own`, which is new, gets all that `zone` has. */
static void
zone_move(struct tally *into, struct zone *own, struct zone *zone)
{
	struct zone moved = *zone;

	moved.hash = own->hash;
	moved.key.resolver = own->key.resolver;
	moved.rank = own->rank;
	*own = moved;
	arrive(into, own);
	zone->key.text = TEXT_NONE;
	zone->servers = (struct serverset){0};
	zone->sources = (struct sample){0};
	memset(zone->classes, 0, sizeof(zone->classes));
}

static struct zone_place
place_of(const struct tally *into, const struct tally *from, const struct zone *zone)
{
	struct str text = texts_get(&into->texts, zone->key.text); /* renamed */
	uint32_t role = tally_role_in(into, zone->key.resolver);
	bool same = into->texts.key == from->texts.key && role == zone->key.resolver;

	return (struct zone_place){
		.hash = same ? zone->hash : zones_hash(into, text, role),
		.rank = zone->rank,
		.role = role,
		.evidence = zone->evident,
	};
}

static bool
merge_known(struct tally *into, struct tally *from, void *entry)
{
	struct zone *zone = entry;
	struct zone_place place = place_of(into, from, zone);
	struct zone_key key = {.resolver = place.role};
	struct zone *own = map_find(&into->zones.map, place.hash, &key);

	if (own)
		zone_merge(into, own, zone);
	return own != NULL;
}

static void
merge_new(struct tally *into, struct tally *from, void *entry)
{
	struct zone *zone = entry;
	struct zone_place place = place_of(into, from, zone);
	bool created;
	struct zone *own = put(into, &place, &created);

	if (!own) {
		into->zones.folded++;
		into->zones.folded_requests += zone->requests;
		return;
	}
	if (created)
		zone_move(into, own, zone);
	else /* of two servers that `into` does not keep apart */
		zone_merge(into, own, zone);
}

static void
release_merged(struct tally *into, void *entry)
{
	zone_release(into, entry, &zone_name_type);
}

void
zones_merge(struct tally *into, struct tally *from, struct workers *workers)
{
	const struct join join = {
		.into = into,
		.from = from,
		.own = &into->zones.map,
		.others = &from->zones.map,
		.fold = &into->zones.fold,
		.rename = rename_texts,
		.add_known = merge_known,
		.add_new = merge_new,
		.arrive = arrive,
		.release = release_merged,
	};

	fold_raise(&into->zones.fold, &zone_fold, into, &into->zones.map, &from->zones.fold);
	join_tables(&join, workers);
	into->zones.folded += from->zones.folded;
	into->zones.folded_requests += from->zones.folded_requests;
}

void
zones_forget_before(struct tally *tally, int64_t time)
{
	struct zone *zone;

	for (uint32_t i = 0; (zone = map_next(&tally->zones.map, &i)) != NULL;) {
		if (zone->last == TIME_NONE || zone->last >= time)
			continue;
		zone_release(tally, zone, &zone_name_type);
		map_remove(&tally->zones.map, zone);
	}
}

enum { SETTLE_PARTS = 256 }; /* a few zones have most of the names */

static void
settle_part(void *context, size_t thread, size_t part)
{
	struct tally *tally = context;
	const struct map *map = &tally->zones.map;
	uint32_t end = map_cursor(map, part + 1, SETTLE_PARTS);
	struct zone *zone;

	(void)thread;
	for (uint32_t i = map_cursor(map, part, SETTLE_PARTS);
	     (zone = map_next_before(map, &i, end)) != NULL;) {
		sample_settle(&zone->sources, &zone_source_type, NULL);
		for (size_t j = 0; j < NAME_CLASSES; j++)
			if (zone->classes[j])
				sample_settle(&zone->classes[j]->names, &zone_name_type,
					      &tally->texts);
	}
}

void
zones_settle(struct tally *tally, struct workers *workers)
{
	fold_settle(&tally->zones.fold, &zone_fold, tally, &tally->zones.map);
	texts_share_among(&tally->texts, workers);
	workers_run(workers, SETTLE_PARTS, settle_part, tally);
	texts_gather(&tally->texts);
}

const struct zone *
zones_find(const struct tally *tally, struct str text, bool resolver)
{
	struct zone_key key = {.resolver = resolver};

	return map_find(&tally->zones.map, zones_hash(tally, text, resolver), &key);
}

uint64_t
zone_distinct(const struct zone *zone)
{
	uint64_t distinct = 0;

	for (size_t i = 0; i < NAME_CLASSES; i++)
		if (zone->classes[i] && i != NAME_APEX)
			distinct += sample_distinct(&zone->classes[i]->names, &zone_name_type);
	return distinct > zone->requests && zone->requests > ZONE_K ? zone->requests : distinct;
}

uint64_t
zone_sources(const struct zone *zone)
{
	return sample_distinct(&zone->sources, &zone_source_type);
}

size_t
zone_bytes(const void *entry)
{
	const struct zone *zone = entry;
	size_t bytes = sizeof(*zone) + CEILING_ENTRY + CEILING_TEXT +
		       serverset_bytes(&zone->servers) +
		       sample_bytes(&zone->sources, &zone_source_type, 0);

	for (size_t j = 0; j < NAME_CLASSES; j++)
		if (zone->classes[j])
			bytes += sizeof(struct zone_class) + sizeof(struct zone_name) +
				 sample_bytes(&zone->classes[j]->names, &zone_name_type,
					      CEILING_TEXT);
	return bytes;
}

void
zones_lower(struct tally *tally, uint32_t limit)
{
	tally->zones.fold.heaviest = limit / 4;
	fold_lower(&tally->zones.fold, &zone_fold, tally, &tally->zones.map, limit);
}

void
zones_thin(struct tally *tally, uint32_t k)
{
	struct zone *zone;

	for (uint32_t i = 0; (zone = map_next(&tally->zones.map, &i)) != NULL;) {
		sample_thin(&zone->sources, &zone_source_type, k, NULL);
		for (size_t j = 0; j < NAME_CLASSES; j++)
			if (zone->classes[j])
				sample_thin(&zone->classes[j]->names, &zone_name_type, k,
					    &tally->texts);
	}
}
