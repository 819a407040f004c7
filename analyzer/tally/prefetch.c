#include "tally/prefetch.h"

/* Each step reads what the one before it has asked for. */
enum step {
	STEP_SLOT,  /* of the maps */
	STEP_ENTRY, /* which the slot tells */
	STEP_OWNED, /* memory of the entry's own */
	STEP_ITEM,  /* of a sample there */
};

static inline void *
fetch_entry(const struct map *map, uint64_t hash, size_t entry_size)
{
	char *entry = map_guess(map, hash);

	if (entry)
		map_fetch(entry, entry_size);
	return entry;
}

static inline void
fetch_counts(const struct counts *counts)
{
	if (counts->room)
		__builtin_prefetch(counts->v, 1);
}

static inline void
fetch_slots(const struct slots *slots)
{
	if (slots->counts.room)
		__builtin_prefetch(slots->counts.v + slots_count(slots), 1);
}

static inline void
fetch_source(const struct tally *tally, struct tally_line *line, enum step step)
{
	const struct map *map = &tally->sources.map;
	struct source *source = line->source;

	if (step == STEP_SLOT)
		map_prefetch_slot(map, line->source_hash);
	else if (step == STEP_ENTRY)
		line->source = source = fetch_entry(map, line->source_hash, SOURCE_HOT);
	if (step == STEP_OWNED && source) {
		fetch_counts(&source->types);
		fetch_slots(&source->slots);
	}
}

static inline void
fetch_zone(const struct tally *tally, struct tally_line *line, enum step step)
{
	const struct map *map = &tally->zones.map;
	struct zone *zone = line->zone;

	if (step == STEP_SLOT)
		map_prefetch_slot(map, line->zone_hash);
	else if (step == STEP_ENTRY)
		line->zone = zone = fetch_entry(map, line->zone_hash, ZONE_HOT);
	if (step == STEP_ENTRY && zone)
		__builtin_prefetch(&zone->classes[line->name->class_]);
	if (step < STEP_OWNED || !zone)
		return;
	const struct zone_class *names = zone->classes[line->name->class_];
	if (step == STEP_OWNED)
		__builtin_prefetch(names, 1);
	else if (names)
		sample_prefetch(&names->names, &zone_name_type, line->name->hash);
}

static inline void
fetch_pair(const struct tally *tally, struct tally_line *line, enum step step)
{
	const struct map *map = &tally->pairs.map;
	const struct pair *pair = line->pair;

	if (step == STEP_SLOT)
		map_prefetch_slot(map, line->pair_hash);
	else if (step == STEP_ENTRY)
		line->pair = fetch_entry(map, line->pair_hash, sizeof(*pair));
	if (step < STEP_OWNED || !pair)
		return;
	size_t class_ = line->name->class_;
	bool first = pair_one_class(pair) == class_;
	const struct sample *names = first && !pair_is_alone(pair) ? &pair->one.names : NULL;
	if (step == STEP_OWNED)
		fetch_counts(&pair->types);
	if (!first && pair->more && step == STEP_OWNED)
		__builtin_prefetch(pair->more, 1);
	else if (!first) {
		const struct further_class *further = pair_further(pair, class_);
		if (further && !(further->class_ & PAIR_ALONE))
			names = &further->names.names;
	}
	if (names)
		sample_prefetch(names, &pair_name_type, line->name->hash);
}

/* Inline with a constant step: no line asks again which one it is. */
static inline __attribute__((always_inline)) void
fetch_all(const struct tally *tally, struct tally_line *lines, size_t count, enum step step)
{
	for (size_t i = 0; i < count; i++) {
		struct tally_line *line = &lines[i];
		if (!line->has_source)
			continue;
		fetch_source(tally, line, step);
		if (!line->has_question)
			continue;
		fetch_zone(tally, line, step);
		fetch_pair(tally, line, step);
	}
}

void
prefetch_lines(const struct tally *tally, struct tally_line *lines, size_t count)
{
	fetch_all(tally, lines, count, STEP_SLOT);
	fetch_all(tally, lines, count, STEP_ENTRY);
	fetch_all(tally, lines, count, STEP_OWNED);
	fetch_all(tally, lines, count, STEP_ITEM);
}
