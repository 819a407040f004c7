#include "cli/pipeline.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"
#include "cli/schedule.h"
#include "input/reader.h"
#include "tally/exchange.h"

/*
 * Lines taken through every stage together: while the memory that one of them needs is being
 * fetched, the others are worked on. Lines between two looks at the ceiling and the interrupt
 * flag: exactly so many, however the source's reads fall, since the ceiling's effect depends on it.
 */
enum { BATCH = 32, LINES_A_LOOK = 4096 };
/* What lines that are handed over may take: a part of what the tables may. */
enum { LANES_SHARE = 64 };

_Static_assert((int)BATCH <= (int)NAMER_BATCH && (int)BATCH <= (int)TALLY_BATCH,
	       "a batch is too large for a stage");
_Static_assert((int)TEMPLATE_LINE <= (int)READER_LINE_MAX, "a line may be taken that is too long");

struct batch {
	struct tally_line lines[BATCH];
	struct record records[BATCH];
	struct str raw_names[BATCH];
	const struct name *names[BATCH];
	struct matches matches[BATCH];
};

/* One thread's own state. */
struct worker {
	struct tally tally;
	struct seat *seat; /* NULL where it keeps all lines to itself */
	uint64_t unseen;   /* lines added since the last look at the ceiling */
	struct namer *namer;
	struct matcher *matcher;
	_Atomic size_t bytes; /* about, of the tally */
	const struct filter *filter;
	struct regex_scratch *scratch; /* the filter's */
	uint64_t filtered;
	struct parser parser; /* of the input read last: what it has learned of it, it keeps */
	struct batch batch;
};

struct run {
	struct pipeline *pipeline;
	size_t threads;
	bool in_order;
	struct plan_units units;
	struct schedule schedule;
	struct worker *workers;
	struct exchange *exchange;
	pthread_mutex_t lock;         /* of the results */
	struct input_result *results; /* by unit */
	atomic_bool over;             /* the ceiling was met, and not in order */
	size_t step;                  /* of merge_two */
};

/* Which kinds of line a rule may look at: the noise has nothing to match. */
static bool
can_match(enum record_kind kind)
{
	return kind < RECORD_OTHER;
}

/* What the record alone did not decide. */
static bool
filter_later(const struct worker *worker, const struct name *name, const struct matches *matches)
{
	const struct filter *filter = worker->filter;

	if (filter_has_names(filter) && !filter_name(filter, worker->scratch, name))
		return false;
	return filter_rules(filter, matches);
}

/* Where the lines of a unit come from. */
struct origin {
	uint32_t stream;
	uint64_t chunk;
	const struct server_info *server;
};

/* Matches the i-th line of the batch; false where it is filtered away. */
static bool
match_line(struct worker *worker, const struct origin *origin, size_t i)
{
	struct batch *batch = &worker->batch;
	struct tally_line *line = &batch->lines[i];
	const struct record *record = &batch->records[i];
	const struct name *name = batch->names[i];
	bool is_request = record->kind == origin->server->request;

	batch->matches[i].count = 0;
	if (can_match(record->kind))
		matcher_match(worker->matcher, record, name, origin->server->name, line->text,
			      is_request, &batch->matches[i]);
	if (worker->filter && !filter_later(worker, name, &batch->matches[i]))
		return false;
	line->name = name;
	line->matches = &batch->matches[i];
	line->is_request = is_request;
	return true;
}

/* One by one: the tally works out the other fields, and zeros would be written for them. */
static void
fill_line(struct tally_line *out, const struct line *line, const struct record *record,
	  const struct origin *origin)
{
	out->record = record;
	out->position = (struct position){record->time, origin->stream, origin->chunk, line->offset,
					  line->number};
	out->text = line->text;
}

/*
 * The next line and what it says. But for a batch's first, only where it needs no reading on:
 * the views of the others live in the reader's buffer.
 */
static __attribute__((noinline)) bool
cut_line(struct parser *parser, const struct origin *origin, struct reader *reader, bool is_first,
	 struct record *record, struct tally_line *out)
{
	struct line line;

