#include "cli/search.h"

#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"
#include "cli/search_record.h"
#include "cli/timerange.h"
#include "input/reader.h"

enum { LINES_A_LOOK = 4096, BLOCK_BYTES = 1024 * 1024 };

const char *const search_form_names[SEARCH_FORMS] = {"text", "ndjson", "csv"};

/* One thread's own. */
struct searcher {
	struct namer *namer;
	struct matcher *matcher;
	struct regex_scratch *scratch;
	struct search_writer writer;
	struct buf block;
};

/* A unit of the plan; `least`: no line that it still has to give is older; INT64_MAX: done. */
struct timed_unit {
	struct plan_unit unit;
	int64_t least;
};

struct search_job {
	struct search *search;
	size_t unit_count;
	struct timed_unit *units; /* by time, so that what comes first is written soon */
	struct searcher *searchers;
	struct input_result *results;
	struct sorter sorter;
	pthread_mutex_t lock; /* of the units' `least` */
};

/* Whether the literal stands in the line: memmem without the libraries' extensions. */
static bool
holds_literal(struct str line, const char *literal, size_t n)
{
	while (line.n >= n) {
		const char *p = memchr(line.p, literal[0], line.n - n + 1);
		if (!p)
			return false;
		if (memcmp(p, literal, n) == 0)
			return true;
		line = str_skip(line, (size_t)(p - line.p) + 1);
	}
	return false;
}

/* False where the line's bytes alone rule it out. */
static bool
may_match(const struct filter *filter, struct regex_scratch *scratch, struct str line)
{
	if (filter->literal_length)
		return holds_literal(line, filter->literal, filter->literal_length);
	return !filter->literals || regex_match(filter->literals, scratch, line) != REGEX_NO_MATCH;
}

/* The least time that any unit may still give. */
static void
advance(struct search_job *job, size_t unit, int64_t least)
{
	int64_t all = INT64_MAX;

	pthread_mutex_lock(&job->lock);
	if (least > job->units[unit].least)
		job->units[unit].least = least;
	for (size_t i = 0; i < job->unit_count; i++)
		all = job->units[i].least < all ? job->units[i].least : all;
	pthread_mutex_unlock(&job->lock);
	sorter_advance(&job->sorter, all);
}

/* One unit while it is read. */
struct pass {
	struct search_job *job;
	struct searcher *searcher;
	const struct plan_unit *unit;
	struct parser parser;
	const struct server_info *server;
	struct search_place place;
	size_t index;
	int64_t time;   /* of the last line that told one */
	int64_t latest; /* of all lines so far; TIME_NONE: nothing can be late */
};

static void
note_time(struct pass *pass, int64_t time)
{
	if (time == TIME_NONE)
		return;
	pass->time = time;
	if (pass->latest != TIME_NONE && time > pass->latest)
		pass->latest = time;
}

/*
 * Where a line stands in the order: at its time, or, when it comes too late for that, where it
 * could come at the earliest. What other threads have written by then changes nothing.
 */
static int64_t
place_in_time(struct pass *pass)
{
	int64_t least = pass->latest - TIMERANGE_DISORDER_MS;

	if (pass->latest == TIME_NONE || pass->time >= least)
		return pass->time;
	atomic_fetch_add_explicit(&pass->job->search->late, 1, memory_order_relaxed);
	return least;
}

/* Whether the parsed line is one that is looked for. */
static bool
matches(struct pass *pass, const struct line *line, const struct record *record,
	const struct name **name)
{
	const struct search *search = pass->job->search;
	struct matches matches = {0};

	if (!filter_record(search->filter, record))
		return false;
	*name = NULL;
	if (record->qname.n && (filter_has_names(search->filter) || search->filter->rule_count ||
				search->form != SEARCH_TEXT))
		*name = namer_look(pass->searcher->namer, record->qname);
	if (filter_has_names(search->filter) &&
	    !filter_name(search->filter, pass->searcher->scratch, *name))
		return false;
	if (search->filter->rule_count && record->kind < RECORD_OTHER)
		matcher_match(pass->searcher->matcher, record, *name, pass->server->name,
			      line->text, record->kind == pass->server->request, &matches);
	return filter_rules(search->filter, &matches);
}

