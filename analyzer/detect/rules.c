/*
 * Sigma rules: what they marked becomes a finding of kind "rule", one per rule and source at
 * level low and above, one per rule for informational ones. A rule tagged digtrail.KIND is
 * evidence for the detector of that kind and makes no finding of its own.
 */
#include <stdio.h>

#include "base/xalloc.h"
#include "detect/build.h"

enum { CONTRIBUTORS_LISTED = 1000 };

static const struct rule *
rule_of(const struct detect_input *input, const struct rulehit *hit)
{
	return &input->tally->settings->rules->rules[hit->key.rule];
}

static int
compare_hits(const void *a, const void *b)
{
	const struct rulehit *left = *(const struct rulehit *const *)a;
	const struct rulehit *right = *(const struct rulehit *const *)b;

	if (left->key.rule != right->key.rule)
		return left->key.rule < right->key.rule ? -1 : 1;
	int order = ip_compare(&left->key.address, &right->key.address);
	if (order)
		return order;
	return (left->key.server > right->key.server) - (left->key.server < right->key.server);
}

/* All hits in the order of compare_hits; to be freed by the caller. */
static const struct rulehit **
sorted_hits(const struct detect_input *input, size_t *count)
{
	const struct map *map = &input->tally->rulehits.map;
	const struct rulehit **hits = xcalloc(map->count, sizeof(*hits));
	const struct rulehit *hit;

	*count = 0;
	for (uint32_t i = 0; (hit = map_next(map, &i)) != NULL;)
		hits[(*count)++] = hit;
	if (*count)
		qsort(hits, *count, sizeof(*hits), compare_hits);
	return hits;
}

/* What `count` hits of one rule say together; the actor is set by the caller. */
static struct finding *
add_finding(const struct detect_input *input, struct findings *out,
	    const struct rulehit *const *hits, size_t count)
{
	const struct tally *tally = input->tally;
	const struct rule *rule = rule_of(input, hits[0]);
	struct finding *finding = findings_add(out);
	struct text_list zones = {0}, servers = {0};
	bool resolver = false;

	for (size_t i = 0; i < count; i++) {
		const struct rulehit *hit = hits[i];
		const struct server_info *server = &tally->settings->servers[hit->key.server];
		const struct rulehit_zone *zone;
		text_list_add(&servers, &out->arena, server->name);
		resolver |= server->resolver;
		for (uint32_t j = 0;
		     (zone = sample_next(&hit->zones, &rulehit_zone_type, &j)) != NULL;)
			text_list_add(&zones, &out->arena, texts_get(&tally->texts, zone->text));
		finding->requests += hit->count;
		finding->first_seen = time_earlier(finding->first_seen, hit->first);
		finding->last_seen = time_later(finding->last_seen, hit->last);
		for (uint8_t j = 0; j < hit->line_count; j++)
			build_evidence(out, finding, input->settings->examples, tally,
				       &hit->lines[j].at,
				       str_make(hit->lines[j].text, hit->lines[j].length));
	}
	finding->id = rule->id;
	finding->title = rule->title;
	finding->zones = text_list_take(&zones, &out->arena);
	finding->zone_count = zones.count;
	finding->zone_list_count = zones.count < 20 ? zones.count : 20;
	finding->servers = text_list_take(&servers, &out->arena);
	finding->server_count = servers.count;
	finding_term(out, finding, "lines marked by the rule", (double)finding->requests, 1,
		     build_points(rule->level));
	finding->level = rule->level;
	finding->direction = build_direction(resolver, false);
	finding->next =
		build_text(&out->arena, "digtrail rules list shows rule %.*s.", STR_ARG(rule->id));
	finding->lookalikes =
		build_join(&out->arena, rule->falsepositives, rule->falsepositive_count);
	build_rule_attack(out, finding, rule);
	return finding;
}

static void
add_contributors(struct findings *out, struct finding *finding, const struct rulehit *const *hits,
		 size_t count)
{
	size_t listed = count < CONTRIBUTORS_LISTED ? count : CONTRIBUTORS_LISTED;

	finding->contributors = arena_alloc(&out->arena, listed * sizeof(*finding->contributors));
	for (size_t i = 0; i < count; i++) {
		if (i && ip_compare(&hits[i]->key.address, &hits[i - 1]->key.address) == 0)
			continue;
		finding->contributor_count++;
		if (finding->contributor_address_count < listed)
			finding->contributors[finding->contributor_address_count++] =
				hits[i]->key.address;
	}
}

static void
run(const struct detect_input *input, struct findings *out)
{
	size_t count;
	const struct rulehit **hits = sorted_hits(input, &count);

	for (size_t i = 0, next; i < count; i = next) {
		const struct rule *rule = rule_of(input, hits[i]);
		bool each = rule->level > LEVEL_INFORMATIONAL;
		for (next = i + 1; next < count; next++) {
			if (hits[next]->key.rule != hits[i]->key.rule)
				break;
			if (each &&
			    ip_compare(&hits[next]->key.address, &hits[i]->key.address) != 0)
				break;
		}
		if (rule->silent || rule_is_claimed(rule))
			continue;
		struct finding *finding = add_finding(input, out, &hits[i], next - i);
		if (each && !ip_is_none(&hits[i]->key.address)) {
			build_actor(out, finding, &hits[i]->key.address, input->settings);
			if (finding->internal)
				finding->direction = DIRECTION_INTERNAL;
		} else {
			add_contributors(out, finding, &hits[i], next - i);
		}
	}
	free(hits);
}

extern const struct detector detector_rules;
const struct detector detector_rules = {
	.name = "rules",
	.kind = "rule",
	.run = run,
};
