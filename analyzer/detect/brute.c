/*
 * One source that tries names in zones: a brute force, or the same at a slow pace. One
 * finding per source and episode, however many zones; the zone with the highest score gives
 * the terms.
 */
#include <stdio.h>

#include "detect/build.h"
#include "detect/scan.h"

/* A scan is slow when it lasts and its judged names come no faster than this. */
static const int64_t SLOW_LASTS_MS = 3600000;
enum {
	SLOW_PER_HOUR = 360,
	ZONES_LISTED = 20,
	ANSWERS_HIGH = 3,
	HIGH_MOST = 85,
	MEDIUM_MOST = 69,
	LOW_MOST = 39
};

/* All scans of one source that reach the low level. */
struct actor {
	const struct detect_input *input;
	const struct scan *best;
	size_t count;
	const struct scan *scans[64]; /* zones beyond these are only counted */
	uint64_t zones;
	double judged, all, missing, wordlist, answered, established, earlier;
	unsigned nights; /* of age of the learned catalogue */
	int64_t first, last;
	uint64_t requests;
	bool resolver;
};

static bool
counts(const struct scan *scan)
{
	/* A part of a campaign is told there: fifty findings of one list help nobody. */
	return scan->score >= SCAN_LOW && scan->judgement.judged >= SCAN_LEAST_NAMES &&
	       !scan->is_random && !scan->in_campaign && !scan->superseded;
}

static void
add_scan(struct actor *actor, const struct scan *scan)
{
	const struct judgement *j = &scan->judgement;

	if (!actor->best || scan->score > actor->best->score)
		actor->best = scan;
	if (actor->count < sizeof(actor->scans) / sizeof(*actor->scans))
		actor->scans[actor->count++] = scan;
	actor->zones++;
	actor->judged += j->judged;
	actor->all += j->all;
	actor->missing += j->missing;
	actor->wordlist += j->wordlist;
	actor->answered += j->answered;
	actor->established += j->established;
	actor->earlier += j->earlier;
	actor->nights = j->nights > actor->nights ? j->nights : actor->nights;
	actor->requests += pair_requests(j->pair);
	actor->resolver |= j->pair->key.resolver;
	for (size_t i = 0; i < j->count; i++) {
		int64_t time = moment_time(j->names[i].item->moment);
		actor->first = time_earlier(actor->first, time);
		actor->last = time_later(actor->last, time);
	}
}

static bool
is_slow(const struct actor *actor)
{
	if (actor->first == TIME_NONE || actor->last - actor->first < SLOW_LASTS_MS)
		return false;
	double hours = (double)(actor->last - actor->first) / 3600000.0;
	return actor->judged / hours <= SLOW_PER_HOUR;
}

static void
score(struct findings *out, struct finding *finding, const struct actor *actor)
{
	const struct scan *best = actor->best;

	for (size_t i = 0; i < best->term_count; i++)
		finding_term(out, finding, best->terms[i].name, best->terms[i].value,
			     best->terms[i].threshold, best->terms[i].points);
	if (actor->earlier > 0)
		finding_term(out, finding, "of the names judged, asked on earlier nights",
			     actor->earlier, 1, 0);
	bool successful = actor->answered >= ANSWERS_HIGH && best->score >= SCAN_MEDIUM;
	if (successful && finding->score > HIGH_MOST) /* critical is a zone that left */
		finding_term(out, finding, "names and not a zone", actor->answered, ANSWERS_HIGH,
			     HIGH_MOST - finding->score);
	else if (successful && finding->score <= MEDIUM_MOST)
		finding_term(out, finding, "names that were answered", actor->answered,
			     ANSWERS_HIGH, 75 - finding->score);
	else if (!successful && finding->score > MEDIUM_MOST)
		finding_term(out, finding, "no answer known to have been got", actor->answered,
			     ANSWERS_HIGH, MEDIUM_MOST - finding->score);
	else if (best->score < SCAN_MEDIUM && finding->score > LOW_MOST)
		finding_term(out, finding, "below the score of a deliberate scan", best->score,
			     SCAN_MEDIUM, LOW_MOST - finding->score);
	finding->level = level_of_score(finding->score);
}

