#include "tally/streams.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "tally/tally.h"

void
streams_init(struct streams *streams, const struct tally_settings *settings)
{
	size_t count = settings->stream_count;

	streams->count = count;
	streams->all = xcalloc(count, sizeof(*streams->all));
	streams->party_count = 1;
	for (size_t i = 0; i < settings->server_count; i++)
		if (settings->servers[i].apart)
			streams->party_count = i + 2;
	streams->common_types = xcalloc(streams->party_count, sizeof(*streams->common_types));
	map_init(&streams->codes, sizeof(struct code_count), sizeof(struct code_key));
	for (size_t i = 0; i < count; i++)
		streams->all[i].first = streams->all[i].last = TIME_NONE;
}

void
streams_release(struct streams *streams)
{
	for (size_t i = 0; i < streams->count; i++) {
		struct stream *stream = &streams->all[i];
		free(stream->chunks);
		for (size_t d = 0; d < RECORD_DEFECTS; d++)
			for (size_t j = 0; j < stream->sample_count[d]; j++)
				free(stream->samples[d][j].text);
	}
	map_release(&streams->codes);
	free(streams->common_types);
	free(streams->all);
	*streams = (struct streams){0};
}

static struct stream_chunk *
chunk_of(struct stream *stream, uint64_t start)
{
	for (size_t i = stream->chunk_count; i-- > 0;)
		if (stream->chunks[i].start == start)
			return &stream->chunks[i];
	stream->chunks = xrealloc(stream->chunks, stream->chunk_count + 1, sizeof(*stream->chunks));
	stream->chunks[stream->chunk_count] = (struct stream_chunk){.start = start};
	return &stream->chunks[stream->chunk_count++];
}

/* Takes over `sample` when it is among the earliest of its reason; frees what falls out. */
static void
keep_sample(struct stream *stream, size_t defect, struct stream_sample sample)
{
	struct stream_sample *kept = stream->samples[defect];
	size_t n = stream->sample_count[defect], at = n;

	while (at > 0 && kept[at - 1].offset > sample.offset)
		at--;
	if (n == STREAM_SAMPLES) {
		if (at == n) {
			free(sample.text);
			return;
		}
		free(kept[--n].text);
	}
	memmove(&kept[at + 1], &kept[at], (n - at) * sizeof(*kept));
	kept[at] = sample;
	stream->sample_count[defect] = (uint8_t)(n + 1);
}

/* Without a branch, or nearly: this is done for each line. */
static inline uint32_t
facts_of(const struct record *record)
{
	static const uint32_t of_kind[RECORD_KINDS] = {
		[RECORD_TRANSFER] = FACT_TRANSFERS,
		[RECORD_DENIED] = FACT_DENIALS,
		[RECORD_RATE_LIMITED] = FACT_RATE_LIMIT,
		[RECORD_QUERY_ERROR] = FACT_QUERY_ERROR,
	};
	bool tells_rcode = record->kind == RECORD_RESPONSE && record->rcode != RCODE_UNKNOWN;

	return of_kind[record->kind] | (record->flags_known & FLAG_RD ? FACT_FLAGS : 0) |
	       (record->flags_known & FLAG_TCP ? FACT_TRANSPORT : 0) |
	       (record->flags & FLAG_COOKIE ? FACT_COOKIE : 0) |
	       (record->port >= 0 ? FACT_PORT : 0) | (tells_rcode ? FACT_RCODE : 0) |
	       (record->time != TIME_NONE ? FACT_TIME : 0) |
	       (ip_is_none(&record->server) ? 0 : FACT_SERVER) | (record->view.n ? FACT_VIEW : 0);
}

/* The key's few values need no secret: the map stays small whatever a log says. */
void
streams_count_code(struct streams *streams, const struct code_key *key, uint64_t count)
{
	uint64_t hash = hash_mix(((uint64_t)key->space << 16) + key->code + 1, key->party);
	struct code_count *entry = map_put(&streams->codes, hash, key, NULL);

	entry->count += count;
}

