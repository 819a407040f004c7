#include "report/summary.h"

#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"
#include "record/codes.h"
#include "report/geo.h"
#include "report/redact.h"
#include "report/summary_parts.h"

enum { SAMPLES_SHOWN = 20 };

static void
add_stream(struct server_sum *sum, const struct stream *stream)
{
	sum->facts |= stream->facts;
	sum->first = time_earlier(sum->first, stream->first);
	sum->last = time_later(sum->last, stream->last);
	for (size_t k = 0; k < RECORD_KINDS; k++)
		sum->lines += stream->kinds[k];
	sum->unknown += stream->kinds[RECORD_UNKNOWN] + stream->kinds[RECORD_MALFORMED];
	if (stream->kinds[RECORD_QUERY])
		sum->request = RECORD_QUERY;
	else if (stream->kinds[RECORD_RESPONSE] && sum->request == RECORD_DENIED)
		sum->request = RECORD_RESPONSE;
}

void
summary_servers(struct summary *summary, const struct tally *tally)
{
	size_t count = tally->settings->server_count;
	struct server_sum *sums = arena_alloc(&summary->arena, count * sizeof(*sums));

	for (size_t i = 0; i < count; i++)
		sums[i] = (struct server_sum){
			.request = RECORD_DENIED, .first = TIME_NONE, .last = TIME_NONE};
	for (size_t i = 0; i < tally->streams.count; i++)
		add_stream(&sums[tally->settings->streams[i].server], &tally->streams.all[i]);
	for (size_t i = 0; i < tally->streams.count; i++) {
		struct server_sum *sum = &sums[tally->settings->streams[i].server];
		sum->requests += tally->streams.all[i].kinds[sum->request];
	}
	summary->servers = sums;
}

bool
summary_is_of_zone(const struct zone_row *zone, const struct transfer *transfer)
{
	if (!str_eq(transfer->zone, zone->zone))
		return false;
	/* A zone that only transfer lines name has no queries and so no servers yet. */
	for (size_t i = 0; i < zone->server_count; i++)
		if (str_eq(zone->servers[i], transfer->server))
			return true;
	return zone->server_count == 0;
}

struct transfer_counts
summary_transfers(const struct findings *findings, const struct ip *address,
		  const struct zone_row *zone)
{
	struct transfer_counts counts = {0};

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		if (address && finding->transfer_count &&
		    ip_compare(&finding->transfers[0].address, address) != 0)
			continue;
		for (size_t j = 0; j < finding->transfer_count; j++) {
			const struct transfer *transfer = &finding->transfers[j];
			if (zone && !summary_is_of_zone(zone, transfer))
				continue;
			counts.attempted++;
			counts.refused += transfer->outcome == OUTCOME_REFUSED;
			counts.granted += transfer->outcome == OUTCOME_GRANTED;
			counts.failed += transfer->outcome == OUTCOME_FAILED;
			counts.unknown += transfer->outcome == OUTCOME_UNKNOWN;
			if (transfer->records > 0)
				counts.records += transfer->records;
			if (transfer->bytes > 0)
				counts.bytes += transfer->bytes;
		}
	}
	return counts;
}

struct name_counts
summary_pair_names(const struct pair *pair)
{
	struct name_counts counts = {0};

	for (size_t i = 0; i < NAME_CLASSES; i++) {
		struct pair_class names = pair_class(pair, i);
		const struct pair_name *name;
		uint64_t missing = 0, answered = 0;
		if (i == NAME_APEX || names.names.count == 0)
			continue;
		uint64_t distinct = sample_distinct(&names.names, &pair_name_type);
		for (uint32_t j = 0;
		     (name = sample_next(&names.names, &pair_name_type, &j)) != NULL;) {
			answered += (name->seen & SEEN_ANSWERED) != 0;
			missing += !(name->seen & SEEN_ANSWERED) &&
				   (name->seen & (SEEN_MISSING | SEEN_LIMITED)) != 0;
			counts.known |=
				(name->seen & (SEEN_ANSWERED | SEEN_MISSING | SEEN_LIMITED)) != 0;
		}
		counts.distinct += distinct;
		counts.missing += missing * distinct / names.names.count;
		counts.answered += answered * distinct / names.names.count;
	}
	/* Each is an estimate of its own; together they may not pass the whole. */
	uint64_t most = pair_distinct(pair);
	if (counts.distinct > most && counts.distinct) {
		counts.missing = counts.missing * most / counts.distinct;
		counts.answered = counts.answered * most / counts.distinct;
		counts.distinct = most;
	}
	return counts;
}