static void
search_line(struct pass *pass, const struct line *line)
{
	struct search *search = pass->job->search;
	const struct filter *filter = search->filter;
	const struct name *name;
	struct record record;

	if (!may_match(filter, pass->searcher->scratch, line->text))
		return;
	parser_parse(&pass->parser, line->text, &record);
	note_time(pass, record.time);
	if (!matches(pass, line, &record, &name))
		return;
	atomic_fetch_add_explicit(&search->found, 1, memory_order_relaxed);
	if (search->count_only)
		return;
	pass->place.offset = line->offset;
	pass->place.text = line->text;
	struct str text =
		search_write(&pass->searcher->writer, search->form, &pass->place, &record, name);
	struct sorter_entry entry = {place_in_time(pass), line->offset, (uint32_t)pass->unit->input,
				     (uint32_t)text.n};
	sorter_append(&pass->searcher->block, &entry, text.p);
}

/* Before a literal is found nothing is parsed: what time it is, is asked now and then. */
static void
tell_time(struct pass *pass, const struct line *line)
{
	struct record record;

	parser_parse(&pass->parser, line->text, &record);
	note_time(pass, record.time);
	if (pass->latest != TIME_NONE)
		advance(pass->job, pass->index, pass->latest - TIMERANGE_DISORDER_MS);
}

static void
read_lines(struct pass *pass, struct source *source, struct input_result *result)
{
	struct search *search = pass->job->search;
	struct buf *block = &pass->searcher->block;
	uint64_t consumed = 0;
	struct reader reader;
	struct line line;

	reader_init(&reader, source, pass->unit->from);
	while (reader_next(&reader, &line)) {
		search_line(pass, &line);
		if (block->n > BLOCK_BYTES)
			sorter_add(&pass->job->sorter, block);
		if (reader.lines % LINES_A_LOOK)
			continue;
		if (*search->interrupted)
			break;
		progress_add(search->progress, source_consumed(source) - consumed);
		consumed = source_consumed(source);
		sorter_add(&pass->job->sorter, block);
		tell_time(pass, &line);
	}
	progress_add(search->progress, source_consumed(source) - consumed);
	sorter_add(&pass->job->sorter, block);
	result->lines = reader.lines;
	result->complete = source_end(source) == SOURCE_COMPLETE;
	if (!result->complete)
		result->err = *source_error(source);
	reader_release(&reader);
}

static void
search_unit(void *context, size_t index, size_t unit)
{
	struct search_job *job = context;
	struct search *search = job->search;
	struct input_result *result = &job->results[unit];
	const struct plan_input *input = &search->plan->inputs[job->units[unit].unit.input];
	struct pass pass = {
		.job = job,
		.searcher = &job->searchers[index],
		.unit = &job->units[unit].unit,
		.server = &search->settings->servers[input->server],
		.place = {.server = search->plan->servers[input->server].name, .file = input->path},
		.index = unit,
		.time = job->units[unit].least,
		.latest = TIME_NONE,
	};
	struct source *source = NULL;

	if (pass.time != TIME_NONE)
		pass.latest = pass.time + TIMERANGE_DISORDER_MS;

	/* Of a pipe what came before: there may be no more for hours. */
	if (*search->interrupted && input->is_regular)
		err_set(&result->err, "not read: interrupted");
	else
		source = plan_open(search->plan, pass.unit, &result->err);
	if (source) {
		parser_init(&pass.parser, &input->parser);
		read_lines(&pass, source, result);
		parser_release(&pass.parser);
		source_close(source);
		if (*search->interrupted && !result->complete)
			err_set(&result->err, "read only in part: interrupted");
	}
	advance(job, unit, INT64_MAX);
}

