/*
 * One list of names dealt out to many sources: a cohort that asks in one zone, in one manner,
 * with lists that hardly overlap (DETECTION.md 14.7). Real resolvers overlap: their clients
 * want the same names.
 */
#include <stdio.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "detect/scan.h"

enum {
	COHORT_SOURCES = 5,
	COHORT_NAMES = 100,
	OWN_NAMES_MOST = 200, /* a source with more judged names is a scanner of its own */
	CONTRIBUTORS_LISTED = 1000,
};
static const double COHORT_TYPE_SHARE = 0.85, COHORT_REPEATS = 1.3, COHORT_OVERLAP = 1.5,
		    COHORT_WORDLIST = 0.1, COHORT_ANSWERED = 0.5, COHORT_RANDOM = 0.6;

static bool
wants_recursion(const struct pair *pair)
{
	return pair->flags_known && pair->recursion_desired * 2 > pair->flags_known;
}

static int
compare_manner(const void *a, const void *b)
{
	const struct scan *left = *(const struct scan *const *)a;
	const struct scan *right = *(const struct scan *const *)b;
	const struct judgement *l = &left->judgement, *r = &right->judgement;
	int order = str_compare(l->zone_text, r->zone_text);

	if (order)
		return order;
	if (l->pair->key.resolver != r->pair->key.resolver)
		return l->pair->key.resolver < r->pair->key.resolver ? -1 : 1;
	if (l->type_set != r->type_set)
		return l->type_set < r->type_set ? -1 : 1;
	if (wants_recursion(l->pair) != wants_recursion(r->pair))
		return wants_recursion(l->pair) ? 1 : -1;
	return ip_compare(&l->pair->key.address, &r->pair->key.address);
}

static bool
same_manner(const struct scan *a, const struct scan *b)
{
	const struct judgement *l = &a->judgement, *r = &b->judgement;

	return str_eq(l->zone_text, r->zone_text) && l->type_set == r->type_set &&
	       l->pair->key.resolver == r->pair->key.resolver &&
	       wants_recursion(l->pair) == wants_recursion(r->pair);
}

static bool
is_candidate(const struct scan *scan)
{
	const struct judgement *j = &scan->judgement;

	return j->judged < OWN_NAMES_MOST && j->type_share >= COHORT_TYPE_SHARE &&
	       j->per_type <= COHORT_REPEATS && !scan->is_random;
}

struct name_key {
	uint64_t hash;
	uint64_t key;
};

/* What a cohort's names add up to. */
struct cohort {
	const struct scan *const *scans;
	size_t count;
	double sum, distinct, wordlist, answered, missing, random;
	int64_t first, last;
	uint64_t requests, servers;
	size_t largest_index;
};

static void
add_up(struct cohort *cohort)
{
	struct map seen;
	double sampled = 0;

	map_init(&seen, sizeof(struct name_key), sizeof(uint64_t));
	cohort->first = cohort->last = TIME_NONE;
	for (size_t i = 0; i < cohort->count; i++) {
		const struct judgement *j = &cohort->scans[i]->judgement;
		cohort->sum += j->judged;
		cohort->wordlist += j->wordlist;
		cohort->answered += j->answered;
		cohort->missing += j->missing;
		cohort->random += j->random;
		cohort->requests += j->pair->requests;
		cohort->servers |= j->pair->servers;
		if (j->judged > cohort->scans[cohort->largest_index]->judgement.judged)
			cohort->largest_index = i;
		for (size_t k = 0; k < j->count; k++) {
			uint64_t hash = j->names[k].item->hash;
			int64_t time = moment_time(j->names[k].item->moment);
			map_put(&seen, hash, &hash, NULL);
			sampled++;
			cohort->first = time_earlier(cohort->first, time);
			cohort->last = time_later(cohort->last, time);
		}
	}
	cohort->distinct = sampled > 0 ? seen.count * cohort->sum / sampled : 0;
	map_release(&seen);
}

static bool
is_campaign(const struct cohort *cohort)
{
	return cohort->count >= COHORT_SOURCES && cohort->distinct >= COHORT_NAMES &&
	       cohort->sum / cohort->distinct <= COHORT_OVERLAP &&
	       cohort->wordlist / cohort->sum >= COHORT_WORDLIST &&
	       cohort->random / cohort->sum < COHORT_RANDOM &&
	       cohort->answered / cohort->sum <= COHORT_ANSWERED;
}

