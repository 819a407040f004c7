/*
 * What makes hosts ask for many names, or for odd ones, and is no reconnaissance: search lists
 * that leak, browsing by DNS-SD, WPAD, QNAME minimisation, block lists, hashes and other names
 * that machines make (DETECTION.md 5). Said so that nobody chases it, in one informational
 * finding for each kind, however many sources; those that a detector told of are left out.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "detect/scan.h"

enum {
	SEARCH_LIST,
	SERVICE_BROWSING,
	PROXY_SEARCH,
	MINIMISATION,
	BLOCK_LIST,
	MACHINE_MADE,
	INNOCENTS,
	CONTRIBUTORS_LISTED = 1000,
	ZONES_COUNTED = 256,
	ZONES_LISTED = 20,
	NAMES_KEPT = NAME_CLASSES * PAIR_K,
	ANCESTORS_MAX = 4 * NAMES_KEPT,
};

/* `names` of a kind in one zone, and their share of what was asked there, make it worth a word. */
static const struct {
	const char *id, *title, *term, *next;
	double names, share;
} innocents[INNOCENTS] = {
	[SEARCH_LIST] = {"search-list", "Search lists that leak", "names with a suffix inside",
			 "A resolver's search list was appended to names of others: end names with "
			 "a dot in configurations, or shorten the search list of these hosts.",
			 24, .25},
	[SERVICE_BROWSING] = {"dns-sd", "Browsing by DNS-SD", "names of DNS-SD",
			      "Printers and media are looked for (RFC 6763): answer NXDOMAIN, or "
			      "switch wide-area browsing off on these hosts.",
			      5, 0},
	[PROXY_SEARCH] = {"wpad", "Search for a proxy or a tunnel", "names of WPAD and ISATAP",
			  "Windows looks for wpad and isatap at every level of its domain: see "
			  "that nobody can register these names, and switch automatic proxy "
			  "detection off.",
			  SCAN_ODD_NAMES, 0},
	[MINIMISATION] = {"qname-minimisation", "QNAME minimisation", "names on the way to others",
			  "A resolver asks its way down, label by label (RFC 9156): these are no "
			  "guesses.",
			  8, .2},
	[BLOCK_LIST] = {"dnsbl", "Questions to a block list", "reversed addresses asked",
			"A mail server asks whether an address is on a block list.", 24, .25},
	[MACHINE_MADE] = {"machine-made", "Names that machines made", "hashes and their like",
			  "Telemetry, virus scanners and content networks put hashes into names: "
			  "one parent with many such children explains them.",
			  24, .25},
};

/* All sources of one kind. */
struct group {
	size_t sources, addresses; /* of all; listed */
	struct ip listed[CONTRIBUTORS_LISTED];
	double names, requests;
	struct serverset servers;
	bool resolver, server; /* roles of the servers asked */
	int64_t first, last;
	struct text_list zones;
	size_t examples;
	struct finding evidence; /* only its lines */
};

/* What one source asked of a kind in one zone. */
struct share {
	double names, requests;
	const struct pair_name *earliest;
};

static bool
is_before(const struct pair_name *a, const struct pair_name *b)
{
	return !b || a->moment < b->moment || (a->moment == b->moment && a->hash < b->hash);
}

static int
compare_hashes(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* The hashes of all names between a pair's sampled ones and their zone, ascending. */
struct ancestors {
	size_t count;
	uint64_t hashes[ANCESTORS_MAX];
};

static void
add_ancestors(struct ancestors *ancestors, const struct hash_key *key, struct str name, size_t zone)
{
	for (;;) {
		size_t label = qname_first_label(name).n;
		if (label + 1 + zone >= name.n || ancestors->count == ANCESTORS_MAX)
			break;
		name = str_skip(name, label + 1);
		ancestors->hashes[ancestors->count++] = hash_bytes(key, name.p, name.n);
	}
}

static void
collect_ancestors(const struct ground *ground, const struct pair *pair, struct ancestors *ancestors)
{
	const struct texts *texts = &ground->input->tally->texts;
	const struct hash_key *key = &ground->input->tally->settings->names->sample_key;
	struct named named = {.texts = texts, .zone = texts_get(texts, pair->key.zone)};

	ancestors->count = 0;
	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		const struct pair_name *item;
		if (c == NAME_APEX)
			continue;
		named.class_ = (uint8_t)c;
		for (uint32_t i = 0;
		     (item = sample_next(&names.names, &pair_name_type, &i)) != NULL;) {
			named.text = item->text;
			if (traits_of(ground, &named) & TRAIT_DEEP)
				add_ancestors(ancestors, key, texts_get(texts, item->text),
					      named.zone.n);
		}
	}
	if (ancestors->count)
		qsort(ancestors->hashes, ancestors->count, sizeof(*ancestors->hashes),
		      compare_hashes);
}

