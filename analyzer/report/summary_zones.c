#include <stdlib.h>

#include "base/xalloc.h"
#include "report/summary_parts.h"

enum { TOP_UNKNOWN = 5, TRANSFERS_LISTED = 50 };

struct troubled {
	uint64_t hash;
	uint32_t text; /* number in tally->texts */
};

/* The zones of which a finding tells a transfer, so that ranking asks a map. */
static void
collect_troubled(struct map *troubled, const struct summary_input *input)
{
	map_init(troubled, sizeof(struct troubled), sizeof(uint32_t));
	for (size_t i = 0; i < input->findings->count; i++) {
		const struct finding *finding = &input->findings->all[i];
		for (size_t j = 0; j < finding->transfer_count; j++) {
			uint32_t text =
				texts_find(&input->tally->texts, finding->transfers[j].zone);
			if (text != TEXT_NONE)
				map_put(troubled, hash_mix(text, 1), &text, NULL);
		}
	}
}

struct ranked_zone {
	const struct zone *zone;
	struct str text;
	bool troubled; /* a transfer was told */
};

/* Own zones and those with transfers first, then the busiest, then by name. */
static int
compare_zones(const void *a, const void *b)
{
	const struct ranked_zone *left = a, *right = b;
	bool left_first = left->zone->own || left->troubled;
	bool right_first = right->zone->own || right->troubled;

	if (left_first != right_first)
		return left_first ? -1 : 1;
	if (left->zone->requests != right->zone->requests)
		return left->zone->requests > right->zone->requests ? -1 : 1;
	int order = str_compare(left->text, right->text);
	return order ? order
		     : (left->zone->key.resolver > right->zone->key.resolver) -
			       (left->zone->key.resolver < right->zone->key.resolver);
}

struct missing {
	struct str text;
	uint32_t requests;
};

/* Keeps the TOP_UNKNOWN most asked missing names. */
static void
offer_missing(struct zone_row *row, struct missing *best, struct str text, uint32_t requests)
{
	size_t at = row->top_unknown_count;

	while (at > 0 &&
	       (best[at - 1].requests < requests ||
		(best[at - 1].requests == requests && str_compare(text, best[at - 1].text) < 0)))
		at--;
	if (at == TOP_UNKNOWN)
		return;
	size_t n = row->top_unknown_count < TOP_UNKNOWN ? row->top_unknown_count : TOP_UNKNOWN - 1;
	memmove(&best[at + 1], &best[at], (n - at) * sizeof(*best));
	best[at] = (struct missing){text, requests};
	row->top_unknown_count = n + 1;
}

static void
add_names(struct summary *summary, struct zone_row *row, const struct zone *zone,
	  const struct tally *tally)
{
	struct missing best[TOP_UNKNOWN] = {0};
	bool rcode = false, limited = false;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		const struct zone_class *names = zone->classes[c];
		const struct zone_name *name;
		uint64_t missing = 0;
		if (!names || names->names.count == 0)
			continue;
		uint64_t distinct = sample_distinct(&names->names, &zone_name_type);
		for (uint32_t i = 0;
		     (name = sample_next(&names->names, &zone_name_type, &i)) != NULL;) {
			rcode |= (name->seen & (SEEN_ANSWERED | SEEN_MISSING)) != 0;
			limited |= (name->seen & SEEN_LIMITED) != 0;
			if (name->seen & SEEN_ANSWERED ||
			    !(name->seen & (SEEN_MISSING | SEEN_LIMITED)))
				continue;
			missing++;
			offer_missing(row, best, texts_get(&tally->texts, name->text),
				      name->requests);
		}
		row->unknown_names += missing * distinct / names->names.count;
	}
	row->distinct_names = zone_distinct(zone);
	row->unknown_known = rcode || limited;
	row->existence = str_of(oracle_names[rcode     ? ORACLE_RCODE
					     : limited ? ORACLE_RATE_LIMIT
						       : ORACLE_NONE]);
	row->top_unknown =
		arena_alloc(&summary->arena, row->top_unknown_count * sizeof(*row->top_unknown));
	for (size_t i = 0; i < row->top_unknown_count; i++)
		row->top_unknown[i] = best[i].text;
}

static void
add_servers(struct summary *summary, struct zone_row *row, const struct zone *zone,
	    const struct tally *tally)
{
	size_t count = tally->settings->server_count;

	row->servers = arena_alloc(&summary->arena, count * sizeof(*row->servers));
	for (uint32_t i = 0; serverset_next(&zone->servers, &i); i++)
		if (tally->settings->servers[i].resolver == (zone->key.resolver != 0))
			row->servers[row->server_count++] = tally->settings->servers[i].name;
}

static int
compare_transfers(const void *a, const void *b)
{
	const struct transfer *left = a, *right = b;

	if (left->time != right->time)
		return left->time < right->time ? -1 : 1;
	return ip_compare(&left->address, &right->address);
}

/* The granted transfers of a zone: to each host the latest. */
static void
add_transferred(struct summary *summary, struct zone_row *row, const struct findings *findings)
{
	row->transferred_to =
		arena_alloc(&summary->arena, TRANSFERS_LISTED * sizeof(*row->transferred_to));
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		const struct transfer *latest = NULL;
		for (size_t j = 0; j < finding->transfer_count; j++) {
			const struct transfer *transfer = &finding->transfers[j];
			if (transfer->outcome == OUTCOME_GRANTED &&
			    summary_is_of_zone(row, transfer))
				latest = transfer;
		}
		if (latest && row->transferred_count < TRANSFERS_LISTED)
			row->transferred_to[row->transferred_count++] = *latest;
	}
	if (row->transferred_count)
		qsort(row->transferred_to, row->transferred_count, sizeof(*row->transferred_to),
		      compare_transfers);
}

void
summary_zones(struct summary *summary, const struct summary_input *input)
{
	const struct tally *tally = input->tally;
	struct ranked_zone *ranked = xcalloc(tally->zones.map.count, sizeof(*ranked));
	const struct zone *zone;
	struct map troubled;
	size_t count = 0;

	collect_troubled(&troubled, input);
	for (uint32_t i = 0; (zone = map_next(&tally->zones.map, &i)) != NULL;) {
		uint32_t text = zone->key.text;
		ranked[count++] =
			(struct ranked_zone){zone, texts_get(&tally->texts, text),
					     map_find(&troubled, hash_mix(text, 1), &text) != NULL};
	}
	map_release(&troubled);
	if (count)
		qsort(ranked, count, sizeof(*ranked), compare_zones);
	summary->zone_total = count;
	if (count > input->top)
		count = input->top;
	summary->zones = arena_alloc(&summary->arena, count * sizeof(*summary->zones));
	summary->zone_count = count;
	for (size_t i = 0; i < count; i++) {
		struct zone_row *row = &summary->zones[i];
		row->zone = ranked[i].text;
		row->requests = ranked[i].zone->requests;
		row->sources = zone_sources(ranked[i].zone);
		add_servers(summary, row, ranked[i].zone, tally);
		add_names(summary, row, ranked[i].zone, tally);
		row->transfers = summary_transfers(input->findings, NULL, row);
		add_transferred(summary, row, input->findings);
	}
	free(ranked);
}
