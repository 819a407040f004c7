/* Campaigns of many sources, as detect/cohort.c finds them: a finding each. */
#include "detect/build.h"
#include "detect/cohort.h"

enum { CONTRIBUTORS_LISTED = 1000 };

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
	build_servers(out, finding, input->tally, &cohort->servers, largest->pair->key.resolver);
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
		     cohort->sum / cohort->distinct, cohort_overlap, 15);
	finding_term(out, finding, "in the wordlist", cohort->wordlist / cohort->sum,
		     cohort_wordlist, 5);
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
	for (size_t i = 0; i < input->cohorts->count; i++)
		if (!input->cohorts->all[i].is_flood)
			report(input, out, &input->cohorts->all[i]);
}

extern const struct detector detector_distributed;
const struct detector detector_distributed = {
	.name = "distributed",
	.kind = "distributed-enumeration",
	.run = run,
};
