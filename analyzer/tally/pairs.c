#include "tally/pairs.h"

#include <stddef.h>

#include "base/xalloc.h"
#include "tally/tally.h"

/* From so many distinct names on a pair is worth keeping above the ceiling (DETECTION.md 14.2). */
enum { EVIDENT_NAMES = 8 };

static void
drop_name(void *item, void *texts)
{
	struct pair_name *name = item;

	texts_drop(texts, name->text);
}

const struct sample_type pair_name_type = {sizeof(struct pair_name), PAIR_K, drop_name};

void
pairs_init(struct pairs *pairs, uint32_t limit)
{
	*pairs = (struct pairs){.fold.limit = limit};
	map_init(&pairs->map, sizeof(struct pair), sizeof(struct pair_key));
}

static void
pair_release(struct tally *tally, struct pair *pair)
{
	for (size_t i = 0; i < NAME_CLASSES; i++) {
		if (!pair->classes[i])
			continue;
		sample_release(&pair->classes[i]->names, &pair_name_type, &tally->texts);
		free(pair->classes[i]);
	}
	counts_release(&pair->types);
	slots_release(&pair->slots);
	texts_drop(&tally->texts, pair->key.zone);
}

void
pairs_release(struct tally *tally)
{
	struct pair *pair;

	for (uint32_t i = 0; (pair = map_next(&tally->pairs.map, &i)) != NULL;)
		pair_release(tally, pair);
	map_release(&tally->pairs.map);
}

static void
fold_away(void *table, void *entry)
{
	struct tally *tally = table;
	struct pair *pair = entry;

	tally->pairs.folded++;
	tally->pairs.folded_requests += pair->requests;
	pair_release(tally, pair);
}

static uint64_t
fold_weight(const void *table, const void *entry)
{
	(void)table;
	return ((const struct pair *)entry)->requests;
}

static const struct fold_type pair_fold = {offsetof(struct pair, rank),
					   offsetof(struct pair, evidence), fold_away, fold_weight};

static uint64_t
key_hash(const struct tally *tally, const struct pair_key *key)
{
	return hash_bytes(&tally->key, key, sizeof(*key));
}

/* `zone_hash` is the sample hash of the zone's text: ranks must not depend on numbers. */
static struct pair *
put(struct tally *tally, const struct ip *address, struct str zone, uint64_t zone_hash,
    bool resolver, bool evidence)
{
	struct pair_key key = {*address, texts_hold(&tally->texts, zone), resolver};
	uint64_t hash = key_hash(tally, &key);
	struct pair *pair = map_find(&tally->pairs.map, hash, &key);
	bool created = false;

	if (!pair) {
		const struct hash_key *sample_key = &tally->settings->names->sample_key;
		uint64_t rank = hash_mix(hash_bytes(sample_key, address, sizeof(*address)),
					 zone_hash + resolver);
		pair = fold_put(&tally->pairs.fold, &pair_fold, tally, &tally->pairs.map, hash,
				&key, rank, evidence, &created);
	}
	if (pair && created)
		pair->first = pair->last = TIME_NONE;
	if (!created) /* else the entry has it, or had it and was folded at once */
		texts_drop(&tally->texts, key.zone);
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

static struct pair_class *
class_of_pair(struct pair *pair, size_t index)
{
	if (!pair->classes[index])
		pair->classes[index] = xcalloc(1, sizeof(*pair->classes[index]));
	return pair->classes[index];
}

/* The item of a name, its text held and its moment set when it is new; NULL when not sampled. */
static struct pair_name *
put_name(struct tally *tally, struct pair *pair, struct pair_class *names, struct str text,
	 uint64_t hash)
{
	bool created;
	struct pair_name *name =
		sample_put(&names->names, &pair_name_type, hash, &created, &tally->texts);

	if (created) {
		name->text = texts_hold(&tally->texts, text);
		name->moment = MOMENT_NONE;
		if (++pair->names >= EVIDENT_NAMES)
			pair->evidence++;
	}
	return name;
}

static void
add_name(struct tally *tally, struct pair *pair, const struct tally_line *line)
{
	const struct name *name = line->name;
	struct pair_class *names = class_of_pair(pair, name->class_);

	names->requests += line->is_request;
	struct pair_name *item = put_name(tally, pair, names, name->text, name->hash);
	if (!item)
		return;
	uint64_t moment = moment_make(line->record->time, line->position.offset);
	if (moment < item->moment)
		item->moment = moment;
	if (line->is_request) {
		item->count = add_saturating(item->count, 1);
		item->types |= type_bit(line->record->qtype);
	}
	item->seen |= name_seen_of(line->record);
}

void
pairs_add(struct tally *tally, const struct tally_line *line, uint32_t evidence)
{
	const struct record *record = line->record;
	const struct name *name = line->name;
	uint32_t server = tally->settings->streams[line->position.stream].server;
	bool resolver = tally->settings->servers[server].resolver;
	struct pair *pair =
		put(tally, &record->client, name->zone, name->zone_hash, resolver, evidence > 0);

	if (!pair) {
		tally->pairs.folded_requests += line->is_request;
		return;
	}
	uint64_t servers = pair->servers;
	pair->evidence += evidence;
	pair->servers |= 1ULL << (server % 64);
	pair->first = time_earlier(pair->first, record->time);
	pair->last = time_later(pair->last, record->time);
	if (line->is_request) {
		pair->requests++;
		counts_add(&pair->types, type_key(record->qtype), 1);
		slots_add(&pair->slots, record->time, 1);
		if (record->flags_known & FLAG_RD) {
			pair->flags_known++;
			pair->recursion_desired += (record->flags & FLAG_RD) != 0;
			pair->dnssec_ok += (record->flags & FLAG_DO) != 0;
		}
	}
	uint32_t names = pair->names;
	add_name(tally, pair, line);
	/* The pair stays: so does what is known of its source. */
	if (pair->names >= EVIDENT_NAMES && (names < EVIDENT_NAMES || pair->servers != servers))
		sources_mark(tally, &record->client, pair->servers);
}

static void
merge_class(struct tally *into, struct pair *pair, size_t index, const struct tally *from,
	    const struct pair_class *other)
{
	struct pair_class *names = class_of_pair(pair, index);
	const struct pair_name *name;

	names->requests += other->requests;
	for (uint32_t i = 0; (name = sample_next(&other->names, &pair_name_type, &i)) != NULL;) {
		struct pair_name *own = put_name(into, pair, names,
						 texts_get(&from->texts, name->text), name->hash);
		if (!own)
			continue;
		if (name->moment < own->moment)
			own->moment = name->moment;
		own->types |= name->types;
		own->count = add_saturating(own->count, name->count);
		own->seen |= name->seen;
	}
	sample_limit(&names->names, &pair_name_type, other->names.threshold, &into->texts);
}

static void
pair_merge(struct tally *into, struct pair *pair, const struct tally *from,
	   const struct pair *other)
{
	pair->requests += other->requests;
	pair->servers |= other->servers;
	pair->flags_known += other->flags_known;
	pair->recursion_desired += other->recursion_desired;
	pair->dnssec_ok += other->dnssec_ok;
	pair->first = time_earlier(pair->first, other->first);
	pair->last = time_later(pair->last, other->last);
	counts_merge(&pair->types, &other->types);
	slots_merge(&pair->slots, &other->slots);
	for (size_t i = 0; i < NAME_CLASSES; i++)
		if (other->classes[i])
			merge_class(into, pair, i, from, other->classes[i]);
}

void
pairs_merge(struct tally *into, struct tally *from)
{
	const struct pair *pair;

	fold_raise(&into->pairs.fold, &pair_fold, into, &into->pairs.map, &from->pairs.fold);
	for (uint32_t i = 0; (pair = map_next(&from->pairs.map, &i)) != NULL;) {
		struct str zone = texts_get(&from->texts, pair->key.zone);
		uint64_t zone_hash = hash_bytes(&into->settings->names->sample_key, zone.p, zone.n);
		struct pair *own = put(into, &pair->key.address, zone, zone_hash,
				       pair->key.resolver, pair->evidence > 0);
		if (!own) {
			into->pairs.folded++;
			into->pairs.folded_requests += pair->requests;
			continue;
		}
		own->evidence += pair->evidence;
		pair_merge(into, own, from, pair);
		if (own->names >= EVIDENT_NAMES)
			sources_mark(into, &own->key.address, own->servers);
	}
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
		pair_release(tally, pair);
		map_remove(&tally->pairs.map, pair);
	}
}

