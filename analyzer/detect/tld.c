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

/* How many zones begin with a label. */
struct shared_label {
	uint64_t hash, key;
	size_t zones;
};

/* The label that siblings of the zone would share; empty where it can have none. */
static struct str
label_of(const struct texts *texts, uint32_t zone)
{
	struct str text = texts_get(texts, zone), label = qname_first_label(text);

	return label.n < text.n && !str_ends(text, STR(".arpa")) ? label : str_make(NULL, 0);
}

static struct shared_label *
count_of(struct map *labels, const struct texts *texts, uint32_t zone)
{
	struct str label = label_of(texts, zone);
	uint64_t hash = hash_bytes(texts->key, label.p, label.n);

	return label.n ? map_put(labels, hash, &hash, NULL) : NULL;
}

/*
 * The zones that share their first label with enough others, as bits by the number of their
 * text: there are few, and what was asked in others need not be looked at.
 */
static uint64_t *
find_siblings(const struct ground *ground, const struct texts *texts)
{
	uint64_t *siblings = xcalloc(texts_numbers(texts) / 64 + 1, sizeof(*siblings));
	struct shared_label *label;
	struct map labels;

	map_init(&labels, sizeof(struct shared_label), sizeof(uint64_t));
	for (size_t i = 0; i < ground->count; i++) {
		uint32_t zone = ground->briefs[i].zone;
		if (siblings[zone / 64] >> zone % 64 & 1)
			continue;
		siblings[zone / 64] |= 1ULL << zone % 64;
		label = count_of(&labels, texts, zone);
		if (label)
			label->zones++;
	}
	for (uint32_t zone = 0; zone < texts_numbers(texts); zone++) {
		if (!(siblings[zone / 64] >> zone % 64 & 1))
			continue;
		label = count_of(&labels, texts, zone);
		if (!label || label->zones < TLD_ZONES)
			siblings[zone / 64] &= ~(1ULL << zone % 64);
	}
	map_release(&labels);
	return siblings;
}

/* The source's pairs in such zones; `all` has room for `count`. */
static size_t
label_pairs(const struct detect_input *input, const uint64_t *siblings, size_t first, size_t count,
	    struct labelled *all)
{
	const struct ground *ground = &input->scans->ground;
	const struct texts *texts = &input->tally->texts;
	size_t n = 0;

	for (size_t i = first; i < first + count; i++) {
		uint32_t zone = ground->briefs[i].zone;
		if (siblings[zone / 64] >> zone % 64 & 1)
			all[n++] = (struct labelled){ground_pair(ground, i), label_of(texts, zone),
						     texts_get(texts, zone)};
	}
	return n;
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct ground *ground = &input->scans->ground;
	uint64_t *siblings = find_siblings(ground, &input->tally->texts);

	for (size_t first = 0, count; first < ground->count; first += count) {
		count = ground_source(ground, first);
		if (count < TLD_ZONES)
			continue;
		struct labelled *all = xcalloc(count, sizeof(*all));
		size_t n = label_pairs(input, siblings, first, count, all);
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
	free(siblings);
}

extern const struct detector detector_tld;
const struct detector detector_tld = {
	.name = "tld",
	.kind = "tld-sweep",
	.run = run,
};