static void
add_kinds(struct summary *summary, const struct tally *tally)
{
	for (size_t i = 0; i < tally->streams.count; i++) {
		const struct stream *stream = &tally->streams.all[i];
		for (size_t k = 0; k < RECORD_KINDS; k++)
			summary->kinds[k] += stream->kinds[k];
		for (size_t d = 0; d < RECORD_DEFECTS; d++)
			summary->defects[d] += stream->defects[d];
		summary->first = time_earlier(summary->first, stream->first);
		summary->last = time_later(summary->last, stream->last);
	}
}

static void
add_samples(struct summary *summary, const struct tally *tally)
{
	summary->samples = arena_alloc(&summary->arena, SAMPLES_SHOWN * sizeof(*summary->samples));
	for (size_t i = 0; i < tally->streams.count; i++) {
		const struct stream *stream = &tally->streams.all[i];
		for (size_t d = 0; d < RECORD_DEFECTS; d++) {
			for (size_t j = 0; j < stream->sample_count[d]; j++) {
				const struct stream_sample *sample = &stream->samples[d][j];
				if (summary->sample_count == SAMPLES_SHOWN)
					return;
				summary->samples[summary->sample_count++] = (struct line_sample){
					.reason = str_of(d == DEFECT_NONE ? "unknown"
									  : record_defect_names[d]),
					.file = tally->settings->streams[i].path,
					.text = str_make(sample->text, sample->length),
					.line = streams_line(&tally->streams, (uint32_t)i,
							     sample->chunk, sample->line),
				};
			}
		}
	}
}

static int
compare_rows(const void *a, const void *b)
{
	const struct count_row *left = a, *right = b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return str_compare(left->name, right->name);
}

static void
add_codes(struct summary *summary, const struct tally *tally)
{
	const struct map *map = &tally->streams.codes;
	const struct code_count *code;
	bool responses = false;

	summary->types = arena_alloc(&summary->arena, map->count * sizeof(*summary->types));
	summary->rcodes = arena_alloc(&summary->arena, map->count * sizeof(*summary->rcodes));
	for (uint32_t i = 0; (code = map_next(map, &i)) != NULL;)
		responses |= code->key.space == CODE_RESPONSE_RCODE;
	for (uint32_t i = 0; (code = map_next(map, &i)) != NULL;) {
		char text[CODE_TEXT];
		if (code->key.space == CODE_TYPE) {
			type_print(code->key.code, text);
			summary->types[summary->type_count++] = (struct count_row){
				arena_str(&summary->arena, str_of(text)), code->count};
		} else if ((code->key.space == CODE_RESPONSE_RCODE) == responses) {
			rcode_print(code->key.code, text);
			summary->rcodes[summary->rcode_count++] = (struct count_row){
				arena_str(&summary->arena, str_of(text)), code->count};
		}
	}
	qsort(summary->types, summary->type_count, sizeof(*summary->types), compare_rows);
	qsort(summary->rcodes, summary->rcode_count, sizeof(*summary->rcodes), compare_rows);
}

static int
compare_slots(const void *a, const void *b)
{
	const struct timeline_slot *left = *(const struct timeline_slot *const *)a;
	const struct timeline_slot *right = *(const struct timeline_slot *const *)b;

	if (left->key.index != right->key.index)
		return left->key.index < right->key.index ? -1 : 1;
	return (left->key.server > right->key.server) - (left->key.server < right->key.server);
}

static uint64_t
findings_between(const struct findings *findings, int64_t from, int64_t to)
{
	uint64_t n = 0;

	for (size_t i = 0; i < findings->count; i++)
		n += findings->all[i].first_seen >= from && findings->all[i].first_seen < to &&
		     !findings->all[i].suppressed_by.n;
	return n;
}

/* One row a slot, all servers together. */
static void
add_timeline(struct summary *summary, const struct summary_input *input)
{
	const struct timeline *timeline = &input->tally->timeline;
	const struct timeline_slot **slots = xcalloc(timeline->map.count, sizeof(*slots));
	const struct timeline_slot *slot;
	size_t n = 0;

	summary->slot_length = timeline_length(timeline);
	summary->slots =
		arena_alloc(&summary->arena, timeline->map.count * sizeof(*summary->slots));
	for (uint32_t i = 0; (slot = map_next(&timeline->map, &i)) != NULL;)
		slots[n++] = slot;
	if (n)
		qsort(slots, n, sizeof(*slots), compare_slots);
	for (size_t i = 0, next; i < n; i = next) {
		struct slot_row *row = &summary->slots[summary->slot_count++];
		struct sample names = {0};
		const uint64_t *name;
		row->start = (int64_t)slots[i]->key.index * summary->slot_length;
		for (next = i; next < n && slots[next]->key.index == slots[i]->key.index; next++) {
			row->requests += slots[next]->requests;
			for (uint32_t j = 0; (name = sample_next(&slots[next]->names,
								 &timeline_name_type, &j)) != NULL;)
				sample_put(&names, &timeline_name_type, *name, NULL, NULL);
			sample_limit(&names, &timeline_name_type, slots[next]->names.threshold,
				     NULL);
		}
		sample_settle(&names, &timeline_name_type, NULL);
		row->distinct_names = sample_distinct(&names, &timeline_name_type);
		row->findings = findings_between(input->findings, row->start,
						 row->start + summary->slot_length);
		sample_release(&names, &timeline_name_type, NULL);
	}
	free(slots);
}

