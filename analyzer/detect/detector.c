#include "detect/detector.h"

#include <stdlib.h>

#include "base/workers.h"
#include "detect/build.h"
#include "detect/cohort.h"
#include "detect/internal.h"
#include "detect/network.h"
#include "detect/presence.h"
#include "detect/tool.h"
#include "detect/suppress.h"

extern const struct detector detector_transfer, detector_brute, detector_slow, detector_permutation,
	detector_distributed, detector_network, detector_spread, detector_nsec, detector_nsec3,
	detector_ptr, detector_ptr6, detector_srv, detector_gathering, detector_any, detector_chaos,
	detector_snoop, detector_tld, detector_discovery, detector_notrecon, detector_innocent,
	detector_rules, detector_correlations;

const struct detector *const detectors[] = {
	&detector_transfer,
	&detector_brute,
	&detector_slow,
	&detector_permutation,
	&detector_distributed,
	&detector_network,
	&detector_spread,
	&detector_nsec,
	&detector_nsec3,
	&detector_ptr,
	&detector_ptr6,
	&detector_srv,
	&detector_gathering,
	&detector_any,
	&detector_chaos,
	&detector_snoop,
	&detector_tld,
	&detector_discovery,
	&detector_notrecon,
	&detector_innocent,
	&detector_rules,
	&detector_correlations,
	NULL,
};
enum { DETECTORS = sizeof(detectors) / sizeof(*detectors) - 1 };

const char *const detect_part_names[] = {
	[PART_WORDLIST] = "wordlist",   [PART_ORDER] = "order", [PART_NOVELTY] = "novelty",
	[PART_ZONE_AXIS] = "zone-axis", [DETECT_PARTS] = NULL,
};

bool
detect_has_kind(struct str kind)
{
	for (size_t i = 0; detectors[i]; i++)
		if (str_eq(str_of(detectors[i]->kind), kind))
			return true;
	return false;
}

bool
rule_is_claimed(const struct rule *rule)
{
	for (size_t i = 0; i < rule->tag_count; i++) {
		struct str tag = rule->tags[i];
		if (str_take(&tag, STR("digtrail.")) && detect_has_kind(tag))
			return true;
	}
	return false;
}

/*
 * Kind, actor, zone and day make the id, so that the same behaviour has the same id in every
 * run and format. Under the sample key: an id tells nothing of an address that was redacted.
 */
static uint64_t
id_hash(const struct detect_input *input, const struct finding *finding)
{
	const struct hash_key *key = &input->tally->settings->names->sample_key;
	uint64_t hash = hash_bytes(key, finding->kind.p, finding->kind.n);
	int64_t day = finding->first_seen == TIME_NONE ? 0 : finding->first_seen / 86400000;

	if (finding->id.n) /* what the detector put there to tell findings of one kind apart */
		hash = hash_mix(hash, hash_bytes(key, finding->id.p, finding->id.n));
	for (size_t i = 0; i < finding->address_count; i++)
		hash = hash_mix(hash, hash_bytes(key, &finding->addresses[i], sizeof(struct ip)));
	if (finding->zone_list_count)
		hash = hash_mix(hash, hash_bytes(key, finding->zones[0].p, finding->zones[0].n));
	return hash_mix(hash, (uint64_t)day + 1);
}

struct id_count {
	uint64_t hash;
	uint64_t key;
	uint32_t count;
};

static int
compare_places(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;

	if (left->first_seen != right->first_seen)
		return left->first_seen < right->first_seen ? -1 : 1;
	if (left->direction != right->direction)
		return left->direction < right->direction ? -1 : 1;
	if (left->last_seen != right->last_seen)
		return left->last_seen < right->last_seen ? -1 : 1;
	return str_compare(left->title, right->title);
}

/*
 * Names the findings of one detector from `first` on. Two episodes of one day would share an
 * id: the second and later ones get their number mixed in, in an order that is the same in
 * every run, unlike that of the tally's maps.
 */
static void
name_findings(const struct detect_input *input, const struct detector *detector,
	      struct findings *out, size_t first)
{
	const struct hash_key *key = &input->tally->settings->names->sample_key;
	struct map ids;

	map_init(&ids, sizeof(struct id_count), sizeof(uint64_t));
	if (out->count > first)
		qsort(&out->all[first], out->count - first, sizeof(*out->all), compare_places);
	for (size_t i = first; i < out->count; i++) {
		struct finding *finding = &out->all[i];
		finding->detector = str_of(detector->name);
		finding->kind = str_of(detector->kind);
		uint64_t hash = id_hash(input, finding);
		uint64_t place = hash_bytes(key, &hash, sizeof(hash));
		struct id_count *same = map_put(&ids, place, &hash, NULL);
		if (same->count++)
			hash = hash_mix(hash, same->count);
		finding->id = build_text(&out->arena, "%012llx",
					 (unsigned long long)(hash & 0xffffffffffffULL));
	}
	map_release(&ids);
}

static void
run_one(const struct detect_input *input, const struct detector *detector, struct findings *out)
{
	size_t before = out->count;

	detector->run(input, out);
	name_findings(input, detector, out, before);
}

/* What detectors find that need no others' findings: each by itself, side by side. */
struct side_by_side {
	const struct detect_input *input;
	struct findings found[DETECTORS];
};

static void
run_beside(void *context, size_t worker, size_t number)
{
	struct side_by_side *all = context;

	(void)worker;
	if (!detectors[number]->reads_findings)
		run_one(all->input, detectors[number], &all->found[number]);
}

static void
run_all(const struct detect_input *input, struct findings *out)
{
	struct side_by_side all = {.input = input};

	workers_run(input->settings->workers, DETECTORS, run_beside, &all);
	for (size_t i = 0; i < DETECTORS; i++) {
		findings_join(out, &all.found[i]);
		if (detectors[i]->reads_findings)
			run_one(input, detectors[i], out);
	}
}

int64_t
detect_now(const struct tally *tally)
{
	int64_t last = TIME_NONE;

	for (size_t i = 0; i < tally->streams.count; i++)
		last = time_later(last, tally->streams.all[i].last);
	return last;
}

void
detect_run(const struct detect_input *given, struct findings *out)
{
	struct detect_input with_scans = *given;
	const struct detect_input *input = &with_scans;
	struct scans scans;
	struct cohorts cohorts = {0};
	struct networks networks = {0};
	struct presence presence;

	presence_make(&presence, given->tally);
	scans_make(&scans, given);
	if (!(given->settings->without & 1u << PART_ZONE_AXIS)) {
		cohorts_make(&cohorts, &scans);
		networks_make(&networks, &scans);
	}
	with_scans.scans = &scans;
	with_scans.cohorts = &cohorts;
	with_scans.networks = &networks;
	with_scans.presence = &presence;
	run_all(input, out);
	internal_raise(out);
	suppress_expected(input, out);
	tool_mark(input, out);
	findings_sort(out);
	presence_release(&presence);
	networks_release(&networks);
	cohorts_release(&cohorts);
	scans_release(&scans);
}
