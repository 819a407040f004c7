/*
 * NSEC3 collection (RFC 5155): hashes of a zone's names are gathered with made-up names, to
 * be broken offline. Type NSEC3 is asked by nobody else; without it, many random labels of
 * one or two sources in one zone that also asked for its keys (DETECTION.md 14.12: a flood
 * has many sources).
 */
#include "detect/build.h"
#include "detect/scan.h"

enum { RANDOM_NAMES = 16 };
static const double RANDOM_SHARE = 0.6;

static bool
is_hex(struct str label)
{
	if (label.n == 0 || label.n > 15)
		return false;
	for (size_t i = 0; i < label.n; i++)
		if (!((label.p[i] >= '0' && label.p[i] <= '9') ||
		      (label.p[i] >= 'a' && label.p[i] <= 'f')))
			return false;
	return true;
}

/* Short hexadecimal labels, as n3map counts them up; estimated. */
static double
hex_names(const struct tally *tally, const struct pair *pair)
{
	double n = 0;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		const struct pair_name *name;
		double hex = 0;
		if (c == NAME_APEX || names.names.count == 0)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&names.names, &pair_name_type, &i)) != NULL;)
			hex += is_hex(qname_first_label(texts_get(&tally->texts, name->text)));
		n += hex * (double)sample_distinct(&names.names, &pair_name_type) /
		     names.names.count;
	}
	return n;
}

/* Of counts_keys. */
static bool
asked_keys(uint64_t types)
{
	return types & (1ULL << type_key(TYPE_DNSKEY) | 1ULL << type_key(TYPE_NSEC3PARAM));
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct ground *ground = &input->scans->ground;

	for (size_t i = 0; i < ground->count; i++) {
		uint64_t asked = ground->briefs[i].types;
		if (!(asked >> type_key(TYPE_NSEC3) & 1) && !asked_keys(asked))
			continue;
		const struct pair *pair = ground_pair(ground, i);
		double types = counts_of(&pair->types, type_key(TYPE_NSEC3));
		struct pair_class random = pair_class(pair, NAME_RANDOM);
		double names = (double)sample_distinct(&random.names, &pair_name_type);
		double hex = asked_keys(asked) ? hex_names(input->tally, pair) : 0;
		names = hex > names ? hex : names;
		bool collects = asked_keys(asked) && names >= RANDOM_NAMES &&
				names >= (double)pair_distinct(pair) * RANDOM_SHARE;
		if (types < 1 && !collects)
			continue;
		struct finding *finding = build_from_pairs(out, input, &pair, 1);
		if (types >= 1)
			finding_term(out, finding, "asked type NSEC3", types, 1, 60);
		if (collects)
			finding_term(out, finding, "made-up names after the zone's keys", names,
				     RANDOM_NAMES, types >= 1 ? 15 : 60);
		finding->level = level_of_score(finding->score);
		build_reconstructed_class(out, finding, input, pair, NAME_RANDOM);
		finding->title =
			build_text(&out->arena, "NSEC3 hashes of %.*s were collected",
				   STR_ARG(texts_get(&input->tally->texts, pair->key.zone)));
		finding->next =
			STR("Names that stand in a wordlist can be recovered from the hashes "
			    "offline: take every guessable name of the zone for known.");
		finding->lookalikes = STR("a DNSSEC debugger, research into the size of zones");
		build_attack(out, finding, finding->internal ? "T1018" : "T1590.002");
	}
}

extern const struct detector detector_nsec3;
const struct detector detector_nsec3 = {
	.name = "nsec3",
	.kind = "nsec3-collection",
	.run = run,
};
