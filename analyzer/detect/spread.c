/*
 * Lists dealt out so thinly that no source shows: the zone's own view (DETECTION.md 14.7).
 * Lonely names are asked by at most two networks and hardly repeated, and nothing explains
 * them. In an ordinary night they are a mixture of types, and a few resolvers bring most;
 * dealt lists are of one set of types, come from many, and hold words. The same within one
 * /24 or /48 is one actor with many addresses.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "detect/cohort.h"

enum {
	LONELY_PREFIXES = 2,
	LONELY_REPEATS = 3, /* requests per (name, type) */
	ZONE_NAMES = 200,
	ZONE_ASKERS = 50,
	NETWORK_NAMES = 40,
	NETWORK_ASKERS = 5,
	CONTRIBUTORS_LISTED = 1000,
};
static const double TYPE_SHARE = 0.85, WORDS = 0.1, RANDOM = 0.3, ONE_NETWORK = 0.1;

struct lonely {
	const struct zone_name *name;
	struct prefix network; /* of its first asker */
	double weight;
	uint8_t class_;
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

static int
compare_lonely(const void *a, const void *b)
{
	const struct lonely *left = a, *right = b;
	int order = ip_compare(&left->name->first_asker, &right->name->first_asker);

	if (order)
		return order;
	return (left->name->hash > right->name->hash) - (left->name->hash < right->name->hash);
}

/* The zone's lonely names by asker; `all` is to be freed. */
static struct lonelies
collect(const struct ground *ground, const struct zone *zone, struct str zone_text)
{
	struct lonelies found = {0};
	size_t room = 0;

	for (size_t c = 0; c < NAME_CLASSES; c++)
		room += zone->classes[c] && is_host_class(c) ? zone->classes[c]->names.count : 0;
	found.all = xcalloc(room, sizeof(*found.all));
	for (size_t c = 0; c < NAME_CLASSES; c++) {
		const struct zone_class *names = zone->classes[c];
		const struct zone_name *name;
		if (!names || !is_host_class(c) || names->names.count == 0)
			continue;
		double weight = (double)sample_distinct(&names->names, &zone_name_type) /
				names->names.count;
		for (uint32_t i = 0;
		     (name = sample_next(&names->names, &zone_name_type, &i)) != NULL;) {
			struct str text = texts_get(&ground->input->tally->texts, name->text);
			if (!is_lonely(ground, name) ||
			    judge_is_machine_made(ground, text, text.n - zone_text.n))
				continue;
			found.all[found.count++] = (struct lonely){
				name, ip_prefix(&name->first_asker, 24, 48), weight, (uint8_t)c};
		}
	}
	if (found.count)
		qsort(found.all, found.count, sizeof(*found.all), compare_lonely);
	return found;
}

/* What a run of lonely names adds up to, as far as they share the commonest set of types. */
struct sums {
	double all, names, words, random, largest; /* largest: of one network */
	size_t askers;
	uint16_t types;
	int64_t first, last;
};

static uint16_t
commonest_types(const struct lonely *all, size_t count)
{
	double weights[16] = {0};
	uint16_t masks[16] = {0};
	size_t best = 0;

	/* Sixteen sets are enough to hold one that has most of the names. */
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < 16; j++) {
			if (masks[j] && masks[j] != all[i].name->types)
				continue;
			masks[j] = all[i].name->types;
			weights[j] += all[i].weight;
			break;
		}
	for (size_t j = 1; j < 16; j++)
		best = weights[j] > weights[best] ? j : best;
	return masks[best];
}

static struct sums
add_up(const struct lonely *all, size_t count)
{
	struct sums sums = {
		.types = commonest_types(all, count), .first = TIME_NONE, .last = TIME_NONE};
	double network = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t time = moment_time(all[i].name->moment);
		sums.all += all[i].weight;
		if (all[i].name->types != sums.types)
			continue;
		sums.names += all[i].weight;
		sums.words += all[i].class_ == NAME_WORDLIST ? all[i].weight : 0;
		sums.random += all[i].class_ == NAME_RANDOM ? all[i].weight : 0;
		sums.first = time_earlier(sums.first, time);
		sums.last = time_later(sums.last, time);
	}
	for (size_t i = 0; i < count; i++) {
		bool same = i && memcmp(&all[i].network, &all[i - 1].network,
					sizeof(struct prefix)) == 0;
		network = same ? network + all[i].weight : all[i].weight;
		sums.largest = network > sums.largest ? network : sums.largest;
		sums.askers += i == 0 || ip_compare(&all[i].name->first_asker,
						    &all[i - 1].name->first_asker) != 0;
	}
	return sums;
}

