#include "tally/pairs.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"
#include "tally/join.h"
#include "tally/tally.h"

/* From so many distinct names on a pair is worth keeping above the ceiling (DETECTION.md 14.2). */
enum { EVIDENT_NAMES = 8 };

static void
drop_name(void *item, void *texts)
{
	struct pair_name *name = item;

	texts_drop(texts, name->text);
}

/* For a tally that goes as a whole: its texts do too. */
static const struct sample_type undropped = {sizeof(struct pair_name), 0, NULL};

const struct sample_type pair_name_type = {sizeof(struct pair_name), PAIR_K, drop_name};

void
pairs_init(struct pairs *pairs, uint32_t limit)
{
	*pairs = (struct pairs){.fold.limit = limit};
	map_init(&pairs->map, sizeof(struct pair), sizeof(uint32_t));
}

/* `type`: how to release them; the names' own, or `undropped`. */
static void
release_names(struct tally *tally, union class_names *names, uint8_t class_,
	      const struct sample_type *type)
{
	if (!(class_ & PAIR_ALONE))
		sample_release(&names->names, type, &tally->texts);
	else if (type->drop)
		type->drop(&names->name, &tally->texts);
}

static void
pair_release(struct tally *tally, struct pair *pair, const struct sample_type *type)
{
	release_names(tally, &pair->one, pair->one_class, type);
	for (size_t i = 0; i < pair_further_count(pair); i++)
		release_names(tally, &pair->more[i].names, pair->more[i].class_, type);
	free(pair->more);
	counts_release(&pair->types);
	serverset_release(&pair->servers);
	texts_drop(&tally->texts, pair->key.zone);
}

void
pairs_release(struct tally *tally)
{
	struct pair *pair;

	for (uint32_t i = 0; (pair = map_next(&tally->pairs.map, &i)) != NULL;)
		pair_release(tally, pair, &undropped);
	map_release(&tally->pairs.map);
}

static void
fold_away(void *table, void *entry)
{
	struct tally *tally = table;
	struct pair *pair = entry;

	tally->pairs.folded++;
	tally->pairs.folded_requests += pair_requests(pair);
	pair_release(tally, pair, &pair_name_type);
}

static uint64_t
fold_weight(const void *table, const void *entry)
{
	(void)table;
	return pair_requests(entry);
}

static const struct fold_type pair_fold = {offsetof(struct pair, rank),
					   offsetof(struct pair, evident), fold_away, fold_weight};

uint64_t
pairs_hash(const struct tally *tally, const struct ip *address, struct str zone, uint32_t role)
{
	const struct hash_key *table_key = &tally->settings->names->table_key;

	return pair_key_hash(address_hash(table_key, address),
			     hash_bytes(table_key, zone.p, zone.n), role);
}

/* What finds a pair, and what ranks it: the latter must not depend on this process. */
struct pair_place {
	struct ip address;
	uint64_t hash, rank;
	uint32_t role;
	bool evidence;
};

/* The pair; `*created` where it is new, and then its zone must be set. NULL: folded away. */
static struct pair *
put(struct tally *tally, const struct pair_place *place, bool *created)
{
	struct pair *pair = map_find(&tally->pairs.map, place->hash, &place->role);

	*created = false;
	if (pair)
		return pair;
	pair = fold_put(&tally->pairs.fold, &pair_fold, tally, &tally->pairs.map, place->hash,
			&place->role, place->rank, place->evidence, created);
	if (!pair || !*created)
		return pair;
	pair->key = (struct pair_key){.address = place->address, .resolver = place->role};
	pair->first = pair->last = TIME_NONE;
	return pair;
}

uint8_t
name_seen_of(const struct record *record)
{
	if (record->kind == RECORD_RATE_LIMITED)
		return record->rcode == RCODE_NXDOMAIN ? SEEN_LIMITED : 0;
	if (record->kind == RECORD_DENIED)
		return SEEN_REFUSED;
	uint8_t seen = 0;
	if (record->rcode == RCODE_NOERROR)
		seen |= SEEN_ANSWERED;
	else if (record->rcode == RCODE_NXDOMAIN)
		seen |= SEEN_MISSING;
	else if (record->rcode == RCODE_REFUSED)
		seen |= SEEN_REFUSED;
	if (record->kind == RECORD_RESPONSE && record->seconds_us >= 0)
		seen |= record->cached == 0 && record->seconds_us > 0 ? SEEN_FETCHED : SEEN_CACHED;
	return seen;
}

