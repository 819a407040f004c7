#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"
#include "record/codes.h"
#include "report/summary_parts.h"

enum { TOP_ZONES = 3, RCODE_KEYS = 32 };

/* One address with its entries of all servers: source_entries[first .. first + count). */
struct ranked {
	const struct source *const *entries;
	size_t count;
	uint64_t requests;
	int worst;
};

static int
compare_entries(const void *a, const void *b)
{
	const struct source *left = *(const struct source *const *)a;
	const struct source *right = *(const struct source *const *)b;
	int order = ip_compare(&left->key.address, &right->key.address);

	if (order)
		return order;
	return (left->key.server > right->key.server) - (left->key.server < right->key.server);
}

/* Most suspicious, then busiest, then by address. */
static int
compare_ranked(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	if (left->worst != right->worst)
		return left->worst > right->worst ? -1 : 1;
	if (left->requests != right->requests)
		return left->requests > right->requests ? -1 : 1;
	return ip_compare(&left->entries[0]->key.address, &right->entries[0]->key.address);
}

/*
 * Moves the `top` first rows, by compare_ranked, to the front, unsorted: of 100,000 sources a
 * report shows a hundred (Hoare's FIND, as in base/sample.c).
 */
static void
select_top(struct ranked *ranked, size_t count, size_t top)
{
	int64_t left = 0, right = (int64_t)count - 1;

	while (left < right && top > 0 && top < count) {
		struct ranked pivot = ranked[top - 1];
		int64_t i = left, j = right;
		do {
			while (compare_ranked(&ranked[i], &pivot) < 0)
				i++;
			while (compare_ranked(&pivot, &ranked[j]) < 0)
				j--;
			if (i <= j) {
				struct ranked held = ranked[i];
				ranked[i++] = ranked[j];
				ranked[j--] = held;
			}
		} while (i <= j);
		if (j < (int64_t)top - 1)
			left = i;
		if (i > (int64_t)top - 1)
			right = j;
	}
}

/*
 * A set of few addresses that many are looked for in: nearly all are not in it, and one bit tells
 * so. Who chooses his address for its bit is looked up in the map behind it, and that is all.
 */
struct address_set {
	struct map map; /* of entries that begin with hash and address */
	const struct hash_key *key;
	uint64_t bits[256];
};

static uint64_t
address_bit(const struct ip *address)
{
	uint64_t halves[2];

	memcpy(halves, address->b, sizeof(halves));
	return ((halves[0] * 3 + halves[1]) * 0x9e3779b97f4a7c15ULL) >> 50;
}

static void
address_set_init(struct address_set *set, size_t entry_size, const struct hash_key *key)
{
	*set = (struct address_set){.key = key};
	map_init(&set->map, entry_size, sizeof(struct ip));
}

static void *
address_set_put(struct address_set *set, const struct ip *address, bool *created)
{
	uint64_t bit = address_bit(address);

	set->bits[bit / 64] |= 1ULL << bit % 64;
	return map_put(&set->map, hash_bytes(set->key, address, sizeof(*address)), address,
		       created);
}

static void *
address_set_find(const struct address_set *set, const struct ip *address)
{
	uint64_t bit = address_bit(address);

	if (!(set->bits[bit / 64] >> bit % 64 & 1))
		return NULL;
	return map_find(&set->map, hash_bytes(set->key, address, sizeof(*address)), address);
}

struct accused {
	uint64_t hash;
	struct ip address;
	int worst; /* level of the worst unsuppressed finding; -1 */
};

/* Who is named as an actor, so that ranking asks a map and not every finding. */
static void
collect_accused(struct address_set *accused, const struct findings *findings,
		const struct hash_key *key)
{
	address_set_init(accused, sizeof(struct accused), key);
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		for (size_t j = 0; j < finding->address_count; j++) {
			bool created;
			struct accused *entry =
				address_set_put(accused, &finding->addresses[j], &created);
			if (created)
				entry->worst = -1;
			if (!finding->suppressed_by.n && (int)finding->level > entry->worst)
				entry->worst = (int)finding->level;
		}
	}
}

