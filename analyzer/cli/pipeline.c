#include "cli/pipeline.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"
#include "input/reader.h"

/* Lines between two looks at the interrupt flag and the progress line. */
enum { LINES_A_LOOK = 4096 };

/* One thread's own state. */
struct worker {
	struct tally tally;
	struct namer *namer;
	struct matcher *matcher;
};

struct run {
	struct pipeline *pipeline;
	struct plan_units units;
	struct worker *workers;
	struct input_result *results; /* by unit */
};

/* Which kinds of line a rule may look at: the noise has nothing to match. */
static bool
can_match(enum record_kind kind)
{
	return kind < RECORD_OTHER;
}

static void
add_line(struct worker *worker, struct parser *parser, const struct line *line, uint32_t stream,
	 uint64_t chunk)
{
	const struct tally_settings *settings = worker->tally.settings;
	const struct server_info *server = &settings->servers[settings->streams[stream].server];
	struct matches matches;
	struct record record;

	enum record_kind kind = parser_parse(parser, line->text, &record);
	bool is_request = kind == server->request;
	const struct name *name = record.qname.n ? namer_look(worker->namer, record.qname) : NULL;
	matches.count = 0;
	if (can_match(kind))
		matcher_match(worker->matcher, &record, name, server->name, line->text, is_request,
			      &matches);
	tally_add(&worker->tally,
		  &(struct tally_line){
			  .record = &record,
			  .name = name,
			  .matches = &matches,
			  .position = {record.time, stream, chunk, line->offset, line->number},
			  .text = line->text,
			  .is_request = is_request,
		  });
}

static void
read_lines(struct run *run, struct worker *worker, const struct plan_unit *unit,
	   struct source *source, struct input_result *result)
{
	const struct pipeline *pipeline = run->pipeline;
	uint32_t stream = (uint32_t)unit->input;
	uint64_t consumed = 0, seen = 0;
	struct reader reader;
	struct parser parser;
	struct line line;

	reader_init(&reader, source, unit->from);
	parser_init(&parser, &pipeline->plan->inputs[unit->input].parser);
	while (reader_next(&reader, &line)) {
		add_line(worker, &parser, &line, stream, unit->from);
		if (++seen % LINES_A_LOOK)
			continue;
		if (*pipeline->interrupted)
			break;
		progress_add(pipeline->progress, source_consumed(source) - consumed);
		consumed = source_consumed(source);
	}
	progress_add(pipeline->progress, source_consumed(source) - consumed);
	tally_end_chunk(&worker->tally, stream, unit->from, reader.lines, reader.overlong,
			reader.skipped_bytes);
	result->lines = reader.lines;
	result->bytes = reader.offset - unit->from;
	result->skipped_bytes = reader.skipped_bytes;
	result->complete = source_end(source) == SOURCE_COMPLETE;
	if (!result->complete)
		result->err = *source_error(source);
	reader_release(&reader);
	parser_release(&parser);
}

static void
read_unit(void *context, size_t index, size_t job)
{
	struct run *run = context;
	struct input_result *result = &run->results[job];
	const struct plan_unit *unit = &run->units.all[job];

	if (*run->pipeline->interrupted) {
		err_set(&result->err, "not read: interrupted");
		return;
	}
	struct source *source = plan_open(run->pipeline->plan, unit, &result->err);
	if (!source)
		return;
	read_lines(run, &run->workers[index], unit, source, result);
	source_close(source);
	if (*run->pipeline->interrupted && !result->complete)
		err_set(&result->err, "read only in part: interrupted");
}

/* An input is complete when all its units are. */
static void
gather_results(struct run *run)
{
	struct pipeline *pipeline = run->pipeline;

	pipeline->results = xcalloc(pipeline->plan->count, sizeof(*pipeline->results));
	for (size_t i = 0; i < pipeline->plan->count; i++)
		pipeline->results[i].complete = true;
	for (size_t i = 0; i < run->units.count; i++) {
		struct input_result *input = &pipeline->results[run->units.all[i].input];
		const struct input_result *unit = &run->results[i];
		input->lines += unit->lines;
		input->bytes += unit->bytes;
		input->skipped_bytes += unit->skipped_bytes;
		if (input->complete && !unit->complete)
			input->err = unit->err;
		input->complete &= unit->complete;
	}
}

static void
add_disabled(struct pipeline *pipeline, const struct matcher *matcher)
{
	uint16_t rules[DISABLED_RULES_MAX];
	size_t count = matcher_disabled(matcher, rules, DISABLED_RULES_MAX);

	for (size_t i = 0; i < count && i < DISABLED_RULES_MAX; i++) {
		size_t at = 0;
		while (at < pipeline->disabled_count && pipeline->disabled[at] != rules[i])
			at++;
		if (at == pipeline->disabled_count && at < DISABLED_RULES_MAX)
			pipeline->disabled[pipeline->disabled_count++] = rules[i];
	}
}

static int
compare_rules(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* Where in a thread's work a rule was switched off is chance: it has marked nothing. */
static void
forget_disabled(struct pipeline *pipeline)
{
	if (pipeline->disabled_count)
		qsort(pipeline->disabled, pipeline->disabled_count, sizeof(*pipeline->disabled),
		      compare_rules);
	for (size_t i = 0; i < pipeline->disabled_count; i++)
		tally_forget_rule(&pipeline->tally, pipeline->disabled[i]);
}

void
pipeline_run(struct pipeline *pipeline)
{
	struct run run = {.pipeline = pipeline};
	size_t threads = pipeline->threads ? pipeline->threads : 1;

	plan_cut(pipeline->plan, pipeline->unit_bytes, &run.units);
	run.workers = xcalloc(threads, sizeof(*run.workers));
	run.results = xcalloc(run.units.count, sizeof(*run.results));
	for (size_t i = 0; i < threads; i++) {
		tally_init(&run.workers[i].tally, pipeline->settings);
		run.workers[i].namer = namer_new(pipeline->settings->names);
		run.workers[i].matcher = matcher_new(pipeline->settings->rules);
	}
	workers_run(threads, run.units.count, read_unit, &run);
	pipeline->tally = run.workers[0].tally;
	for (size_t i = 0; i < threads; i++) {
		if (i) {
			tally_merge(&pipeline->tally, &run.workers[i].tally);
			tally_release(&run.workers[i].tally);
		}
		add_disabled(pipeline, run.workers[i].matcher);
		matcher_free(run.workers[i].matcher);
		namer_free(run.workers[i].namer);
	}
	forget_disabled(pipeline);
	tally_settle(&pipeline->tally);
	gather_results(&run);
	free(run.results);
	free(run.workers);
	free(run.units.all);
}

void
pipeline_release(struct pipeline *pipeline)
{
	tally_release(&pipeline->tally);
	free(pipeline->results);
	pipeline->results = NULL;
}