static void
add_addresses(struct findings *out, struct finding *finding, const struct cohort *cohort)
{
	size_t listed = cohort->count < CONTRIBUTORS_LISTED ? cohort->count : CONTRIBUTORS_LISTED;
	struct prefix prefix = {0};
	bool one_prefix = true;

	finding->contributors = arena_alloc(&out->arena, listed * sizeof(*finding->contributors));
	for (size_t i = 0; i < cohort->count; i++) {
		const struct ip *address = &cohort->scans[i]->judgement.pair->key.address;
		if (i == 0)
			prefix = ip_prefix(address, 24, 48);
		one_prefix &= prefix_contains(&prefix, address);
		if (i < listed)
			finding->contributors[i] = *address;
	}
	finding->contributor_count = cohort->count;
	finding->contributor_address_count = listed;
	finding->has_prefix = one_prefix;
	finding->prefix = prefix;
}

static void
report(const struct detect_input *input, struct findings *out, const struct cohort *cohort)
{
	struct finding *finding = findings_add(out);
	const struct judgement *largest = &cohort->scans[cohort->largest_index]->judgement;

	add_addresses(out, finding, cohort);
	finding->zones = arena_alloc(&out->arena, sizeof(*finding->zones));
	finding->zones[0] = arena_str(&out->arena, largest->zone_text);
	finding->zone_count = finding->zone_list_count = 1;
	build_servers(out, finding, input->tally, cohort->servers, largest->pair->key.resolver);
	finding->direction = build_direction(largest->pair->key.resolver, false);
	finding->first_seen = cohort->first;
	finding->last_seen = cohort->last;
	finding->requests = cohort->requests;
	finding->distinct_names = (uint64_t)(cohort->distinct + 0.5);
	finding->wordlist_names = (uint64_t)(cohort->wordlist + 0.5);
	finding->unknown_names = (uint64_t)(cohort->missing + 0.5);
	finding->answered_names = (uint64_t)(cohort->answered + 0.5);
	finding->oracle = largest->oracle;
	finding_term(out, finding, "sources that ask in one manner", (double)cohort->count,
		     COHORT_SOURCES, 15);
	finding_term(out, finding, "distinct names together", cohort->distinct, COHORT_NAMES, 15);
	finding_term(out, finding, "names per distinct name: hardly any overlap",
		     cohort->sum / cohort->distinct, COHORT_OVERLAP, 15);
	finding_term(out, finding, "in the wordlist", cohort->wordlist / cohort->sum,
		     COHORT_WORDLIST, 5);
	finding->level = level_of_score(finding->score);
	for (size_t i = 0; i < largest->count; i++)
		build_reconstructed(out, finding, input, largest->pair, largest->names[i].item);
	finding->title = build_text(&out->arena, "One list of names tried in %.*s from %zu sources",
				    STR_ARG(largest->zone_text), cohort->count);
	finding->next = STR("Do not block the sources: they may be resolvers that somebody scans "
			    "through. Check which of the names exist, and protect those.");
	finding->lookalikes =
		STR("a random-subdomain flood, an application release that many resolvers "
		    "learn of at once");
	build_attack(out, finding, "T1590.002");
	build_attack(out, finding, "T1595.003");
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct scans *scans = input->scans;
	const struct scan **candidates = xcalloc(scans->count, sizeof(*candidates));
	size_t count = 0;

	for (size_t i = 0; i < scans->count; i++)
		if (is_candidate(&scans->all[i]))
			candidates[count++] = &scans->all[i];
	if (count)
		qsort(candidates, count, sizeof(*candidates), compare_manner);
	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count; next++)
			if (!same_manner(candidates[i], candidates[next]))
				break;
		struct cohort cohort = {.scans = &candidates[i], .count = next - i};
		if (cohort.count < COHORT_SOURCES)
			continue;
		add_up(&cohort);
		if (is_campaign(&cohort))
			report(input, out, &cohort);
	}
	free(candidates);
}

extern const struct detector detector_distributed;
const struct detector detector_distributed = {
	.name = "distributed",
	.kind = "distributed-enumeration",
	.run = run,
};
