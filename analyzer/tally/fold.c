#include "tally/fold.h"

#include <string.h>

/* A sweep may walk so many places for each key that came on probation since the last one. */
enum { PLACES_A_KEY = 16 };

static uint64_t
rank_of(const struct fold_type *type, const void *entry)
{
	uint64_t rank;

	memcpy(&rank, (const char *)entry + type->rank_offset, sizeof(rank));
	return rank;
}

static bool
has_evidence(const struct fold_type *type, const void *entry)
{
	bool evidence;

	memcpy(&evidence, (const char *)entry + type->evidence_offset, sizeof(evidence));
	return evidence;
}

static bool
passes(uint64_t rank, uint8_t level)
{
	return level == 0 || (level < 64 && rank >> (64 - level) == 0);
}

static bool
stays(const struct fold *fold, const struct fold_type *type, const void *entry)
{
	uint64_t rank = rank_of(type, entry);

	return passes(rank, fold->level) ||
	       (has_evidence(type, entry) && passes(rank, fold->evidence_level));
}

/* Weights in steps of an eighth: the bits of a floating-point number with three after the 1. */
enum { WEIGHT_STEPS = 64 * 8 };

static unsigned
weight_step(uint64_t weight)
{
	if (weight < 16)
		return (unsigned)weight;
	unsigned high = 63 - (unsigned)__builtin_clzll(weight);
	return high * 8 + (unsigned)(weight >> (high - 3) & 7);
}

/* The step from which on no more than `heaviest` of those stay that do not stay otherwise. */
static unsigned
heavy_step(const struct fold *fold, const struct fold_type *type, void *table,
	   const struct map *map)
{
	uint32_t at[WEIGHT_STEPS] = {0}, heavy = 0;
	unsigned step = WEIGHT_STEPS;
	const void *entry;

	if (!type->weight || !fold->heaviest)
		return step;
	for (uint32_t i = 0; (entry = map_next(map, &i)) != NULL;)
		if (!stays(fold, type, entry))
			at[weight_step(type->weight(table, entry))]++;
	while (step > 0 && heavy + at[step - 1] <= fold->heaviest)
		heavy += at[--step];
	return step;
}

/* Removes what no longer passes and counts what stays. */
static void
sweep(struct fold *fold, const struct fold_type *type, void *table, struct map *map)
{
	unsigned step = heavy_step(fold, type, table, map);
	uint64_t most = 0;
	void *entry;

	fold->kept = fold->exempt = fold->probation = 0;
	for (uint32_t i = 0; (entry = map_next(map, &i)) != NULL;) {
		if (passes(rank_of(type, entry), fold->level)) {
			fold->kept++;
			continue;
		}
		if (stays(fold, type, entry)) {
			fold->exempt++;
			continue;
		}
		uint64_t weight = type->weight && fold->heaviest ? type->weight(table, entry) : 0;
		if (step < WEIGHT_STEPS && weight_step(weight) >= step)
			continue;
		most = weight > most ? weight : most;
		type->away(table, entry);
		map_remove(map, entry);
	}
	fold->missed += most;
}

static void
enforce(struct fold *fold, const struct fold_type *type, void *table, struct map *map)
{
	while (fold->limit && fold->kept > fold->limit && fold->level < 63) {
		fold->level++;
		sweep(fold, type, table, map);
	}
	while (fold->limit && fold->exempt > fold->limit && fold->evidence_level < 63) {
		fold->evidence_level++;
		sweep(fold, type, table, map);
	}
}

/*
 * A sweep walks all places of the map, also those that are free since the ceiling came down: it
 * has to wait for some part of as many new keys, or else each of them costs a walk.
 */
static bool
is_sweep_due(const struct fold *fold, const struct map *map)
{
	uint32_t part = map->allocated / PLACES_A_KEY;

	return fold->probation >= (part > fold->limit / 2 ? part : fold->limit / 2);
}

void *
fold_put(struct fold *fold, const struct fold_type *type, void *table, struct map *map,
	 uint64_t hash, const void *key, uint64_t rank, bool evidence, bool *created)
{
	void *entry = map_find(map, hash, key);

	*created = false;
	if (entry)
		return entry;
	bool ranked = passes(rank, fold->level);
	if (!ranked && !passes(rank, fold->evidence_level) && !fold->heaviest)
		return NULL;
	if (!ranked && !evidence && fold->limit && is_sweep_due(fold, map))
		sweep(fold, type, table, map);
	entry = map_put(map, hash, key, created);
	memcpy((char *)entry + type->rank_offset, &rank, sizeof(rank));
	*(ranked ? &fold->kept : evidence ? &fold->exempt : &fold->probation) += 1;
	if (!fold->limit || (fold->kept <= fold->limit && fold->exempt <= fold->limit))
		return entry;
	/* An entry without its evidence yet would be swept at once: mark it for the moment. */
	bool mark = evidence;
	memcpy((char *)entry + type->evidence_offset, &mark, sizeof(mark));
	enforce(fold, type, table, map);
	entry = map_find(map, hash, key);
	if (!entry)
		return NULL;
	mark = false;
	memcpy((char *)entry + type->evidence_offset, &mark, sizeof(mark));
	return entry;
}

void
fold_settle(struct fold *fold, const struct fold_type *type, void *table, struct map *map)
{
	if (fold->level == 0)
		return;
	sweep(fold, type, table, map);
	enforce(fold, type, table, map);
}

void
fold_lower(struct fold *fold, const struct fold_type *type, void *table, struct map *map,
	   uint32_t limit)
{
	fold->limit = limit;
	sweep(fold, type, table, map);
	enforce(fold, type, table, map);
}

void
fold_raise(struct fold *fold, const struct fold_type *type, void *table, struct map *map,
	   const struct fold *other)
{
	fold->missed += other->missed;
	if (other->heaviest > fold->heaviest) /* what it kept for its weight stays here too */
		fold->heaviest = other->heaviest;
	if (other->level <= fold->level && other->evidence_level <= fold->evidence_level)
		return;
	if (other->level > fold->level)
		fold->level = other->level;
	if (other->evidence_level > fold->evidence_level)
		fold->evidence_level = other->evidence_level;
	sweep(fold, type, table, map);
}
