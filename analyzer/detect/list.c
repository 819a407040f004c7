#include "detect/list.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/network.h"

enum {
	LEAST_NAMES = 24,
	LONG_NAMES = 60,
	ORDER_LONG = 64, /* of so many names a looser order is as sure */
	FOLLOWERS = 16,  /* more that follow one list run a program that has it */
};
static const double TYPE_SHARE = .9, REPEATS = 1.15, WORDS = .25, RANDOM = .6,
		    /* Lists .7 to 1, big resolvers at most .3 (DETECTION.md 13). */
	MISSING = .6, EXISTENCE = .5,
		    /* Who asks the same names without having the same list: at most .73. */
	SAME_ORDER = .85, SAME_ORDER_LONG = .8, SORTED = .8;

bool
list_is_plain(const struct judgement *judgement)
{
	return judgement->type_share >= TYPE_SHARE && judgement->per_type <= REPEATS;
}

/*
 * Asks an authoritative server for recursion and one set of types. Repeats do not clear it: who
 * wants a list to be popular asks it several times. Of repeaters only long lists of words
 * count, for there are stubs that use such a server as their resolver.
 */
static bool
is_direct_list(const struct judgement *j, const struct detect_settings *settings)
{
	return scan_is_direct(j->pair, settings) &&
	       (list_is_plain(j) || (j->type_share >= TYPE_SHARE && j->judged >= LONG_NAMES &&
				     j->wordlist >= j->judged * WORDS));
}

/* Words of which most are known not to exist. */
static bool
is_missing_list(const struct judgement *j)
{
	return j->type_share >= TYPE_SHARE && j->existence >= EXISTENCE &&
	       j->missing_share >= MISSING && j->wordlist >= j->judged * WORDS &&
	       j->random < j->judged * RANDOM;
}

static bool
is_long_list(struct judgement *j)
{
	if (j->type_share < TYPE_SHARE || j->judged < LONG_NAMES)
		return false;
	if (j->wordlist >= j->judged * WORDS)
		return true;
	judge_order(j);
	return j->tau >= SORTED;
}

/*
 * Asks after another network the names that this asked, in the same order: both read one list,
 * on whatever server and however often. Clients and resolvers that share names do not share
 * their order.
 */
static bool
follows_list(struct judgement *j)
{
	struct moments all[JUDGE_NAMES_MAX];
	struct prefix own = ip_prefix(&j->pair->key.address, 24, 48);
	size_t count = 0;

	if (!is_long_list(j))
		return false;
	for (size_t i = 0; i < j->count && count < JUDGE_NAMES_MAX; i++) {
		const struct judged_name *name = &j->names[i];
		struct standing standing =
			judge_standing(j->zone, NULL, name->class_, name->item->hash);
		/* What more networks ask than are listed is in everybody's programs. */
		if (standing.tonight && !standing.tonight->more_prefixes &&
		    !prefix_contains(&own, &standing.tonight->first_asker))
			all[count++] =
				(struct moments){name->item->moment, standing.tonight->moment};
	}
	return count >= LEAST_NAMES &&
	       judge_same_order(all, count) >= (count >= ORDER_LONG ? SAME_ORDER_LONG : SAME_ORDER);
}

/* A source that follows another's list in a zone. */
struct follower {
	uint32_t zone, resolver; /* as in struct pair_key */
	uint32_t network;        /* zone_prefix_hash */
};

struct followers {
	size_t count;
	struct follower *all;
};

static int
compare_followers(const void *a, const void *b)
{
	const struct follower *left = a, *right = b;

	if (left->zone != right->zone)
		return left->zone < right->zone ? -1 : 1;
	return (left->resolver > right->resolver) - (left->resolver < right->resolver);
}

static void
flag_followers(struct scans *scans, struct followers *followers)
{
	struct follower *all = followers->all;

	if (followers->count)
		qsort(all, followers->count, sizeof(*all), compare_followers);
	for (size_t i = 0, next; i < followers->count; i = next) {
		for (next = i + 1; next < followers->count; next++)
			if (compare_followers(&all[i], &all[next]) != 0)
				break;
		for (size_t k = i; k < next && next - i <= FOLLOWERS; k++)
			flagged_add(&scans->flagged, all[k].network);
	}
}