static void
add_memory(struct summary *summary, const struct summary_input *input)
{
	const struct tally *tally = input->tally;

	summary->memory_limit = input->memory_limit;
	summary->folded_sources = sources_folded(&tally->sources);
	summary->folded_requests = tally->sources.folded_requests;
	summary->approximate = tally_is_folded(tally);
}

/* Of the sources shown, and of the first actor of each finding. */
static void
add_places(struct summary *summary, const struct summary_input *input)
{
	size_t count = input->findings->count;
	struct place *places = arena_alloc(&summary->arena, count * sizeof(*places));

	for (size_t i = 0; i < count; i++)
		if (input->findings->all[i].address_count)
			places[i] = geo_place(input->geo, &summary->arena,
					      &input->findings->all[i].addresses[0]);
	for (size_t i = 0; i < summary->source_count; i++)
		summary->sources[i].place =
			geo_place(input->geo, &summary->arena, &summary->sources[i].address);
	summary->places = places;
}

/* The shortest parts of which HEAT_BINS cover the period, aligned to the clock in UTC. */
static void
add_bins(struct summary *summary)
{
	enum { MINUTE = 60000 };
	static const int minutes[] = {10, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 40320};
	enum { STEPS = sizeof(minutes) / sizeof(minutes[0]) };
	struct time_bins *bins = &summary->bins;

	if (summary->first == TIME_NONE || summary->first < 0)
		return;
	for (size_t i = 0; i < STEPS; i++) {
		bins->length = (int64_t)minutes[i] * MINUTE;
		bins->start = summary->first / bins->length * bins->length;
		bins->count = (size_t)((summary->last - bins->start) / bins->length) + 1;
		if (bins->count <= HEAT_BINS)
			return;
	}
	bins->count = HEAT_BINS;
}

/* Side by side: to rank the sources takes as long as all that needs no ranking. */
enum job { JOB_RANK, JOB_OTHERS, JOBS };

struct making {
	struct summary *summary;
	const struct summary_input *input;
	struct ranking ranking;
};

static void
make_one(void *context, size_t worker, size_t job)
{
	struct making *making = context;
	struct summary *summary = making->summary;
	const struct summary_input *input = making->input;

	(void)worker;
	if (job == JOB_RANK) {
		summary_rank(summary, input, &making->ranking);
		return;
	}
	add_samples(summary, input->tally);
	add_codes(summary, input->tally);
	add_timeline(summary, input);
	summary_coverage(summary, input);
	summary_zones(summary, input);
}

static void
make_parts(struct summary *summary, const struct summary_input *input)
{
	struct making making = {summary, input, {0}};

	workers_run(input->workers, JOBS, make_one, &making);
	summary_sources(summary, input, &making.ranking);
}

void
summary_make(struct summary *summary, const struct summary_input *input)
{
	*summary = (struct summary){
		.version = str_of(input->version),
		.setting_count = input->setting_count,
		.settings = input->settings,
		.file_count = input->file_count,
		.files = input->files,
		.findings = input->findings,
		.note_count = input->note_count,
		.notes = input->notes,
		.partial = input->partial,
		.first = TIME_NONE,
		.last = TIME_NONE,
	};
	for (size_t i = 0; i < input->file_count; i++) {
		summary->input_bytes += input->files[i].bytes;
		summary->input_lines += input->files[i].lines;
	}
	add_kinds(summary, input->tally);
	add_bins(summary);
	summary_servers(summary, input->tally);
	for (size_t i = 0; i < input->tally->settings->server_count; i++)
		summary->requests += summary->servers[i].requests;
	make_parts(summary, input);
	if (input->pictures)
		summary_pictures(summary, input);
	add_memory(summary, input);
	summary->night = input->night;
	if (input->geo)
		add_places(summary, input);
	if (input->redact)
		redact_summary(summary, input->redact);
}

struct place
summary_place(const struct summary *summary, const struct finding *finding)
{
	return summary->places ? summary->places[finding - summary->findings->all]
			       : (struct place){0};
}

void
summary_release(struct summary *summary)
{
	arena_release(&summary->arena);
	*summary = (struct summary){0};
}