void
pairs_settle(struct tally *tally)
{
	struct pair *pair;

	fold_settle(&tally->pairs.fold, &pair_fold, tally, &tally->pairs.map);
	for (uint32_t i = 0; (pair = map_next(&tally->pairs.map, &i)) != NULL;)
		for (size_t j = 0; j < NAME_CLASSES; j++)
			if (pair->classes[j])
				sample_settle(&pair->classes[j]->names, &pair_name_type,
					      &tally->texts);
}

const struct pair *
pairs_find(const struct tally *tally, const struct ip *address, struct str zone, bool resolver)
{
	struct pair_key key = {*address, texts_find(&tally->texts, zone), resolver};

	if (key.zone == TEXT_NONE)
		return NULL;
	return map_find(&tally->pairs.map, key_hash(tally, &key), &key);
}

uint64_t
pair_distinct(const struct pair *pair)
{
	uint64_t distinct = 0;

	for (size_t i = 0; i < NAME_CLASSES; i++)
		if (pair->classes[i] && i != NAME_APEX)
			distinct += sample_distinct(&pair->classes[i]->names, &pair_name_type);
	/* An estimate beyond the number of requests is known to be too high. */
	return distinct > pair->requests && pair->requests > PAIR_K ? pair->requests : distinct;
}

size_t
pairs_bytes(const struct tally *tally)
{
	const struct pair *pair;
	size_t bytes = 0;

	for (uint32_t i = 0; (pair = map_next(&tally->pairs.map, &i)) != NULL;) {
		bytes += sizeof(*pair) + CEILING_ENTRY + counts_bytes(&pair->types) +
			 slots_bytes(&pair->slots);
		for (size_t j = 0; j < NAME_CLASSES; j++)
			if (pair->classes[j])
				bytes += sizeof(struct pair_class) + CEILING_SHARED_TEXT +
					 sample_bytes(&pair->classes[j]->names, &pair_name_type,
						      CEILING_SHARED_TEXT);
	}
	return bytes;
}

void
pairs_lower(struct tally *tally, uint32_t limit)
{
	tally->pairs.fold.heaviest = limit / 4;
	fold_lower(&tally->pairs.fold, &pair_fold, tally, &tally->pairs.map, limit);
}
