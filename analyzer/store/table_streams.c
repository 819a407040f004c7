#include "store/table.h"

#include "base/xalloc.h"

enum { SAMPLE_TEXT_MAX = 4096 };

static void
stream_fields(struct row *row, struct stream *stream)
{
	for (size_t i = 0; i < RECORD_KINDS; i++)
		stream->kinds[i] = row_bits(row, stream->kinds[i]);
	for (size_t i = 1; i < RECORD_DEFECTS; i++)
		stream->defects[i] = row_bits(row, stream->defects[i]);
	stream->skipped_bytes = row_bits(row, stream->skipped_bytes);
	stream->facts = row_u32(row, stream->facts);
	stream->first = row_time(row, stream->first);
	stream->last = row_time(row, stream->last);
}

static void
save_streams(struct table_io *io, struct row *row, const struct tally *tally)
{
	for (size_t i = 0; i < tally->streams.count; i++) {
		struct stream stream = tally->streams.all[i];
		table_stream(io, row, (uint32_t)i);
		stream_fields(row, &stream);
		row_end(row);
	}
}

static void
load_streams(struct table_io *io, struct row *row, struct tally *tally)
{
	while (row_next(row)) {
		uint32_t stream = table_stream(io, row, 0);
		if (!row->bad)
			stream_fields(row, &tally->streams.all[stream]);
	}
}

/* The columns of the kinds and the defects stand in the order of their enums. */
const struct table table_streams = {
	"streams",
	1 + RECORD_KINDS + RECORD_DEFECTS - 1 + 4,
	"id INTEGER NOT NULL REFERENCES inputs, query INTEGER, response INTEGER, denied INTEGER, "
	"transfer INTEGER, rate_limited INTEGER, query_error INTEGER, dynamic_update INTEGER, "
	"other INTEGER, unknown INTEGER, malformed INTEGER, bad_address INTEGER, "
	"bad_name INTEGER, bad_type INTEGER, bad_class INTEGER, bad_rcode INTEGER, "
	"bad_time INTEGER, truncated INTEGER, bad_syntax INTEGER, overlong INTEGER, "
	"skipped_bytes INTEGER, facts INTEGER, first INTEGER, last INTEGER",
	save_streams,
	load_streams,
};

static void
save_chunks(struct table_io *io, struct row *row, const struct tally *tally)
{
	for (size_t i = 0; i < tally->streams.count; i++)
		for (size_t j = 0; j < tally->streams.all[i].chunk_count; j++) {
			table_stream(io, row, (uint32_t)i);
			row_bits(row, tally->streams.all[i].chunks[j].start);
			row_bits(row, tally->streams.all[i].chunks[j].lines);
			row_end(row);
		}
}

static void
load_chunks(struct table_io *io, struct row *row, struct tally *tally)
{
	while (row_next(row)) {
		uint32_t stream = table_stream(io, row, 0);
		uint64_t start = row_bits(row, 0), lines = row_bits(row, 0);
		if (!row->bad)
			streams_end_chunk(&tally->streams, stream, start, lines);
	}
}

const struct table table_chunks = {
	"chunks",    3,           "stream INTEGER NOT NULL, start INTEGER, lines INTEGER",
	save_chunks, load_chunks,
};

static struct str
sample_fields(struct row *row, struct stream_sample *sample)
{
	sample->offset = row_bits(row, sample->offset);
	sample->chunk = row_bits(row, sample->chunk);
	sample->line = row_bits(row, sample->line);
	return row_text(row, str_make(sample->text, sample->length));
}

static void
save_samples(struct table_io *io, struct row *row, const struct tally *tally)
{
	for (size_t i = 0; i < tally->streams.count; i++) {
		const struct stream *stream = &tally->streams.all[i];
		for (size_t d = 0; d < RECORD_DEFECTS; d++)
			for (size_t j = 0; j < stream->sample_count[d]; j++) {
				struct stream_sample sample = stream->samples[d][j];
				table_stream(io, row, (uint32_t)i);
				row_number(row, (int64_t)d, 0, RECORD_DEFECTS - 1);
				sample_fields(row, &sample);
				row_end(row);
			}
	}
}

static void
load_samples(struct table_io *io, struct row *row, struct tally *tally)
{
	while (row_next(row)) {
		struct stream_sample sample = {0};
		uint32_t number = table_stream(io, row, 0);
		size_t defect = (size_t)row_number(row, 0, 0, RECORD_DEFECTS - 1);
		struct str text = sample_fields(row, &sample);
		if (row->bad || tally->streams.all[number].sample_count[defect] >= STREAM_SAMPLES ||
		    text.n > SAMPLE_TEXT_MAX) {
			row->bad = true;
			return;
		}
		struct stream *stream = &tally->streams.all[number];
		sample.length = (uint32_t)text.n;
		sample.text = xmemdup(text.p, text.n);
		stream->samples[defect][stream->sample_count[defect]++] = sample;
	}
}

const struct table table_samples = {
	"samples",
	6,
	"stream INTEGER NOT NULL, defect INTEGER, offset INTEGER, chunk INTEGER, line INTEGER, "
	"text TEXT",
	save_samples,
	load_samples,
};

static void
save_codes(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct code_count *code;

	for (uint32_t i = 0; (code = map_next(&tally->streams.codes, &i)) != NULL;) {
		row_u16(row, code->key.space);
		row_u16(row, code->key.code);
		table_party(io, row, code->key.party);
		row_bits(row, code->count);
		row_end(row);
	}
}

static void
load_codes(struct table_io *io, struct row *row, struct tally *tally)
{
	while (row_next(row)) {
		struct code_key key = {0};
		key.space = (uint16_t)row_number(row, 0, CODE_TYPE, CODE_ERROR_RCODE);
		key.code = row_u16(row, 0);
		uint32_t party = table_party(io, row, 0);
		uint64_t count = row_bits(row, 0);
		if (key.space == CODE_TYPE)
			key.party = party;
		if (!row->bad && !(key.party && table_forgets(io, key.party - 1)))
			streams_count_code(&tally->streams, &key, count);
	}
}

const struct table table_codes = {
	"codes",    4,          "space INTEGER, code INTEGER, party INTEGER, count INTEGER",
	save_codes, load_codes,
};
