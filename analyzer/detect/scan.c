#include "detect/scan.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "detect/list.h"
#include "detect/standing.h"

static void
add_term(struct scan *scan, const char *name, double value, double threshold, int points)
{
	if (points == 0 && !scan->whole)
		return;
	if (scan->term_count < SCAN_TERMS_MAX)
		scan->terms[scan->term_count++] =
			(struct scan_term){name, value, threshold, points};
	scan->score += points;
}

/* A ladder: the points of the highest step that the value reaches. */
struct step {
	double at;
	int points;
};

static void
climb(struct scan *scan, const char *name, double value, const struct step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (value < steps[i].at)
			continue;
		add_term(scan, name, value, steps[i].at, steps[i].points);
		return;
	}
	add_term(scan, name, value, steps[count - 1].at, 0);
}

#define CLIMB(scan, name, value, steps) \
	climb(scan, name, value, steps, sizeof(steps) / sizeof(*(steps)))

static const struct step size_steps[] = {{200, 20}, {60, 15}, {24, 10}, {12, 5}};
static const struct step type_steps[] = {{.9, 20}, {.75, 12}, {.6, -5}, {0, -15}};
static const struct step wordlist_steps[] = {{.4, 15}, {.25, 10}};
static const struct step repeat_steps[] = {{10, -60},  {5, -40},  {2.5, -20},
					   {1.6, -10}, {1.15, 5}, {0, 10}};
/*
 * Of all distinct names of the source: who asks fifty others for each name judged here wants
 * those, not this zone's (crawlers and resolvers .005 to .013, scans 1, diluted 10:1 .09).
 */
static const struct step share_steps[] = {{.05, 0}, {.02, -15}, {0, -30}};
static const struct step missing_steps[] = {{.8, 20}, {.6, 10}, {.4, 0}, {0, -10}};

enum { RECURSION_SHARE = 90 /* percent */ };

static bool
is_inside(const struct ip *address, const struct detect_settings *settings)
{
	return ip_is_private(address) ||
	       prefix_list_contains(settings->internals, settings->internal_count, address);
}

bool
scan_is_direct(const struct pair *pair, const struct detect_settings *settings)
{
	return !pair->key.resolver && pair->flags_known &&
	       !is_inside(&pair->key.address, settings) &&
	       (uint64_t)pair->recursion_desired * 100 >=
		       (uint64_t)pair->flags_known * RECURSION_SHARE;
}

static void
score(struct scan *scan, const struct detect_settings *settings)
{
	const struct judgement *j = &scan->judgement;
	const struct pair *pair = j->pair;

	CLIMB(scan, "names judged", j->judged, size_steps);
	CLIMB(scan, "asked with one set of types", j->type_share, type_steps);
	CLIMB(scan, "requests per name and type", j->per_type, repeat_steps);
	CLIMB(scan, "in the wordlist", j->wordlist / j->judged, wordlist_steps);
	if (scan->asked > 0)
		CLIMB(scan, "of all names the source asked", j->judged / scan->asked, share_steps);
	if (j->tau >= 0)
		add_term(scan, "asked in order", j->tau, 0.8,
			 j->tau >= 0.8 || j->tau <= 0.2 ? 15 : 0);
	if (!pair->key.resolver && !is_inside(&pair->key.address, settings) && pair->flags_known)
		add_term(scan, "recursion desired at an authoritative server",
			 (double)pair->recursion_desired / pair->flags_known, 0.9,
			 scan_is_direct(pair, settings) ? 10 : 0);
	if (j->missing_share >= 0)
		CLIMB(scan, "missing of those known", j->missing_share, missing_steps);
	if (j->all > 0)
		add_term(scan, "asked by many or explained", j->popular / j->all, 0.6,
			 j->popular / j->all >= 0.6 ? -15 : 0);
	scan->is_random = j->random / j->judged >= 0.6;
	add_term(scan, "random labels: no list of names", j->random / j->judged, 0.6,
		 scan->is_random ? -100 : 0);
}

void
scan_score(struct scan *scan, const struct detect_settings *settings)
{
	/* What a measurement leaves out. */
	if (settings->without & 1u << PART_WORDLIST)
		scan->judgement.wordlist = 0;
	if (!(settings->without & 1u << PART_ORDER))
		judge_order(&scan->judgement);
	score(scan, settings);
}

void
scan_ledger(struct scan *scan, const struct detect_settings *settings)
{
	scan->whole = true;
	scan->score = 0;
	scan->term_count = 0;
	judge_order(&scan->judgement);
	score(scan, settings);
}

/* The scans of one part of the sources. */
struct part {
	size_t count, capacity;
	struct scan *all;
};