void
summary_rank(const struct summary *summary, const struct summary_input *input,
	     struct ranking *ranking)
{
	const struct tally *tally = input->tally;
	const struct source **all = xcalloc(tally->sources.map.count, sizeof(*all));
	struct ranked *ranked = xcalloc(tally->sources.map.count, sizeof(*ranked));
	const struct source *source;
	struct address_set accused;
	size_t n = 0, count = 0;

	collect_accused(&accused, input->findings, &tally->key);
	for (uint32_t i = 0; (source = map_next(&tally->sources.map, &i)) != NULL;)
		all[n++] = source;
	if (n && tally->settings->server_count > 1) /* else no address stands twice */
		qsort(all, n, sizeof(*all), compare_entries);
	for (size_t i = 0, next; i < n; i = next) {
		const struct ip *address = &all[i]->key.address;
		const struct accused *entry = address_set_find(&accused, address);
		struct ranked *row = &ranked[count++];
		*row = (struct ranked){.entries = &all[i], .worst = entry ? entry->worst : -1};
		for (next = i; next < n && ip_compare(&all[next]->key.address, address) == 0;
		     next++)
			row->requests +=
				all[next]->kinds[summary->servers[all[next]->key.server].request];
		row->count = next - i;
	}
	size_t top = count < input->top ? count : input->top;
	select_top(ranked, count, top);
	if (top)
		qsort(ranked, top, sizeof(*ranked), compare_ranked);
	map_release(&accused.map);
	*ranking = (struct ranking){count, all, ranked};
}

static int
compare_rows(const void *a, const void *b)
{
	const struct count_row *left = a, *right = b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return str_compare(left->name, right->name);
}

struct count_row *
summary_type_rows(struct arena *arena, const struct counts *types, size_t *count)
{
	struct count_row *rows = arena_alloc(arena, types->count * sizeof(*rows));

	for (size_t i = 0; i < types->count; i++) {
		char text[CODE_TEXT];
		int32_t type = type_of_key(counts_at(types, (uint16_t)i).key);
		rows[i] = (struct count_row){
			type == TYPE_UNKNOWN ? STR("other")
					     : arena_str(arena, str_of(type_print(type, text))),
			counts_at(types, (uint16_t)i).count};
	}
	*count = types->count;
	if (*count)
		qsort(rows, *count, sizeof(*rows), compare_rows);
	return rows;
}

/* Rcodes of responses where there are any, else of query errors (partial knowledge). */
static void
add_rcodes(struct summary *summary, struct source_row *row, const struct counts *rcodes)
{
	bool responses = rcodes->count && counts_at(rcodes, (uint16_t)0).key < 64;

	row->rcodes = arena_alloc(&summary->arena, rcodes->count * sizeof(*row->rcodes));
	for (size_t i = 0; i < rcodes->count; i++) {
		char text[CODE_TEXT];
		if ((counts_at(rcodes, (uint16_t)i).key < 64) != responses)
			continue;
		rcode_print(counts_at(rcodes, (uint16_t)i).key % 64, text);
		row->rcodes[row->rcode_count++] =
			(struct count_row){arena_str(&summary->arena, str_of(text)),
					   counts_at(rcodes, (uint16_t)i).count};
	}
	if (row->rcode_count)
		qsort(row->rcodes, row->rcode_count, sizeof(*row->rcodes), compare_rows);
}

static struct str *
take_texts(struct arena *arena, const struct textset *set, size_t *count)
{
	*count = set ? set->count : 0;
	struct str *texts = arena_alloc(arena, *count * sizeof(*texts));
	for (size_t i = 0; i < *count; i++)
		texts[i] = arena_str(arena, str_of(set->texts[i]));
	return texts;
}

/* Sums that need more than one entry's own fields. */
struct sums {
	struct counts types, rcodes;
	struct slots slots;
	struct textset *keys, *ecs;
	struct source ports; /* only its sketch is used */
	uint64_t denied, refused;
	bool denials_known;
};