static uint8_t
add_saturating(uint8_t a, uint8_t b)
{
	return a > UINT8_MAX - b ? UINT8_MAX : (uint8_t)(a + b);
}

/* One class of a pair to be changed, its first or another; valid until another class comes. */
struct held {
	union class_names *names;
	uint32_t *requests;
	uint8_t *class_; /* and PAIR_ALONE */
};

static struct further_class *
add_further(struct pair *pair, size_t class_)
{
	size_t count = pair_further_count(pair);

	pair->more = xrealloc(pair->more, count + 1, sizeof(*pair->more));
	pair->more[count] = (struct further_class){.class_ = (uint8_t)(class_ + 1)};
	pair->more->count = (uint8_t)(count + 1);
	return &pair->more[count];
}

/* The class, made where there is none: the first to come is the pair's first. */
static inline struct held
hold(struct pair *pair, size_t class_)
{
	if (!pair->one_class)
		pair->one_class = (uint8_t)(class_ + 1);
	if (pair_one_class(pair) == class_)
		return (struct held){&pair->one, &pair->one_requests, &pair->one_class};
	struct further_class *further = pair_further(pair, class_);
	if (!further)
		further = add_further(pair, class_);
	return (struct held){&further->names, &further->requests, &further->class_};
}

/* The class's sample, where a name that was alone in it goes to. */
static struct sample *
sample_of(struct held held)
{
	struct sample *names = &held.names->names;

	if (*held.class_ & PAIR_ALONE) {
		struct pair_name name = held.names->name;
		*held.class_ &= (uint8_t)~PAIR_ALONE;
		*names = (struct sample){0};
		memcpy(sample_put(names, &pair_name_type, name.hash, NULL, NULL), &name,
		       sizeof(name));
	}
	return names;
}

/* The only name of the class; NULL where there is another, or may have been. */
static struct pair_name *
put_alone(struct held held, uint64_t hash, bool *created)
{
	const struct sample *names = &held.names->names;
	struct pair_name *name = &held.names->name;

	if (*held.class_ & PAIR_ALONE)
		return name->hash == hash ? name : NULL;
	if (names->capacity || !sample_is_exact(names))
		return NULL;
	*held.class_ |= PAIR_ALONE;
	*name = (struct pair_name){.hash = hash};
	*created = true;
	return name;
}

static struct pair_name *
put_held(struct held held, uint64_t hash, bool *created, struct texts *texts)
{
	*created = false;
	struct pair_name *name = put_alone(held, hash, created);
	if (!name)
		name = sample_put(sample_of(held), &pair_name_type, hash, created, texts);
	if (*created)
		name->moment = MOMENT_NONE;
	return name;
}

struct pair_name *
pair_put_name(struct pair *pair, size_t class_, uint64_t hash, bool *created, struct texts *texts)
{
	return put_held(hold(pair, class_), hash, created, texts);
}

bool
pair_load_class(struct pair *pair, size_t class_, uint32_t requests, uint64_t threshold)
{
	bool is_there = pair_has_class(pair, class_);
	struct held held = hold(pair, class_);

	*held.requests = requests;
	if (threshold)
		sample_of(held)->threshold = threshold;
	return !is_there;
}

/* Names held, of all classes. */
static uint32_t
names_of(const struct pair *pair)
{
	uint32_t count = class_sample(&pair->one, pair->one_class).count;

	for (size_t i = 0; i < pair_further_count(pair); i++)
		count += class_sample(&pair->more[i].names, pair->more[i].class_).count;
	return count;
}

/* The item of a name, its text to be held when it is new; or NULL. */
static struct pair_name *
put_name(struct tally *tally, struct pair *pair, struct held held, uint64_t hash)
{
	bool created;
	struct pair_name *name = put_held(held, hash, &created, &tally->texts);

	if (created && !pair->evident)
		pair->evident = names_of(pair) >= EVIDENT_NAMES;
	return name;
}

/* The item where it stands in the first place looked at, as most do; NULL: it may be elsewhere. */
static inline struct pair_name *
find_near(struct held held, uint64_t hash)
{
	const struct sample *names = &held.names->names;
	struct pair_name *name = &held.names->name;

	if (!(*held.class_ & PAIR_ALONE)) {
		if (!names->capacity)
			return NULL;
		name = (struct pair_name *)(void *)names->items +
		       sample_home(names->capacity, hash);
	}
	return name->hash == hash ? name : NULL;
}