	if (!(is_first ? reader_next(reader, &line) : reader_next_held(reader, &line)))
		return false;
	parser_parse(parser, line.text, record);
	fill_line(out, &line, record, origin);
	return true;
}

/* The same: most lines are neither looked for nor cut off before they are parsed. */
static inline bool
read_line(struct parser *parser, const struct origin *origin, struct reader *reader, bool is_first,
	  struct record *record, struct tally_line *out)
{
	struct line line;
	size_t n;

	if (!parser_take(parser, reader_rest(reader), record, &n))
		return cut_line(parser, origin, reader, is_first, record, out);
	reader_take(reader, n, &line);
	fill_line(out, &line, record, origin);
	return true;
}

/*
 * The next lines, at most `max`; how many there were, and how many of them are in the batch. A
 * function of its own: all of it fits into registers.
 */
static __attribute__((noinline)) size_t
fill_batch(struct worker *worker, struct parser *parser, const struct origin *origin,
	   struct reader *reader, size_t max, size_t *filled)
{
	struct batch *batch = &worker->batch;
	struct record *record = batch->records;
	struct tally_line *line = batch->lines;
	size_t count = 0;

	for (; count < max; count++) {
		if (!read_line(parser, origin, reader, count == 0, record, line))
			break;
		if (worker->filter && !filter_record(worker->filter, record))
			continue;
		record++;
		line++;
	}
	*filled = (size_t)(record - batch->records);
	return count;
}

/* The next lines, at most `max`; how many there were, 0 at the reader's end. */
static size_t
add_lines(struct worker *worker, struct parser *parser, const struct origin *origin,
	  struct reader *reader, size_t max)
{
	struct batch *batch = &worker->batch;
	size_t parsed, kept = 0;
	size_t count = fill_batch(worker, parser, origin, reader, max, &parsed);

	for (size_t i = 0; i < parsed; i++)
		batch->raw_names[i] = batch->records[i].qname;
	namer_look_all(worker->namer, batch->raw_names, batch->names, parsed);
	for (size_t i = 0; i < parsed; i++)
		if (batch->names[i])
			matcher_prefetch(worker->matcher, batch->names[i]);
	for (size_t i = 0; i < parsed; i++) {
		if (!match_line(worker, origin, i))
			continue;
		if (kept != i)
			batch->lines[kept] = batch->lines[i];
		kept++;
	}
	tally_add_lines(&worker->tally, worker->seat, batch->lines, kept);
	worker->unseen += count + seat_take(worker->seat, &worker->tally);
	worker->filtered += count - kept;
	return count;
}

/*
 * What stays above the ceiling depends on the order of the lines (tally/fold.h). Where one
 * thread reads in order it folds; where many read and their tallies together take more than
 * one may, all is read anew in order.
 */
static void
look_at_ceiling(struct run *run, struct worker *worker)
{
	/* While this one has added so many lines the others have too. */
	uint64_t lines = worker->unseen * (run->in_order ? 1 : run->threads);
	size_t bytes = ceiling_look(&worker->tally, lines, run->in_order), all = 0;

	worker->unseen = 0;
	if (run->in_order)
		return;
	atomic_store(&worker->bytes, bytes);
	for (size_t i = 0; i < run->threads; i++)
		all += atomic_load(&run->workers[i].bytes);
	/*
	 * What they have in common counts once after merging: where they hand nothing over a quarter
	 * more may be held, and while two are merged some of it twice (make memory measures the
	 * whole).
	 */
	size_t most = worker->tally.settings->limits.bytes;
	if (all > (run->exchange ? most : most / 4 * 5) || tally_is_folded(&worker->tally))
		atomic_store(&run->over, true);
}

/* True when the run is to end here: Ctrl-C, or it has to be begun anew in order. */
static bool
must_stop(struct run *run)
{
	return *run->pipeline->interrupted || atomic_load(&run->over);
}