static void
add_entry(struct source_row *row, struct sums *sums, const struct source *source,
	  const struct tally *tally, const struct server_sum *servers)
{
	uint32_t server = source->key.server;

	row->folded |= source->missed > 0;
	row->servers[row->server_count++] = tally->settings->servers[server].name;
	row->requests += source->kinds[servers[server].request];
	row->first_seen = time_earlier(row->first_seen, source->first);
	row->last_seen = time_later(row->last_seen, source->last);
	row->flags_known |= source->flags_known > 0;
	row->recursion_desired += source->flags[0];
	row->tcp += source->flags[1];
	row->edns += source->flags[2];
	row->dnssec_ok += source->flags[3];
	row->cookie += source->flags[5];
	row->proven_address |= source->flags[1] || source->flags[6];
	sums->denied += source->kinds[RECORD_DENIED];
	sums->refused += counts_of(&source->rcodes, rcode_key(RECORD_RESPONSE, RCODE_REFUSED));
	counts_merge(&sums->types, &source->types);
	counts_merge(&sums->rcodes, &source->rcodes);
	slots_merge(&sums->slots, &source->slots);
	textset_merge(&sums->keys, source->keys);
	textset_merge(&sums->ecs, source->ecs);
	sums->ports.ports |= source->ports;
}

/* Which of the servers' logs tell of refusals at all. */
static bool
refusals_known(const struct server_sum *servers, const struct ranked *ranked)
{
	for (size_t i = 0; i < ranked->count; i++)
		if (servers[ranked->entries[i]->key.server].facts &
		    (FACT_RCODE | FACT_DENIALS | FACT_QUERY_ERROR))
			return true;
	return false;
}

/* A slot may be longer than a bin: its requests count where it begins. */
static void
add_bins(struct summary *summary, struct source_row *row, const struct slots *slots)
{
	const struct time_bins *bins = &summary->bins;
	int64_t length = (int64_t)SLOT_MS << slots->shift;

	row->bins = arena_alloc(&summary->arena, bins->count * sizeof(*row->bins));
	for (size_t i = 0; bins->count && i < slots_count(slots); i++) {
		struct count slot = slots_at(slots, i);
		int64_t from = (int64_t)slot.key * length - bins->start;
		size_t at = from < 0 ? 0 : (size_t)(from / bins->length);
		row->bins[at < bins->count ? at : bins->count - 1] += slot.count;
	}
}

static void
fill_row(struct summary *summary, const struct summary_input *input, struct source_row *row,
	 const struct ranked *ranked)
{
	struct sums sums = {0};
	struct arena *arena = &summary->arena;

	*row = (struct source_row){
		.address = ranked->entries[0]->key.address,
		.servers = arena_alloc(arena, ranked->count * sizeof(*row->servers)),
		.first_seen = TIME_NONE,
		.last_seen = TIME_NONE,
		.worst = ranked->worst,
		.top_zones = arena_alloc(arena, TOP_ZONES * sizeof(*row->top_zones)),
	};
	for (size_t i = 0; i < ranked->count; i++)
		add_entry(row, &sums, ranked->entries[i], input->tally, summary->servers);
	row->first_ever_seen = row->first_seen;
	row->types = summary_type_rows(arena, &sums.types, &row->type_count);
	add_rcodes(summary, row, &sums.rcodes);
	uint64_t errors = counts_of(&sums.rcodes, rcode_key(RECORD_QUERY_ERROR, RCODE_REFUSED));
	row->refused = sums.refused;
	if (!row->refused)
		row->refused = errors > sums.denied ? errors : sums.denied;
	row->refused_known = refusals_known(summary->servers, ranked);
	row->keys = take_texts(arena, sums.keys, &row->key_count);
	row->ecs = take_texts(arena, sums.ecs, &row->ecs_count);
	row->ports = sums.ports.ports ? (int64_t)source_ports(&sums.ports) : -1;
	row->peak_start = slots_peak(&sums.slots, &row->peak_requests);
	if (input->pictures && row - summary->sources < HEAT_ROWS)
		add_bins(summary, row, &sums.slots);
	row->transfers = summary_transfers(input->findings, &row->address, NULL);
	row->proven_address |= row->transfers.granted > 0;
	counts_release(&sums.types);
	counts_release(&sums.rcodes);
	slots_release(&sums.slots);
	textset_free(sums.keys);
	textset_free(sums.ecs);
}

