/*
 * Internal discovery: one of our own hosts that looks for what is there in more than one way
 * (DETECTION.md R22): it locates the domain's controllers and tries to transfer the zone, or
 * sweeps addresses and services. Each way alone is told by its own detector, or is what every
 * member of the domain does; together they are how an intruder looks around.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "detect/scan.h"
#include "detect/service.h"

enum { POINTS_LEAST = 45, INSIDE_POINTS = 25, ZONES_LISTED = 20 };

/* A way to look around, with what the detectors call it. */
enum way { WAY_NAMES, WAY_ADDRESSES, WAY_SERVICES, WAY_TRANSFER, WAY_CONTROLLERS, WAYS };

static const struct {
	const char *term, *attack;
	int points;
} ways[WAYS] = {
	[WAY_NAMES] = {"host names tried", "T1018", 20},
	[WAY_ADDRESSES] = {"addresses swept", "T1046", 25},
	[WAY_SERVICES] = {"services swept", "T1046", 25},
	[WAY_TRANSFER] = {"zone transfers attempted", "T1018", 25},
	[WAY_CONTROLLERS] = {"domain controllers located", "T1482", 20},
};

static const struct {
	struct str kind;
	enum way way;
} kinds[] = {
	{{"brute-force", 11}, WAY_NAMES},  {{"slow-enumeration", 16}, WAY_NAMES},
	{{"permutation", 11}, WAY_NAMES},  {{"nsec-walk", 9}, WAY_NAMES},
	{{"ptr-sweep", 9}, WAY_ADDRESSES}, {{"ptr6-walk", 9}, WAY_ADDRESSES},
	{{"srv-sweep", 9}, WAY_SERVICES},  {{"transfer", 8}, WAY_TRANSFER},
};

/* What one finding adds; and for WAY_CONTROLLERS, a pair. */
struct clue {
	struct ip address;
	enum way way;
	size_t finding; /* its place in findings */
};

struct clues {
	size_t count;
	struct clue *all;
};

static int
compare_clues(const void *a, const void *b)
{
	const struct clue *left = a, *right = b;
	int order = ip_compare(&left->address, &right->address);

	if (order)
		return order;
	if (left->way != right->way)
		return left->way < right->way ? -1 : 1;
	return (left->finding > right->finding) - (left->finding < right->finding);
}

/* Findings about own hosts that look for something; secondaries may transfer. */
static struct clues
collect(const struct findings *out)
{
	struct clues clues = {.all = xcalloc(out->count, sizeof(*clues.all))};

	for (size_t i = 0; i < out->count; i++) {
		const struct finding *finding = &out->all[i];
		if (!finding->internal || finding->role.n || finding->confirm ||
		    finding->address_count != 1)
			continue;
		for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
			if (str_eq(finding->kind, kinds[k].kind))
				clues.all[clues.count++] =
					(struct clue){finding->addresses[0], kinds[k].way, i};
	}
	if (clues.count)
		qsort(clues.all, clues.count, sizeof(*clues.all), compare_clues);
	return clues;
}

/* Questions of the source for the domain's controllers: distinct names. */
static uint64_t
controllers_located(const struct detect_input *input, const struct ip *address)
{
	const struct ground *ground = &input->scans->ground;
	size_t first, count = ground_find(ground, address, &first);
	uint64_t located = 0;

	for (size_t i = first; i < first + count; i++) {
		struct pair_class names = pair_class(ground_pair(ground, i), NAME_SERVICE);
		const struct pair_name *name;
		for (uint32_t k = 0;
		     (name = sample_next(&names.names, &pair_name_type, &k)) != NULL;)
			located += service_is_domain_controller(
				texts_get(&input->tally->texts, name->text));
	}
	return located;
}

/* What the ways of one host add up to, with the terms of its finding. */
struct sums {
	double values[WAYS];
	int points;
	unsigned ways;
};

static struct sums
weigh(const struct detect_input *input, const struct findings *out, const struct clue *clues,
      size_t count)
{
	struct sums sums = {0};

	for (size_t i = 0; i < count; i++) {
		const struct finding *finding = &out->all[clues[i].finding];
		sums.values[clues[i].way] += clues[i].way == WAY_TRANSFER
						     ? (double)finding->transfer_count
						     : (double)finding->distinct_names;
	}
	sums.values[WAY_CONTROLLERS] = (double)controllers_located(input, &clues->address);
	for (size_t way = 0; way < WAYS; way++) {
		sums.points += sums.values[way] > 0 ? ways[way].points : 0;
		sums.ways += sums.values[way] > 0;
	}
	return sums;
}

