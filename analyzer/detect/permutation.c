/*
 * Permutation scans: names made from one that exists by adding words, numbers and dashes
 * (altdns, dnsgen). A judged name is a permutation when, without its digits and cut at "-",
 * one of its parts is the label of a name that others ask in the zone.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "detect/scan.h"

enum { NAMES = 20, PART_LEAST = 3 };
static const double SHARE = 0.6;

struct known_label {
	uint64_t hash;
	uint64_t key;
};

static uint64_t
label_hash(const struct tally *tally, struct str label)
{
	return hash_bytes(&tally->settings->names->sample_key, label.p, label.n);
}

/* First labels that others ask in the zone, or that exist by what the log or operator says. */
static void
collect_known(const struct detect_input *input, const struct zone *zone, struct map *known)
{
	const struct tally *tally = input->tally;

	map_init(known, sizeof(struct known_label), sizeof(uint64_t));
	for (size_t c = 0; c < NAME_CLASSES; c++) {
		const struct zone_name *name;
		if (!zone->classes[c] || c == NAME_APEX)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&zone->classes[c]->names, &zone_name_type, &i)) != NULL;) {
			enum oracle_kind by;
			struct str text = texts_get(&tally->texts, name->text);
			bool popular = name->prefixes[JUDGE_PREFIXES - 1] != 0;
			if (!popular &&
			    judge_existence(input, name->seen, text, &by) != EXISTENCE_EXISTS)
				continue;
			uint64_t hash = label_hash(tally, qname_first_label(text));
			map_put(known, hash, &hash, NULL);
		}
	}
}

/* A part of the label, without digits and cut at "-", is the label of a known name. */
static bool
is_permutation(const struct tally *tally, const struct map *known, struct str label)
{
	char part[64];
	size_t n = 0;

	if (label.n >= sizeof(part))
		return false;
	for (size_t i = 0; i <= label.n; i++) {
		char c = i < label.n ? label.p[i] : '-';
		if (c >= '0' && c <= '9')
			continue;
		if (c != '-') {
			part[n++] = c;
			continue;
		}
		if (n >= PART_LEAST && n < label.n) {
			uint64_t hash = label_hash(tally, str_make(part, n));
			if (map_find(known, hash, &hash))
				return true;
		}
		n = 0;
	}
	return false;
}

/* Judged names that are permutations, of all judged. */
static double
permutation_share(const struct detect_input *input, const struct map *known,
		  const struct judgement *judgement)
{
	double found = 0;

	for (size_t i = 0; i < judgement->count; i++)
		if (is_permutation(input->tally, known,
				   qname_first_label(judgement->names[i].text)))
			found += judgement->names[i].weight;
	return found / judgement->judged;
}

/* Those that the score of a brute force told already need no second finding. */
static bool
is_candidate(const struct scan *scan)
{
	const struct judgement *j = &scan->judgement;

	return scan->score < SCAN_MEDIUM && j->judged >= NAMES && j->type_share >= 0.75 &&
	       j->per_type <= 1.6 && j->zone && !scan->is_random && !scan->in_campaign &&
	       !scan->over_nights;
}

static void
report(const struct detect_input *input, struct findings *out, const struct scan *scan,
       double share)
{
	const struct judgement *j = &scan->judgement;
	struct finding *finding = build_from_pairs(out, input, &j->pair, 1);

	finding->distinct_names = (uint64_t)(j->all + 0.5);
	finding->unknown_names = (uint64_t)(j->missing + 0.5);
	finding->answered_names = (uint64_t)(j->answered + 0.5);
	finding->oracle = j->oracle;
	finding_term(out, finding, "names judged", j->judged, NAMES, 25);
	finding_term(out, finding, "made from names that others ask", share, SHARE, 20);
	finding->level = level_of_score(finding->score);
	for (size_t i = 0; i < j->count; i++)
		build_asked(out, finding, input, &j->pair->key.address, j->names[i].item->moment,
			    j->names[i].text);
	build_answered(out, finding, input, j->pair);
	finding->title = build_text(&out->arena, "Variations of known names tried in %.*s",
				    STR_ARG(j->zone_text));
	finding->next =
		STR("Look which of the variations exist: test and staging hosts are found so.");
	finding->lookalikes = STR("typing errors, pools of numbered servers");
	build_attack(out, finding, finding->internal ? "T1018" : "T1590.002");
	build_attack(out, finding, "T1595.003");
}

static int
compare_zones(const void *a, const void *b)
{
	const struct scan *left = *(const struct scan *const *)a;
	const struct scan *right = *(const struct scan *const *)b;
	int order = str_compare(left->judgement.zone_text, right->judgement.zone_text);

	if (order)
		return order;
	return (left > right) - (left < right); /* both in scans->all: by address */
}

/* Zone by zone, so that what is known of one is collected once, however many try in it. */
static void
run(const struct detect_input *input, struct findings *out)
{
	const struct scans *scans = input->scans;
	const struct scan **candidates = xcalloc(scans->count, sizeof(*candidates));
	const struct zone *zone = NULL;
	struct map known = {0};
	size_t count = 0;

	for (size_t i = 0; i < scans->count; i++)
		if (is_candidate(&scans->all[i]))
			candidates[count++] = &scans->all[i];
	if (count)
		qsort(candidates, count, sizeof(*candidates), compare_zones);
	for (size_t i = 0; i < count; i++) {
		const struct judgement *judgement = &candidates[i]->judgement;
		if (judgement->zone != zone) {
			map_release(&known);
			zone = judgement->zone;
			collect_known(input, zone, &known);
		}
		double share = permutation_share(input, &known, judgement);
		if (share >= SHARE)
			report(input, out, candidates[i], share);
	}
	map_release(&known);
	free(candidates);
}

extern const struct detector detector_permutation;
const struct detector detector_permutation = {
	.name = "permutation",
	.kind = "permutation",
	.run = run,
};