/* What one part of the sources holds. */
struct part {
	struct followers followers;
	size_t flagged_count;
	uint32_t *flagged; /* networks */
};

struct look {
	struct ground *ground;
	struct part *parts;
};

/*
 * Whether one set of types may have the share of a list's, before the judgement is finished: by
 * majority vote (Boyer and Moore), and with a little grace, since fractions are added in another
 * order.
 */
static bool
may_be_list(const struct judgement *j)
{
	const double grace = .01;
	uint16_t set = 0;
	double lead = 0, weight = 0;

	for (size_t i = 0; i < j->count; i++) {
		bool is_other = j->names[i].item->types != set;
		lead += is_other ? -j->names[i].weight : j->names[i].weight;
		if (lead < 0) {
			set = j->names[i].item->types;
			lead = -lead;
		}
	}
	for (size_t i = 0; i < j->count; i++)
		weight += j->names[i].item->types == set ? j->names[i].weight : 0;
	return weight >= j->judged * (TYPE_SHARE - grace);
}

static void
look_at(struct ground *ground, struct part *part, size_t first, size_t count, size_t index)
{
	const struct hash_key *key = &ground->input->tally->settings->names->sample_key;
	const struct pair *pair = ground_pair(ground, index);
	struct followers *followers = &part->followers;
	struct judgement judgement;

	if (!judge_begin(ground, first, count, index, LEAST_NAMES, &judgement))
		return;
	if (!may_be_list(&judgement)) {
		judgement_release(&judgement);
		return;
	}
	judge_finish(ground, &judgement);
	uint32_t network = zone_prefix_hash(key, &pair->key.address);
	ground->briefs[index].is_missing_list = is_missing_list(&judgement);
	if (ground->briefs[index].is_missing_list ||
	    is_direct_list(&judgement, ground->input->settings)) {
		part->flagged =
			xrealloc(part->flagged, part->flagged_count + 1, sizeof(*part->flagged));
		part->flagged[part->flagged_count++] = network;
	} else if (follows_list(&judgement)) {
		followers->all =
			xrealloc(followers->all, followers->count + 1, sizeof(*followers->all));
		followers->all[followers->count++] =
			(struct follower){pair->key.zone, pair->key.resolver, network};
	}
	judgement_release(&judgement);
}

static void
look_at_part(void *context, size_t part, size_t from, size_t to)
{
	struct look *look = context;
	struct ground *ground = look->ground;
	struct ground_walk walk = {ground, from, to, .odd = UINT32_MAX, .judged = LEAST_NAMES};
	size_t index;

	while (ground_next(&walk, &index))
		look_at(ground, &look->parts[part], walk.first, walk.count, index);
}

/* Takes over what a part has found, and releases it. */
static void
join_part(struct scans *scans, struct followers *followers, struct part *part)
{
	struct followers *own = &part->followers;

	for (size_t i = 0; i < part->flagged_count; i++)
		flagged_add(&scans->flagged, part->flagged[i]);
	followers->all =
		xrealloc(followers->all, followers->count + own->count, sizeof(*followers->all));
	for (size_t i = 0; i < own->count; i++)
		followers->all[followers->count++] = own->all[i];
	free(part->flagged);
	free(own->all);
}

void
lists_flag(struct scans *scans)
{
	struct ground *ground = &scans->ground;
	struct followers followers = {0};
	size_t parts = ground_parts(ground);
	struct look look = {ground, xcalloc(parts, sizeof(*look.parts))};

	ground->ignores_popularity = true;
	ground_run(ground, look_at_part, &look);
	for (size_t i = 0; i < parts; i++)
		join_part(scans, &followers, &look.parts[i]);
	free(look.parts);
	flag_followers(scans, &followers);
	free(followers.all);
	networks_flag_lists(scans);
	ground->ignores_popularity = false;
}
