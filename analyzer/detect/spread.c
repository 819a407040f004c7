/*
 * Lists dealt out so thinly that no source shows: the zone's own view (DETECTION.md 14.7).
 * Lonely names are asked by at most two networks and hardly repeated, and nothing explains
 * them. In an ordinary night they are a mixture of types, and a few resolvers bring most;
 * dealt lists are of one set of types, come from many, and hold words or stand in order, or are
 * very many that do not look random as a flood's do. Names
 * that sources ask an authoritative server for with recursion desired are weighed apart:
 * resolvers do not ask so, and tools do.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "detect/network.h"

enum {
	LONELY_PREFIXES = 2,
	LONELY_REPEATS = 3, /* requests per (name, type) */
	THIN_NAMES = 24,    /* a source with more names is looked at by itself */
	DIRECT_NAMES = 100,
	DIRECT_ASKERS = 30,
	ZONE_NAMES = 200,
	ZONE_ASKERS = 50,
	WORDLESS_NAMES = 1000, /* so many from so many are a list even without words and order */
	WORDLESS_ASKERS = 200,
	ORDER_NAMES = 256, /* looked at for their order */
	CONTRIBUTORS_LISTED = 1000,
	/* How many names ahead what one leads to is fetched: text and slot, then the pair. */
	AHEAD_SLOT = 24,
	AHEAD_PAIR = 12,
};
static const double TYPE_SHARE = 0.85, WORDS = 0.1, RANDOM = 0.3, WORDLESS_RANDOM = 0.1,
		    ONE_NETWORK = 0.1, ORDER = 0.8;

struct lonely {
	const struct zone_name *name;
	struct str text;
	struct prefix network; /* of its first asker */
	double weight;
	uint64_t pair; /* the hash under which its asker's pair stands */
	uint8_t class_;
	bool direct; /* its asker wants recursion of a server that has none to give */
	bool thin;   /* its asker asks hardly more */
};

struct lonelies {
	size_t count;
	struct lonely *all;
};

/* Asked by few, not all of them told already, hardly repeated, not known to exist. */
static bool
is_lonely(const struct ground *ground, const struct zone_name *name)
{
	unsigned networks = 0, flagged = 0;

	for (size_t i = 0; i < ZONE_PREFIXES && name->prefixes[i]; i++) {
		networks++;
		flagged += flagged_has(ground->flagged, name->prefixes[i]);
	}
	return networks > flagged && networks <= LONELY_PREFIXES && !name->more_prefixes &&
	       !(name->seen & SEEN_ANSWERED) &&
	       name->requests <= LONELY_REPEATS * (unsigned)__builtin_popcount(name->types);
}

static bool
is_host_class(size_t class_)
{
	return class_ == NAME_WORDLIST || class_ == NAME_NUMBERED || class_ == NAME_OTHER ||
	       class_ == NAME_RANDOM;
}

/* What the asker tells of the name; false when a campaign that is told already explains it. */
static bool
look_at_asker(const struct detect_input *input, const struct zone *zone, struct str zone_text,
	      struct lonely *lonely)
{
	const struct ip *asker = &lonely->name->first_asker;
	uint32_t role = zone->key.resolver != 0;
	const struct pair *pair = map_find(&input->tally->pairs.map, lonely->pair, &role);

	if (networks_have(input->networks, asker, zone_text))
		return false;
	if (!pair) { /* it held so little that it was folded away: nobody's own list */
		lonely->thin = true;
		return true;
	}
	const struct scan *own = scans_find(input->scans, pair);
	lonely->thin = pair_distinct(pair) <= THIN_NAMES;
	lonely->direct = scan_is_direct(pair, input->settings);
	return !own || !own->in_campaign;
}

/* By manner, then by asker. */
static int
compare_lonely(const void *a, const void *b)
{
	const struct lonely *left = a, *right = b;
	int order = ip_compare(&left->name->first_asker, &right->name->first_asker);

	if (left->direct != right->direct)
		return left->direct ? 1 : -1;
	if (left->name->types != right->name->types)
		return left->name->types < right->name->types ? -1 : 1;
	if (order)
		return order;
	return (left->name->hash > right->name->hash) - (left->name->hash < right->name->hash);
}