struct pass {
	struct ground *ground;
	struct part *parts;
	/* Of the pass before, whose scans hold but where a name stands otherwise now. */
	bool is_again;
	size_t old_count;
	const struct scan *old;
};

static void
add_scan(struct part *part, const struct scan *scan)
{
	if (part->count == part->capacity) {
		part->capacity = part->capacity ? part->capacity * 2 : 64;
		part->all = xrealloc(part->all, part->capacity, sizeof(*part->all));
	}
	part->all[part->count++] = *scan;
}

/* Distinct names that the source asked in these zones on earlier nights. */
static double
asked_before(const struct ground *ground, size_t first, size_t count)
{
	const struct tally *tally = ground->input->tally;
	double asked = 0;

	for (size_t i = first; i < first + count; i++) {
		const struct pair_key *key = &ground_pair(ground, i)->key;
		const struct pair *before =
			pairs_find(ground->input->baseline, &key->address,
				   texts_get(&tally->texts, key->zone), key->resolver != 0);
		asked += before ? (double)pair_distinct(before) : 0;
	}
	return asked;
}

/*
 * A list that is spread over nights: tonight's part comes to nothing by itself, together with
 * what the source asked on earlier nights it does. `own`: tonight's scan, or NULL.
 */
static void
look_back(const struct ground *ground, struct part *part, size_t first, size_t count, size_t index,
	  double asked, size_t own)
{
	const struct detect_settings *settings = ground->input->settings;
	struct scan scan = {.index = index, .over_nights = true};

	if (own < part->count && part->all[own].score >= SCAN_MEDIUM &&
	    part->all[own].judgement.judged >= SCAN_LEAST_NAMES)
		return;
	if (!judge_nights(ground, first, count, index, SCAN_LEAST_NAMES, &scan.judgement))
		return;
	scan.asked = asked + asked_before(ground, first, count);
	scan_score(&scan, settings);
	/* What was told on an earlier night is not told again unless it goes on. */
	if (scan.score < SCAN_MEDIUM || scan.is_random ||
	    scan.judgement.judged - scan.judgement.earlier < 1) {
		judgement_release(&scan.judgement);
		return;
	}
	if (own < part->count)
		part->all[own].superseded = true;
	add_scan(part, &scan);
}

