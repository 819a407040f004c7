#include "detect/ground.h"

#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"
#include "detect/order.h"
#include "detect/survey.h"

enum {
	PARENT_CHILDREN =
		12, /* so many children, of which fewer than a quarter are in a wordlist */
	PARTS = 16, /* for each thread */
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

/* What is made side by side, before the order is finished in parts. */
enum job { JOB_ORDER, JOB_SURVEY, JOBS };

struct making {
	struct ground *ground;
	struct order order;
};

static void
make_one(void *context, size_t worker, size_t job)
{
	struct making *making = context;

	(void)worker;
	if (job == JOB_ORDER)
		order_begin(&making->order, &making->ground->input->tally->pairs.map,
			    making->ground->briefs);
	else
		survey_make(making->ground);
}

static void
place_part(void *context, size_t worker, size_t part)
{
	struct making *making = context;

	(void)worker;
	order_place(&making->order, part, ground_parts(making->ground), making->ground->briefs);
}

static void
fill_part(void *context, size_t worker, size_t part)
{
	struct making *making = context;

	(void)worker;
	order_fill(&making->order, part, ground_parts(making->ground), making->ground->briefs);
}

/* Side by side: sources are stepped over by each detector. */
static void
mark_sources(struct ground *ground)
{
	ground->sources = xcalloc(ground->count / 64 + 1, sizeof(*ground->sources));
	for (size_t i = 0; i < ground->count; i++)
		ground->sources[i / 64] |= (uint64_t)ground->briefs[i].new_source << i % 64;
	ground->sources[ground->count / 64] |= 1ULL << ground->count % 64;
}

void
ground_init(struct ground *ground, const struct detect_input *input)
{
	const struct tally *tally = input->tally;
	struct making making = {.ground = ground};

	*ground = (struct ground){.input = input, .tonight = TIME_NONE};
	for (size_t i = 0; i < tally->streams.count; i++)
		ground->tonight = time_earlier(ground->tonight, tally->streams.all[i].first);
	ground->marks = xcalloc(texts_numbers(&tally->texts), sizeof(*ground->marks));
	ground->hints =
		xcalloc(ground_hint(texts_numbers(&tally->texts), false), sizeof(*ground->hints));
	ground->count = tally->pairs.map.count;
	/* Not cleared: the parts write all of them. */
	ground->briefs = xrealloc(NULL, ground->count, sizeof(*ground->briefs));
	workers_run(input->settings->workers, JOBS, make_one, &making);
	workers_run(input->settings->workers, ground_parts(ground), place_part, &making);
	workers_run(input->settings->workers, ground_parts(ground), fill_part, &making);
	order_release(&making.order);
	mark_sources(ground);
}

void
ground_release(struct ground *ground)
{
	free(ground->briefs);
	free(ground->sources);
	free(ground->marks);
	free(ground->hints);
	free(ground->changed);
	map_release(&ground->parents);
	*ground = (struct ground){0};
}

/* How many pairs ahead what one points to is fetched, and what that does; the pair itself first. */
enum { AHEAD_ONE = 18, AHEAD_MORE = 8, AHEAD_BYTES = 512 };

static bool
is_wanted(const struct ground_walk *walk, size_t index)
{
	const struct brief *brief = &walk->ground->briefs[index];

	return (brief->distinct >= walk->judged ||
		ground_may_be_odd(walk->ground, index, walk->odd)) &&
	       !brief->is_nobody;
}

/* The pair that is taken so many later; NULL where there is none. */
static const struct pair *
pair_ahead(const struct ground_walk *walk, size_t ahead)
{
	size_t at = walk->taken + ahead;

	return at < walk->found ? ground_pair(walk->ground, walk->next[at % GROUND_AHEAD]) : NULL;
}

static void
fetch_names(const struct sample *names)
{
	size_t bytes = names->capacity * sizeof(struct pair_name);

	if (names->capacity > 1)
		map_fetch(names->items, bytes < AHEAD_BYTES ? bytes : AHEAD_BYTES);
}

static void
fetch_ahead(const struct ground_walk *walk)
{
	const struct pair *pair = pair_ahead(walk, AHEAD_ONE);

	if (pair) {
		if (!pair_is_alone(pair))
			fetch_names(&pair->one.names);
		__builtin_prefetch(pair->more);
	}
	pair = pair_ahead(walk, AHEAD_MORE);
	for (size_t i = 0; pair && i < pair_further_count(pair); i++)
		if (!(pair->more[i].class_ & PAIR_ALONE))
			fetch_names(&pair->more[i].names.names);
}

bool
ground_next(struct ground_walk *walk, size_t *index)
{
	for (; walk->at < walk->to && walk->found - walk->taken < GROUND_AHEAD; walk->at++) {
		if (!is_wanted(walk, walk->at))
			continue;
		walk->next[walk->found++ % GROUND_AHEAD] = walk->at;
		/* The line of the processor's cache that tells of its names. */
		__builtin_prefetch(&ground_pair(walk->ground, walk->at)->more);
	}
	if (walk->taken == walk->found)
		return false;
	fetch_ahead(walk);
	*index = walk->next[walk->taken++ % GROUND_AHEAD];
	if (*index >= walk->first + walk->count) {
		walk->first = ground_first(walk->ground, *index);
		walk->count = ground_source(walk->ground, walk->first);
	}
	return true;
}

size_t
ground_first(const struct ground *ground, size_t index)
{
	size_t word = index / 64;
	uint64_t bits = ground->sources[word] & UINT64_MAX >> (63 - index % 64);

	while (!bits)
		bits = ground->sources[--word];
	return word * 64 + 63 - (size_t)__builtin_clzll(bits);
}

size_t
ground_source(const struct ground *ground, size_t first)
{
	size_t word = (first + 1) / 64;
	uint64_t bits = ground->sources[word] & UINT64_MAX << (first + 1) % 64;

	while (!bits)
		bits = ground->sources[++word];
	return word * 64 + (size_t)__builtin_ctzll(bits) - first;
}

bool
ground_seek(const struct ground *ground, uint64_t types, unsigned classes, size_t *first,
	    size_t *count)
{
	const struct brief *brief = &ground->briefs[*first + *count];
	const struct brief *end = &ground->briefs[ground->count];

	while (brief < end && !(brief->types & types) && !(brief->classes & classes))
		brief++;
	if (brief == end)
		return false;
	*first = ground_first(ground, (size_t)(brief - ground->briefs));
	*count = ground_source(ground, *first);
	return true;
}

/* Several for each thread: sources that take long do not lie evenly. */
size_t
ground_parts(const struct ground *ground)
{
	size_t threads = workers_count(ground->input->settings->workers);

	return threads > 1 ? threads * PARTS : 1;
}

/*
 * The first pair of a source from pair `at` on. Asked of the bits, not of the briefs: another part
 * may be writing into those.
 */
static size_t
begin_of_source(const struct ground *ground, size_t at)
{
	if (at == 0)
		return 0;
	size_t before = ground_first(ground, at - 1);
	return before + ground_source(ground, before);
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

	workers_run(ground->input->settings->workers, ground_parts(ground), look_at_part, &all);
}

size_t
ground_find(const struct ground *ground, const struct ip *address, size_t *first)
{
	size_t low = 0, high = ground->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (ip_compare(&ground_pair(ground, middle)->key.address, address) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*first = low;
	if (low == ground->count ||
	    ip_compare(&ground_pair(ground, low)->key.address, address) != 0)
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