/* Those of one class, as the zone knows them. */
static void
add_class(const struct detect_input *input, const struct zone *zone, struct str zone_text,
	  uint8_t class_, struct lonelies *found)
{
	const struct sample *names = &zone->classes[class_]->names;
	double weight = (double)sample_distinct(names, &zone_name_type) / names->count;
	const struct zone_name *name;

	for (uint32_t i = 0; (name = sample_next(names, &zone_name_type, &i)) != NULL;)
		if (is_lonely(&input->scans->ground, name))
			found->all[found->count++] = (struct lonely){
				.name = name,
				.network = ip_prefix(&name->first_asker, 24, 48),
				.weight = weight,
				.pair = pairs_hash(input->tally, &name->first_asker, zone_text,
						   zone->key.resolver != 0),
				.class_ = class_,
			};
}

/* Texts and pairs lie all over the memory. */
static void
fetch_ahead(const struct tally *tally, const struct lonelies *found, size_t at)
{
	if (at + AHEAD_SLOT < found->count) {
		texts_prefetch(&tally->texts, found->all[at + AHEAD_SLOT].name->text);
		map_prefetch_slot(&tally->pairs.map, found->all[at + AHEAD_SLOT].pair);
	}
	if (at + AHEAD_PAIR < found->count) {
		const struct lonely *next = &found->all[at + AHEAD_PAIR];
		const void *pair = map_guess(&tally->pairs.map, next->pair);
		__builtin_prefetch(texts_get(&tally->texts, next->name->text).p);
		if (pair)
			map_fetch(pair, sizeof(struct pair));
	}
}

/* Leaves out what something explains, be it the name itself or its asker. */
static void
leave_out(const struct detect_input *input, const struct zone *zone, struct str zone_text,
	  struct lonelies *found)
{
	const struct ground *ground = &input->scans->ground;
	size_t kept = 0;

	for (size_t i = 0; i < found->count; i++) {
		struct lonely lonely = found->all[i];
		fetch_ahead(input->tally, found, i);
		lonely.text = texts_get(&input->tally->texts, lonely.name->text);
		if (!traits_are_machine_made(ground, lonely.text, zone_text) &&
		    look_at_asker(input, zone, zone_text, &lonely))
			found->all[kept++] = lonely;
	}
	found->count = kept;
}

/* The zone's lonely names by manner and asker; `all` is to be freed. */
static struct lonelies
collect(const struct detect_input *input, const struct zone *zone, struct str zone_text)
{
	struct lonelies found = {0};
	size_t room = 0;

	for (size_t c = 0; c < NAME_CLASSES; c++)
		room += zone->classes[c] && is_host_class(c) ? zone->classes[c]->names.count : 0;
	found.all = xcalloc(room, sizeof(*found.all));
	for (size_t c = 0; c < NAME_CLASSES; c++)
		if (zone->classes[c] && is_host_class(c) && zone->classes[c]->names.count)
			add_class(input, zone, zone_text, (uint8_t)c, &found);
	leave_out(input, zone, zone_text, &found);
	if (found.count)
		qsort(found.all, found.count, sizeof(*found.all), compare_lonely);
	return found;
}

/* What the lonely names of one manner add up to. */
struct sums {
	double names, words, random, thin, largest; /* largest: of one network */
	double tau;                                 /* as in struct judgement; -1 */
	size_t askers;
	int64_t first, last;
};

static int
compare_moments(const void *a, const void *b)
{
	const struct lonely *left = *(const struct lonely *const *)a;
	const struct lonely *right = *(const struct lonely *const *)b;

	if (left->name->moment != right->name->moment)
		return left->name->moment < right->name->moment ? -1 : 1;
	return (left->name->hash > right->name->hash) - (left->name->hash < right->name->hash);
}

