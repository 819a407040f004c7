#include "tally/tally.h"

#include "tally/exchange.h"
#include "tally/prefetch.h"

/*
 * Percent of the memory that the tables may take, as ceiling.c reckons. The rest is for what
 * malloc wastes, for the ring of blocks, the memo of each thread, and what detect/ and report/
 * build (`make memory` measures the whole).
 */
enum {
	TABLES_PERCENT = 55,
	MEMORY_LEAST = 4 << 20,
	TIMELINE_MOST = 4096,
	TIMELINE_LEAST = 256,
	TIMELINE_PART = 64 * 1024,
	PREFIX_PART = 4 * 1024,
};

struct tally_limits
tally_limits_of(uint64_t memory)
{
	if (memory < MEMORY_LEAST)
		memory = MEMORY_LEAST; /* a limit of 0 would be none at all */
	uint64_t slots = memory / TIMELINE_PART, prefixes = memory / PREFIX_PART;

	slots = slots > TIMELINE_MOST ? TIMELINE_MOST : slots;
	return (struct tally_limits){
		.bytes = (size_t)(memory / 100 * TABLES_PERCENT),
		.timeline = (uint32_t)(slots < TIMELINE_LEAST ? TIMELINE_LEAST : slots),
		.prefixes = prefixes > UINT32_MAX ? UINT32_MAX : (uint32_t)prefixes,
	};
}

void
tally_init(struct tally *tally, const struct tally_settings *settings)
{
	const struct tally_limits *limits = &settings->limits;

	*tally = (struct tally){.settings = settings,
				.clock = {.begin = TIME_NONE, .latest = TIME_NONE}};
	hash_key_random(&tally->key);
	texts_init(&tally->texts, &settings->names->table_key);
	streams_init(&tally->streams, settings);
	sources_init(&tally->sources, limits->sources, limits->prefixes);
	pairs_init(&tally->pairs, limits->pairs);
	zones_init(&tally->zones, limits->zones);
	sweeps_init(&tally->sweeps, limits->sweeps);
	events_init(&tally->events, limits->event_groups);
	rulehits_init(&tally->rulehits, limits->rule_hits);
	correlations_init(&tally->correlations, limits->correlations);
	timeline_init(&tally->timeline, limits->timeline);
}

void
tally_release(struct tally *tally)
{
	timeline_release(tally);
	correlations_release(tally);
	rulehits_release(tally);
	events_release(tally);
	sweeps_release(tally);
	zones_release(tally);
	pairs_release(tally);
	sources_release(tally);
	streams_release(&tally->streams);
	texts_release(&tally->texts);
}

/* A line that is not understood may be anybody's: it makes no source. */
static bool
has_source(const struct record *record)
{
	return record->kind != RECORD_UNKNOWN && record->kind != RECORD_MALFORMED &&
	       !ip_is_none(&record->client);
}

static bool
has_question(const struct tally_line *line)
{
	int32_t qclass = line->record->qclass;

	return line->name && (qclass == CLASS_IN || qclass == CLASS_UNKNOWN);
}

/* Most lines are queries for what anybody asks. */
static inline bool
is_plain(const struct record *record)
{
	return record->kind == RECORD_QUERY && record->action == ACTION_NONE &&
	       record->qclass == CLASS_IN && (uint32_t)record->qtype < TYPE_IXFR;
}

/* Which rare event a line is, and whether it is evidence by itself. */
static inline void
judge(const struct tally *tally, struct tally_line *line)
{
	line->event = is_plain(line->record) ? EVENT_NONE : event_kind_of(line->record);
	line->evidence = line->event != EVENT_NONE;
	for (uint16_t i = 0; i < line->matches->count; i++)
		line->evidence |=
			tally->settings->rules->rules[line->matches->rule[i]].level >= LEVEL_LOW;
}

/* A request that sweeps_add has to look at. */
static inline bool
is_reverse(const struct tally_line *line)
{
	return line->is_request && str_ends(line->name->text, STR(".arpa"));
}

/* What is told of the line's source, and where it was handed over, is told elsewhere. */
static void
add_line(struct tally *tally, struct tally_line *line)
{
	if (!line->has_source)
		return;
	sources_add(tally, line, line->evidence);
	if (line->event != EVENT_NONE)
		events_add(tally, line, line->event);
	if (!line->has_question)
		return;
	struct zone *zone = zones_add(tally, line, line->evidence);
	pairs_add(tally, line, zone, line->evidence);
	if (is_reverse(line))
		sweeps_add(tally, line);
}

