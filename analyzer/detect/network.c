#include "detect/network.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "detect/list.h"

enum {
	OWN_NAMES_MOST = 200, /* a source with more judged names is a scanner of its own */
	OWN_NAMES_LEAST = 60, /* fewer are nobody's own list */
	NETWORK_SCORE = 55,   /* clients of one network together reach more than each alone */
	CONTRIBUTORS_LISTED = 1000,
	SCORE_MOST = 69, /* no answer that one of them got makes it higher */
};
const double network_overlap = 1.2; /* resolvers of one network ask what their clients share */
static const double PART = 1.5, ANSWERED = 0.5, LARGEST = 0.34;

/* The pairs of one network, by zone and role. */
struct member {
	uint32_t zone, resolver; /* as in struct pair_key */
	size_t index;            /* into ground->briefs */
};

struct members {
	size_t count, room;
	struct member *all;
	size_t *indices; /* of those of one zone; as much room */
};

static int
compare_members(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	if (left->zone != right->zone)
		return left->zone < right->zone ? -1 : 1;
	if (left->resolver != right->resolver)
		return left->resolver < right->resolver ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

static bool
same_zone(const struct member *a, const struct member *b)
{
	return a->zone == b->zone && a->resolver == b->resolver;
}

static bool
is_part(const struct scans *scans, const struct pair *pair)
{
	const struct detect_settings *settings = scans->ground.input->settings;
	const struct scan *own = scans_find(scans, pair);

	if (prefix_list_contains(settings->resolvers, settings->resolver_count, &pair->key.address))
		return false;
	return !own || (!own->in_campaign && own->judgement.judged < OWN_NAMES_MOST);
}

static void
mark(struct scans *scans, const size_t *indices, size_t count, double sum)
{
	double part = sum / (double)count * PART;
	double most = part > OWN_NAMES_LEAST ? part : OWN_NAMES_LEAST;

	for (size_t i = 0; i < count; i++) {
		struct scan *own = scans_find(scans, ground_pair(&scans->ground, indices[i]));
		if (own && own->judgement.judged <= most)
			own->in_campaign = true;
	}
}

static void
add(struct networks *networks, const struct scans *scans, const struct network *network,
    const size_t *indices)
{
	networks->all = xrealloc(networks->all, networks->count + 1, sizeof(*networks->all));
	struct network *added = &networks->all[networks->count++];
	*added = *network;
	added->addresses = xcalloc(network->count, sizeof(*added->addresses));
	for (size_t i = 0; i < network->count; i++)
		added->addresses[i] = ground_pair(&scans->ground, indices[i])->key.address;
}

typedef void look_fn(void *context, struct scans *scans, const size_t *indices, size_t count);

/* Members of one zone: `look` is called where enough of them asked enough. */
static void
look_at_zone(struct scans *scans, const struct member *members, size_t count, size_t *indices,
	     look_fn *look, void *context)
{
	const struct ground *ground = &scans->ground;
	uint64_t distinct = 0;
	size_t parts = 0;

	for (size_t i = 0; i < count; i++)
		distinct += ground->briefs[members[i].index].distinct;
	if (count < NETWORK_SOURCES || distinct < NETWORK_NAMES)
		return;
	distinct = 0;
	for (size_t i = 0; i < count; i++) {
		size_t index = members[i].index;
		if (!is_part(scans, ground_pair(ground, index)))
			continue;
		indices[parts++] = index;
		distinct += ground->briefs[index].distinct;
	}
	if (parts >= NETWORK_SOURCES && distinct >= NETWORK_NAMES)
		look(context, scans, indices, parts);
}

static void
look_through(struct scans *scans, const struct members *members, look_fn *look, void *context)
{
	struct member *all = members->all;

	qsort(all, members->count, sizeof(*all), compare_members);
	for (size_t i = 0, next; i < members->count; i = next) {
		for (next = i + 1; next < members->count; next++)
			if (!same_zone(&all[i], &all[next]))
				break;
		look_at_zone(scans, &all[i], next - i, members->indices, look, context);
	}
}

static void
collect_members(struct members *members, const struct ground *ground, size_t from, size_t to)
{
	members->count = to - from;
	if (members->count > members->room) {
		members->room = members->count * 2;
		members->all = xrealloc(members->all, members->room, sizeof(*members->all));
		members->indices =
			xrealloc(members->indices, members->room, sizeof(*members->indices));
	}
	for (size_t i = from; i < to; i++) {
		const struct brief *brief = &ground->briefs[i];
		members->all[i - from] = (struct member){brief->zone, brief->resolver, i};
	}
}

/* Calls `look` for every network of which enough sources asked enough in one zone. */
static void
for_each_network(struct scans *scans, look_fn *look, void *context)
{
	const struct ground *ground = &scans->ground;
	struct members members = {0};

	for (size_t i = 0, next; i < ground->count; i = next) {
		size_t sources = 1;
		uint64_t distinct = ground->briefs[i].distinct;
		for (next = i + 1; next < ground->count && !ground->briefs[next].new_network;
		     next++) {
			sources += ground->briefs[next].new_source;
			distinct += ground->briefs[next].distinct;
		}
		if (sources < NETWORK_SOURCES || distinct < NETWORK_NAMES ||
		    ground->briefs[i].is_nobody)
			continue;
		collect_members(&members, ground, i, next);
		look_through(scans, &members, look, context);
	}
	free(members.indices);
	free(members.all);
}

/* Hardly any name twice, and no source has most of them: that would be a scanner of its own. */
static bool
is_dealt(const struct dealt *dealt)
{
	return dealt->overlap <= network_overlap && dealt->largest <= LARGEST;
}

static void
find(void *context, struct scans *scans, const size_t *indices, size_t count)
{
	const struct ground *ground = &scans->ground;
	struct network network = {
		.prefix = ip_prefix(&ground_pair(ground, indices[0])->key.address, 24, 48),
		.count = count,
		.sum = xcalloc(1, sizeof(*network.sum)),
	};

	if (judge_together(ground, indices, count, NETWORK_NAMES, network.sum,
			   &network.scan.judgement, &network.dealt)) {
		const struct judgement *j = &network.scan.judgement;
		scan_score(&network.scan, ground->input->settings);
		if (network.scan.score >= NETWORK_SCORE && !network.scan.is_random &&
		    is_dealt(&network.dealt) && j->answered <= j->all * ANSWERED) {
			add(context, scans, &network, indices);
			mark(scans, indices, count, j->judged);
			return;
		}
		judgement_release(&network.scan.judgement);
		serverset_release(&network.sum->servers);
	}
	free(network.sum);
}

void
networks_make(struct networks *networks, struct scans *scans)
{
	*networks = (struct networks){0};
	for_each_network(scans, find, networks);
}

static void
flag_list(void *context, struct scans *scans, const size_t *indices, size_t count)
{
	const struct ground *ground = &scans->ground;
	const struct hash_key *key = &ground->input->tally->settings->names->sample_key;
	struct judgement judgement;
	struct pair sum;
	struct dealt dealt;

	(void)context;
	for (size_t i = 0; i < count; i++)
		if (!scan_is_direct(ground_pair(ground, indices[i]), ground->input->settings))
			return;
	if (!judge_together(ground, indices, count, NETWORK_NAMES, &sum, &judgement, &dealt))
		return;
	if (list_is_plain(&judgement) && is_dealt(&dealt))
		flagged_add(&scans->flagged, zone_prefix_hash(key, &sum.key.address));
	judgement_release(&judgement);
	serverset_release(&sum.servers);
}

void
networks_flag_lists(struct scans *scans)
{
	for_each_network(scans, flag_list, NULL);
}

bool
networks_have(const struct networks *networks, const struct ip *address, struct str zone)
{
	for (size_t i = 0; i < networks->count; i++)
		if (prefix_contains(&networks->all[i].prefix, address) &&
		    str_eq(networks->all[i].scan.judgement.zone_text, zone))
			return true;
	return false;
}

void
networks_release(struct networks *networks)
{
	for (size_t i = 0; i < networks->count; i++) {
		judgement_release(&networks->all[i].scan.judgement);
		serverset_release(&networks->all[i].sum->servers);
		free(networks->all[i].sum);
		free(networks->all[i].addresses);
	}
	free(networks->all);
	*networks = (struct networks){0};
}

static void
add_addresses(struct findings *out, struct finding *finding, const struct network *network)
{
	size_t listed = network->count < CONTRIBUTORS_LISTED ? network->count : CONTRIBUTORS_LISTED;

	finding->contributors = arena_alloc(&out->arena, listed * sizeof(*finding->contributors));
	memcpy(finding->contributors, network->addresses, listed * sizeof(*finding->contributors));
	finding->contributor_address_count = listed;
	finding->contributor_count = network->count;
	finding->has_prefix = true;
	finding->prefix = network->prefix;
}

static void
report(const struct detect_input *input, struct findings *out, const struct network *network)
{
	struct finding *finding = findings_add(out);
	const struct scan *scan = &network->scan;
	const struct judgement *j = &scan->judgement;
	const struct ip *first = &network->addresses[0];
	char prefix[PREFIX_TEXT];

	add_addresses(out, finding, network);
	finding->internal = prefix_list_contains(input->settings->internals,
						 input->settings->internal_count, first);
	finding->zones = arena_alloc(&out->arena, sizeof(*finding->zones));
	finding->zones[0] = arena_str(&out->arena, j->zone_text);
	finding->zone_count = finding->zone_list_count = 1;
	build_servers(out, finding, input->tally, &j->pair->servers, j->pair->key.resolver != 0);
	finding->direction = build_direction(j->pair->key.resolver != 0, finding->internal);
	finding->first_seen = moment_time(j->names[0].item->moment);
	finding->last_seen = moment_time(j->names[j->count - 1].item->moment);
	finding->requests = pair_requests(j->pair);
	finding->distinct_names = (uint64_t)(j->all + .5);
	finding->wordlist_names = (uint64_t)(j->wordlist + .5);
	finding->unknown_names = (uint64_t)(j->missing + .5);
	finding->answered_names = (uint64_t)(j->answered + j->established + .5);
	finding->oracle = j->oracle;
	finding->id = STR("network");
	for (size_t i = 0; i < scan->term_count; i++)
		finding_term(out, finding, scan->terms[i].name, scan->terms[i].value,
			     scan->terms[i].threshold, scan->terms[i].points);
	finding_term(out, finding, "sources of one network", (double)network->count,
		     NETWORK_SOURCES, 0);
	finding_term(out, finding, "names per distinct name: hardly any overlap",
		     network->dealt.overlap, network_overlap, 0);
	if (finding->score > SCORE_MOST)
		finding_term(out, finding, "no answer known to have been got", j->answered, 0,
			     SCORE_MOST - finding->score);
	finding->level = level_of_score(finding->score);
	for (size_t i = 0; i < j->count; i++)
		build_asked(out, finding, input, first, j->names[i].item->moment, j->names[i].text);
	finding->title = build_text(
		&out->arena, "One list of names tried in %.*s from %zu sources of %s",
		STR_ARG(j->zone_text), network->count, prefix_print(&network->prefix, prefix));
	finding->next =
		STR("One host may have all these addresses: look whose network it is, and compare "
		    "it with your VPN, web and mail logs of the same hours.");
	finding->lookalikes = STR("resolvers of one provider, whose lists overlap");
	build_attack(out, finding, finding->internal ? "T1018" : "T1590.002");
	build_attack(out, finding, "T1595.003");
}

static void
run(const struct detect_input *input, struct findings *out)
{
	for (size_t i = 0; i < input->networks->count; i++)
		report(input, out, &input->networks->all[i]);
}

extern const struct detector detector_network;
const struct detector detector_network = {
	.name = "network",
	.kind = "distributed-enumeration",
	.run = run,
};