/* Whether the names came in the order of a sorted list: Kendall's concordance of a part. */
static double
order_of(const struct lonely *all, size_t count)
{
	const struct lonely **names = xcalloc(count, sizeof(*names));
	size_t step = 1 + (count - 1) / ORDER_NAMES, ascending = 0, total = 0;

	for (size_t i = 0; i < count; i++)
		names[i] = &all[i];
	qsort(names, count, sizeof(*names), compare_moments);
	for (size_t i = 0; i < count; i += step)
		for (size_t j = i + step; j < count; j += step) {
			int order = str_compare(names[i]->text, names[j]->text);
			if (names[i]->name->moment == names[j]->name->moment || order == 0)
				continue;
			total++;
			ascending += order < 0;
		}
	free(names);
	return total ? (double)ascending / (double)total : -1;
}

static struct sums
add_up(const struct lonely *all, size_t count)
{
	struct sums sums = {.first = TIME_NONE, .last = TIME_NONE, .tau = -1};
	double network = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t time = moment_time(all[i].name->moment);
		bool same = i && memcmp(&all[i].network, &all[i - 1].network,
					sizeof(struct prefix)) == 0;
		sums.names += all[i].weight;
		sums.words += all[i].class_ == NAME_WORDLIST ? all[i].weight : 0;
		sums.random += all[i].class_ == NAME_RANDOM ? all[i].weight : 0;
		sums.thin += all[i].thin ? all[i].weight : 0;
		sums.first = time_earlier(sums.first, time);
		sums.last = time_later(sums.last, time);
		network = same ? network + all[i].weight : all[i].weight;
		sums.largest = network > sums.largest ? network : sums.largest;
		sums.askers += i == 0 || ip_compare(&all[i].name->first_asker,
						    &all[i - 1].name->first_asker) != 0;
	}
	return sums;
}

static bool
is_dealt(const struct sums *sums, double all, bool direct)
{
	bool many = direct ? sums->names >= DIRECT_NAMES && sums->askers >= DIRECT_ASKERS
			   : sums->names >= ZONE_NAMES && sums->askers >= ZONE_ASKERS &&
				     sums->names >= all * TYPE_SHARE;
	bool is_list = sums->words >= sums->names * WORDS || sums->tau >= ORDER ||
		       (sums->tau >= 0 && sums->tau <= 1 - ORDER) ||
		       (sums->names >= WORDLESS_NAMES && sums->askers >= WORDLESS_ASKERS &&
			sums->random < sums->names * WORDLESS_RANDOM);

	return many && is_list && sums->random < sums->names * RANDOM &&
	       sums->largest <= sums->names * ONE_NETWORK && sums->thin * 2 >= sums->names;
}

/* A source and the lonely names that it brought. */
struct asker {
	struct ip address;
	size_t names;
};

static int
compare_askers(const void *a, const void *b)
{
	const struct asker *left = a, *right = b;

	if (left->names != right->names)
		return left->names > right->names ? -1 : 1;
	return ip_compare(&left->address, &right->address);
}

static int
compare_addresses(const void *a, const void *b)
{
	return ip_compare(a, b);
}

/* Those that brought most are listed: one name may be anybody's mistake. */
static void
add_askers(struct findings *out, struct finding *finding, const struct lonely *all, size_t count)
{
	struct asker *askers = xcalloc(count, sizeof(*askers));
	size_t n = 0, listed;

	for (size_t i = 0; i < count; i++) {
		const struct ip *address = &all[i].name->first_asker;
		if (i == 0 || ip_compare(address, &all[i - 1].name->first_asker) != 0)
			askers[n++].address = *address;
		askers[n - 1].names++;
	}
	qsort(askers, n, sizeof(*askers), compare_askers);
	listed = n < CONTRIBUTORS_LISTED ? n : CONTRIBUTORS_LISTED;
	finding->contributors = arena_alloc(&out->arena, listed * sizeof(*finding->contributors));
	for (size_t i = 0; i < listed; i++)
		finding->contributors[i] = askers[i].address;
	qsort(finding->contributors, listed, sizeof(*finding->contributors), compare_addresses);
	finding->contributor_address_count = listed;
	finding->contributor_count = n;
	free(askers);
}

/* Lonely names of one zone that were asked in one manner, and their zone's in all. */
struct manner {
	const struct zone *zone;
	const struct lonely *names;
	size_t count;
	double all;
	struct sums sums;
};

