#include "tally/ceiling.h"

#include "base/workers.h"
#include "tally/tally.h"

/* One table under the ceiling; its share of the memory is against those of the others. */
struct table {
	unsigned share;
	size_t (*bytes)(const void *entry);
	void (*lower)(struct tally *tally, uint32_t limit);
	void (*thin)(struct tally *tally, uint32_t k); /* NULL: its samples are small */
	size_t fold, map;                              /* offsets in struct tally */
	size_t (*beside)(const struct tally *tally);   /* bytes that are no entry's; NULL: none */
	void (*fetch_ahead)(const struct map *map, uint32_t cursor); /* hint for a walk; NULL */
};

/* The sizes to which samples are thinned one after the other before entries are folded. */
static const uint32_t thinner[] = {1024, 256, 64};

#define AT(member) offsetof(struct tally, member)

static const struct table tables[] = {
	{20, source_bytes, sources_lower, NULL, AT(sources.fold), AT(sources.map),
	 sources_folded_bytes, NULL},
	{30, pair_bytes, pairs_lower, NULL, AT(pairs.fold), AT(pairs.map), NULL, pairs_fetch_ahead},
	{30, zone_bytes, zones_lower, zones_thin, AT(zones.fold), AT(zones.map), NULL, NULL},
	{5, sweep_bytes, sweeps_lower, NULL, AT(sweeps.fold), AT(sweeps.map), NULL, NULL},
	{5, event_group_bytes, events_attempts_lower, NULL, AT(events.attempts.fold),
	 AT(events.attempts.map), NULL, NULL},
	{5, event_group_bytes, events_transfers_lower, NULL, AT(events.transfers.fold),
	 AT(events.transfers.map), NULL, NULL},
	{5, rulehit_bytes, rulehits_lower, NULL, AT(rulehits.fold), AT(rulehits.map), NULL, NULL},
	{5, correlation_slot_bytes, correlations_lower, NULL, AT(correlations.fold),
	 AT(correlations.map), NULL, NULL},
};

enum {
	TABLES = sizeof(tables) / sizeof(tables[0]),
	PARTS = 32,  /* of each, for the threads that measure them */
	LOOKS = 256, /* measured at least after each 1/LOOKS as many lines as bytes */
};

/* Of so many counters; few lie in the struct itself. */
static size_t
counters_bytes(const struct counts *counts, size_t count)
{
	bool wide = counts->room & COUNTS_WIDE;
	size_t each = wide ? sizeof(struct count) : sizeof(uint32_t);

	return wide || count > COUNTS_FEW ? CEILING_ENTRY + count * each * 3 / 2 : 0;
}

size_t
counts_bytes(const struct counts *counts)
{
	return counters_bytes(counts, counts->count);
}

size_t
slots_bytes(const struct slots *slots)
{
	/* They were more before they doubled. */
	return counters_bytes(&slots->counts, slots->shift ? SLOTS_MAX : slots_count(slots));
}

size_t
textset_bytes(const struct textset *set)
{
	return set ? sizeof(*set) + set->count * (size_t)(CEILING_ENTRY + CEILING_SHARED_TEXT) : 0;
}

size_t
sample_bytes(const struct sample *sample, const struct sample_type *type, size_t text)
{
	size_t count = sample->count < type->k ? sample->count : type->k;

	return count ? CEILING_ENTRY + (count + 1) * (type->item_size * 2 + text) : 0;
}

static const struct map *
map_of(const struct tally *tally, size_t i)
{
	return (const struct map *)(const void *)((const char *)tally + tables[i].map);
}

static struct fold *
fold_of(struct tally *tally, size_t i)
{
	return (struct fold *)(void *)((char *)tally + tables[i].fold);
}

static size_t
timeline_bytes(const struct tally *tally)
{
	const size_t names = TIMELINE_NAMES_K * sizeof(uint64_t) * 2;

	return tally->timeline.map.count * (sizeof(struct timeline_slot) + CEILING_ENTRY + names);
}

static size_t
part_bytes(const struct tally *tally, size_t i, size_t part)
{
	const struct map *map = map_of(tally, i);
	uint32_t end = map_cursor(map, part + 1, PARTS);
	const void *entry;
	size_t bytes = 0;

	for (uint32_t at = map_cursor(map, part, PARTS);
	     (entry = map_next_before(map, &at, end)) != NULL;) {
		if (tables[i].fetch_ahead)
			tables[i].fetch_ahead(map, at);
		bytes += tables[i].bytes(entry);
	}
	return bytes;
}

static size_t
table_bytes(const struct tally *tally, size_t i)
{
	size_t bytes = tables[i].beside ? tables[i].beside(tally) : 0;

	for (size_t part = 0; part < PARTS; part++)
		bytes += part_bytes(tally, i, part);
	return bytes;
}

struct measuring {
	const struct tally *tally;
	size_t bytes[TABLES * PARTS];
};

static void
measure_part(void *context, size_t thread, size_t job)
{
	struct measuring *measuring = context;

	(void)thread;
	measuring->bytes[job] = part_bytes(measuring->tally, job / PARTS, job % PARTS);
}