/* The parts' zones, servers, times and lines are those of the whole. */
static void
take_parts(struct findings *out, struct finding *finding, const struct clue *clues, size_t count,
	   size_t examples)
{
	struct text_list zones = {0}, servers = {0};
	struct evidence *evidence = arena_alloc(&out->arena, (examples + 1) * sizeof(*evidence));

	for (size_t i = 0; i < count; i++) {
		const struct finding *part = &out->all[clues[i].finding];
		finding->first_seen = time_earlier(finding->first_seen, part->first_seen);
		finding->last_seen = time_later(finding->last_seen, part->last_seen);
		finding->requests += part->requests;
		finding->distinct_names += part->distinct_names;
		finding->spoofable = part->spoofable;
		for (size_t k = 0; k < part->zone_list_count; k++)
			text_list_add(&zones, &out->arena, part->zones[k]);
		for (size_t k = 0; k < part->server_count; k++)
			text_list_add(&servers, &out->arena, part->servers[k]);
		/* Of each part some, and at least one where there is room. */
		for (size_t k = 0; k < part->evidence_count && k < 1 + examples / count &&
				   finding->evidence_count < examples;
		     k++)
			evidence[finding->evidence_count++] = part->evidence[k];
	}
	finding->evidence = evidence;
	finding->zone_count = zones.count;
	finding->zones = text_list_take(&zones, &out->arena);
	finding->zone_list_count = zones.count < ZONES_LISTED ? zones.count : ZONES_LISTED;
	finding->server_count = servers.count;
	finding->servers = text_list_take(&servers, &out->arena);
}

static void
report(const struct detect_input *input, struct findings *out, const struct clue *clues,
       size_t count, const struct sums *sums)
{
	struct finding *finding = findings_add(out);
	char address[IP_TEXT];

	build_actor(out, finding, &clues->address, input->settings);
	take_parts(out, finding, clues, count, input->settings->examples);
	finding->direction = DIRECTION_INTERNAL;
	for (size_t way = 0; way < WAYS; way++)
		if (sums->values[way] > 0)
			finding_term(out, finding, ways[way].term, sums->values[way], 1,
				     ways[way].points);
	finding_term(out, finding, "one of our own hosts", 1, 1, INSIDE_POINTS);
	if (finding->score > 85) /* critical is a zone that left: the transfer tells it */
		finding_term(out, finding, "looked around, and no more", sums->ways, 2,
			     85 - finding->score);
	finding->level = level_of_score(finding->score);
	ip_print(&clues->address, address);
	finding->title = build_text(&out->arena, "An own host looks around in %u ways", sums->ways);
	finding->next = build_text(&out->arena,
				   "See who was logged on at %s and what ran there: inside, this "
				   "comes after a break-in, unless it is your own inventory.",
				   address);
	finding->lookalikes =
		STR("an inventory or vulnerability scanner of your own: name it with --allow");
	for (size_t way = 0; way < WAYS; way++) {
		bool said = sums->values[way] <= 0;
		for (size_t k = 0; k < finding->attack_count; k++)
			said |= str_eq(finding->attack[k], str_of(ways[way].attack));
		if (!said)
			build_attack(out, finding, ways[way].attack);
	}
}

static void
run(const struct detect_input *input, struct findings *out)
{
	struct clues clues = collect(out);

	for (size_t i = 0, next; i < clues.count; i = next) {
		for (next = i + 1; next < clues.count; next++)
			if (ip_compare(&clues.all[next].address, &clues.all[i].address) != 0)
				break;
		struct sums sums = weigh(input, out, &clues.all[i], next - i);
		if (sums.ways >= 2 && sums.points >= POINTS_LEAST)
			report(input, out, &clues.all[i], next - i, &sums);
	}
	free(clues.all);
}

extern const struct detector detector_discovery;
const struct detector detector_discovery = {
	.name = "discovery",
	.kind = "internal-discovery",
	.reads_findings = true,
	.run = run,
};