static bool
is_dealt(const struct sums *sums)
{
	return sums->names >= sums->all * TYPE_SHARE && sums->words >= sums->names * WORDS &&
	       sums->random < sums->names * RANDOM;
}

static void
add_askers(struct findings *out, struct finding *finding, const struct lonely *all, size_t count)
{
	finding->contributors =
		arena_alloc(&out->arena, CONTRIBUTORS_LISTED * sizeof(*finding->contributors));
	for (size_t i = 0; i < count; i++) {
		if (i && ip_compare(&all[i].name->first_asker, &all[i - 1].name->first_asker) == 0)
			continue;
		finding->contributor_count++;
		if (finding->contributor_address_count < CONTRIBUTORS_LISTED)
			finding->contributors[finding->contributor_address_count++] =
				all[i].name->first_asker;
	}
}

static void
report(const struct detect_input *input, struct findings *out, const struct zone *zone,
       const struct lonely *all, size_t count, const struct sums *sums, bool one_network)
{
	struct finding *finding = findings_add(out);
	struct str zone_text = texts_get(&input->tally->texts, zone->key.text);

	add_askers(out, finding, all, count);
	if (one_network) {
		finding->has_prefix = true;
		finding->prefix = all[0].network;
	}
	finding->zones = arena_alloc(&out->arena, sizeof(*finding->zones));
	finding->zones[0] = arena_str(&out->arena, zone_text);
	finding->zone_count = finding->zone_list_count = 1;
	build_servers(out, finding, input->tally, zone->servers, zone->key.resolver);
	finding->direction = build_direction(zone->key.resolver, false);
	finding->first_seen = sums->first;
	finding->last_seen = sums->last;
	finding->distinct_names = (uint64_t)(sums->names + 0.5);
	finding->wordlist_names = (uint64_t)(sums->words + 0.5);
	finding_term(out, finding, "lonely names of one set of types", sums->names,
		     one_network ? NETWORK_NAMES : ZONE_NAMES, 20);
	finding_term(out, finding, "share of all lonely names", sums->names / sums->all, TYPE_SHARE,
		     10);
	finding_term(out, finding, "sources that brought them", (double)sums->askers,
		     one_network ? NETWORK_ASKERS : ZONE_ASKERS, 10);
	finding_term(out, finding, "in the wordlist", sums->words / sums->names, WORDS, 5);
	finding->level = level_of_score(finding->score);
	finding->id = one_network ? STR("network") : STR("zone");
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
told_by_cohort(const struct detect_input *input, struct str zone)
{
	for (size_t i = 0; i < input->cohorts->count; i++) {
		const struct cohort *cohort = &input->cohorts->all[i];
		if (!cohort->is_flood && str_eq(cohort->scans[0]->judgement.zone_text, zone))
			return true;
	}
	return false;
}

static void
find_in_zone(const struct detect_input *input, struct findings *out, const struct zone *zone)
{
	struct str text = texts_get(&input->tally->texts, zone->key.text);

	if (zone_distinct(zone) < NETWORK_NAMES || str_ends(text, STR(".arpa")) ||
	    told_by_cohort(input, text))
		return;
	struct lonelies found = collect(&input->scans->ground, zone, text);
	struct sums sums = add_up(found.all, found.count);
	if (sums.names >= ZONE_NAMES && sums.askers >= ZONE_ASKERS && is_dealt(&sums) &&
	    sums.largest <= sums.all * ONE_NETWORK) {
		report(input, out, zone, found.all, found.count, &sums, false);
	} else {
		for (size_t i = 0, next; i < found.count; i = next) {
			for (next = i + 1; next < found.count; next++)
				if (memcmp(&found.all[next].network, &found.all[i].network,
					   sizeof(struct prefix)) != 0)
					break;
			sums = add_up(&found.all[i], next - i);
			if (sums.names >= NETWORK_NAMES && sums.askers >= NETWORK_ASKERS &&
			    is_dealt(&sums))
				report(input, out, zone, &found.all[i], next - i, &sums, true);
		}
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