static void
report(const struct detect_input *input, struct findings *out, const struct manner *manner)
{
	struct finding *finding = findings_add(out);
	const struct zone *zone = manner->zone;
	const struct sums *sums = &manner->sums;
	struct str zone_text = texts_get(&input->tally->texts, zone->key.text);
	bool direct = manner->names[0].direct;

	add_askers(out, finding, manner->names, manner->count);
	finding->zones = arena_alloc(&out->arena, sizeof(*finding->zones));
	finding->zones[0] = arena_str(&out->arena, zone_text);
	finding->zone_count = finding->zone_list_count = 1;
	build_servers(out, finding, input->tally, &zone->servers, zone->key.resolver != 0);
	finding->direction = build_direction(zone->key.resolver != 0, false);
	finding->first_seen = sums->first;
	finding->last_seen = sums->last;
	finding->distinct_names = (uint64_t)(sums->names + 0.5);
	finding->wordlist_names = (uint64_t)(sums->words + 0.5);
	finding_term(out, finding, "lonely names of one set of types", sums->names,
		     direct ? DIRECT_NAMES : ZONE_NAMES, 20);
	if (direct)
		finding_term(out, finding, "recursion desired at an authoritative server", 1, 1,
			     10);
	else
		finding_term(out, finding, "share of all lonely names", sums->names / manner->all,
			     TYPE_SHARE, 10);
	finding_term(out, finding, "sources that brought them", (double)sums->askers,
		     direct ? DIRECT_ASKERS : ZONE_ASKERS, 10);
	finding_term(out, finding, "in the wordlist", sums->words / sums->names, WORDS,
		     sums->words >= sums->names * WORDS ? 5 : 0);
	if (sums->tau >= 0)
		finding_term(out, finding, "asked in order", sums->tau, ORDER,
			     sums->tau >= ORDER || sums->tau <= 1 - ORDER ? 5 : 0);
	finding->level = level_of_score(finding->score);
	for (size_t i = 0; i < manner->count; i++)
		build_asked(out, finding, input, &manner->names[i].name->first_asker,
			    manner->names[i].name->moment, manner->names[i].text);
	finding->id = STR("zone");
	finding->title = build_text(&out->arena, "A thinly dealt list of names tried in %.*s",
				    STR_ARG(zone_text));
	finding->next =
		STR("Do not block the sources: each asked next to nothing, and they may be "
		    "resolvers that somebody scans through. Check which of the names exist.");
	finding->lookalikes =
		STR("a release or a campaign of your own that many clients learn of at once");
	build_attack(out, finding, "T1590.002");
	build_attack(out, finding, "T1595.003");
}

static bool
same_manner(const struct lonely *a, const struct lonely *b)
{
	return a->direct == b->direct && a->name->types == b->name->types;
}

static void
find_in_zone(const struct detect_input *input, struct findings *out, const struct zone *zone)
{
	struct str text = texts_get(&input->tally->texts, zone->key.text);
	double all = 0;

	if (zone_distinct(zone) < DIRECT_NAMES || zone_sources(zone) < DIRECT_ASKERS ||
	    str_ends(text, STR(".arpa")))
		return;
	struct lonelies found = collect(input, zone, text);
	for (size_t i = 0; i < found.count; i++)
		all += found.all[i].weight;
	for (size_t i = 0, next; i < found.count; i = next) {
		for (next = i + 1; next < found.count; next++)
			if (!same_manner(&found.all[i], &found.all[next]))
				break;
		struct manner manner = {zone, &found.all[i], next - i, all,
					add_up(&found.all[i], next - i)};
		if (manner.sums.names < DIRECT_NAMES)
			continue;
		if (!(input->settings->without & 1u << PART_ORDER))
			manner.sums.tau = order_of(manner.names, manner.count);
		if (is_dealt(&manner.sums, all, found.all[i].direct))
			report(input, out, &manner);
	}
	free(found.all);
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct zone *zone;

	if (input->settings->without & 1u << PART_ZONE_AXIS)
		return;
	for (uint32_t i = 0; (zone = map_next(&input->tally->zones.map, &i)) != NULL;)
		find_in_zone(input, out, zone);
}

extern const struct detector detector_spread;
const struct detector detector_spread = {
	.name = "spread",
	.kind = "distributed-enumeration",
	.run = run,
};