/* All tables, by `workers`. */
static size_t
measure(const struct tally *tally, struct workers *workers, size_t bytes[TABLES])
{
	struct measuring measuring = {.tally = tally};
	size_t all = timeline_bytes(tally);

	workers_run(workers, TABLES * PARTS, measure_part, &measuring);
	for (size_t i = 0; i < TABLES; i++) {
		bytes[i] = tables[i].beside ? tables[i].beside(tally) : 0;
		for (size_t part = 0; part < PARTS; part++)
			bytes[i] += measuring.bytes[i * PARTS + part];
		all += bytes[i];
	}
	return all;
}

size_t
ceiling_bytes(const struct tally *tally)
{
	size_t bytes[TABLES];

	return measure(tally, NULL, bytes);
}

bool
ceiling_is_met(const struct tally *tally, struct workers *workers)
{
	size_t budget = tally->settings->limits.bytes, bytes[TABLES];

	return budget && measure(tally, workers, bytes) > budget;
}

/*
 * What each table may keep of `rest` bytes: all that it has where that is less than its share;
 * what such tables leave is divided among the others.
 */
static void
divide(const size_t bytes[TABLES], size_t rest, size_t allowed[TABLES])
{
	bool settled[TABLES] = {false};
	unsigned shares = 0;

	for (size_t i = 0; i < TABLES; i++)
		shares += tables[i].share;
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < TABLES; i++) {
			if (settled[i] || bytes[i] > rest / shares * tables[i].share)
				continue;
			settled[i] = again = true;
			allowed[i] = bytes[i];
			rest -= bytes[i];
			shares -= tables[i].share;
			if (!shares)
				return;
			break;
		}
	}
	for (size_t i = 0; i < TABLES; i++)
		if (!settled[i])
			allowed[i] = rest / shares * tables[i].share;
}

/* Folds a table until it takes no more than allowed. */
static void
lower_table(struct tally *tally, size_t i, size_t bytes, size_t allowed)
{
	struct fold *fold = fold_of(tally, i);
	uint32_t limit = map_of(tally, i)->count;

	if (fold->limit && fold->limit < limit)
		limit = fold->limit;
	/* What is on probation goes first: that may be enough. */
	if (fold->level) {
		tables[i].lower(tally, limit);
		bytes = table_bytes(tally, i);
	}
	for (size_t j = 0; tables[i].thin && j < 3 && bytes > allowed; j++) {
		tables[i].thin(tally, thinner[j]);
		bytes = table_bytes(tally, i);
	}
	while (bytes > allowed && limit > 1) {
		double part = (double)allowed / (double)bytes;
		limit = (uint32_t)((double)limit * (part < 0.8 ? part : 0.8));
		limit = limit ? limit : 1;
		tables[i].lower(tally, limit);
		bytes = table_bytes(tally, i);
	}
}

static size_t
fold_tables(struct tally *tally, const size_t bytes[TABLES])
{
	size_t budget = tally->settings->limits.bytes, allowed[TABLES] = {0}, left[TABLES];
	size_t others = timeline_bytes(tally), target = budget / 4 * 3;

	divide(bytes, target > others ? target - others : 0, allowed);
	for (size_t i = 0; i < TABLES; i++)
		if (bytes[i] > allowed[i])
			lower_table(tally, i, bytes[i], allowed[i]);
	return measure(tally, NULL, left);
}

/* What is known at once: entries, and names as far as their texts differ. */
static size_t
sketch_of(const struct tally *tally)
{
	size_t name = sizeof(struct held_text) + sizeof(struct zone_name) * 2 +
		      sizeof(struct pair_name) * 2 + CEILING_ENTRY;
	size_t bytes = tally->texts.bytes + tally->texts.map.count * name;

	for (size_t i = 0; i < TABLES; i++) {
		const struct map *map = map_of(tally, i);
		bytes += map->count * (map->entry_size + CEILING_ENTRY);
	}
	return bytes;
}

size_t
ceiling_look(struct tally *tally, uint64_t lines, bool may_fold)
{
	struct ceiling *ceiling = &tally->ceiling;
	size_t budget = tally->settings->limits.bytes, sketch = sketch_of(tally), bytes[TABLES];

	if (!budget)
		return 0;
	ceiling->lines += lines;
	if (sketch < ceiling->due_at && ceiling->lines < ceiling->due_in)
		return ceiling->bytes + (sketch > ceiling->sketch ? sketch - ceiling->sketch : 0);
	ceiling->bytes = measure(tally, NULL, bytes);
	if (may_fold && ceiling->bytes > budget) {
		ceiling->bytes = fold_tables(tally, bytes);
		ceiling->was_met = true;
		sketch = sketch_of(tally);
	}
	size_t room = budget > ceiling->bytes ? budget - ceiling->bytes : 0;
	ceiling->sketch = sketch;
	ceiling->lines = 0;
	ceiling->due_at = sketch + (room / 2 > budget / 32 ? room / 2 : budget / 32);
	ceiling->due_in = budget / LOOKS > 4096 ? budget / LOOKS : 4096;
	return ceiling->bytes;
}

void
ceiling_look_now(struct tally *tally)
{
	tally->ceiling.due_at = 0;
	ceiling_look(tally, 0, true);
}