/* Asked for an address or for a delegation only, as resolvers do on their way. */
static bool
is_on_the_way(const struct pair_name *item, const uint64_t *ancestors, size_t count)
{
	if (item->types & (uint16_t) ~(type_bit(TYPE_A) | type_bit(TYPE_NS)))
		return false;
	return count && bsearch(&item->hash, ancestors, count, sizeof(*ancestors), compare_hashes);
}

static int
kind_of(const struct ground *ground, size_t first, size_t count, const struct pair_name *item,
	const struct named *named, const struct ancestors *ancestors)
{
	uint16_t traits = traits_of(ground, named);

	if (traits & TRAIT_DNS_SD || (traits & TRAIT_TRANSPORT && item->types & type_bit(TYPE_PTR)))
		return SERVICE_BROWSING;
	if (traits & TRAIT_PROXY)
		return PROXY_SEARCH;
	if (traits & TRAIT_MINIMISED || is_on_the_way(item, ancestors->hashes, ancestors->count))
		return MINIMISATION;
	switch (judge_explain(ground, first, count, named, traits)) {
	case EXPLAINED_BLOCKLIST:
		return BLOCK_LIST;
	case EXPLAINED_SUFFIX:
		return SEARCH_LIST;
	case EXPLAINED_MACHINE:
		return MACHINE_MADE;
	default:
		return INNOCENTS;
	}
}

static void
share_out(const struct ground *ground, size_t first, size_t count, const struct pair *pair,
	  struct share *shares)
{
	const struct texts *texts = &ground->input->tally->texts;
	struct named named = {.texts = texts, .zone = texts_get(texts, pair->key.zone)};
	struct ancestors ancestors;

	collect_ancestors(ground, pair, &ancestors);

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		const struct pair_name *item;
		unsigned counted[INNOCENTS + 1] = {0}, asked[INNOCENTS + 1] = {0};
		if (c == NAME_APEX || names.names.count == 0)
			continue;
		double weight =
			(double)sample_distinct(&names.names, &pair_name_type) / names.names.count;
		for (uint32_t i = 0;
		     (item = sample_next(&names.names, &pair_name_type, &i)) != NULL;) {
			named.text = item->text;
			named.class_ = (uint8_t)c;
			int kind = kind_of(ground, first, count, item, &named, &ancestors);
			counted[kind]++;
			asked[kind] += item->count;
			if (kind < INNOCENTS && is_before(item, shares[kind].earliest))
				shares[kind].earliest = item;
		}
		for (size_t kind = 0; kind < INNOCENTS; kind++) {
			shares[kind].names += weight * counted[kind];
			shares[kind].requests += weight * asked[kind];
		}
	}
}

static void
join(struct group *group, const struct detect_input *input, struct findings *out,
     const struct pair *pair, const struct share *share)
{
	const struct ip *address = &pair->key.address;
	bool is_new = group->addresses == 0 || group->sources > group->addresses ||
		      ip_compare(&group->listed[group->addresses - 1], address) != 0;

	group->names += share->names;
	group->requests += share->requests;
	serverset_merge(&group->servers, &pair->servers);
	*(pair->key.resolver ? &group->resolver : &group->server) = true;
	group->first = time_earlier(group->first, pair->first);
	group->last = time_later(group->last, pair->last);
	if (group->zones.count < ZONES_COUNTED)
		text_list_add(&group->zones, &out->arena,
			      texts_get(&input->tally->texts, pair->key.zone));
	build_reconstructed(out, &group->evidence, input, pair, share->earliest);
	if (!is_new)
		return;
	group->sources++;
	if (group->addresses < CONTRIBUTORS_LISTED)
		group->listed[group->addresses++] = *address;
}

/* True when a detector told of the source already, at low or above. */
static bool
is_told(const struct findings *out, size_t count, const struct ip *address)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < out->all[i].address_count; k++)
			if (out->all[i].level >= LEVEL_LOW &&
			    ip_compare(&out->all[i].addresses[k], address) == 0)
				return true;
	return false;
}

/* A pair of which some kind makes up enough; `shares` by kind, without names where it does not. */
struct found {
	size_t index; /* into ground->briefs */
	struct share shares[INNOCENTS];
};

/* What one part of the sources holds. */
struct part {
	size_t count, capacity;
	struct found *all;
};

