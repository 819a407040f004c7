#include "cli/timerange.h"

#include "cli/interrupt.h"
#include "input/reader.h"

enum { PROBE = 64 * 1024, NEAR_ENOUGH = 256 * 1024 };
static const int64_t day = 86400000;

int64_t
timerange_at(const struct plan_input *input, uint64_t offset, uint64_t *begin)
{
	/* From the byte before: the line that begins at `offset` itself is one. */
	uint64_t from = offset ? offset - 1 : 0;
	uint64_t to = input->size - from > PROBE ? from + PROBE : input->size;
	struct err err;
	struct source *source = source_open_range(input->path, from, to, &err);
	struct parser parser;
	struct record record;
	struct str line;
	int64_t time = TIME_NONE;

	if (!source)
		return TIME_NONE;
	struct str bytes = source_peek(source, PROBE);
	const char *start = bytes.p;
	bool whole = offset == 0 || reader_cut(&bytes, &line);
	parser_init(&parser, &input->parser);
	while (whole && time == TIME_NONE) {
		*begin = from + (uint64_t)(bytes.p - start);
		if (!reader_cut(&bytes, &line))
			break;
		parser_parse(&parser, line, &record);
		time = record.time;
	}
	parser_release(&parser);
	source_close(source);
	return time;
}

/* The last time in a stream from its current place on, cheaply: only its last lines are parsed. */
static int64_t
last_of(struct source *source, const struct parser_settings *settings)
{
	struct reader reader;
	struct parser parser;
	struct record record;
	struct line line;
	int64_t last = TIME_NONE;

	reader_init(&reader, source, 0);
	parser_init(&parser, settings);
	while (reader_next(&reader, &line)) {
		parser_parse(&parser, line.text, &record);
		last = record.time > last ? record.time : last;
	}
	parser_release(&parser);
	reader_release(&reader);
	return last;
}

static int64_t
end_of_plain(const struct plan_input *input)
{
	uint64_t from = input->size > PROBE ? input->size - PROBE : 0;
	struct err err;
	struct source *source = source_open_range(input->path, from, input->size, &err);

	if (!source)
		return TIME_NONE;
	int64_t last = last_of(source, &input->parser);
	source_close(source);
	return last;
}

/* A file was last changed when its last line was written, or later by copying. */
static bool
may_end_after(const struct plan_input *input, int64_t time)
{
	return input->changed == TIME_NONE || time == TIME_NONE || input->changed + day > time;
}

int
timerange_end(const struct plan *plan, int64_t *out, struct err *err)
{
	*out = TIME_NONE;
	interrupt_tell("looking for the end of the logs");
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_input *input = &plan->inputs[i];
		interrupt_count(i, plan->count);
		if (!input->is_regular)
			return err_set(err,
				       "%s: a time before the logs' end needs them read twice, and "
				       "a pipe can be read once: give a time",
				       strcmp(input->path, "-") == 0 ? "standard input"
								     : input->path);
		if (input->kind != SOURCE_PLAIN)
			continue;
		int64_t last = end_of_plain(input);
		*out = last > *out ? last : *out;
	}
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_input *input = &plan->inputs[i];
		interrupt_count(i, plan->count);
		if (input->kind == SOURCE_PLAIN || !may_end_after(input, *out))
			continue;
		struct source *source = source_open(input->path, err);
		if (!source)
			continue; /* said again when it is to be read */
		int64_t last = last_of(source, &input->parser);
		source_close(source);
		*out = last > *out ? last : *out;
	}
	return 0;
}

/* One search in a file: the least place from which on, but for disorder, times are `bound`. */
struct search {
	const struct plan_input *input;
	int64_t bound;
	bool is_end; /* of the range: what tells no time belongs before it */
	bool disorder;
};

/* Where a line begins before which all times are earlier than the bound. */
static uint64_t
bisect(struct search *search)
{
	uint64_t low = 0, high = search->input->size;
	int64_t low_time = TIME_NONE, high_time = INT64_MAX;

	while (high - low > NEAR_ENOUGH) {
		uint64_t middle = low + (high - low) / 2, begin = middle;
		int64_t time = timerange_at(search->input, middle, &begin);
		if (time != TIME_NONE &&
		    (time + TIMERANGE_DISORDER_MS < low_time ||
		     (high_time != INT64_MAX && time - TIMERANGE_DISORDER_MS > high_time)))
			search->disorder = true;
		if (begin >= high)
			break;
		if (time == TIME_NONE ? search->is_end : time < search->bound) {
			low = begin;
			low_time = time == TIME_NONE ? low_time : time;
		} else {
			high = begin;
			high_time = time == TIME_NONE ? high_time : time;
		}
	}
	return search->is_end ? high : low;
}

/* Cuts a plain file; false where its lines were found in disorder. */
static bool
cut(struct plan_input *input, int64_t since, int64_t until)
{
	struct search from = {input, since, false, false}, to = {input, until, true, false};
	uint64_t begin = 0, end = input->size;

	if (since != TIME_NONE) {
		from.bound -= TIMERANGE_DISORDER_MS;
		begin = bisect(&from);
	}
	if (until != TIME_NONE) {
		to.bound += TIMERANGE_DISORDER_MS + 1;
		end = bisect(&to);
	}

	if (from.disorder || to.disorder)
		return false;
	input->from = begin;
	input->to = end < begin ? begin : end;
	return true;
}

static bool
is_outside(const struct plan_input *input, int64_t since, int64_t until)
{
	if (input->survey.first == TIME_NONE || input->has_fold)
		return false;
	if (until != TIME_NONE && input->is_regular &&
	    input->survey.first - TIMERANGE_DISORDER_MS > until)
		return true;
	return since != TIME_NONE && input->is_regular && !may_end_after(input, since) &&
	       (input->kind != SOURCE_PLAIN || input->survey.last < since);
}

void
timerange_apply(struct plan *plan, int64_t since, int64_t until, struct timerange_skipped *skipped)
{
	interrupt_tell("looking for the time range in the logs");
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_input *input = &plan->inputs[i];
		interrupt_count(i, plan->count);
		if (input->is_left_out)
			continue;
		if (is_outside(input, since, until)) {
			input->is_left_out = true;
			skipped->files++;
			skipped->bytes += input->size;
			continue;
		}
		if (!input->is_regular || input->kind != SOURCE_PLAIN || input->has_fold ||
		    input->survey.first == TIME_NONE || !cut(input, since, until))
			continue;
		uint64_t read = input->to - input->from;
		skipped->bytes += input->size - read;
		if (read == 0) {
			input->is_left_out = true;
			skipped->files++;
		} else {
			skipped->cut_files += read < input->size;
		}
	}
}
