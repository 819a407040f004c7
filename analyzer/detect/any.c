/*
 * Type ANY (RFC 8482): a collector's question, and an amplifier's. Many names are a
 * collection; one name over and over from an address that anybody may forge is a reflection.
 */
#include "detect/build.h"
#include "detect/scan.h"

enum { ANY_NAMES = 3, ANY_REQUESTS = 20 };

static double
names_of(const struct pair *pair)
{
	double n = 0;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		const struct pair_name *name;
		double asked = 0;
		if (names.names.count == 0)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&names.names, &pair_name_type, &i)) != NULL;)
			asked += (name->types & type_bit(TYPE_ANY)) != 0;
		n += asked * (double)sample_distinct(&names.names, &pair_name_type) /
		     names.names.count;
	}
	return n;
}

static void
report(const struct detect_input *input, struct findings *out, const struct pair *const *pairs,
       size_t count, double names, double requests)
{
	struct finding *finding = build_from_pairs(out, input, pairs, count);
	bool reflection = names < ANY_NAMES;

	if (reflection)
		finding_term(out, finding, "one name asked over and over", requests, ANY_REQUESTS,
			     10);
	else
		finding_term(out, finding, "names asked with type ANY", names, ANY_NAMES, 25);
	finding->level = level_of_score(finding->score);
	for (size_t i = 0; i < count; i++)
		for (size_t c = 0; c < NAME_CLASSES; c++)
			build_reconstructed_class(out, finding, input, pairs[i],
						  (enum name_class)c);
	finding->title =
		reflection ? STR("ANY asked over and over: reflection rather than a collection")
			   : STR("Names were asked with type ANY");
	finding->next =
		reflection ? STR("The source address is probably forged: rate-limit, do not block.")
			   : STR("Answer ANY minimally (BIND: minimal-any yes).");
	finding->lookalikes = STR("old mail software, a person with dig");
	build_attack(out, finding, reflection ? "T1498.002" : "T1590.002");
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct ground *ground = &input->scans->ground;
	const uint64_t any = 1ULL << type_key(TYPE_ANY);

	for (size_t first = 0, count = 0; ground_seek(ground, any, 0, &first, &count);) {
		const struct pair *found[64];
		double names = 0, requests = 0;
		size_t n = 0;
		for (size_t i = first; i < first + count; i++) {
			if (!(ground->briefs[i].types & any))
				continue;
			requests += counts_of(&ground_pair(ground, i)->types, type_key(TYPE_ANY));
			names += names_of(ground_pair(ground, i));
			if (n < 64)
				found[n++] = ground_pair(ground, i);
		}
		if (n && (names >= ANY_NAMES || requests >= ANY_REQUESTS))
			report(input, out, found, n, names, requests);
	}
}

extern const struct detector detector_any;
const struct detector detector_any = {
	.name = "any",
	.kind = "any",
	.run = run,
};