/* How many lines the next batch may hold after `seen` lines. */
static size_t
room_of(uint64_t seen)
{
	size_t left = LINES_A_LOOK - seen % LINES_A_LOOK;

	return left < BATCH ? left : BATCH;
}

/* The lines of a reader, until it or the run ends. */
static void
read_lines(struct run *run, struct worker *worker, struct parser *parser, struct reader *reader,
	   uint32_t stream)
{
	const struct tally_settings *settings = run->pipeline->settings;
	uint64_t chunk = reader->offset, consumed = 0, seen = 0;
	struct origin origin = {stream, chunk,
				&settings->servers[settings->streams[stream].server]};
	size_t count;

	while ((count = add_lines(worker, parser, &origin, reader, room_of(seen))) > 0) {
		seen += count;
		/* Many more may be handed to it than it reads. */
		if (worker->seat ? worker->unseen < LINES_A_LOOK : seen % LINES_A_LOOK != 0)
			continue;
		if (reader->source || worker->seat)
			look_at_ceiling(run, worker);
		/* A block is soon at its end, and what is in it is known. */
		if (reader->source ? must_stop(run) : atomic_load(&run->over))
			break;
		if (reader->source) {
			uint64_t now = source_consumed(reader->source);
			progress_add(run->pipeline->progress, now - consumed);
			consumed = now;
		}
	}
	if (reader->source)
		progress_add(run->pipeline->progress, source_consumed(reader->source) - consumed);
	tally_end_chunk(&worker->tally, stream, chunk, reader->lines, reader->overlong,
			reader->skipped_bytes);
	look_at_ceiling(run, worker);
}

static void
add_result(struct run *run, size_t unit, uint64_t lines, uint64_t bytes, uint64_t skipped_bytes)
{
	struct input_result *result = &run->results[unit];

	pthread_mutex_lock(&run->lock);
	result->lines += lines;
	result->bytes += bytes;
	result->skipped_bytes += skipped_bytes;
	pthread_mutex_unlock(&run->lock);
}

/* How the reading of a unit's source ended. */
static void
end_result(struct run *run, size_t unit, const struct source *source)
{
	struct input_result *result = &run->results[unit];

	pthread_mutex_lock(&run->lock);
	result->complete = source_end(source) == SOURCE_COMPLETE;
	if (!result->complete)
		result->err = *source_error(source);
	pthread_mutex_unlock(&run->lock);
}

static void
read_range(struct run *run, struct worker *worker, const struct task *task)
{
	const struct plan_unit *unit = &run->units.all[task->unit];
	struct plan *plan = run->pipeline->plan;
	struct source *source = plan_open(plan, unit, &run->results[task->unit].err);
	struct reader reader;

	if (!source)
		return;
	reader_init(&reader, source, unit->from);
	parser_release(&worker->parser);
	parser_init(&worker->parser, &plan->inputs[unit->input].parser);
	read_lines(run, worker, &worker->parser, &reader, (uint32_t)unit->input);
	add_result(run, task->unit, reader.lines, reader.offset - unit->from, reader.skipped_bytes);
	end_result(run, task->unit, source);
	reader_release(&reader);
	source_close(source);
}

/* The next block of a flow; false at its end. */
static bool
fill_block(struct run *run, const struct task *task)
{
	struct flow *flow = task->flow;

	if (!flow->source) {
		flow->source = plan_open(run->pipeline->plan, &run->units.all[task->unit],
					 &run->results[task->unit].err);
		if (!flow->source)
			return false;
		blocks_init(&flow->blocks, flow->source);
		flow->blocks.offset = run->units.all[task->unit].from;
	}
	bool more = blocks_next(&flow->blocks, task->block);
	uint64_t consumed = source_consumed(flow->source);
	progress_add(run->pipeline->progress, consumed - flow->consumed);
	flow->consumed = consumed;
	if (!more)
		end_result(run, task->unit, flow->source);
	return more;
}

