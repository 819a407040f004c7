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
	FLOOD_SOURCES_BELOW = 20, /* below one host: a content network may look alike */
	FLOOD_SHARE_NAMES = 5,    /* random names that make a source one of the flood's */
	TUNNEL_NAMES = 30,
	CONTRIBUTORS_LISTED = 1000,
};
static const double FLOOD_RANDOM = 0.6, FLOOD_LONELY = 0.8, FLOOD_LONELY_BELOW = 0.95,
		    FLOOD_SHARE = 0.3; /* random ones of all names that the source asks there */

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
	build_servers(out, finding, input->tally, &zone->servers, zone->key.resolver);
	finding->direction = build_direction(zone->key.resolver, false);
	finding->first_seen = zone->first;
	finding->last_seen = zone->last;
	finding_term(out, finding, term, value, threshold, points);
	finding->level = LEVEL_INFORMATIONAL;
	return finding;
}

/* One random name of a zone, and the name above it. */
struct random_name {
	const struct zone_name *name;
	struct str parent;
};

/* Random names of one zone or below one name in it. */
struct flood {
	const struct zone *zone;
	size_t count;
	const struct random_name *names; /* by parent, then asker */
	double weight;                   /* distinct names that one of them stands for */
	size_t sources, answered, lonely, repeated;
	struct ip *askers; /* `sources` many, ascending */
};

static int
compare_random(const void *a, const void *b)
{
	const struct random_name *left = a, *right = b;
	int order = str_compare(left->parent, right->parent);

	if (order)
		return order;
	if (left->name->hash != right->name->hash)
		return left->name->hash < right->name->hash ? -1 : 1;
	return 0;
}

/* Sorts `count` askers and keeps each once. */
static void
flood_settle_askers(struct flood *flood, size_t count)
{
	qsort(flood->askers, count, sizeof(*flood->askers), compare_addresses);
	flood->sources = 0;
	for (size_t i = 0; i < count; i++)
		if (i == 0 ||
		    ip_compare(&flood->askers[i], &flood->askers[flood->sources - 1]) != 0)
			flood->askers[flood->sources++] = flood->askers[i];
}

static void
flood_add_up(struct flood *flood)
{
	flood->askers = xcalloc(flood->count, sizeof(*flood->askers));
	for (size_t i = 0; i < flood->count; i++) {
		const struct zone_name *name = flood->names[i].name;
		flood->askers[i] = name->first_asker;
		flood->answered += (name->seen & SEEN_ANSWERED) != 0;
		flood->lonely += name->prefixes[1] == 0;
		flood->repeated += name->requests > 2u * (unsigned)__builtin_popcount(name->types);
	}
	flood_settle_askers(flood, flood->count);
}

/* Names that are answered, or that several networks want, are a content network's. */
static bool
is_flood(const struct flood *flood, size_t sources, double lonely)
{
	return (double)flood->count * flood->weight >= FLOOD_NAMES && flood->sources >= sources &&
	       flood->answered * 2 < flood->count &&
	       (double)flood->lonely >= (double)flood->count * lonely &&
	       flood->repeated * 10 < flood->count;
}

static void
say_flood(struct findings *out, struct finding *finding, struct str below)
{
	finding->title =
		build_text(&out->arena, "Flood of random names %s %.*s (no reconnaissance)",
			   str_eq(below, finding->zones[0]) ? "in" : "below", STR_ARG(below));
	finding->next =
		STR("An attack on the server, not a search for names: rate-limit, and drop early.");
	finding->lookalikes = STR("a content network whose names are asked once each");
	build_attack(out, finding, "T1498");
}

/* Pairs with random names, by zone: made when the first flood needs them. */
struct random_pairs {
	size_t count;
	const struct pair **all;
};

static int
compare_zones(const void *a, const void *b)
{
	const struct pair *left = *(const struct pair *const *)a;
	const struct pair *right = *(const struct pair *const *)b;

	if (left->key.zone != right->key.zone)
		return left->key.zone < right->key.zone ? -1 : 1;
	if (left->key.resolver != right->key.resolver)
		return left->key.resolver < right->key.resolver ? -1 : 1;
	return ip_compare(&left->key.address, &right->key.address);
}

