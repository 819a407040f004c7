#include "detect/ground.h"

#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"
#include "detect/judge.h"
#include "record/qname.h"

enum {
	PARENT_CHILDREN =
		12, /* so many children, of which fewer than a quarter are in a wordlist */
	PARTS = 16, /* for each thread */
	AHEAD = 8,  /* pairs that are fetched while one is read */
};

struct flagged_prefix {
	uint64_t hash;
	uint32_t key;
};

void
flagged_init(struct flagged *flagged)
{
	*flagged = (struct flagged){0};
	map_init(&flagged->prefixes, sizeof(struct flagged_prefix), sizeof(uint32_t));
}

void
flagged_release(struct flagged *flagged)
{
	map_release(&flagged->prefixes);
}

void
flagged_add(struct flagged *flagged, uint32_t prefix_hash)
{
	uint32_t bit = prefix_hash % FLAGGED_BITS;

	flagged->bits[bit / 64] |= 1ULL << (bit % 64);
	map_put(&flagged->prefixes, hash_mix(prefix_hash, 1), &prefix_hash, NULL);
}

bool
flagged_has(const struct flagged *flagged, uint32_t prefix_hash)
{
	uint32_t bit = prefix_hash % FLAGGED_BITS;

	return flagged && flagged->bits[bit / 64] >> (bit % 64) & 1 &&
	       map_find(&flagged->prefixes, hash_mix(prefix_hash, 1), &prefix_hash);
}

/* A name below a zone that has children of its own. */
struct parent {
	uint64_t hash;
	uint64_t key; /* sample hash of its text */
	uint32_t children, wordlist;
};

/* What orders the pairs, beside each other: the pairs themselves lie all over the memory. */
struct place {
	uint64_t family, high, low; /* of the address, in the order of ip_compare */
	uint64_t rank;              /* of address and zone: the order is the same everywhere */
	const struct pair *pair;
};

static uint64_t
big_endian(const uint8_t b[8])
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | b[i];
	return value;
}

static struct place
place_of(const struct pair *pair)
{
	const struct ip *address = &pair->key.address;

	return (struct place){!ip_is_v4(address), big_endian(address->b),
			      big_endian(address->b + 8), pair->rank, pair};
}

static bool
is_same_source(const struct place *a, const struct place *b)
{
	return a->low == b->low && a->high == b->high && a->family == b->family;
}

static int
compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	if (left->family != right->family)
		return left->family < right->family ? -1 : 1;
	if (left->high != right->high)
		return left->high < right->high ? -1 : 1;
	if (left->low != right->low)
		return left->low < right->low ? -1 : 1;
	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	return (left->pair->key.resolver > right->pair->key.resolver) -
	       (left->pair->key.resolver < right->pair->key.resolver);
}

static struct brief
brief_of(const struct pair *pair)
{
	uint64_t distinct = pair_distinct(pair);
	struct brief brief = {
		.types = counts_keys(&pair->types),
		.distinct = distinct < UINT32_MAX ? (uint32_t)distinct : UINT32_MAX,
		.zone = pair->key.zone,
		.resolver = pair->key.resolver != 0,
	};

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		const struct pair_class *names = pair_class(pair, c);
		brief.classes |= (uint8_t)((names && names->names.count) << c);
	}
	return brief;
}

static void
order_pairs(struct ground *ground, const struct map *pairs)
{
	struct place *places = xcalloc(pairs->count, sizeof(*places));
	const struct pair *pair;

	for (uint32_t i = 0; (pair = map_next(pairs, &i)) != NULL;)
		places[ground->count++] = place_of(pair);
	if (ground->count)
		qsort(places, ground->count, sizeof(*places), compare_places);
	ground->pairs = xcalloc(ground->count, sizeof(*ground->pairs));
	ground->briefs = xcalloc(ground->count, sizeof(*ground->briefs));
	ground->stretches = xcalloc(ground->count, sizeof(*ground->stretches));
	for (size_t i = 0, first = 0; i < ground->count; i++) {
		if (i + AHEAD < ground->count)
			map_fetch(places[i + AHEAD].pair, sizeof(struct pair));
		if (!is_same_source(&places[first], &places[i]))
			first = i;
		ground->pairs[i] = places[i].pair;
		ground->briefs[i] = brief_of(places[i].pair);
		ground->stretches[first]++;
	}
	free(places);
}

