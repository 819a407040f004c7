#include "tally/rulehits.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "tally/tally.h"

static void
drop_zone(void *item, void *texts)
{
	struct rulehit_zone *zone = item;

	texts_drop(texts, zone->text);
}

const struct sample_type rulehit_zone_type = {sizeof(struct rulehit_zone), RULEHIT_ZONES_K,
					      drop_zone};

void
rulehits_init(struct rulehits *rulehits, uint32_t limit)
{
	*rulehits = (struct rulehits){.fold.limit = limit};
	map_init(&rulehits->map, sizeof(struct rulehit), sizeof(struct rulehit_key));
}

static void
hit_release(struct tally *tally, struct rulehit *hit)
{
	for (uint8_t i = 0; i < hit->line_count; i++)
		free(hit->lines[i].text);
	hit->line_count = 0;
	sample_release(&hit->zones, &rulehit_zone_type, &tally->texts);
}

void
rulehits_release(struct tally *tally)
{
	struct rulehit *hit;

	for (uint32_t i = 0; (hit = map_next(&tally->rulehits.map, &i)) != NULL;)
		hit_release(tally, hit);
	map_release(&tally->rulehits.map);
}

static void
fold_away(void *table, void *entry)
{
	struct tally *tally = table;
	struct rulehit *hit = entry;

	tally->rulehits.folded += hit->count;
	hit_release(tally, hit);
}

static const struct fold_type hit_fold = {offsetof(struct rulehit, rank),
					  offsetof(struct rulehit, evident), fold_away, NULL};

static struct rulehit *
put(struct tally *tally, const struct rulehit_key *key)
{
	uint64_t hash = hash_bytes(&tally->key, key, sizeof(*key));
	struct rulehit *hit = map_find(&tally->rulehits.map, hash, key);
	bool created;

	if (hit)
		return hit;
	uint64_t rank = hash_bytes(&tally->settings->names->sample_key, &key->address,
				   sizeof(key->address));
	hit = fold_put(&tally->rulehits.fold, &hit_fold, tally, &tally->rulehits.map, hash, key,
		       rank, false, &created);
	if (hit && created)
		hit->first = hit->last = TIME_NONE;
	return hit;
}

static bool
wants(const struct rulehit *hit, const struct position *at)
{
	return hit->line_count < RULEHIT_LINES ||
	       position_compare(at, &hit->lines[hit->line_count - 1].at) < 0;
}

void
rulehit_keep(struct rulehit *hit, struct rulehit_line line)
{
	if (hit->line_count == RULEHIT_LINES)
		free(hit->lines[--hit->line_count].text);
	uint8_t at = hit->line_count++;
	for (; at > 0 && position_compare(&hit->lines[at - 1].at, &line.at) > 0; at--)
		hit->lines[at] = hit->lines[at - 1];
	hit->lines[at] = line;
}

static void
add_zone(struct tally *tally, struct rulehit *hit, struct str zone, uint64_t hash)
{
	bool created;
	struct rulehit_zone *item =
		sample_put(&hit->zones, &rulehit_zone_type, hash, &created, &tally->texts);

	if (created)
		item->text = texts_hold(&tally->texts, zone);
}

void
rulehits_add(struct tally *tally, const struct tally_line *line)
{
	const struct record *record = line->record;
	uint32_t server = tally->settings->streams[line->position.stream].server;

	for (uint16_t i = 0; i < line->matches->count; i++) {
		struct rulehit_key key = {record->client, server, line->matches->rule[i]};
		struct rulehit *hit = put(tally, &key);
		if (!hit) {
			tally->rulehits.folded++;
			continue;
		}
		hit->count++;
		hit->first = time_earlier(hit->first, record->time);
		hit->last = time_later(hit->last, record->time);
		if (line->name)
			add_zone(tally, hit, line->name->zone, line->name->zone_hash);
		if (!wants(hit, &line->position))
			continue;
		size_t n = line->text.n < RULEHIT_TEXT ? line->text.n : RULEHIT_TEXT;
		rulehit_keep(hit, (struct rulehit_line){line->position, (uint32_t)n,
							xmemdup(line->text.p, n)});
	}
}

static void
hit_merge(struct tally *into, struct rulehit *own, struct rulehit *other)
{
	struct rulehit_zone *zone;
	bool created;

	own->count += other->count;
	own->first = time_earlier(own->first, other->first);
	own->last = time_later(own->last, other->last);
	for (uint8_t i = 0; i < other->line_count; i++) {
		if (wants(own, &other->lines[i].at))
			rulehit_keep(own, other->lines[i]);
		else
			free(other->lines[i].text);
	}
	other->line_count = 0; /* their texts have moved */
	for (uint32_t i = 0; (zone = sample_next(&other->zones, &rulehit_zone_type, &i)) != NULL;) {
		struct rulehit_zone *item = sample_put(&own->zones, &rulehit_zone_type, zone->hash,
						       &created, &into->texts);
		if (created)
			texts_pass(&item->text, &zone->text);
	}
	sample_limit(&own->zones, &rulehit_zone_type, other->zones.threshold, &into->texts);
}

void
rulehits_merge(struct tally *into, struct tally *from)
{
	struct rulehit *hit;
	struct rulehit_zone *zone;

	fold_raise(&into->rulehits.fold, &hit_fold, into, &into->rulehits.map,
		   &from->rulehits.fold);
	for (uint32_t i = 0; (hit = map_next(&from->rulehits.map, &i)) != NULL;) {
		for (uint32_t j = 0;
		     (zone = sample_next(&hit->zones, &rulehit_zone_type, &j)) != NULL;)
			texts_rename(&from->texts, &zone->text);
		struct rulehit *own = put(into, &hit->key);
		if (own)
			hit_merge(into, own, hit);
		else
			into->rulehits.folded += hit->count;
		hit_release(into, hit);
	}
	map_release(&from->rulehits.map);
	into->rulehits.folded += from->rulehits.folded;
}

void
rulehits_forget(struct tally *tally, uint16_t rule, uint32_t server)
{
	struct rulehit *hit;

	for (uint32_t i = 0; (hit = map_next(&tally->rulehits.map, &i)) != NULL;) {
		if (hit->key.rule != rule || (server != ANY_SERVER && hit->key.server != server))
			continue;
		hit_release(tally, hit);
		map_remove(&tally->rulehits.map, hit);
	}
}

void
rulehits_settle(struct tally *tally)
{
	struct rulehit *hit;

	fold_settle(&tally->rulehits.fold, &hit_fold, tally, &tally->rulehits.map);
	for (uint32_t i = 0; (hit = map_next(&tally->rulehits.map, &i)) != NULL;)
		sample_settle(&hit->zones, &rulehit_zone_type, &tally->texts);
}

size_t
rulehit_bytes(const void *entry)
{
	const struct rulehit *hit = entry;

	return sizeof(*hit) + CEILING_ENTRY +
	       sample_bytes(&hit->zones, &rulehit_zone_type, CEILING_SHARED_TEXT) +
	       hit->line_count * (size_t)(RULEHIT_TEXT + CEILING_ENTRY);
}

void
rulehits_lower(struct tally *tally, uint32_t limit)
{
	fold_lower(&tally->rulehits.fold, &hit_fold, tally, &tally->rulehits.map, limit);
}