static void
collect_pairs(const struct ground *ground, struct random_pairs *pairs)
{
	size_t room = 0;

	if (pairs->all)
		return;
	for (size_t i = 0; i < ground->count; i++)
		room += ground->briefs[i].classes >> NAME_RANDOM & 1;
	pairs->all = xcalloc(room + 1, sizeof(const struct pair *));
	for (size_t i = 0; i < ground->count; i++)
		if (ground->briefs[i].classes >> NAME_RANDOM & 1)
			pairs->all[pairs->count++] = ground_pair(ground, i);
	if (pairs->count)
		qsort(pairs->all, pairs->count, sizeof(const struct pair *), compare_zones);
}

/* The first pair of the zone, or the place where it would be. */
static size_t
first_of_zone(const struct random_pairs *pairs, const struct zone *zone)
{
	size_t low = 0, high = pairs->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct pair_key *key = &pairs->all[middle]->key;
		if (key->zone < zone->key.text ||
		    (key->zone == zone->key.text && key->resolver < zone->key.resolver))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* True when what the source asks in the zone is in good part random names below `below`. */
static bool
takes_part(const struct tally *tally, const struct pair *pair, struct str below)
{
	struct sample names = pair_class(pair, NAME_RANDOM).names;
	double weight = (double)sample_distinct(&names, &pair_name_type) / names.count, n = 0;
	const struct pair_name *name;

	for (uint32_t i = 0; (name = sample_next(&names, &pair_name_type, &i)) != NULL;) {
		struct str text = texts_get(&tally->texts, name->text);
		if (text.n > below.n && str_ends(text, below) &&
		    text.p[text.n - below.n - 1] == '.')
			n += weight;
	}
	return n >= FLOOD_SHARE_NAMES && n >= (double)pair_distinct(pair) * FLOOD_SHARE;
}

/*
 * The zone's sample names the first asker of each name that it kept. The sources that it missed,
 * more of them the coarser it became under the ceiling of memory, are known by their pairs.
 */
static void
flood_add_askers(const struct detect_input *input, struct random_pairs *pairs, struct flood *flood,
		 struct str below)
{
	size_t sampled = flood->sources, count = sampled, first, next;

	collect_pairs(&input->scans->ground, pairs);
	first = next = first_of_zone(pairs, flood->zone);
	while (next < pairs->count && pairs->all[next]->key.zone == flood->zone->key.text &&
	       pairs->all[next]->key.resolver == flood->zone->key.resolver)
		next++;
	flood->askers = xrealloc(flood->askers, sampled + next - first + 1, sizeof(*flood->askers));
	for (size_t i = first; i < next; i++)
		if (takes_part(input->tally, pairs->all[i], below))
			flood->askers[count++] = pairs->all[i]->key.address;
	flood_settle_askers(flood, count);
}

static void
report_flood(const struct detect_input *input, struct findings *out, struct random_pairs *pairs,
	     struct flood *flood, struct str below)
{
	flood_add_askers(input, pairs, flood, below);
	double names = (double)flood->count * flood->weight;
	size_t listed = flood->sources < CONTRIBUTORS_LISTED ? flood->sources : CONTRIBUTORS_LISTED;
	struct finding *finding =
		add(out, input, flood->zone, 10, "random labels", names, FLOOD_NAMES);

	finding->contributors = arena_alloc(&out->arena, listed * sizeof(*finding->contributors));
	memcpy(finding->contributors, flood->askers, listed * sizeof(*finding->contributors));
	finding->contributor_address_count = listed;
	finding->contributor_count = flood->sources;
	for (size_t i = 0; i < flood->count; i++)
		finding->requests += flood->names[i].name->requests;
	finding->requests = (uint64_t)((double)finding->requests * flood->weight + .5);
	finding->distinct_names = (uint64_t)(names + .5);
	finding->id = below; /* tells floods below two hosts of one zone apart */
	say_flood(out, finding, below);
}

/* The random names of a zone by what is above them; to be freed. */
static struct random_name *
collect_random(const struct detect_input *input, const struct zone_class *names)
{
	struct random_name *all = xcalloc(names->names.count, sizeof(*all));
	const struct zone_name *name;
	size_t count = 0;

	for (uint32_t i = 0; (name = sample_next(&names->names, &zone_name_type, &i)) != NULL;) {
		struct str text = texts_get(&input->tally->texts, name->text);
		size_t label = qname_first_label(text).n;
		all[count++] = (struct random_name){name, label < text.n ? str_skip(text, label + 1)
									 : STR("")};
	}
	qsort(all, count, sizeof(*all), compare_random);
	return all;
}

/* The whole zone is flooded: its random names are most of all, whatever is above them. */
static bool
find_flood_in(const struct detect_input *input, struct findings *out, struct random_pairs *pairs,
	      const struct zone *zone, const struct random_name *all, size_t count, double weight)
{
	struct flood flood = {zone, .count = count, .names = all, .weight = weight};
	bool found = false;

	if ((double)count * weight < (double)zone_distinct(zone) * FLOOD_RANDOM)
		return false;
	flood_add_up(&flood);
	found = is_flood(&flood, FLOOD_SOURCES, FLOOD_LONELY);
	if (found) {
		bool one = str_eq(all[0].parent, all[count - 1].parent) && all[0].parent.n;
		report_flood(input, out, pairs, &flood,
			     one ? all[0].parent : texts_get(&input->tally->texts, zone->key.text));
	}
	free(flood.askers);
	return found;
}

/* Floods below a host that exists hide among the zone's other names. */
static void
find_flood_below(const struct detect_input *input, struct findings *out, struct random_pairs *pairs,
		 const struct zone *zone, const struct random_name *all, size_t count,
		 double weight)
{
	struct str zone_text = texts_get(&input->tally->texts, zone->key.text);

	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count; next++)
			if (!str_eq(all[next].parent, all[i].parent))
				break;
		struct flood flood = {zone, .count = next - i, .names = &all[i], .weight = weight};
		if ((double)flood.count * weight < FLOOD_NAMES || all[i].parent.n <= zone_text.n)
			continue;
		flood_add_up(&flood);
		if (is_flood(&flood, FLOOD_SOURCES_BELOW, FLOOD_LONELY_BELOW))
			report_flood(input, out, pairs, &flood, all[i].parent);
		free(flood.askers);
	}
}