static void
report(struct findings *out, const struct actor *actor, bool slow)
{
	struct finding *finding = findings_add(out);
	const struct judgement *best = &actor->best->judgement;
	struct text_list zones = {0};
	char address[IP_TEXT];

	build_actor(out, finding, &best->pair->key.address, actor->input->settings);
	finding->first_seen = actor->first;
	finding->last_seen = actor->last;
	finding->requests = actor->requests;
	finding->distinct_names = (uint64_t)(actor->all + 0.5);
	finding->wordlist_names = (uint64_t)(actor->wordlist + 0.5);
	finding->unknown_names = (uint64_t)(actor->missing + 0.5);
	finding->answered_names = (uint64_t)(actor->answered + actor->established + 0.5);
	finding->oracle = best->oracle;
	if (finding->oracle == ORACLE_NONE && actor->established > 0)
		finding->oracle = ORACLE_CATALOGUE;
	if (finding->oracle == ORACLE_CATALOGUE)
		finding->oracle_nights = actor->nights;
	finding->direction = build_direction(actor->resolver, finding->internal);
	for (size_t i = 0; i < actor->count; i++)
		text_list_add(&zones, &out->arena, actor->scans[i]->judgement.zone_text);
	finding->zone_count = actor->zones;
	finding->zones = text_list_take(&zones, &out->arena);
	finding->zone_list_count = zones.count < ZONES_LISTED ? zones.count : ZONES_LISTED;
	build_servers(out, finding, actor->input->tally, &best->pair->servers,
		      best->pair->key.resolver);
	finding->spoofable = build_spoofable(actor->input, &best->pair->key.address);
	score(out, finding, actor);
	for (size_t i = 0; i < actor->count; i++)
		build_answered(out, finding, actor->input, actor->scans[i]->judgement.pair);
	for (size_t i = 0; i < best->count; i++)
		build_asked(out, finding, actor->input, &best->pair->key.address,
			    best->names[i].item->moment, best->names[i].text);
	ip_print(&best->pair->key.address, address);
	if (actor->zones > 1)
		finding->title =
			build_text(&out->arena, "%s host names tried in %llu zones",
				   slow ? "Slowly," : "Many", (unsigned long long)actor->zones);
	else
		finding->title = build_text(&out->arena, "%s host names tried in %.*s",
					    slow ? "Slowly," : "Many", STR_ARG(best->zone_text));
	finding->next =
		actor->resolver
			? build_text(&out->arena,
				     "Ask who uses %s; a host that maps other people's "
				     "zones may be compromised or run a scanner.",
				     address)
			: build_text(&out->arena,
				     "Compare %s with your VPN, web and mail logs of the same "
				     "hours; names that exist are known to it now.",
				     address);
	finding->lookalikes =
		STR("a resolver with many clients behind it, a crawler, an inventory tool, a "
		    "search list that leaks");
	build_attack(out, finding, finding->internal ? "T1018" : "T1590.002");
	build_attack(out, finding, "T1595.003");
}

static void
find(const struct detect_input *input, struct findings *out, bool slow)
{
	const struct scans *scans = input->scans;

	for (size_t i = 0, next; i < scans->count; i = next) {
		struct actor actor = {.input = input, .first = TIME_NONE, .last = TIME_NONE};
		const struct ip *address = &scans->all[i].judgement.pair->key.address;
		for (next = i; next < scans->count; next++) {
			const struct scan *scan = &scans->all[next];
			if (ip_compare(&scan->judgement.pair->key.address, address) != 0)
				break;
			if (counts(scan))
				add_scan(&actor, scan);
		}
		if (actor.best && is_slow(&actor) == slow)
			report(out, &actor, slow);
	}
}

static void
run_brute(const struct detect_input *input, struct findings *out)
{
	find(input, out, false);
}

static void
run_slow(const struct detect_input *input, struct findings *out)
{
	find(input, out, true);
}

extern const struct detector detector_brute, detector_slow;
const struct detector detector_brute = {
	.name = "brute",
	.kind = "brute-force",
	.needs_any = FACT_RCODE,
	.needs = "answers, to tell names that exist",
	.enable_bind = "BIND 9.20.3 and later: responselog yes; earlier: rate-limit log-only",
	.enable_unbound = "Unbound: log-replies: yes",
	.run = run_brute,
};
const struct detector detector_slow = {
	.name = "slow",
	.kind = "slow-enumeration",
	.run = run_slow,
};
