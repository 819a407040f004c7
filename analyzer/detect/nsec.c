/*
 * NSEC walks: the chain of a signed zone is followed from owner to owner (RFC 4034 4). The
 * walker asks names just behind an owner: "\000." in front, "\000", "-" or "0" appended, or
 * type NSEC.
 */
#include "detect/build.h"
#include "detect/scan.h"

enum { WALK_NAMES = 2, WALK_SHAPES = 5, WALK_TYPES = 2 };

/* Wordlists hold "0" and "www-" too: without a zero byte the shapes must be a good part. */
static const double WALK_SHARE = 0.15;

/* Names of the walker's shapes; single "0" labels and dashes need company. */
static double
walker_names(const struct tally *tally, const struct pair *pair, bool *zero_byte)
{
	struct pair_class names = pair_class(pair, NAME_NSEC);
	const struct pair_name *name;

	*zero_byte = false;
	if (names.names.count == 0)
		return 0;
	for (uint32_t i = 0; (name = sample_next(&names.names, &pair_name_type, &i)) != NULL;) {
		struct str text = texts_get(&tally->texts, name->text);
		*zero_byte |= str_starts(text, STR("\\000")) || str_starts(text, STR("?.")) ||
			      str_ends(qname_first_label(text), STR("\\000"));
	}
	double distinct = (double)sample_distinct(&names.names, &pair_name_type);
	/* "0" alone is a name like others: 0.debian.pool.ntp.org. */
	bool many = distinct >= WALK_SHAPES && distinct >= (double)pair_distinct(pair) * WALK_SHARE;
	return *zero_byte || many ? distinct : 0;
}

static void
report(const struct detect_input *input, struct findings *out, const struct pair *const *pairs,
       size_t count, double names, double types, bool zero_byte)
{
	struct finding *finding = build_from_pairs(out, input, pairs, count);

	if (zero_byte)
		finding_term(out, finding, "names with a zero byte", names, WALK_NAMES, 75);
	else if (names >= WALK_NAMES)
		finding_term(out, finding, "names just behind an owner", names, WALK_NAMES, 70);
	if (types >= WALK_TYPES)
		finding_term(out, finding, "asked type NSEC", types, WALK_TYPES,
			     finding->score ? 5 : 70);
	finding->level = level_of_score(finding->score);
	for (size_t i = 0; i < count; i++)
		build_reconstructed_class(out, finding, input, pairs[i], NAME_NSEC);
	for (size_t i = 0; i < count; i++)
		for (size_t c = 0; c < NAME_CLASSES; c++)
			build_reconstructed_class(out, finding, input, pairs[i],
						  (enum name_class)c);
	finding->title = build_text(&out->arena, "The NSEC chain of %.*s was walked",
				    STR_ARG(texts_get(&input->tally->texts, pairs[0]->key.zone)));
	finding->next =
		STR("Every name of the zone is known now. Sign with NSEC3 without opt-out and "
		    "without salt, or answer minimally (RFC 4470), if names are to stay unknown.");
	finding->lookalikes = STR("a DNSSEC debugger, an administrator's ldns-walk");
	build_attack(out, finding, finding->internal ? "T1018" : "T1590.002");
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct ground *ground = &input->scans->ground;
	uint16_t nsec = type_key(TYPE_NSEC);

	for (size_t first = 0, count = 0;
	     ground_seek(ground, 1ULL << nsec, 1 << NAME_NSEC, &first, &count);) {
		const struct pair *found[64];
		double names = 0, types = 0;
		bool zero_byte = false;
		size_t n = 0;
		for (size_t i = first; i < first + count && n < 64; i++) {
			const struct brief *brief = &ground->briefs[i];
			if (!(brief->classes >> NAME_NSEC & 1) && !(brief->types >> nsec & 1))
				continue;
			const struct pair *pair = ground_pair(ground, i);
			bool zero;
			double own_names = walker_names(input->tally, pair, &zero);
			double own_types = counts_of(&pair->types, nsec);
			if (own_names < WALK_NAMES && own_types < WALK_TYPES)
				continue;
			names += own_names;
			types += own_types;
			zero_byte |= zero;
			found[n++] = pair;
		}
		if (n)
			report(input, out, found, n, names, types, zero_byte);
	}
}

extern const struct detector detector_nsec;
const struct detector detector_nsec = {
	.name = "nsec",
	.kind = "nsec-walk",
	.run = run,
};