struct look {
	const struct ground *ground;
	struct part *parts;
};

static void
look_at(const struct ground *ground, struct part *part, size_t first, size_t count, size_t index)
{
	double distinct = ground->briefs[index].distinct;
	struct found found = {.index = index};
	bool any = false;

	share_out(ground, first, count, ground_pair(ground, index), found.shares);
	for (size_t kind = 0; kind < INNOCENTS; kind++) {
		struct share *share = &found.shares[kind];
		if (share->names < innocents[kind].names ||
		    share->names < distinct * innocents[kind].share)
			share->names = 0;
		any |= share->names > 0;
	}
	if (!any)
		return;
	if (part->count == part->capacity) {
		part->capacity = part->capacity ? part->capacity * 2 : 16;
		part->all = xrealloc(part->all, part->capacity, sizeof(*part->all));
	}
	part->all[part->count++] = found;
}

static void
look_at_part(void *context, size_t number, size_t from, size_t to)
{
	const struct look *look = context;
	const struct ground *ground = look->ground;

	for (size_t first = from, count; first < to; first += count) {
		count = ground_source(ground, first);
		if (ground->briefs[first].is_nobody)
			continue;
		for (size_t i = first; i < first + count; i++) {
			if (ground->briefs[i].is_odd)
				look_at(ground, &look->parts[number], first, count, i);
		}
	}
}

/* Takes over what a part has found, and releases it. */
static void
join_part(const struct detect_input *input, struct findings *out, struct group *groups,
	  struct part *part)
{
	const struct ip *last = NULL;
	bool told = false;

	for (size_t i = 0; i < part->count; i++) {
		const struct found *found = &part->all[i];
		const struct pair *pair = ground_pair(&input->scans->ground, found->index);
		if (!last || ip_compare(last, &pair->key.address) != 0)
			told = is_told(out, out->count, &pair->key.address);
		last = &pair->key.address;
		for (size_t kind = 0; kind < INNOCENTS && !told; kind++)
			if (found->shares[kind].names > 0)
				join(&groups[kind], input, out, pair, &found->shares[kind]);
	}
	free(part->all);
}

static void
report(const struct detect_input *input, struct findings *out, size_t kind, struct group *group)
{
	struct finding *finding = findings_add(out);

	finding->id = str_of(innocents[kind].id);
	finding_term(out, finding, innocents[kind].term, group->names, innocents[kind].names, 5);
	finding_term(out, finding, "sources", (double)group->sources, 1, 0);
	finding->level = LEVEL_INFORMATIONAL;
	finding->contributors =
		arena_alloc(&out->arena, group->addresses * sizeof(*finding->contributors));
	memcpy(finding->contributors, group->listed,
	       group->addresses * sizeof(*finding->contributors));
	finding->contributor_address_count = group->addresses;
	finding->contributor_count = group->sources;
	finding->zone_count = group->zones.count;
	finding->zones = text_list_take(&group->zones, &out->arena);
	finding->zone_list_count =
		group->zones.count < ZONES_LISTED ? group->zones.count : ZONES_LISTED;
	build_servers(out, finding, input->tally, &group->servers, !group->server);
	finding->direction = build_direction(!group->server, false);
	finding->first_seen = group->first;
	finding->last_seen = group->last;
	finding->distinct_names = (uint64_t)(group->names + .5);
	finding->requests = (uint64_t)(group->requests + .5);
	finding->evidence = group->evidence.evidence;
	finding->evidence_count = group->evidence.evidence_count;
	finding->title = build_text(&out->arena, "%s (no reconnaissance)", innocents[kind].title);
	finding->next = str_of(innocents[kind].next);
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct ground *ground = &input->scans->ground;
	struct group *groups = xcalloc(INNOCENTS, sizeof(*groups));
	size_t parts = ground_parts(ground);
	struct look look = {ground, xcalloc(parts, sizeof(*look.parts))};

	for (size_t kind = 0; kind < INNOCENTS; kind++)
		groups[kind].first = groups[kind].last = TIME_NONE;
	ground_run(ground, look_at_part, &look);
	for (size_t i = 0; i < parts; i++)
		join_part(input, out, groups, &look.parts[i]);
	free(look.parts);
	for (size_t kind = 0; kind < INNOCENTS; kind++) {
		if (groups[kind].sources)
			report(input, out, kind, &groups[kind]);
		serverset_release(&groups[kind].servers);
	}
	free(groups);
}

extern const struct detector detector_innocent;
const struct detector detector_innocent = {
	.name = "innocent",
	.kind = "not-recon",
	.reads_findings = true,
	.run = run,
};
