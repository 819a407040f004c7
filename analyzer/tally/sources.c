#include "tally/sources.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "tally/join.h"
#include "tally/tally.h"

/* Of the busiest sources so many stay at least: the hundred of a report, of several servers. */
enum { HEAVIEST_LEAST = 512 };

const struct sample_type source_rank_type = {sizeof(uint64_t), 1024, NULL};

void
sources_init(struct sources *sources, uint32_t limit, uint32_t prefix_limit)
{
	*sources = (struct sources){
		.fold.limit = limit, .prefix_limit = prefix_limit, .prefix_bits = SOURCE_PREFIX};
	map_init(&sources->map, sizeof(struct source), sizeof(struct source_key));
	map_init(&sources->folded, sizeof(struct folded), sizeof(struct source_key));
}

static void
source_release(struct source *source)
{
	counts_release(&source->types);
	counts_release(&source->rcodes);
	slots_release(&source->slots);
	textset_free(source->keys);
	textset_free(source->ecs);
}

void
sources_release(struct tally *tally)
{
	struct source *source;

	for (uint32_t i = 0; (source = map_next(&tally->sources.map, &i)) != NULL;)
		source_release(source);
	map_release(&tally->sources.map);
	map_release(&tally->sources.folded);
	sample_release(&tally->sources.folded_ranks, &source_rank_type, NULL);
}

static uint64_t
requests_of(const struct tally *tally, const struct source *source)
{
	return source->kinds[tally->settings->servers[source->key.server].request];
}

/* The row of the prefix, as long as prefixes are now. */
static struct folded *
put_prefix(struct tally *tally, const struct source_key *key)
{
	uint8_t bits = tally->sources.prefix_bits;
	struct source_key prefix = {ip_prefix(&key->address, bits, bits).ip, key->server};
	uint64_t hash = hash_bytes(&tally->key, &prefix, sizeof(prefix));

	return map_put(&tally->sources.folded, hash, &prefix, NULL);
}

void
sources_shorten_prefixes(struct tally *tally, uint8_t bits)
{
	struct map old = tally->sources.folded;
	const struct folded *folded;

	if (bits >= tally->sources.prefix_bits)
		return;
	map_init(&tally->sources.folded, sizeof(struct folded), sizeof(struct source_key));
	tally->sources.prefix_bits = bits;
	for (uint32_t i = 0; (folded = map_next(&old, &i)) != NULL;)
		put_prefix(tally, &folded->key)->requests += folded->requests;
	map_release(&old);
}

/* The longest prefixes of which there are not too many: a function of the set, as a fold's level. */
static void
add_prefix(struct tally *tally, const struct source_key *key, uint64_t requests)
{
	struct sources *sources = &tally->sources;

	put_prefix(tally, key)->requests += requests;
	/* Of each server and family one prefix stays in any case. */
	while (sources->prefix_limit && sources->folded.count > sources->prefix_limit &&
	       sources->prefix_bits > 0)
		sources_shorten_prefixes(tally, (uint8_t)(sources->prefix_bits - 1));
}

static void
add_folded(struct tally *tally, const struct source_key *key, uint64_t rank, uint64_t requests)
{
	add_prefix(tally, key, requests);
	tally->sources.folded_requests += requests;
	/* Not the rank itself: those of folded sources are all large. */
	sample_put(&tally->sources.folded_ranks, &source_rank_type, hash_mix(rank, 1), NULL, NULL);
}

static void
fold_away(void *table, void *entry)
{
	struct tally *tally = table;
	struct source *source = entry;

	add_folded(tally, &source->key, source->rank, requests_of(tally, source));
	source_release(source);
}

static uint64_t
fold_weight(const void *table, const void *entry)
{
	return requests_of(table, entry);
}

static const struct fold_type source_fold = {
	offsetof(struct source, rank), offsetof(struct source, evident), fold_away, fold_weight};

uint64_t
sources_hash(const struct tally *tally, const struct ip *address, uint32_t server)
{
	const struct hash_key *table_key = &tally->settings->names->table_key;

	return source_key_hash(address_hash(table_key, address), server);
}

static struct source *
put(struct tally *tally, const struct source_key *key, uint64_t hash, bool evidence, bool *created)
{
	const struct hash_key *sample_key = &tally->settings->names->sample_key;
	struct source *source = map_find(&tally->sources.map, hash, key);

	*created = false;
	if (source)
		return source;
	uint64_t rank = hash_bytes(sample_key, &key->address, sizeof(key->address));
	source = fold_put(&tally->sources.fold, &source_fold, tally, &tally->sources.map, hash, key,
			  rank, evidence, created);
	if (source && *created) {
		source->first = source->last = TIME_NONE;
		source->missed = tally->sources.fold.missed;
		source->prefix = zone_prefix_hash(sample_key, &key->address);
	}
	return source;
}