static void
find_flood(const struct detect_input *input, struct findings *out, struct random_pairs *pairs,
	   const struct zone *zone)
{
	const struct zone_class *names = zone->classes[NAME_RANDOM];

	if (!names || names->names.count == 0)
		return;
	double distinct = (double)sample_distinct(&names->names, &zone_name_type);
	if (distinct < FLOOD_NAMES || zone_sources(zone) < FLOOD_SOURCES)
		return;
	struct random_name *all = collect_random(input, names);
	double weight = distinct / names->names.count;
	if (!find_flood_in(input, out, pairs, zone, all, names->names.count, weight))
		find_flood_below(input, out, pairs, zone, all, names->names.count, weight);
	free(all);
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
	say_flood(out, finding, finding->zones[0]);
}

static double
long_labels(const struct tally *tally, const struct pair *pair)
{
	double n = 0;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		const struct pair_name *name;
		double held = 0;
		if (names.names.count == 0)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&names.names, &pair_name_type, &i)) != NULL;)
			held += traits_have_long_label(texts_get(&tally->texts, name->text));
		n += held * (double)sample_distinct(&names.names, &pair_name_type) /
		     names.names.count;
	}
	return n;
}

static void
find_tunnels(const struct detect_input *input, struct findings *out)
{
	const struct ground *ground = &input->scans->ground;

	for (size_t i = 0; i < ground->count; i++) {
		const struct brief *brief = &ground->briefs[i];
		if (brief->distinct + 1ull < TUNNEL_NAMES || /* one: the zone itself */
		    ground_zone_hints(ground, brief) & ZONE_IS_SHORT)
			continue;
		const struct pair *pair = ground_pair(ground, i);
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
	struct random_pairs pairs = {0};
	const struct zone *zone;

	for (uint32_t i = 0; (zone = map_next(&input->tally->zones.map, &i)) != NULL;)
		find_flood(input, out, &pairs, zone);
	free(pairs.all);
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