static void
add_name(struct tally *tally, struct pair *pair, const struct tally_line *line)
{
	const struct name *name = line->name;

	struct held held = hold(pair, name->class_);
	*held.requests += line->is_request;
	struct pair_name *item = find_near(held, name->hash);
	if (!item)
		item = put_name(tally, pair, held, name->hash);
	if (!item)
		return;
	if (item->text == TEXT_NONE && line->text_id != TEXT_NONE)
		texts_share(&tally->texts, item->text = line->text_id);
	else if (item->text == TEXT_NONE)
		item->text = texts_hold_hashed(&tally->texts, name->text, name->text_key);
	if (line->moment < item->moment)
		item->moment = line->moment;
	if (line->is_request) {
		item->count = add_saturating(item->count, 1);
		item->types |= line->type_bit;
	}
	item->seen |= line->seen;
}

/*
 * False where the zone is sure to have met the pair's source: as long as none was folded away,
 * a zone is there from its first request on.
 */
static bool
may_be_new(const struct tally *tally, const struct pair *pair)
{
	return !pair || tally->zones.folded ||
	       (pair->one_requests == 0 && pair_requests(pair) == 0);
}

/* The line's pair, made when there is none; NULL where it is folded away. */
static struct pair *
find(struct tally *tally, const struct tally_line *line, bool evidence, bool *created)
{
	struct pair_place place = {
		.address = line->record->client,
		.hash = line->pair_hash,
		.rank = hash_mix(tally_rank(line), line->name->zone_hash),
		.role = line->role,
		.evidence = evidence,
	};

	return put(tally, &place, created);
}

void
pairs_add(struct tally *tally, const struct tally_line *line, struct zone *zone, bool evidence)
{
	const struct record *record = line->record;
	bool created = false;
	struct pair *pair = map_guessed(line->pair, line->pair_hash)
				    ? line->pair
				    : find(tally, line, evidence, &created);

	if (zone && line->is_request && may_be_new(tally, pair))
		zone_meet(zone, tally_rank(line));
	if (!pair) {
		tally->pairs.folded_requests += line->is_request;
		return;
	}
	if (created && zone)
		texts_share(&tally->texts, pair->key.zone = zone->key.text);
	else if (created)
		pair->key.zone =
			texts_hold_hashed(&tally->texts, line->name->zone, line->name->zone_key);
	bool was_evident = pair->evident, another = serverset_add(&pair->servers, line->server);
	pair->evident |= evidence;
	if (line->in_order && pair->last != TIME_NONE) {
		pair->last = record->time;
	} else {
		pair->first = time_earlier(pair->first, record->time);
		pair->last = time_later(pair->last, record->time);
	}
	if (line->is_request) {
		counts_add_one(&pair->types, line->type_key);
		if (record->flags_known & FLAG_RD) {
			pair->flags_known++;
			pair->recursion_desired += (record->flags & FLAG_RD) != 0;
		}
	}
	add_name(tally, pair, line);
	/* The pair stays: so does what is known of its source. */
	if (pair->evident && (!was_evident || another))
		sources_mark(tally, &record->client, &pair->servers);
}

static void
merge_class(struct tally *into, struct pair *pair, size_t class_, struct pair *other)
{
	struct held held = hold(pair, class_), from = hold(other, class_);
	struct sample names = class_sample(from.names, *from.class_);
	struct pair_name *name;

	*held.requests += *from.requests;
	if (names.capacity > 1) {
		sample_swap_larger(sample_of(held), &from.names->names);
		names = from.names->names;
	}
	for (uint32_t i = 0; (name = sample_next(&names, &pair_name_type, &i)) != NULL;) {
		struct pair_name *own = put_name(into, pair, held, name->hash);
		if (!own)
			continue;
		if (own->text == TEXT_NONE)
			texts_pass(&own->text, &name->text);
		if (name->moment < own->moment)
			own->moment = name->moment;
		own->types |= name->types;
		own->count = add_saturating(own->count, name->count);
		own->seen |= name->seen;
	}
	if (names.threshold)
		sample_limit(sample_of(held), &pair_name_type, names.threshold, &into->texts);
}