/*
 * Which of the sketch's 64 bits a port sets. Ports are taken in rows by many systems: a plain
 * multiplication would spread those more evenly than chance, and the estimate came out double.
 */
static unsigned
port_bit(uint32_t port)
{
	uint32_t h = (port + 1) * 0x85ebca6bu;

	h = (h ^ h >> 13) * 0xc2b2ae35u;
	return (h ^ h >> 16) & 63;
}

/* Adds each of the flags' bits to its counter: four at once, without a branch. */
static inline void
count_flags(uint32_t counters[SOURCE_FLAGS], unsigned flags)
{
	static const uint32_t bits_of[16][4] = {
		{0, 0, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}, {1, 1, 0, 0}, {0, 0, 1, 0}, {1, 0, 1, 0},
		{0, 1, 1, 0}, {1, 1, 1, 0}, {0, 0, 0, 1}, {1, 0, 0, 1}, {0, 1, 0, 1}, {1, 1, 0, 1},
		{0, 0, 1, 1}, {1, 0, 1, 1}, {0, 1, 1, 1}, {1, 1, 1, 1},
	};

	for (int i = 0; i < 4; i++)
		counters[i] += bits_of[flags & 15][i];
	for (int i = 0; i < 4; i++)
		counters[4 + i] += bits_of[flags >> 4 & 15][i];
}

static void
count_request(struct source *source, const struct tally_line *line)
{
	const struct record *record = line->record;

	counts_add_one(&source->types, line->type_key);
	slots_add_one(&source->slots, line->slot);
	if (record->flags_known)
		source->flags_known++;
	count_flags(source->flags, record->flags);
	if (record->port >= 0)
		source->ports |= 1ULL << port_bit((uint32_t)record->port);
	if (record->has_ecs) {
		char text[PREFIX_TEXT];
		textset_add(&source->ecs, str_of(prefix_print(&record->ecs, text)));
	}
}

/* The line's source, made when there is none; NULL where it is folded away, the line with it. */
static struct source *
find(struct tally *tally, struct tally_line *line, bool evidence)
{
	const struct hash_key *sample_key = &tally->settings->names->sample_key;
	struct source_key key = {line->record->client, line->server};
	bool created;
	struct source *source = put(tally, &key, line->source_hash, evidence, &created);

	if (source)
		return source;
	line->source = NULL;
	line->rank = hash_bytes(sample_key, &key.address, sizeof(key.address));
	line->prefix = zone_prefix_hash(sample_key, &key.address);
	add_folded(tally, &key, line->rank, line->is_request);
	return NULL;
}

/* Whether the guess was right: the address stands beside the hash, so it is compared too. */
static inline bool
is_of(const struct source *guess, const struct tally_line *line)
{
	return map_guessed(guess, line->source_hash) &&
	       memcmp(&guess->key.address, &line->record->client, sizeof(struct ip)) == 0;
}

/*
 * `first` stands apart from what every line touches: it is looked at only by a line that is not
 * sure to be later.
 */
static inline void
see_time(struct source *source, const struct tally_line *line)
{
	int64_t time = line->record->time;

	if (source->last != TIME_NONE && (line->in_order || time >= source->last)) {
		source->last = time;
	} else if (!slots_began_before(&source->slots, line->slot)) {
		source->first = time_earlier(source->first, time);
		source->last = time_later(source->last, time);
	}
}

void
sources_add(struct tally *tally, struct tally_line *line, bool evidence)
{
	const struct record *record = line->record;
	struct source *source =
		is_of(line->source, line) ? line->source : find(tally, line, evidence);

	if (!source)
		return;
	line->source = source;
	line->prefix = source->prefix;
	if (evidence) /* it stands apart from what every line touches */
		source->evident = true;
	source->kinds[record->kind]++;
	see_time(source, line);
	if (record->rcode != RCODE_UNKNOWN &&
	    (record->kind == RECORD_RESPONSE || record->kind == RECORD_QUERY_ERROR))
		counts_add_one(&source->rcodes, rcode_key(record->kind, record->rcode));
	if (record->key.n)
		textset_add(&source->keys, record->key);
	if (line->is_request)
		count_request(source, line);
}

void
sources_mark(struct tally *tally, const struct ip *address, const struct serverset *servers)
{
	for (uint32_t i = 0; serverset_next(servers, &i); i++) {
		struct source_key key = {*address, i};
		struct source *source =
			map_find(&tally->sources.map, sources_hash(tally, address, i), &key);
		if (source) /* several threads at once may say so (pairs_merge) */
			__atomic_store_n(&source->evident, true, __ATOMIC_RELAXED);
	}
}