bool
summary_one_source(struct summary *summary, const struct summary_input *input,
		   const struct ip *address, struct source_row *row)
{
	const struct tally *tally = input->tally;
	const struct source **entries =
		xcalloc(tally->settings->server_count, sizeof(const struct source *));
	struct ranked ranked = {.entries = entries, .worst = -1};

	summary_servers(summary, tally);
	for (uint32_t server = 0; server < tally->settings->server_count; server++) {
		const struct source *source = sources_find(tally, address, server);
		if (source)
			entries[ranked.count++] = source;
	}
	if (ranked.count)
		fill_row(summary, input, row, &ranked);
	free(entries);
	return ranked.count > 0;
}

struct row_index {
	uint64_t hash;
	struct ip address;
	uint32_t row;
	uint64_t zone_requests[TOP_ZONES];
};

static void
add_top_zone(struct source_row *row, struct row_index *index, struct str zone, uint64_t requests)
{
	size_t at = row->top_zone_count;

	while (at > 0 && (index->zone_requests[at - 1] < requests ||
			  (index->zone_requests[at - 1] == requests &&
			   str_compare(zone, row->top_zones[at - 1]) < 0)))
		at--;
	if (at == TOP_ZONES)
		return;
	size_t n = row->top_zone_count < TOP_ZONES ? row->top_zone_count : TOP_ZONES - 1;
	memmove(&row->top_zones[at + 1], &row->top_zones[at], (n - at) * sizeof(*row->top_zones));
	memmove(&index->zone_requests[at + 1], &index->zone_requests[at],
		(n - at) * sizeof(*index->zone_requests));
	row->top_zones[at] = zone;
	index->zone_requests[at] = requests;
	row->top_zone_count = n + 1;
}

static void
add_pair_row(struct summary *summary, const struct pair *pair, struct str zone,
	     const struct name_counts *names)
{
	struct pair_row *row = &summary->pairs[summary->pair_count++];

	*row = (struct pair_row){
		.address = pair->key.address,
		.zone = zone,
		.requests = pair_requests(pair),
		.distinct_names = names->distinct,
		.unknown_names = names->missing,
		.answered_names = names->answered,
		.unknown_known = names->known,
		.answered_known = names->known,
		.resolver = pair->key.resolver != 0,
		.first_seen = pair->first,
		.last_seen = pair->last,
	};
	row->types = summary_type_rows(&summary->arena, &pair->types, &row->type_count);
}

static int
compare_pairs(const void *a, const void *b)
{
	const struct pair_row *left = a, *right = b;
	int order = ip_compare(&left->address, &right->address);

	if (order)
		return order;
	order = str_compare(left->zone, right->zone);
	if (!order)
		order = (left->requests < right->requests) - (left->requests > right->requests);
	return order ? order : left->resolver - right->resolver;
}

/* A source that earlier nights knew was seen before its first request of this one. */
static void
add_earlier(struct summary *summary, const struct address_set *index, const struct tally *baseline)
{
	const struct pair *pair;

	for (uint32_t i = 0; (pair = map_next(&baseline->pairs.map, &i)) != NULL;) {
		const struct row_index *entry = address_set_find(index, &pair->key.address);
		if (!entry)
			continue;
		struct source_row *row = &summary->sources[entry->row];
		row->first_ever_seen = time_earlier(row->first_ever_seen, pair->first);
	}
}

/* A pair of a chosen source. */
struct chosen {
	const struct pair *pair;
	struct row_index *entry;
	struct name_counts names;
};

/* Those of one part of all pairs. */
struct part {
	size_t count, room;
	struct chosen *all;
};

enum { PARTS = 64 };

struct choosing {
	const struct tally *tally;
	struct address_set index; /* of struct row_index */
	struct part parts[PARTS];
};

static void
choose_part(void *context, size_t worker, size_t number)
{
	struct choosing *choosing = context;
	struct part *part = &choosing->parts[number];
	const struct map *map = &choosing->tally->pairs.map;
	uint32_t end = map_cursor(map, number + 1, PARTS);
	const struct pair *pair;

	(void)worker;
	for (uint32_t i = map_cursor(map, number, PARTS);
	     (pair = map_next_before(map, &i, end)) != NULL;) {
		struct row_index *entry = address_set_find(&choosing->index, &pair->key.address);
		if (!entry)
			continue;
		if (part->count == part->room) {
			part->room = part->room ? part->room * 2 : 16;
			part->all = xrealloc(part->all, part->room, sizeof(*part->all));
		}
		part->all[part->count++] = (struct chosen){pair, entry, summary_pair_names(pair)};
	}
}