static void
pair_merge(struct tally *into, struct pair *pair, struct pair *other)
{
	serverset_merge(&pair->servers, &other->servers);
	pair->flags_known += other->flags_known;
	pair->recursion_desired += other->recursion_desired;
	pair->first = time_earlier(pair->first, other->first);
	pair->last = time_later(pair->last, other->last);
	counts_merge(&pair->types, &other->types);
	for (size_t i = 0; i < NAME_CLASSES; i++)
		if (pair_has_class(other, i))
			merge_class(into, pair, i, other);
	pair->evident |= other->evident || names_of(pair) >= EVIDENT_NAMES;
	if (pair->evident)
		sources_mark(into, &pair->key.address, &pair->servers);
}

static void
rename_texts(const struct tally *from, void *entry)
{
	struct pair *pair = entry;
	struct pair_name *name;

	texts_rename(&from->texts, &pair->key.zone);
	for (size_t i = 0; i < NAME_CLASSES; i++) {
		struct pair_class names = pair_class(pair, i);
		for (uint32_t k = 0;
		     (name = sample_next(&names.names, &pair_name_type, &k)) != NULL;)
			texts_rename(&from->texts, &name->text);
	}
}

static void
arrive(struct tally *into, void *entry)
{
	const struct pair *pair = entry;

	if (pair->evident)
		sources_mark(into, &pair->key.address, &pair->servers);
}

/* `own`, which is new, gets all that `pair` has. */
static void
pair_move(struct tally *into, struct pair *own, struct pair *pair)
{
	struct pair moved = *pair;

	moved.hash = own->hash;
	moved.key.resolver = own->key.resolver;
	moved.rank = own->rank;
	*own = moved;
	arrive(into, own);
	pair->key.zone = TEXT_NONE;
	pair->servers = (struct serverset){0};
	pair->types = (struct counts){0};
	pair->one_class = 0;
	pair->one.names = (struct sample){0};
	pair->more = NULL;
}

static struct pair_place
place_of(const struct tally *into, const struct tally *from, const struct pair *pair)
{
	uint32_t role = tally_role_in(into, pair->key.resolver);
	bool same = into->texts.key == from->texts.key && role == pair->key.resolver;
	struct str zone = texts_get(&into->texts, pair->key.zone); /* renamed */

	return (struct pair_place){
		.address = pair->key.address,
		.hash = same ? pair->hash : pairs_hash(into, &pair->key.address, zone, role),
		.rank = pair->rank,
		.role = role,
		.evidence = pair->evident,
	};
}

/* Hint: the pair's own memory is about to be read. */
static void
fetch_owned(const void *entry)
{
	const struct pair *pair = entry;

	if (!pair_is_alone(pair) && pair->one.names.capacity)
		map_fetch(pair->one.names.items, 4 * sizeof(struct pair_name));
	if (pair->more)
		__builtin_prefetch(pair->more);
}

static bool
merge_known(struct tally *into, struct tally *from, void *entry)
{
	struct pair *pair = entry;
	struct pair_place place = place_of(into, from, pair);
	struct pair *own = map_find(&into->pairs.map, place.hash, &place.role);

	if (own)
		pair_merge(into, own, pair);
	return own != NULL;
}

static void
merge_new(struct tally *into, struct tally *from, void *entry)
{
	struct pair *pair = entry;
	struct pair_place place = place_of(into, from, pair);
	bool created;
	struct pair *own = put(into, &place, &created);

	if (!own) {
		into->pairs.folded++;
		into->pairs.folded_requests += pair_requests(pair);
		return;
	}
	if (created)
		pair_move(into, own, pair);
	else /* of two servers that `into` does not keep apart */
		pair_merge(into, own, pair);
}

static void
release_merged(struct tally *into, void *entry)
{
	pair_release(into, entry, &pair_name_type);
}

void
pairs_merge(struct tally *into, struct tally *from, struct workers *workers)
{
	const struct join join = {
		.into = into,
		.from = from,
		.own = &into->pairs.map,
		.others = &from->pairs.map,
		.fold = &into->pairs.fold,
		.fetch_owned = fetch_owned,
		.rename = rename_texts,
		.add_known = merge_known,
		.add_new = merge_new,
		.arrive = arrive,
		.release = release_merged,
	};

	fold_raise(&into->pairs.fold, &pair_fold, into, &into->pairs.map, &from->pairs.fold);
	join_tables(&join, workers);
	into->pairs.folded += from->pairs.folded;
	into->pairs.folded_requests += from->pairs.folded_requests;
}