static void
set_clock(struct tally_clock *clock, int64_t time)
{
	enum { HOUR_MS = 3600000, HOURS = 24 };

	clock->slot = slots_index(time);
	clock->begin = clock->slot < 0 ? TIME_NONE : clock->slot * SLOT_MS;
	clock->hour_bit = time == TIME_NONE ? 0 : 1u << ((time / HOUR_MS) % HOURS + HOURS) % HOURS;
}

/* Time and place among the other lines of the tally. */
static inline void
set_order(struct tally_clock *clock, struct tally_line *line)
{
	int64_t time = line->record->time;

	if (clock->begin == TIME_NONE ||
	    (uint64_t)time - (uint64_t)clock->begin >= (uint64_t)SLOT_MS)
		set_clock(clock, time);
	line->slot = clock->slot;
	line->hour_bit = clock->hour_bit;
	line->in_order = time != TIME_NONE && time >= clock->latest;
	if (line->in_order)
		clock->latest = time;
}

/* Where its entries are, as far as it has any; nothing is known yet of what they are. */
static inline void
set_hashes(struct tally_line *line)
{
	line->source_hash = source_key_hash(line->address_hash, line->server);
	line->text_id = TEXT_NONE;
	line->source = NULL;
	line->zone = NULL;
	line->pair = NULL;
	if (!line->has_question)
		return;
	line->zone_hash = zone_key_hash(line->name->zone_key, line->role);
	line->pair_hash = pair_key_hash(line->address_hash, line->name->zone_key, line->role);
}

static inline void
work_out(struct tally *tally, struct tally_line *line)
{
	const struct tally_settings *settings = tally->settings;

	set_order(&tally->clock, line);
	line->server = settings->streams[line->position.stream].server;
	line->role = tally_role_of(settings, line->server);
	line->moment = moment_make(line->record->time, line->position.offset);
	line->type_key = type_key(line->record->qtype);
	line->type_bit = type_bit(line->record->qtype);
	line->seen = line->record->kind == RECORD_QUERY && line->record->rcode == RCODE_UNKNOWN
			     ? 0
			     : name_seen_of(line->record);
	judge(tally, line);
	line->has_question = false;
	line->has_source = has_source(line->record);
	if (!line->has_source)
		return;
	line->address_hash = address_hash(&settings->names->table_key, &line->record->client);
	line->has_question = has_question(line);
	set_hashes(line);
}

static bool
is_elsewhere(const struct position *a, const struct position *b)
{
	return a->stream != b->stream || a->chunk != b->chunk;
}

/* What the tables of lines, times and rules have to know: a thread's own, with all it has read. */
static void
add_whole(struct tally *tally, const struct tally_line *lines, size_t count)
{
	streams_add(&tally->streams, lines, count);
	timeline_add(tally, lines, count);
	for (size_t i = 0; i < count; i++) {
		if (i + 1 == count || is_elsewhere(&lines[i].position, &lines[i + 1].position))
			streams_see(&tally->streams, &lines[i].position);
		if (!lines[i].matches->count)
			continue;
		rulehits_add(tally, &lines[i]);
		correlations_add(tally, &lines[i]);
	}
}

static void
hand_over(struct seat *seat, struct tally_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (lines[i].has_question && lines[i].event == EVENT_NONE &&
		    !is_reverse(&lines[i]) && seat_hand_over(seat, &lines[i]))
			lines[i].has_source = false;
}

/* To the tables that are large: what they are asked for is fetched for all lines at once. */
static void
add_parts(struct tally *tally, struct tally_line *lines, size_t count)
{
	prefetch_lines(tally, lines, count);
	for (size_t i = 0; i < count; i++)
		add_line(tally, &lines[i]);
}

void
tally_add_lines(struct tally *tally, struct seat *seat, struct tally_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		work_out(tally, &lines[i]);
	add_whole(tally, lines, count);
	if (seat)
		hand_over(seat, lines, count);
	add_parts(tally, lines, count);
}

void
tally_add_carried(struct tally *tally, struct tally_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		set_order(&tally->clock, &lines[i]);
		lines[i].role = tally_role_of(tally->settings, lines[i].server);
		lines[i].has_source = lines[i].has_question = true;
		set_hashes(&lines[i]);
	}
	add_parts(tally, lines, count);
}