static void
add_pair(struct summary *summary, const struct tally *tally, const struct chosen *chosen)
{
	const struct pair *pair = chosen->pair;
	const struct name_counts *names = &chosen->names;
	struct source_row *row = &summary->sources[chosen->entry->row];
	struct str zone = texts_get(&tally->texts, pair->key.zone);

	row->zone_count++;
	row->distinct_names += names->distinct;
	row->unknown_names += names->missing;
	row->answered_names += names->answered;
	row->unknown_known |= names->known;
	row->answered_known |= names->known;
	add_top_zone(row, chosen->entry, zone, pair_requests(pair));
	if (row->finding_count)
		add_pair_row(summary, pair, zone, names);
}

/* Adds what was chosen in the order of the parts, which is that of the map, and releases it. */
static void
add_chosen(struct summary *summary, struct choosing *choosing)
{
	size_t accused = 0;

	for (size_t p = 0; p < PARTS; p++)
		for (size_t i = 0; i < choosing->parts[p].count; i++)
			accused += summary->sources[choosing->parts[p].all[i].entry->row]
					   .finding_count > 0;
	summary->pairs = arena_alloc(&summary->arena, accused * sizeof(*summary->pairs));
	for (size_t p = 0; p < PARTS; p++) {
		for (size_t i = 0; i < choosing->parts[p].count; i++)
			add_pair(summary, choosing->tally, &choosing->parts[p].all[i]);
		free(choosing->parts[p].all);
	}
	if (summary->pair_count)
		qsort(summary->pairs, summary->pair_count, sizeof(*summary->pairs), compare_pairs);
}

/* What the pairs say of the chosen sources; the pairs of sources with findings become rows. */
static void
add_pairs(struct summary *summary, const struct summary_input *input)
{
	struct choosing choosing = {.tally = input->tally};

	address_set_init(&choosing.index, sizeof(struct row_index), &input->tally->key);
	for (uint32_t i = 0; i < summary->source_count; i++) {
		struct row_index *entry =
			address_set_put(&choosing.index, &summary->sources[i].address, NULL);
		entry->row = i;
	}
	workers_run(input->workers, PARTS, choose_part, &choosing);
	add_chosen(summary, &choosing);
	if (input->baseline)
		add_earlier(summary, &choosing.index, input->baseline);
	map_release(&choosing.index.map);
}

static void
add_findings(struct summary *summary, struct source_row *row, const struct findings *findings)
{
	for (size_t pass = 0; pass < 2; pass++) {
		size_t n = 0;
		for (size_t i = 0; i < findings->count; i++) {
			const struct finding *finding = &findings->all[i];
			for (size_t j = 0; j < finding->address_count; j++) {
				if (ip_compare(&finding->addresses[j], &row->address) != 0)
					continue;
				if (pass)
					row->findings[n] = finding->id;
				n++;
				if (finding->role.n)
					row->role = finding->role;
				if (finding->suppressed_by.n)
					row->suppressed = finding->suppressed_by;
				break;
			}
		}
		if (pass == 0)
			row->findings = arena_alloc(&summary->arena, n * sizeof(*row->findings));
		row->finding_count = n;
	}
}

void
summary_sources(struct summary *summary, const struct summary_input *input, struct ranking *ranking)
{
	struct ranked *ranked = ranking->ranked;
	size_t count = ranking->count;

	summary->source_total = count;
	if (count > input->top)
		count = input->top;
	summary->sources = arena_alloc(&summary->arena, count * sizeof(*summary->sources));
	summary->source_count = count;
	for (size_t i = 0; i < count; i++) {
		fill_row(summary, input, &summary->sources[i], &ranked[i]);
		if (ranked[i].worst >= 0 || input->findings->count < 10000)
			add_findings(summary, &summary->sources[i], input->findings);
	}
	add_pairs(summary, input);
	free(ranked);
	free(ranking->entries);
}