void
pairs_forget_before(struct tally *tally, int64_t time)
{
	struct pair *pair;

	for (uint32_t i = 0; (pair = map_next(&tally->pairs.map, &i)) != NULL;) {
		if (pair->last == TIME_NONE || pair->last >= time)
			continue;
		pair_release(tally, pair, &pair_name_type);
		map_remove(&tally->pairs.map, pair);
	}
}

enum { SETTLE_PARTS = 64 };

static void
settle_names(struct tally *tally, union class_names *names, uint8_t class_)
{
	if (!(class_ & PAIR_ALONE))
		sample_settle(&names->names, &pair_name_type, &tally->texts);
}

static void
settle_part(void *context, size_t thread, size_t part)
{
	struct tally *tally = context;
	const struct map *map = &tally->pairs.map;
	uint32_t end = map_cursor(map, part + 1, SETTLE_PARTS);
	struct pair *pair;

	(void)thread;
	for (uint32_t i = map_cursor(map, part, SETTLE_PARTS);
	     (pair = map_next_before(map, &i, end)) != NULL;) {
		pairs_fetch_ahead(map, i);
		settle_names(tally, &pair->one, pair->one_class);
		for (size_t j = 0; j < pair_further_count(pair); j++)
			settle_names(tally, &pair->more[j].names, pair->more[j].class_);
	}
}

void
pairs_settle(struct tally *tally, struct workers *workers)
{
	fold_settle(&tally->pairs.fold, &pair_fold, tally, &tally->pairs.map);
	texts_share_among(&tally->texts, workers);
	workers_run(workers, SETTLE_PARTS, settle_part, tally);
	texts_gather(&tally->texts);
}

const struct pair *
pairs_find(const struct tally *tally, const struct ip *address, struct str zone, bool resolver)
{
	uint32_t role = resolver;

	return map_find(&tally->pairs.map, pairs_hash(tally, address, zone, role), &role);
}

/* Of the names of a class, as it stands beside them. */
static uint64_t
class_distinct(const union class_names *names, uint8_t class_)
{
	struct sample sample = class_sample(names, class_);
	bool is_apex = (class_ & ~PAIR_ALONE) == NAME_APEX + 1;

	return is_apex ? 0 : sample_distinct(&sample, &pair_name_type);
}

uint64_t
pair_estimate(const struct pair *pair)
{
	uint64_t distinct = class_distinct(&pair->one, pair->one_class);

	for (size_t i = 0; i < pair_further_count(pair); i++)
		distinct += class_distinct(&pair->more[i].names, pair->more[i].class_);
	return distinct;
}

uint64_t
pair_distinct(const struct pair *pair)
{
	uint64_t distinct = pair_estimate(pair);

	/* An estimate beyond the number of requests is known to be too high. */
	uint32_t requests = pair_requests(pair);
	return distinct > requests && requests > PAIR_K ? requests : distinct;
}

/* The only name of a class needs no memory beside it, but for its text. */
static size_t
class_bytes(struct sample names)
{
	return CEILING_SHARED_TEXT +
	       (names.count > 1 ? sample_bytes(&names, &pair_name_type, CEILING_SHARED_TEXT) : 0);
}

/* Whichever class is the pair's first. */
size_t
pair_bytes(const void *entry)
{
	const struct pair *pair = entry;
	size_t count = pair_further_count(pair);
	size_t bytes = sizeof(*pair) + CEILING_ENTRY + counts_bytes(&pair->types) +
		       serverset_bytes(&pair->servers);

	bytes += class_bytes(class_sample(&pair->one, pair->one_class));
	if (count)
		bytes += CEILING_ENTRY + count * sizeof(*pair->more);
	for (size_t i = 0; i < count; i++)
		bytes += class_bytes(class_sample(&pair->more[i].names, pair->more[i].class_));
	return bytes;
}

void
pairs_lower(struct tally *tally, uint32_t limit)
{
	tally->pairs.fold.heaviest = limit / 4;
	fold_lower(&tally->pairs.fold, &pair_fold, tally, &tally->pairs.map, limit);
}
