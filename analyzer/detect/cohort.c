#include "detect/cohort.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"

enum {
	OWN_NAMES_LEAST = 60, /* fewer are nobody's own list */
	WORDLESS_NAMES = 40,  /* fewer may hold no word by chance */
	FLOOD_SOURCES = 20,
	FLOOD_NAMES = 200,
	OWN_NAMES_MOST = 200, /* a source with more judged names is a scanner of its own */
};
const double cohort_overlap = 1.5, cohort_wordlist = 0.1;
static const double cohort_type_share = 0.85, cohort_repeats = 1.3, cohort_answered = 0.5,
		    cohort_random = 0.6, cohort_part = 1.5, cohort_asked = 0.05, cohort_words = 0.3,
		    flood_wordlist = 0.05, flood_random = 0.15;

static bool
wants_recursion(const struct pair *pair)
{
	return pair->flags_known && pair->recursion_desired * 2 > pair->flags_known;
}

/* Hardly a word among names enough: the part of a flood, where others ask so too. */
static bool
is_wordless(const struct judgement *judgement)
{
	return judgement->judged >= WORDLESS_NAMES &&
	       judgement->wordlist < judgement->judged * flood_wordlist;
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
	if (is_wordless(l) != is_wordless(r))
		return is_wordless(l) ? 1 : -1;
	return ip_compare(&l->pair->key.address, &r->pair->key.address);
}

static bool
same_manner(const struct scan *a, const struct scan *b)
{
	const struct judgement *l = &a->judgement, *r = &b->judgement;

	return str_eq(l->zone_text, r->zone_text) && l->type_set == r->type_set &&
	       l->pair->key.resolver == r->pair->key.resolver &&
	       wants_recursion(l->pair) == wants_recursion(r->pair) &&
	       is_wordless(l) == is_wordless(r);
}

/* A resolver is no scanner of its own, however much its clients ask: this is where it counts. */
static bool
is_candidate(const struct scan *scan, const struct detect_settings *settings)
{
	const struct judgement *j = &scan->judgement;

	if (scan->over_nights)
		return false;
	if (j->judged >= OWN_NAMES_MOST &&
	    !prefix_list_contains(settings->resolvers, settings->resolver_count,
				  &j->pair->key.address))
		return false;
	/* A resolver's odd names are few beside all it asks, and no list unless full of words. */
	if (scan->asked > 0 && j->judged < scan->asked * cohort_asked &&
	    j->wordlist < j->judged * cohort_words)
		return false;
	return j->type_share >= cohort_type_share && j->per_type <= cohort_repeats &&
	       (!scan->is_random || is_wordless(j));
}

struct name_key {
	uint64_t hash;
	uint64_t key;
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
		cohort->requests += pair_requests(j->pair);
		serverset_merge(&cohort->servers, &j->pair->servers);
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
	       cohort->sum / cohort->distinct <= cohort_overlap &&
	       cohort->wordlist / cohort->sum >= cohort_wordlist &&
	       cohort->random / cohort->sum < cohort_random &&
	       cohort->answered / cohort->sum <= cohort_answered;
}

/*
 * Many sources, no words, no overlap and letters as chance deals them. Lists dealt in order
 * are none: somebody sorted those.
 */
static bool
is_flood(const struct cohort *cohort)
{
	size_t ordered = 0;

	for (size_t i = 0; i < cohort->count; i++) {
		double tau = cohort->scans[i]->judgement.tau;
		ordered += tau >= 0.8 || (tau >= 0 && tau <= 0.2);
	}
	return cohort->count >= FLOOD_SOURCES && cohort->distinct >= FLOOD_NAMES &&
	       cohort->sum / cohort->distinct <= cohort_overlap &&
	       cohort->wordlist <= cohort->sum * flood_wordlist &&
	       cohort->random >= cohort->sum * flood_random && ordered * 2 < cohort->count;
}

static void
mark(struct scans *scans, const struct cohort *cohort)
{
	/* A dealt list comes in like parts: who asked far more has a list of its own as well. */
	double part = cohort->sum / (double)cohort->count;
	double most = part * cohort_part > OWN_NAMES_LEAST ? part * cohort_part : OWN_NAMES_LEAST;

	for (size_t i = 0; i < cohort->count; i++)
		if (cohort->scans[i]->judgement.judged <= most)
			scans->all[cohort->scans[i] - scans->all].in_campaign = true;
}

void
cohorts_make(struct cohorts *cohorts, struct scans *scans)
{
	size_t count = 0;

	*cohorts = (struct cohorts){0};
	cohorts->candidates = xcalloc(scans->count, sizeof(*cohorts->candidates));
	for (size_t i = 0; i < scans->count; i++)
		if (is_candidate(&scans->all[i], scans->ground.input->settings))
			cohorts->candidates[count++] = &scans->all[i];
	if (count)
		qsort(cohorts->candidates, count, sizeof(*cohorts->candidates), compare_manner);
	for (size_t i = 0, next; i < count; i = next) {
		const struct scan **first = &cohorts->candidates[i];
		for (next = i + 1; next < count; next++)
			if (!same_manner(*first, cohorts->candidates[next]))
				break;
		struct cohort cohort = {.scans = first, .count = next - i};
		if (cohort.count < COHORT_SOURCES)
			continue;
		add_up(&cohort);
		cohort.is_flood = is_flood(&cohort);
		if (!cohort.is_flood && !is_campaign(&cohort)) {
			serverset_release(&cohort.servers);
			continue;
		}
		cohorts->all = xrealloc(cohorts->all, cohorts->count + 1, sizeof(*cohorts->all));
		cohorts->all[cohorts->count++] = cohort;
		mark(scans, &cohort);
	}
}

void
cohorts_release(struct cohorts *cohorts)
{
	for (size_t i = 0; i < cohorts->count; i++)
		serverset_release(&cohorts->all[i].servers);
	free(cohorts->candidates);
	free(cohorts->all);
	*cohorts = (struct cohorts){0};
}