static void
source_merge(struct source *into, const struct source *from)
{
	into->evident |= from->evident;
	for (size_t i = 0; i < RECORD_KINDS; i++)
		into->kinds[i] += from->kinds[i];
	into->flags_known += from->flags_known;
	for (size_t i = 0; i < SOURCE_FLAGS; i++)
		into->flags[i] += from->flags[i];
	counts_merge(&into->types, &from->types);
	counts_merge(&into->rcodes, &from->rcodes);
	slots_merge(&into->slots, &from->slots);
	into->ports |= from->ports;
	into->missed += from->missed;
	into->first = time_earlier(into->first, from->first);
	into->last = time_later(into->last, from->last);
	textset_merge(&into->keys, from->keys);
	textset_merge(&into->ecs, from->ecs);
}

/* `own`, which is new, gets all that `source` has. */
static void
source_move(struct source *own, struct source *source)
{
	struct source moved = *source;

	moved.hash = own->hash;
	moved.key = own->key;
	moved.rank = own->rank;
	moved.missed += own->missed;
	*own = moved;
	source->types = source->rcodes = (struct counts){0};
	source->slots = (struct slots){0};
	source->keys = source->ecs = NULL;
}

static uint64_t
hash_in(const struct tally *into, const struct tally *from, const struct source *source)
{
	return into->texts.key == from->texts.key
		       ? source->hash
		       : sources_hash(into, &source->key.address, source->key.server);
}

/* Hint: the source's own memory is about to be read. */
static void
fetch_owned(const void *entry)
{
	const struct source *source = entry;

	if (source->slots.counts.room)
		map_fetch(source->slots.counts.v, SLOTS_MAX * sizeof(uint32_t));
	if (source->types.room)
		__builtin_prefetch(source->types.v, 1);
}

static void
release_merged(struct tally *into, void *entry)
{
	(void)into;
	source_release(entry);
}

static bool
merge_known(struct tally *into, struct tally *from, void *entry)
{
	const struct source *source = entry;
	struct source *own =
		map_find(&into->sources.map, hash_in(into, from, source), &source->key);

	if (own)
		source_merge(own, source);
	return own != NULL;
}

static void
merge_new(struct tally *into, struct tally *from, void *entry)
{
	struct source *source = entry;
	bool created;
	struct source *own =
		put(into, &source->key, hash_in(into, from, source), source->evident, &created);

	if (own && created)
		source_move(own, source);
	else if (own)
		source_merge(own, source);
	else
		add_folded(into, &source->key, source->rank, requests_of(from, source));
}

void
sources_merge(struct tally *into, struct tally *from, struct workers *workers)
{
	const struct join join = {
		.into = into,
		.from = from,
		.own = &into->sources.map,
		.others = &from->sources.map,
		.fold = &into->sources.fold,
		.fetch_owned = fetch_owned,
		.add_known = merge_known,
		.add_new = merge_new,
		.release = release_merged,
	};
	const struct folded *folded;
	const uint64_t *rank;

	fold_raise(&into->sources.fold, &source_fold, into, &into->sources.map,
		   &from->sources.fold);
	join_tables(&join, workers);
	sources_shorten_prefixes(into, from->sources.prefix_bits);
	for (uint32_t i = 0; (folded = map_next(&from->sources.folded, &i)) != NULL;)
		add_prefix(into, &folded->key, folded->requests);
	into->sources.folded_requests += from->sources.folded_requests;
	for (uint32_t i = 0;
	     (rank = sample_next(&from->sources.folded_ranks, &source_rank_type, &i)) != NULL;)
		sample_put(&into->sources.folded_ranks, &source_rank_type, *rank, NULL, NULL);
}

void
sources_settle(struct tally *tally)
{
	fold_settle(&tally->sources.fold, &source_fold, tally, &tally->sources.map);
	sample_settle(&tally->sources.folded_ranks, &source_rank_type, NULL);
}

const struct source *
sources_find(const struct tally *tally, const struct ip *address, uint32_t server)
{
	struct source_key key = {*address, server};

	return map_find(&tally->sources.map, sources_hash(tally, address, server), &key);
}

uint64_t
source_ports(const struct source *source)
{
	int empty = 64 - __builtin_popcountll(source->ports);

	return (uint64_t)(64.0 * log(64.0 / (empty ? empty : 1)) + 0.5);
}

uint64_t
sources_folded(const struct sources *sources)
{
	return sample_distinct(&sources->folded_ranks, &source_rank_type);
}

size_t
sources_folded_bytes(const struct tally *tally)
{
	return tally->sources.folded.count * (sizeof(struct folded) + CEILING_ENTRY);
}

size_t
source_bytes(const void *entry)
{
	const struct source *source = entry;

	return sizeof(*source) + CEILING_ENTRY + counts_bytes(&source->types) +
	       counts_bytes(&source->rcodes) + slots_bytes(&source->slots) +
	       textset_bytes(source->keys) + textset_bytes(source->ecs);
}

void
sources_lower(struct tally *tally, uint32_t limit)
{
	tally->sources.fold.heaviest = limit / 4 > HEAVIEST_LEAST ? limit / 4 : HEAVIEST_LEAST;
	fold_lower(&tally->sources.fold, &source_fold, tally, &tally->sources.map, limit);
}