/* The old scans from the pair at `index` on. */
static const struct scan *
old_scans(const struct pass *pass, size_t index)
{
	size_t low = 0, high = pass->old_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (pass->old[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return pass->old + low;
}

/*
 * True where the pair is as it was in the pass before: its scan, if it had one, is taken over.
 * `*old` is where its scans would begin; one that does not hold any more is released.
 */
static bool
take_over(const struct pass *pass, struct part *part, size_t index, const struct scan **old)
{
	bool is_there = *old < pass->old + pass->old_count && (*old)->index == index;

	if (!standings_changed(pass->ground, index)) {
		if (is_there)
			add_scan(part, (*old)++);
		return true;
	}
	if (is_there) {
		struct judgement judgement = (*old)->judgement;
		judgement_release(&judgement);
		(*old)++;
	}
	return false;
}

/* What is told of the names is found out here, where they are at hand. */
static void
look_for_odd(struct ground *ground, size_t index)
{
	ground->briefs[index].is_odd = ground_may_be_odd(ground, index, SCAN_ODD_NAMES) &&
				       traits_have_odd(ground, ground_pair(ground, index));
}

static void
look_at(const struct pass *pass, struct part *part, size_t first, size_t count, size_t index,
	double asked)
{
	struct ground *ground = pass->ground;
	size_t own = SIZE_MAX;
	struct judgement judgement;

	if (!pass->is_again)
		look_for_odd(ground, index);
	if (judge(ground, first, count, index, SCAN_COHORT_NAMES, &judgement)) {
		struct scan scan = {.judgement = judgement, .index = index, .asked = asked};
		scan_score(&scan, ground->input->settings);
		own = part->count;
		add_scan(part, &scan);
	}
	if (ground->input->baseline)
		look_back(ground, part, first, count, index, asked, own);
}

/* Distinct names that the source asked tonight. */
static double
asked_tonight(const struct ground *ground, size_t first, size_t count)
{
	double asked = 0;

	for (size_t i = first; i < first + count; i++)
		asked += ground->briefs[i].distinct;
	return asked;
}

/* Pairs with less to judge have no scan, but for what they asked on earlier nights. */
static void
look_at_part(void *context, size_t number, size_t from, size_t to)
{
	const struct pass *pass = context;
	struct ground *ground = pass->ground;
	struct part *part = &pass->parts[number];
	const struct scan *old = pass->is_again ? old_scans(pass, from) : NULL;
	struct ground_walk walk = {ground, from, to, .odd = SCAN_ODD_NAMES,
				   .judged = ground->input->baseline ? 0 : SCAN_COHORT_NAMES};
	size_t index, end = 0;
	double asked = 0;

	while (ground_next(&walk, &index)) {
		if (index >= end) {
			end = walk.first + walk.count;
			asked = asked_tonight(ground, walk.first, walk.count);
		}
		if (!pass->is_again || !take_over(pass, part, index, &old))
			look_at(pass, part, walk.first, walk.count, index, asked);
	}
}

/* `is_again`: after a first pass, of which other names' standing is all that has changed. */
static void
pass(struct scans *scans, bool is_again)
{
	size_t count = ground_parts(&scans->ground);
	struct pass pass = {
		.ground = &scans->ground,
		.parts = xcalloc(count, sizeof(*pass.parts)),
		.is_again = is_again,
		.old_count = scans->count,
		.old = scans->all,
	};

	ground_run(&scans->ground, look_at_part, &pass);
	scans->count = 0;
	for (size_t i = 0; i < count; i++)
		scans->count += pass.parts[i].count;
	scans->all = xrealloc(scans->all, scans->count, sizeof(*scans->all));
	for (size_t i = 0, at = 0; i < count; at += pass.parts[i++].count) {
		if (pass.parts[i].count)
			memcpy(&scans->all[at], pass.parts[i].all,
			       pass.parts[i].count * sizeof(*scans->all));
		free(pass.parts[i].all);
	}
	free(pass.parts);
}

static void
drop_scans(struct scans *scans)
{
	for (size_t i = 0; i < scans->count; i++)
		judgement_release(&scans->all[i].judgement);
	scans->count = 0;
}

/* Sources that the first pass holds for scanners, or that ask with a cohort's shape. */
static void
flag(struct scans *scans)
{
	const struct hash_key *key = &scans->ground.input->tally->settings->names->sample_key;

	for (size_t i = 0; i < scans->count; i++) {
		const struct scan *scan = &scans->all[i];
		if (scan->score >= SCAN_LOW && scan->judgement.judged >= SCAN_LEAST_NAMES)
			flagged_add(&scans->flagged,
				    zone_prefix_hash(key, &scan->judgement.pair->key.address));
	}
}

/* Flags who goes through a list: from here on they make nothing popular. */
static void
flag_lists(struct scans *scans)
{
	lists_flag(scans);
	scans->ground.flagged = &scans->flagged;
	standings_weigh(&scans->ground);
}

/* Flags who scanned on earlier nights: what scanners asked must not become the catalogue. */
static void
flag_before(struct scans *scans, const struct detect_input *input)
{
	struct detect_input before = *input;

	before.tally = input->baseline;
	before.baseline = NULL;
	ground_init(&scans->ground, &before);
	flag_lists(scans);
	pass(scans, false);
	flag(scans);
	drop_scans(scans);
	ground_release(&scans->ground);
}

/* Of a pair's own scan. Hash and role stand for the pair, as in the tally. */
struct place {
	uint64_t hash;
	uint32_t resolver, at;
};

static void
note_places(struct scans *scans)
{
	map_init(&scans->own, sizeof(struct place), sizeof(uint32_t));
	for (size_t i = 0; i < scans->count; i++) {
		const struct pair *pair = scans->all[i].judgement.pair;
		if (scans->all[i].over_nights)
			continue;
		struct place *place = map_put(&scans->own, pair->hash, &pair->key.resolver, NULL);
		place->at = (uint32_t)i;
	}
}

/* All of them: twice, where the first pass has flagged somebody. */
static void
make_all(struct scans *scans, const struct detect_input *input)
{
	flagged_init(&scans->flagged);
	if (input->baseline)
		flag_before(scans, input);
	ground_init(&scans->ground, input);
	flag_lists(scans);
	pass(scans, false);
	uint32_t flagged = scans->flagged.prefixes.count;
	flag(scans);
	if (scans->flagged.prefixes.count == flagged)
		return; /* nobody is judged otherwise than before */
	standings_weigh(&scans->ground);
	if (input->baseline)
		drop_scans(scans);
	pass(scans, !input->baseline);
}

void
scans_make(struct scans *scans, const struct detect_input *input)
{
	*scans = (struct scans){0};
	make_all(scans, input);
	note_places(scans);
}

void
scans_release(struct scans *scans)
{
	drop_scans(scans);
	free(scans->all);
	map_release(&scans->own);
	flagged_release(&scans->flagged);
	ground_release(&scans->ground);
	*scans = (struct scans){0};
}

struct scan *
scans_find(const struct scans *scans, const struct pair *pair)
{
	const struct place *place = map_find(&scans->own, pair->hash, &pair->key.resolver);

	return place ? &scans->all[place->at] : NULL;
}