/*
 * No line of the unit is older. Of a part of a file, what its first line says; nothing is
 * certain of a file without times, or in local time where the clock goes back.
 */
static int64_t
least_time(const struct plan_input *input, const struct plan_unit *unit)
{
	uint64_t begin;
	int64_t time = input->survey.first;

	if (input->survey.first == TIME_NONE || input->has_fold)
		return INT64_MIN;
	if (unit->from > 0)
		time = timerange_at(input, unit->from, &begin);
	return time == TIME_NONE ? INT64_MIN : time - TIMERANGE_DISORDER_MS;
}

static int
by_least(const void *a, const void *b)
{
	const struct timed_unit *x = a, *y = b;

	if (x->least != y->least)
		return x->least < y->least ? -1 : 1;
	if (x->unit.input != y->unit.input)
		return x->unit.input < y->unit.input ? -1 : 1;
	return (x->unit.from > y->unit.from) - (x->unit.from < y->unit.from);
}

static void
make_units(struct search_job *job)
{
	const struct plan *plan = job->search->plan;
	struct plan_units units;

	plan_cut(plan, 0, false, &units);
	job->unit_count = units.count;
	job->units = xcalloc(units.count + 1, sizeof(*job->units));
	for (size_t i = 0; i < units.count; i++)
		job->units[i] = (struct timed_unit){
			units.all[i], least_time(&plan->inputs[units.all[i].input], &units.all[i])};
	free(units.all);
	qsort(job->units, job->unit_count, sizeof(*job->units), by_least);
}

static void
make_searchers(struct search_job *job)
{
	const struct search *search = job->search;

	job->searchers = xcalloc(workers_count(search->workers), sizeof(*job->searchers));
	for (size_t i = 0; i < workers_count(search->workers); i++) {
		struct searcher *searcher = &job->searchers[i];
		searcher->namer = namer_new(search->names);
		searcher->matcher = matcher_new(search->rules, searcher->namer);
		searcher->scratch = regex_scratch_new();
		search_writer_init(&searcher->writer, search->escape);
		buf_init(&searcher->block, SIZE_MAX);
	}
}

static void
free_searchers(struct search_job *job)
{
	for (size_t i = 0; i < workers_count(job->search->workers); i++) {
		struct searcher *searcher = &job->searchers[i];
		namer_free(searcher->namer);
		matcher_free(searcher->matcher);
		regex_scratch_free(searcher->scratch);
		search_writer_release(&searcher->writer);
		buf_release(&searcher->block);
	}
	free(job->searchers);
}

/* An input is complete when all its units are. */
static void
gather_results(struct search_job *job)
{
	struct search *search = job->search;

	search->results = xcalloc(search->plan->count + 1, sizeof(*search->results));
	for (size_t i = 0; i < search->plan->count; i++)
		search->results[i].complete = true;
	for (size_t i = 0; i < job->unit_count; i++) {
		struct input_result *input = &search->results[job->units[i].unit.input];
		input->lines += job->results[i].lines;
		if (input->complete && !job->results[i].complete)
			input->err = job->results[i].err;
		input->complete &= job->results[i].complete;
	}
}

void
search_run(struct search *search)
{
	struct search_job job = {.search = search};

	atomic_init(&search->found, 0);
	atomic_init(&search->late, 0);
	make_units(&job);
	make_searchers(&job);
	job.results = xcalloc(job.unit_count + 1, sizeof(*job.results));
	pthread_mutex_init(&job.lock, NULL);
	sorter_init(&job.sorter, search->out, search->memory);
	if (search->form == SEARCH_CSV && !search->count_only)
		search_write_header(search->out);
	workers_run(search->workers, job.unit_count, search_unit, &job);
	sorter_advance(&job.sorter, INT64_MAX);
	search->err = job.sorter.err;
	gather_results(&job);
	sorter_release(&job.sorter);
	pthread_mutex_destroy(&job.lock);
	free_searchers(&job);
	free(job.results);
	free(job.units);
}
