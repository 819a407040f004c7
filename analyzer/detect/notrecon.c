/*
 * What looks like a scan and is none, said so that nobody chases it: floods of random labels
 * (against a zone, from many or forged sources) and tunnels (one source, long labels below
 * one name). Always informational.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "detect/cohort.h"
#include "detect/scan.h"

enum {
	FLOOD_NAMES = 100,
	FLOOD_SOURCES = 5,
	TUNNEL_NAMES = 30,
	CONTRIBUTORS_LISTED = 1000,
};
static const double FLOOD_RANDOM = 0.6;

static int
compare_addresses(const void *a, const void *b)
{
	return ip_compare(a, b);
}

static struct finding *
add(struct findings *out, const struct detect_input *input, const struct zone *zone, int points,
    const char *term, double value, double threshold)
{
	struct finding *finding = findings_add(out);

	finding->zones = arena_alloc(&out->arena, sizeof(*finding->zones));
	finding->zones[0] = arena_str(&out->arena, texts_get(&input->tally->texts, zone->key.text));
	finding->zone_count = finding->zone_list_count = 1;
	build_servers(out, finding, input->tally, zone->servers, zone->key.resolver);
	finding->direction = build_direction(zone->key.resolver, false);
	finding->first_seen = zone->first;
	finding->last_seen = zone->last;
	finding_term(out, finding, term, value, threshold, points);
	finding->level = LEVEL_INFORMATIONAL;
	return finding;
}

/* Random names among a zone's distinct names. */
static double
random_of(const struct zone *zone)
{
	const struct zone_class *random = zone->classes[NAME_RANDOM];

	return random ? (double)sample_distinct(&random->names, &zone_name_type) : 0;
}

static void
say_flood(struct findings *out, struct finding *finding)
{
	finding->title =
		build_text(&out->arena, "Flood of random names in %.*s (no reconnaissance)",
			   STR_ARG(finding->zones[0]));
	finding->next =
		STR("An attack on the server, not a search for names: rate-limit, and drop early.");
	build_attack(out, finding, "T1498");
}

static void
find_flood(const struct detect_input *input, struct findings *out, const struct zone *zone)
{
	double random = random_of(zone), all = (double)zone_distinct(zone);
	const struct zone_class *names = zone->classes[NAME_RANDOM];

	if (random < FLOOD_NAMES || random < all * FLOOD_RANDOM ||
	    zone_sources(zone) < FLOOD_SOURCES)
		return;
	struct finding *finding = add(out, input, zone, 10, "random labels", random, FLOOD_NAMES);
	const struct zone_name *name;
	struct ip *askers = xcalloc(names->names.count, sizeof(*askers));
	size_t count = 0;
	for (uint32_t i = 0; (name = sample_next(&names->names, &zone_name_type, &i)) != NULL;)
		askers[count++] = name->first_asker;
	if (count)
		qsort(askers, count, sizeof(*askers), compare_addresses);
	finding->contributors = arena_alloc(&out->arena, CONTRIBUTORS_LISTED * sizeof(*askers));
	for (size_t i = 0; i < count && finding->contributor_address_count < CONTRIBUTORS_LISTED;
	     i++)
		if (i == 0 || ip_compare(&askers[i], &askers[i - 1]) != 0)
			finding->contributors[finding->contributor_address_count++] = askers[i];
	free(askers);
	finding->contributor_count = zone_sources(zone);
	finding->requests = names->requests;
	finding->distinct_names = (uint64_t)random;
	say_flood(out, finding);
}

static bool
is_told(const struct findings *out, struct str zone)
{
	for (size_t i = 0; i < out->count; i++) {
		const struct finding *finding = &out->all[i];
		if (str_eq(finding->detector, STR("")) && finding->zone_list_count == 1 &&
		    str_eq(finding->zones[0], zone))
			return true;
	}
	return false;
}

/* Floods whose names look less random one by one, or that hide among others of the zone. */
static void
find_flood_cohort(const struct detect_input *input, struct findings *out,
		  const struct cohort *cohort)
{
	const struct judgement *j = &cohort->scans[cohort->largest_index]->judgement;
	size_t listed = cohort->count < CONTRIBUTORS_LISTED ? cohort->count : CONTRIBUTORS_LISTED;

	if (!cohort->is_flood || !j->zone || is_told(out, j->zone_text))
		return;
	struct finding *finding = add(out, input, j->zone, 10, "sources without a word of any list",
				      (double)cohort->count, 20);
	finding->contributors = arena_alloc(&out->arena, listed * sizeof(*finding->contributors));
	for (size_t i = 0; i < listed; i++)
		finding->contributors[i] = cohort->scans[i]->judgement.pair->key.address;
	finding->contributor_address_count = listed;
	finding->contributor_count = cohort->count;
	finding->requests = cohort->requests;
	finding->distinct_names = (uint64_t)(cohort->distinct + 0.5);
	say_flood(out, finding);
}

static double
long_labels(const struct tally *tally, const struct pair *pair)
{
	double n = 0;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		const struct pair_class *names = pair->classes[c];
		const struct pair_name *name;
		double held = 0;
		if (!names || names->names.count == 0)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&names->names, &pair_name_type, &i)) != NULL;)
			held += judge_has_long_label(texts_get(&tally->texts, name->text));
		n += held * (double)sample_distinct(&names->names, &pair_name_type) /
		     names->names.count;
	}
	return n;
}

static void
find_tunnels(const struct detect_input *input, struct findings *out)
{
	const struct ground *ground = &input->scans->ground;

	for (size_t i = 0; i < ground->count; i++) {
		const struct pair *pair = ground->pairs[i];
		double names = long_labels(input->tally, pair);
		if (names < TUNNEL_NAMES)
			continue;
		struct finding *finding = build_from_pairs(out, input, &pair, 1);
		finding_term(out, finding, "names with labels of 40 and more", names, TUNNEL_NAMES,
			     10);
		finding->level = LEVEL_INFORMATIONAL;
		finding->title =
			build_text(&out->arena, "Data in names below %.*s (no reconnaissance)",
				   STR_ARG(texts_get(&input->tally->texts, pair->key.zone)));
		finding->next = STR("A tunnel or telemetry: find the program on the client.");
		build_attack(out, finding, "T1071.004");
	}
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct zone *zone;

	for (uint32_t i = 0; (zone = map_next(&input->tally->zones.map, &i)) != NULL;)
		find_flood(input, out, zone);
	for (size_t i = 0; i < input->cohorts->count; i++)
		find_flood_cohort(input, out, &input->cohorts->all[i]);
	find_tunnels(input, out);
}

extern const struct detector detector_notrecon;
const struct detector detector_notrecon = {
	.name = "notrecon",
	.kind = "not-recon",
	.run = run,
};