static void
gather_common(struct streams *streams)
{
	for (uint32_t party = 0; party < streams->party_count; party++)
		for (size_t type = 0; type < COMMON_TYPES; type++) {
			struct code_key key = {CODE_TYPE, (uint16_t)type, party};
			if (streams->common_types[party][type])
				streams_count_code(streams, &key,
						   streams->common_types[party][type]);
			streams->common_types[party][type] = 0;
		}
	for (size_t space = 0; space < CODE_SPACES; space++)
		for (size_t rcode = 0; rcode < COMMON_RCODES; rcode++) {
			struct code_key key = {(uint16_t)space, (uint16_t)rcode, 0};
			if (streams->common_rcodes[space][rcode])
				streams_count_code(streams, &key,
						   streams->common_rcodes[space][rcode]);
			streams->common_rcodes[space][rcode] = 0;
		}
}

static void
count_type(struct streams *streams, int32_t type, uint32_t party)
{
	struct code_key key = {CODE_TYPE, (uint16_t)type, party};

	if (type < 0 || type >= COMMON_TYPES)
		streams_count_code(streams, &key, 1);
	else if (++streams->common_types[party][type] == UINT32_MAX)
		gather_common(streams);
}

static void
count_rcode(struct streams *streams, enum code_space space, int32_t rcode)
{
	struct code_key key = {(uint16_t)space, (uint16_t)rcode, 0};

	if (rcode < 0 || rcode >= COMMON_RCODES)
		streams_count_code(streams, &key, 1);
	else if (++streams->common_rcodes[space][rcode] == UINT32_MAX)
		gather_common(streams);
}

static void
count_codes(struct streams *streams, const struct tally_line *line)
{
	const struct record *record = line->record;

	if (line->is_request && record->qtype != TYPE_UNKNOWN)
		count_type(streams, record->qtype, tally_party(line->role));
	if (record->rcode == RCODE_UNKNOWN)
		return;
	if (record->kind == RECORD_RESPONSE)
		count_rcode(streams, CODE_RESPONSE_RCODE, record->rcode);
	else if (record->kind == RECORD_QUERY_ERROR)
		count_rcode(streams, CODE_ERROR_RCODE, record->rcode);
}

void
streams_see(struct streams *streams, const struct position *at)
{
	struct stream_chunk *chunk = chunk_of(&streams->all[at->stream], at->chunk);

	if (at->line > chunk->lines)
		chunk->lines = at->line;
}

/* Keeps what was not understood, where it is among the earliest lines of its reason. */
static void
add_sample(struct stream *stream, const struct tally_line *line)
{
	const struct record *record = line->record;
	const struct position *at = &line->position;
	size_t defect = record->kind == RECORD_MALFORMED ? record->defect : DEFECT_NONE;
	const struct stream_sample *kept = stream->samples[defect];

	if (stream->sample_count[defect] == STREAM_SAMPLES &&
	    kept[STREAM_SAMPLES - 1].offset < at->offset)
		return;
	size_t n = line->text.n < STREAM_SAMPLE_TEXT ? line->text.n : STREAM_SAMPLE_TEXT;
	keep_sample(stream, defect,
		    (struct stream_sample){.offset = at->offset,
					   .chunk = at->chunk,
					   .line = at->line,
					   .length = (uint32_t)n,
					   .text = xmemdup(line->text.p, n)});
}

void
streams_add(struct streams *streams, const struct tally_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct tally_line *line = &lines[i];
		const struct record *record = line->record;
		struct stream *stream = &streams->all[line->position.stream];

		stream->kinds[record->kind]++;
		stream->facts |= facts_of(record);
		count_codes(streams, line);
		if (line->in_order && stream->last != TIME_NONE) {
			stream->last = record->time;
		} else if (record->time != TIME_NONE) {
			stream->first = time_earlier(stream->first, record->time);
			stream->last = time_later(stream->last, record->time);
		}
		if (record->kind == RECORD_MALFORMED)
			stream->defects[record->defect]++;
		if (record->kind == RECORD_MALFORMED || record->kind == RECORD_UNKNOWN)
			add_sample(stream, line);
	}
}

