/*
 * Cache snooping: somebody asks a resolver for popular names to see which of them others
 * have asked before. What gives it away are names that were answered at once although
 * nobody in this log ever had them fetched (DETECTION.md 14.11).
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "detect/scan.h"

enum { SNOOP_NAMES = 10, LOCAL_PREFIXES = 3 };
static const double SNOOP_SHARE = 0.9;

struct snooped {
	double answered;  /* names answered NOERROR */
	double unfetched; /* of those, that nobody had fetched */
};

/* What all clients together know of the name; NULL when it is not in the zone's sample. */
static const struct zone_name *
common_name(const struct zone *zone, size_t class_, const struct pair_name *name)
{
	const struct zone_class *names = zone ? zone->classes[class_] : NULL;

	return names ? sample_find(&names->names, &zone_name_type, name->hash) : NULL;
}

/* Nobody had it fetched and many ask it: the resolver answers it from data of its own. */
static bool
is_local_data(const struct zone_name *common)
{
	return common && !(common->seen & SEEN_FETCHED) && common->prefixes[LOCAL_PREFIXES - 1];
}

static void
add_pair(const struct tally *tally, const struct pair *pair, struct snooped *sum)
{
	struct str text = texts_get(&tally->texts, pair->key.zone);
	const struct zone *zone = zones_find(tally, text, pair->key.resolver);

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		const struct pair_name *name;
		for (uint32_t i = 0;
		     (name = sample_next(&names.names, &pair_name_type, &i)) != NULL;) {
			const struct zone_name *common = common_name(zone, c, name);
			if (!(name->seen & SEEN_ANSWERED) || is_local_data(common))
				continue;
			bool fetched = (name->seen | (common ? common->seen : 0)) & SEEN_FETCHED;
			sum->answered++;
			sum->unfetched += !fetched;
		}
	}
}

static void
report(const struct detect_input *input, struct findings *out, size_t first, size_t count,
       const struct snooped *sum)
{
	const struct ground *ground = &input->scans->ground;
	const struct pair **pairs = xcalloc(count, sizeof(const struct pair *));

	for (size_t i = 0; i < count; i++)
		pairs[i] = ground_pair(ground, first + i);
	struct finding *finding = build_from_pairs(out, input, pairs, count);
	free(pairs);
	finding_term(out, finding, "names answered at once that nobody had fetched", sum->unfetched,
		     SNOOP_NAMES, 25);
	finding_term(out, finding, "share of its answered names", sum->unfetched / sum->answered,
		     SNOOP_SHARE, 20);
	finding->level = level_of_score(finding->score);
	for (size_t i = first; i < first + count; i++)
		for (size_t c = 0; c < NAME_CLASSES; c++)
			build_reconstructed_class(out, finding, input, ground_pair(ground, i),
						  (enum name_class)c);
	finding->title = STR("The resolver's cache was probed for popular names");
	finding->next =
		STR("Unbound: allow_snoop belongs to nobody but administrators; BIND: limit "
		    "allow-query-cache to your clients.");
	finding->lookalikes = STR("monitoring that asks without recursion, a misdirected resolver");
	build_attack(out, finding, "T1590.002");
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct ground *ground = &input->scans->ground;

	for (size_t first = 0, count; first < ground->count; first += count) {
		struct snooped sum = {0};
		size_t n = 0;
		count = ground_source(ground, first);
		/* Pairs of one source are not sorted by role: those of resolvers are few. */
		for (size_t i = first; i < first + count; i++) {
			if (!ground->briefs[i].resolver)
				continue;
			n++;
			add_pair(input->tally, ground_pair(ground, i), &sum);
		}
		if (n == count && sum.answered >= SNOOP_NAMES &&
		    sum.unfetched >= sum.answered * SNOOP_SHARE)
			report(input, out, first, count, &sum);
	}
}

extern const struct detector detector_snoop;
const struct detector detector_snoop = {
	.name = "snoop",
	.kind = "cache-snooping",
	.needs_any = FACT_RCODE,
	.needs = "replies with their time",
	.enable_unbound = "Unbound: log-replies: yes",
	.run = run,
};
