/*
 * TLD sweeps: one name tried under many top-level domains, to find the siblings of a domain.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "detect/scan.h"

enum { TLD_ZONES = 8, TLD_MANY = 30 };

struct labelled {
	const struct pair *pair;
	struct str label, zone;
};

static int
compare_labels(const void *a, const void *b)
{
	const struct labelled *left = a, *right = b;
	int order = str_compare(left->label, right->label);

	return order ? order : str_compare(left->zone, right->zone);
}

static void
report(const struct detect_input *input, struct findings *out, const struct labelled *same,
       size_t count, size_t zones)
{
	const struct pair **pairs = xcalloc(count, sizeof(*pairs));

	for (size_t i = 0; i < count; i++)
		pairs[i] = same[i].pair;
	struct finding *finding = build_from_pairs(out, input, pairs, count);
	finding_term(out, finding, "zones of one name", (double)zones, TLD_ZONES, 25);
	if (zones >= TLD_MANY)
		finding_term(out, finding, "a whole list of top-level domains", (double)zones,
			     TLD_MANY, 10);
	finding->level = level_of_score(finding->score);
	for (size_t i = 0; i < count; i++)
		for (size_t c = 0; c < NAME_CLASSES; c++)
			build_reconstructed_class(out, finding, input, pairs[i],
						  (enum name_class)c);
	for (size_t i = 0; i < count; i++)
		build_answered(out, finding, input, pairs[i]);
	finding->title = build_text(&out->arena, "\"%.*s\" was tried under %zu top-level domains",
				    STR_ARG(same[0].label), zones);
	finding->next = STR("Look which of the siblings are yours and forgotten.");
	finding->lookalikes = STR("brand protection, a crawler of many zones");
	build_attack(out, finding, "T1590.001");
	free(pairs);
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct ground *ground = &input->scans->ground;

	for (size_t first = 0, count; first < ground->count; first += count) {
		count = ground_source(ground, first);
		if (count < TLD_ZONES)
			continue;
		struct labelled *all = xcalloc(count, sizeof(*all));
		size_t n = 0;
		for (size_t i = first; i < first + count; i++) {
			struct str zone =
				texts_get(&input->tally->texts, ground->pairs[i]->key.zone);
			struct str label = qname_first_label(zone);
			if (label.n < zone.n && !str_ends(zone, STR(".arpa")))
				all[n++] = (struct labelled){ground->pairs[i], label, zone};
		}
		if (n)
			qsort(all, n, sizeof(*all), compare_labels);
		for (size_t i = 0, next; i < n; i = next) {
			size_t zones = 1;
			for (next = i + 1; next < n && str_eq(all[next].label, all[i].label);
			     next++)
				zones += !str_eq(all[next].zone, all[next - 1].zone);
			if (zones >= TLD_ZONES)
				report(input, out, &all[i], next - i, zones);
		}
		free(all);
	}
}

extern const struct detector detector_tld;
const struct detector detector_tld = {
	.name = "tld",
	.kind = "tld-sweep",
	.run = run,
};