/* The children of a zone of that tally; without those that `known`, the same zone, has too. */
static void
add_parents(struct ground *ground, const struct tally *tally, const struct zone *zone,
	    const struct zone *known)
{
	const struct hash_key *key = &ground->input->tally->settings->names->sample_key;
	size_t zone_length = texts_get(&tally->texts, zone->key.text).n;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		const struct zone_name *name;
		if (!zone->classes[c] || c == NAME_APEX)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&zone->classes[c]->names, &zone_name_type, &i)) != NULL;) {
			struct str parent = qname_parent(texts_get(&tally->texts, name->text));
			if (parent.n <= zone_length ||
			    judge_standing(known, NULL, c, name->hash).tonight)
				continue;
			uint64_t hash = hash_bytes(key, parent.p, parent.n);
			struct parent *entry = map_put(&ground->parents, hash, &hash, NULL);
			entry->children++;
			entry->wordlist += c == NAME_WORDLIST;
		}
	}
}

/* Of tonight's zones, and of those of earlier nights what tonight's have not. */
static void
find_parents(struct ground *ground)
{
	const struct tally *tally = ground->input->tally, *before = ground->input->baseline;
	const struct zone *zone;

	map_init(&ground->parents, sizeof(struct parent), sizeof(uint64_t));
	for (uint32_t i = 0; (zone = map_next(&tally->zones.map, &i)) != NULL;)
		add_parents(ground, tally, zone, NULL);
	for (uint32_t i = 0; before && (zone = map_next(&before->zones.map, &i)) != NULL;)
		add_parents(ground, before, zone,
			    zones_find(tally, texts_get(&before->texts, zone->key.text),
				       zone->key.resolver));
}

enum job { JOB_PAIRS, JOB_PARENTS, JOBS };

static void
make_one(void *context, size_t worker, size_t job)
{
	struct ground *ground = context;

	(void)worker;
	if (job == JOB_PAIRS)
		order_pairs(ground, &ground->input->tally->pairs.map);
	else
		find_parents(ground);
}

void
ground_init(struct ground *ground, const struct detect_input *input)
{
	const struct tally *tally = input->tally;

	*ground = (struct ground){.input = input, .tonight = TIME_NONE};
	for (size_t i = 0; i < tally->streams.count; i++)
		ground->tonight = time_earlier(ground->tonight, tally->streams.all[i].first);
	ground->traits = xcalloc(tally->texts.count, sizeof(*ground->traits));
	workers_run(input->settings->threads, JOBS, make_one, ground);
}

void
ground_release(struct ground *ground)
{
	free(ground->pairs);
	free(ground->briefs);
	free(ground->stretches);
	free(ground->missing_lists);
	free(ground->traits);
	map_release(&ground->parents);
	*ground = (struct ground){0};
}

size_t
ground_source(const struct ground *ground, size_t first)
{
	return ground->stretches[first];
}

/* Several for each thread: sources that take long do not lie evenly. */
size_t
ground_parts(const struct ground *ground)
{
	size_t threads = ground->input->settings->threads;

	return threads > 1 ? threads * PARTS : 1;
}

/* The first pair of a source from pair `at` on. */
static size_t
begin_of_source(const struct ground *ground, size_t at)
{
	while (at < ground->count && ground->stretches[at] == 0)
		at++;
	return at;
}

struct look {
	const struct ground *ground;
	ground_look *look;
	void *context;
};

static void
look_at_part(void *context, size_t worker, size_t part)
{
	const struct look *look = context;
	const struct ground *ground = look->ground;
	size_t parts = ground_parts(ground);

	(void)worker;
	look->look(look->context, part, begin_of_source(ground, ground->count * part / parts),
		   begin_of_source(ground, ground->count * (part + 1) / parts));
}

void
ground_run(const struct ground *ground, ground_look *look, void *context)
{
	struct look all = {ground, look, context};

	workers_run(ground->input->settings->threads, ground_parts(ground), look_at_part, &all);
}

uint32_t
ground_most(const struct ground *ground, size_t first, size_t count)
{
	uint32_t most = 0;

	for (size_t i = first; i < first + count; i++)
		if (ground->briefs[i].distinct > most)
			most = ground->briefs[i].distinct;
	return most;
}

size_t
ground_find(const struct ground *ground, const struct ip *address, size_t *first)
{
	size_t low = 0, high = ground->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (ip_compare(&ground->pairs[middle]->key.address, address) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*first = low;
	if (low == ground->count || ip_compare(&ground->pairs[low]->key.address, address) != 0)
		return 0;
	return ground_source(ground, low);
}

bool
ground_is_machine_made(const struct ground *ground, struct str parent)
{
	const struct hash_key *key = &ground->input->tally->settings->names->sample_key;
	uint64_t hash = hash_bytes(key, parent.p, parent.n);
	const struct parent *entry = map_find(&ground->parents, hash, &hash);

	return entry && entry->children >= PARENT_CHILDREN && entry->wordlist * 4 < entry->children;
}
