#include "detect/ledger.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"

enum {
	RELATIVE_NAMES = 3,    /* names in common that make a relative */
	RELATIVE_PERCENT = 20, /* and their share */
	ORDER_LEAST = 8,       /* names in common of which an order can be told */
};

/* A pair before it is known whether there is room for it. */
struct candidate {
	size_t index; /* into ground->briefs */
	const struct pair *pair;
	int score; /* INT32_MIN without enough judged names */
};

static int
compare_candidates(const void *a, const void *b)
{
	const struct candidate *left = a, *right = b;

	if (left->score != right->score)
		return left->score > right->score ? -1 : 1;
	if (pair_requests(left->pair) != pair_requests(right->pair))
		return pair_requests(left->pair) > pair_requests(right->pair) ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

static struct candidate *
rank(const struct ground *ground, size_t first, size_t count)
{
	struct candidate *candidates = xcalloc(count, sizeof(*candidates));

	for (size_t i = 0; i < count; i++) {
		struct scan scan = {0};
		candidates[i] =
			(struct candidate){first + i, ground_pair(ground, first + i), INT32_MIN};
		if (!judge(ground, first, count, first + i, SCAN_COHORT_NAMES, &scan.judgement))
			continue;
		scan_ledger(&scan, ground->input->settings);
		candidates[i].score = scan.score;
		judgement_release(&scan.judgement);
	}
	qsort(candidates, count, sizeof(*candidates), compare_candidates);
	return candidates;
}

static int
compare_names(const void *a, const void *b)
{
	const struct ledger_name *left = a, *right = b;
	bool left_exists = left->reason == LEDGER_EXISTS,
	     right_exists = right->reason == LEDGER_EXISTS;

	if (left_exists != right_exists)
		return left_exists ? -1 : 1;
	if (left_exists && left->remote != right->remote)
		return left->remote ? -1 : 1;
	if (left->item->moment != right->item->moment)
		return left->item->moment < right->item->moment ? -1 : 1;
	return (left->item->hash > right->item->hash) - (left->item->hash < right->item->hash);
}

static void
add_names(struct ledger_zone *zone, const struct ground *ground, size_t first, size_t count,
	  uint8_t class_)
{
	struct pair_class names = pair_class(zone->scan.judgement.pair, class_);
	const struct pair_name *item;
	double weight = (double)sample_distinct(&names.names, &pair_name_type) / names.names.count;

	for (uint32_t i = 0; (item = sample_next(&names.names, &pair_name_type, &i)) != NULL;) {
		struct str text = texts_get(&ground->input->tally->texts, item->text);
		struct verdict verdict = judge_name(ground, first, count, &zone->scan.judgement,
						    item, &ground->input->tally->texts, class_);
		struct ledger_name *name = &zone->names[zone->name_count++];
		*name = (struct ledger_name){
			.item = item,
			.text = text,
			.weight = weight,
			.missing = verdict.missing,
			.reason = verdict.exists      ? LEDGER_EXISTS
				  : verdict.popular   ? LEDGER_POPULAR
				  : verdict.explained ? LEDGER_EXPLAINED
						      : LEDGER_JUDGED,
		};
		name->remote = build_is_remote_access(name->text);
		zone->by_reason[name->reason] += weight;
	}
}

static void
make_zone(struct ledger_zone *zone, const struct ground *ground, size_t first, size_t count,
	  size_t index)
{
	const struct pair *pair = ground_pair(ground, index);

	*zone = (struct ledger_zone){.names = xcalloc(JUDGE_NAMES_MAX, sizeof(*zone->names))};
	judge(ground, first, count, index, 0, &zone->scan.judgement);
	if (zone->scan.judgement.count)
		scan_ledger(&zone->scan, ground->input->settings);
	for (size_t c = 0; c < NAME_CLASSES; c++)
		if (c != NAME_APEX && pair_class(pair, c).names.count)
			add_names(zone, ground, first, count, (uint8_t)c);
	if (zone->name_count)
		qsort(zone->names, zone->name_count, sizeof(*zone->names), compare_names);
}

/*
 * How many of the zone's judged names the other source asked too. Samples of one class keep
 * the names of the smallest hashes in both: only what the other sample could hold counts.
 */
static struct relative
compare_with(const struct ledger_zone *zone, const struct pair *other)
{
	const struct judgement *j = &zone->scan.judgement;
	struct relative relative = {.address = other->key.address, .zone = j->zone_text};
	struct moments common[JUDGE_NAMES_MAX];

	for (size_t i = 0; i < j->count; i++) {
		struct pair_class names = pair_class(other, j->names[i].class_);
		uint64_t hash = j->names[i].item->hash;
		if (!sample_admits(&names.names, hash))
			continue;
		relative.of++;
		const struct pair_name *again = sample_find(&names.names, &pair_name_type, hash);
		if (again && relative.common < JUDGE_NAMES_MAX)
			common[relative.common++] =
				(struct moments){j->names[i].item->moment, again->moment};
	}
	relative.order =
		relative.common >= ORDER_LEAST ? judge_same_order(common, relative.common) : -1;
	return relative;
}

static bool
is_closer(const struct relative *a, const struct relative *b)
{
	uint64_t left = (uint64_t)a->common * b->of, right = (uint64_t)b->common * a->of;

	if (left != right)
		return left > right;
	if (a->common != b->common)
		return a->common > b->common;
	return ip_compare(&a->address, &b->address) < 0;
}

/* Keeps the closest; a source that is there for another zone stands once. */
static void
offer_relative(struct ledger *ledger, const struct relative *relative)
{
	struct relative *all = ledger->relatives;
	size_t at = 0;

	while (at < ledger->relative_count && ip_compare(&all[at].address, &relative->address) != 0)
		at++;
	if (at < ledger->relative_count && !is_closer(relative, &all[at]))
		return;
	if (at == ledger->relative_count) {
		if (at == LEDGER_RELATIVES && !is_closer(relative, &all[--at]))
			return;
		ledger->relative_count = at + 1;
	}
	for (; at > 0 && is_closer(relative, &all[at - 1]); at--)
		all[at] = all[at - 1];
	all[at] = *relative;
}

static void
find_relatives(struct ledger *ledger, const struct ground *ground, const struct ip *address)
{
	for (size_t i = 0; i < ground->count; i++) {
		const struct pair *other = ground_pair(ground, i);
		if (ip_is_none(&other->key.address) ||
		    ip_compare(&other->key.address, address) == 0)
			continue;
		for (size_t j = 0; j < ledger->zone_count; j++) {
			const struct pair_key *key = &ledger->zones[j].scan.judgement.pair->key;
			if (other->key.zone != key->zone || other->key.resolver != key->resolver)
				continue;
			struct relative relative = compare_with(&ledger->zones[j], other);
			if (relative.common >= RELATIVE_NAMES &&
			    relative.common * 100 >= relative.of * RELATIVE_PERCENT)
				offer_relative(ledger, &relative);
		}
	}
}

static int64_t
distance(const struct companion *companion)
{
	return companion->later < 0 ? -companion->later : companion->later;
}

static bool
is_nearer(const struct companion *a, const struct companion *b)
{
	if (distance(a) != distance(b))
		return distance(a) < distance(b);
	if (a->score != b->score)
		return a->score > b->score;
	return ip_compare(&a->address, &b->address) < 0;
}

static void
offer_companion(struct ledger *ledger, const struct companion *companion)
{
	struct companion *all = ledger->companions;
	size_t at = ledger->companion_count;

	if (at == LEDGER_COMPANIONS && !is_nearer(companion, &all[--at]))
		return;
	ledger->companion_count = at + 1;
	for (; at > 0 && is_nearer(companion, &all[at - 1]); at--)
		all[at] = all[at - 1];
	all[at] = *companion;
}

/* Scanners only: in a busy zone somebody innocent begins every second. */
static void
find_companions(struct ledger *ledger, const struct scans *scans, const struct ip *address)
{
	for (size_t i = 0; i < scans->count; i++) {
		const struct judgement *other = &scans->all[i].judgement;
		if (ip_compare(&other->pair->key.address, address) == 0 ||
		    ip_is_none(&other->pair->key.address) || other->pair->first == TIME_NONE ||
		    scans->all[i].over_nights ||
		    (scans->all[i].score < SCAN_LOW && !scans->all[i].in_campaign))
			continue;
		for (size_t j = 0; j < ledger->zone_count; j++) {
			const struct judgement *own = &ledger->zones[j].scan.judgement;
			int64_t later = other->pair->first - own->pair->first;
			if (own->count == 0 || own->pair->first == TIME_NONE ||
			    other->pair->key.zone != own->pair->key.zone ||
			    later > LEDGER_MINUTE_MS || later < -LEDGER_MINUTE_MS)
				continue;
			struct companion companion = {other->pair->key.address, own->zone_text,
						      later, scans->all[i].score};
			offer_companion(ledger, &companion);
		}
	}
}

static int
compare_neighbours(const void *a, const void *b)
{
	const struct neighbour *left = a, *right = b;

	if (left->requests != right->requests)
		return left->requests > right->requests ? -1 : 1;
	return ip_compare(&left->address, &right->address);
}

static int
compare_by_address(const void *a, const void *b)
{
	return ip_compare(&((const struct neighbour *)a)->address,
			  &((const struct neighbour *)b)->address);
}

/* All sources in a prefix, each with its requests at all servers, busiest first; to be freed. */
struct neighbour *
ledger_network(const struct tally *tally, const struct prefix *prefix, size_t *count)
{
	struct neighbour *all = NULL;
	const struct source *source;
	size_t n = 0, capacity = 0;

	for (uint32_t i = 0; (source = map_next(&tally->sources.map, &i)) != NULL;) {
		uint32_t server = source->key.server;
		if (!prefix_contains(prefix, &source->key.address))
			continue;
		if (n == capacity) {
			capacity = capacity ? capacity * 2 : 64;
			all = xrealloc(all, capacity, sizeof(*all));
		}
		all[n++] =
			(struct neighbour){source->key.address,
					   source->kinds[tally->settings->servers[server].request]};
	}
	*count = 0;
	if (n == 0)
		return NULL;
	qsort(all, n, sizeof(*all), compare_by_address);
	for (size_t i = 0; i < n; i++) {
		if (*count && ip_compare(&all[*count - 1].address, &all[i].address) == 0)
			all[*count - 1].requests += all[i].requests;
		else
			all[(*count)++] = all[i];
	}
	qsort(all, *count, sizeof(*all), compare_neighbours);
	return all;
}

static void
find_neighbours(struct ledger *ledger, const struct tally *tally, const struct ip *address)
{
	struct prefix prefix = ip_prefix(address, 24, 48);
	size_t count;
	struct neighbour *all = ledger_network(tally, &prefix, &count);

	for (size_t i = 0; i < count; i++) {
		if (ip_compare(&all[i].address, address) == 0)
			continue;
		ledger->neighbour_total++;
		if (ledger->neighbour_count < LEDGER_NEIGHBOURS)
			ledger->neighbours[ledger->neighbour_count++] = all[i];
	}
	free(all);
}

void
ledger_make(struct ledger *ledger, const struct scans *scans, const struct ip *address)
{
	const struct ground *ground = &scans->ground;
	size_t first, count = ground_find(ground, address, &first);

	*ledger = (struct ledger){.pair_count = count};
	if (count) {
		struct candidate *candidates = rank(ground, first, count);
		size_t whole = count < LEDGER_ZONES ? count : LEDGER_ZONES;
		ledger->zones = xcalloc(whole, sizeof(*ledger->zones));
		for (; ledger->zone_count < whole; ledger->zone_count++)
			make_zone(&ledger->zones[ledger->zone_count], ground, first, count,
				  candidates[ledger->zone_count].index);
		size_t left = count - whole < LEDGER_PAIRS ? count - whole : LEDGER_PAIRS;
		ledger->others = xcalloc(left, sizeof(*ledger->others));
		for (; ledger->other_count < left; ledger->other_count++)
			ledger->others[ledger->other_count] =
				candidates[whole + ledger->other_count].pair;
		free(candidates);
		find_relatives(ledger, ground, address);
		find_companions(ledger, scans, address);
	}
	find_neighbours(ledger, ground->input->tally, address);
}

void
ledger_release(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->zone_count; i++) {
		judgement_release(&ledger->zones[i].scan.judgement);
		free(ledger->zones[i].names);
	}
	free(ledger->zones);
	free(ledger->others);
	*ledger = (struct ledger){0};
}