void
streams_end_chunk(struct streams *streams, uint32_t stream, uint64_t start, uint64_t lines)
{
	struct stream_chunk *chunk = chunk_of(&streams->all[stream], start);

	if (lines > chunk->lines)
		chunk->lines = lines;
}

static void
stream_merge(struct stream *into, struct stream *from)
{
	for (size_t i = 0; i < RECORD_KINDS; i++)
		into->kinds[i] += from->kinds[i];
	into->skipped_bytes += from->skipped_bytes;
	into->facts |= from->facts;
	into->first = time_earlier(into->first, from->first);
	into->last = time_later(into->last, from->last);
	/* A chunk that both have is one again after settling: a search for each would take long. */
	if (from->chunk_count) {
		into->chunks = xrealloc(into->chunks, into->chunk_count + from->chunk_count,
					sizeof(*into->chunks));
		memcpy(into->chunks + into->chunk_count, from->chunks,
		       from->chunk_count * sizeof(*into->chunks));
		into->chunk_count += from->chunk_count;
	}
	for (size_t d = 0; d < RECORD_DEFECTS; d++) {
		into->defects[d] += from->defects[d];
		for (size_t j = 0; j < from->sample_count[d]; j++)
			keep_sample(into, d, from->samples[d][j]);
		from->sample_count[d] = 0; /* their texts have moved */
	}
}

void
streams_merge(struct tally *into, struct tally *from)
{
	const struct code_count *code;

	gather_common(&from->streams);
	for (uint32_t i = 0; (code = map_next(&from->streams.codes, &i)) != NULL;) {
		struct code_key key = code->key;
		key.party = tally_party_in(into, key.party);
		streams_count_code(&into->streams, &key, code->count);
	}
	for (size_t i = 0; i < into->streams.count; i++)
		stream_merge(&into->streams.all[i], &from->streams.all[i]);
}

static int
compare_chunks(const void *a, const void *b)
{
	const struct stream_chunk *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

/* Sorts the chunks, makes equal ones one, and counts the lines before each. */
static void
settle_chunks(struct stream *stream)
{
	size_t kept = 0;

	if (stream->chunk_count)
		qsort(stream->chunks, stream->chunk_count, sizeof(*stream->chunks), compare_chunks);
	for (size_t i = 0; i < stream->chunk_count; i++) {
		struct stream_chunk chunk = stream->chunks[i];
		struct stream_chunk *last = kept ? &stream->chunks[kept - 1] : NULL;
		if (last && last->start == chunk.start) {
			last->lines = chunk.lines > last->lines ? chunk.lines : last->lines;
			continue;
		}
		chunk.before = last ? last->before + last->lines : 0;
		stream->chunks[kept++] = chunk;
	}
	stream->chunk_count = kept;
}

void
streams_settle(struct streams *streams)
{
	gather_common(streams);
	for (size_t i = 0; i < streams->count; i++)
		settle_chunks(&streams->all[i]);
}

uint64_t
streams_line(const struct streams *streams, uint32_t stream, uint64_t chunk, uint64_t line)
{
	const struct stream *own = &streams->all[stream];
	const struct stream_chunk key = {.start = chunk};
	const struct stream_chunk *found = own->chunk_count
						   ? bsearch(&key, own->chunks, own->chunk_count,
							     sizeof(*own->chunks), compare_chunks)
						   : NULL;

	/* A log that was not read from its beginning: nobody knows how many lines came before. */
	if (own->chunk_count && own->chunks[0].start > 0)
		return 0;
	return found ? found->before + line : line;
}