/* Of an ordered flow its own: the hour that occurs twice must be read in order. */
static struct parser *
parser_of(struct worker *worker, struct flow *flow, const struct parser_settings *settings)
{
	struct parser *parser = flow->ordered ? &flow->parser : &worker->parser;

	if (flow->ordered ? flow->parser_is_made : parser->settings == settings)
		return parser;
	parser_release(parser);
	parser_init(parser, settings);
	if (flow->ordered) /* else several threads are here at once */
		flow->parser_is_made = true;
	return parser;
}

static void
read_block(struct run *run, struct worker *worker, const struct task *task)
{
	const struct block *block = task->block;
	struct flow *flow = task->flow;
	size_t input = run->units.all[task->unit].input;
	struct reader reader;

	if (run->in_order)
		worker = &run->workers[0]; /* one block at a time is read: no other thread has it */
	if (block->n == 0)
		tally_end_chunk(&worker->tally, (uint32_t)input, block->offset, block->lines,
				block->overlong, block->skipped_bytes);
	reader_init_block(&reader, block->bytes, block->n, block->offset, block->ends_whole);
	if (block->n)
		read_lines(run, worker,
			   parser_of(worker, flow, &run->pipeline->plan->inputs[input].parser),
			   &reader, (uint32_t)input);
	add_result(run, task->unit, block->lines + reader.lines,
		   block->skipped_bytes + (reader.offset - block->offset),
		   block->skipped_bytes + reader.skipped_bytes);
	reader_release(&reader);
}

/* Between two tasks: filling a block takes as long as others take for a thousand lines. */
static void
take_handed_over(struct run *run, struct worker *worker)
{
	worker->unseen += seat_take(worker->seat, &worker->tally);
	if (worker->unseen >= LINES_A_LOOK)
		look_at_ceiling(run, worker);
}

static void
work(void *context, size_t index, size_t job)
{
	struct run *run = context;
	struct worker *worker = &run->workers[index];
	struct task task;

	(void)job;
	for (;;) {
		bool more = false;
		if (atomic_load(&run->over))
			schedule_stop(&run->schedule);
		else if (*run->pipeline->interrupted)
			schedule_drain(&run->schedule);
		schedule_next(&run->schedule, &task, seat_is_given_all(worker->seat));
		if (task.kind == TASK_NONE)
			break;
		if (task.kind == TASK_RANGE)
			read_range(run, worker, &task);
		else if (task.kind == TASK_READ)
			read_block(run, worker, &task);
		else
			more = fill_block(run, &task);
		schedule_done(&run->schedule, &task, more);
		if (worker->seat)
			take_handed_over(run, worker);
	}
	seat_flush(worker->seat);
}

/* What was handed over when its thread had nothing left to read. */
static void
take_last(void *context, size_t index, size_t job)
{
	struct run *run = context;

	(void)index;
	(void)seat_take(run->workers[job].seat, &run->workers[job].tally);
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
		struct input_result *unit = &run->results[i];
		if (!unit->complete && !*unit->err.text)
			err_set(&unit->err, unit->lines ? "read only in part: interrupted"
							: "not read: interrupted");
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

/* Lines are numbered on from those that earlier nights have read. */
static void
add_earlier_lines(struct run *run)
{
	const struct plan *plan = run->pipeline->plan;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->inputs[i].lines_before)
			tally_end_chunk(&run->workers[0].tally, (uint32_t)i, 0,
					plan->inputs[i].lines_before, 0, 0);
}