void
tally_add(struct tally *tally, const struct tally_line *line)
{
	struct tally_line own = *line;

	tally_add_lines(tally, NULL, &own, 1);
}

void
tally_end_chunk(struct tally *tally, uint32_t stream, uint64_t chunk, uint64_t lines,
		uint64_t overlong, uint64_t skipped_bytes)
{
	struct stream *own = &tally->streams.all[stream];

	streams_end_chunk(&tally->streams, stream, chunk, lines);
	own->kinds[RECORD_MALFORMED] += overlong;
	own->defects[DEFECT_OVERLONG] += overlong;
	own->skipped_bytes += skipped_bytes;
}

void
tally_merge(struct tally *into, struct tally *from)
{
	tally_merge_by(into, from, NULL);
}

static void
empty(struct tally *tally)
{
	const struct tally_settings *settings = tally->settings;

	tally_release(tally);
	tally_init(tally, settings);
}

void
tally_merge_by(struct tally *into, struct tally *from, struct workers *workers)
{
	texts_take(&into->texts, &from->texts, workers);
	streams_merge(into, from);
	timeline_merge(into, from);
	rulehits_merge(into, from);
	correlations_merge(into, from);
	sources_merge(into, from, workers);
	events_merge(into, from);
	pairs_merge(into, from, workers);
	zones_merge(into, from, workers);
	sweeps_merge(into, from);
	texts_end_moves(&into->texts, &from->texts);
	into->clock.latest = INT64_MAX;
	into->ceiling.was_met |= from->ceiling.was_met;
	empty(from);
}

void
tally_merge_asked(struct tally *into, struct tally *from)
{
	rulehits_release(from); /* they hold texts, as the correlations do */
	correlations_release(from);
	texts_take(&into->texts, &from->texts, NULL);
	pairs_merge(into, from, NULL);
	zones_merge(into, from, NULL);
	texts_end_moves(&into->texts, &from->texts);
	empty(from);
}

void
tally_forget_rule(struct tally *tally, uint16_t rule)
{
	rulehits_forget(tally, rule, ANY_SERVER);
	correlations_forget(tally, rule, ANY_SERVER);
}

void
tally_forget_requests(struct tally *tally, uint32_t server)
{
	const struct ruleset *rules = tally->settings->rules;

	for (size_t i = 0; i < rules->count; i++) {
		if (!rules->rules[i].needs_request)
			continue;
		rulehits_forget(tally, (uint16_t)i, server);
		correlations_forget(tally, (uint16_t)i, server);
	}
}

void
tally_settle(struct tally *tally)
{
	tally_settle_by(tally, NULL);
}

void
tally_settle_by(struct tally *tally, struct workers *workers)
{
	streams_settle(&tally->streams);
	sources_settle(tally);
	pairs_settle(tally, workers);
	zones_settle(tally, workers);
	sweeps_settle(tally);
	events_settle(tally);
	rulehits_settle(tally);
	correlations_settle(tally);
	timeline_settle(tally);
}

uint64_t
tally_line(const struct tally *tally, const struct position *position)
{
	return streams_line(&tally->streams, position->stream, position->chunk, position->line);
}

bool
tally_is_folded(const struct tally *tally)
{
	const struct fold *folds[] = {
		&tally->sources.fold,  &tally->pairs.fold,           &tally->zones.fold,
		&tally->sweeps.fold,   &tally->events.attempts.fold, &tally->events.transfers.fold,
		&tally->rulehits.fold, &tally->correlations.fold,
	};

	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++)
		if (folds[i]->level || folds[i]->evidence_level)
			return true;
	return tally->ceiling.was_met;
}

size_t
tally_bytes(const struct tally *tally)
{
	return tally->texts.bytes + map_bytes(&tally->texts.map) + map_bytes(&tally->sources.map) +
	       map_bytes(&tally->sources.folded) + map_bytes(&tally->pairs.map) +
	       map_bytes(&tally->zones.map) + map_bytes(&tally->sweeps.map) +
	       map_bytes(&tally->events.attempts.map) + map_bytes(&tally->events.transfers.map) +
	       map_bytes(&tally->rulehits.map) + map_bytes(&tally->correlations.map) +
	       map_bytes(&tally->timeline.map);
}