static void
run_init(struct run *run, struct pipeline *pipeline, bool in_order)
{
	size_t threads = workers_count(pipeline->workers);
	/* In order one reads, one fills its ring, one the next file's, where a ring has room. */
	size_t most = in_order && pipeline->readers != 1 ? 3 : pipeline->readers;

	if (most && threads > most)
		threads = most;
	*run = (struct run){.pipeline = pipeline, .threads = threads, .in_order = in_order};
	plan_cut(pipeline->plan, in_order ? UINT64_MAX : pipeline->unit_bytes, true, &run->units);
	schedule_init(&run->schedule, pipeline->plan, &run->units, threads, in_order);
	pthread_mutex_init(&run->lock, NULL);
	run->workers = xcalloc(threads, sizeof(*run->workers));
	run->results = xcalloc(run->units.count, sizeof(*run->results));
	run->exchange =
		in_order ? NULL
			 : exchange_new(threads, pipeline->settings->limits.bytes / LANES_SHARE);
	for (size_t i = 0; i < threads; i++) {
		tally_init(&run->workers[i].tally, pipeline->settings);
		run->workers[i].seat = exchange_seat(run->exchange, i);
		run->workers[i].namer = namer_new(pipeline->settings->names);
		run->workers[i].matcher =
			matcher_new(pipeline->settings->rules, run->workers[i].namer);
		run->workers[i].filter = pipeline->filter;
		run->workers[i].scratch = pipeline->filter ? regex_scratch_new() : NULL;
	}
	add_earlier_lines(run);
}

static void
run_release(struct run *run)
{
	for (size_t i = 0; i < run->threads; i++) {
		tally_release(&run->workers[i].tally);
		parser_release(&run->workers[i].parser);
		matcher_free(run->workers[i].matcher);
		regex_scratch_free(run->workers[i].scratch);
		namer_free(run->workers[i].namer);
	}
	exchange_free(run->exchange);
	schedule_release(&run->schedule);
	pthread_mutex_destroy(&run->lock);
	free(run->results);
	free(run->workers);
	free(run->units.all);
}

/* Merges the tally of the worker that stands `step` behind into that of each 2 * `step`-th. */
static void
merge_two(void *context, size_t thread, size_t job)
{
	struct run *run = context;
	size_t into = job * 2 * run->step, from = into + run->step;

	(void)thread;
	if (from < run->threads)
		tally_merge_by(&run->workers[into].tally, &run->workers[from].tally,
			       run->pipeline->workers);
}

/* All into the first worker's, two by two. */
static void
merge_all(struct run *run)
{
	if (run->in_order) {
		ceiling_look_now(&run->workers[0].tally);
		return;
	}
	for (run->step = 1; run->step < run->threads; run->step *= 2)
		workers_run(run->pipeline->workers, (run->threads - 1) / (2 * run->step) + 1,
			    merge_two, run);
	const struct tally *all = &run->workers[0].tally;
	if (ceiling_is_met(all, run->pipeline->workers) || tally_is_folded(all))
		atomic_store(&run->over, true);
}

static bool
has_pipe(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (!plan->inputs[i].is_regular)
			return true;
	return false;
}

/* False where too much was held: all is to be read once more, in order. */
static bool
read_all(struct run *run)
{
	workers_run(run->pipeline->workers, run->threads, work, run);
	if (atomic_load(&run->over) && !*run->pipeline->interrupted)
		return false;
	workers_run(run->pipeline->workers, run->threads, take_last, run);
	merge_all(run);
	return !atomic_load(&run->over) || *run->pipeline->interrupted;
}

void
pipeline_run(struct pipeline *pipeline)
{
	struct run run;

	run_init(&run, pipeline,
		 workers_count(pipeline->workers) == 1 || pipeline->readers == 1 ||
			 has_pipe(pipeline->plan));
	if (!read_all(&run)) {
		run_release(&run);
		workers_dismiss(pipeline->workers); /* what they have freed is needed */
		progress_restart(pipeline->progress);
		run_init(&run, pipeline, true);
		read_all(&run);
	}
	pipeline->tally = run.workers[0].tally;
	tally_init(&run.workers[0].tally, pipeline->settings);
	for (size_t i = 0; i < run.threads; i++) {
		add_disabled(pipeline, run.workers[i].matcher);
		pipeline->filtered += run.workers[i].filtered;
	}
	forget_disabled(pipeline);
	tally_settle_by(&pipeline->tally, pipeline->workers);
	gather_results(&run);
	run_release(&run);
}

void
pipeline_release(struct pipeline *pipeline)
{
	tally_release(&pipeline->tally);
	free(pipeline->results);
	pipeline->results = NULL;
}
