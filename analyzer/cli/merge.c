#include "cli/merge.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/workers.h"
#include "base/xalloc.h"
#include "cli/merge_map.h"

/* Files that are open beside the tallies: reports, rules, streams. */
enum { FILES_BESIDE = 64 };

/* All of it belongs to one run of merge_tallies. */
struct merge {
	struct analysis *analysis;
	size_t count;
	struct merge_part *parts; /* of the operands that could be opened */
	bool refused;             /* some do not go together: no report */

	/* Of one attempt; a part that turns out damaged starts another one without it. */
	struct merge_inputs inputs;
	struct tally *tallies; /* one a thread */
	size_t threads;
	/*
	 * Above the ceiling what is kept depends on the order: that of the logs, in one thread, and
	 * not that of the operands.
	 */
	bool in_order;
	size_t *order; /* of the parts, by their first log */
	atomic_bool is_over;
};

/* Each tally stays open until the report is made; a fleet has more than a shell allows. */
static void
allow_files(size_t count)
{
	struct rlimit limit;
	rlim_t wanted = (rlim_t)count + FILES_BESIDE;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void
open_parts(struct merge *merge)
{
	const struct option_list *operands = &merge->analysis->options->operands;

	allow_files(operands->count);
	merge->parts = xcalloc(operands->count + 1, sizeof(*merge->parts));
	merge->order = xcalloc(operands->count + 1, sizeof(*merge->order));
	for (size_t i = 0; i < operands->count; i++) {
		struct merge_part *part = &merge->parts[merge->count];
		const char *path = operands->items[i];
		struct err err;
		part->file = tally_open(path, &err);
		if (!part->file) {
			analysis_say(path, err.text);
			merge->analysis->trouble = true;
			continue;
		}
		part->path = path;
		part->run = tally_run(part->file);
		merge->count++;
		merge->in_order |= tally_was_folded(part->file);
		if (tally_compare(part->file, &merge->analysis->setup.tally, &err) != 0) {
			analysis_say(path, err.text);
			merge->refused = true;
		}
	}
}

static void
load_part(void *context, size_t worker, size_t job)
{
	struct merge *merge = context;
	struct merge_part *part = &merge->parts[merge->order[job]];
	struct tally tally;

	if (part->state != PART_TAKEN || merge->is_over || *merge->analysis->pipeline.interrupted)
		return;
	tally_init(&tally, &merge->analysis->setup.tally);
	if (tally_load(part->file, &part->map, &tally, &part->err) == 0)
		tally_merge(&merge->tallies[worker], &tally);
	else
		part->state = PART_DAMAGED;
	tally_release(&tally);
	size_t bytes = ceiling_look(&merge->tallies[worker], 1, merge->in_order);
	if (!merge->in_order && bytes > merge->tallies[worker].settings->limits.bytes)
		merge->is_over = true;
}

/* The parts by the first of their logs, in the order in which one run would read those. */
static void
put_in_order(struct merge *merge)
{
	bool *placed = xcalloc(merge->count, sizeof(*placed));
	size_t n = 0;

	for (size_t i = 0; i < merge->inputs.count; i++) {
		size_t part = merge->inputs.places[i].part;
		if (!placed[part])
			merge->order[n++] = part;
		placed[part] = true;
	}
	for (size_t i = 0; i < merge->count; i++)
		if (!placed[i])
			merge->order[n++] = i;
	free(placed);
}

/*
 * False when it has to be done again: a part was damaged, and what it held is not known, so nothing
 * of it counts; or all together take more than they may.
 */
static bool
load_parts(struct merge *merge, struct tally *out)
{
	struct workers *workers = merge->analysis->setup.workers;
	bool whole = true;

	merge->tallies = xcalloc(merge->threads, sizeof(*merge->tallies));
	for (size_t i = 0; i < merge->threads; i++)
		tally_init(&merge->tallies[i], &merge->analysis->setup.tally);
	put_in_order(merge);
	workers_run(merge->in_order ? NULL : workers, merge->count, load_part, merge);
	for (size_t i = 0; i < merge->count; i++) {
		struct merge_part *part = &merge->parts[i];
		if (part->state != PART_DAMAGED || part->is_said)
			continue;
		analysis_say(part->path, part->err.text);
		part->is_said = true;
		merge->analysis->trouble = true;
		whole = false;
	}
	for (size_t i = 1; i < merge->threads; i++) {
		tally_merge(&merge->tallies[0], &merge->tallies[i]);
		tally_release(&merge->tallies[i]);
	}
	*out = merge->tallies[0];
	free(merge->tallies);
	if (merge->in_order)
		ceiling_look_now(out);
	if (!merge->in_order && (merge->is_over || ceiling_is_met(out, workers))) {
		merge->in_order = true;
		merge->is_over = false;
		whole = false;
	}
	if (!whole)
		tally_release(out);
	return whole;
}

static void
forget_disabled(struct merge *merge)
{
	struct pipeline *pipeline = &merge->analysis->pipeline;
	const struct ruleset *rules = &merge->analysis->setup.rules;

	for (size_t rule = 0; rule < rules->count; rule++) {
		bool disabled = false;
		for (size_t i = 0; i < merge->count; i++)
			disabled |= merge->parts[i].state == PART_TAKEN &&
				    merge_part_disables(&merge->parts[i], rule);
		if (!disabled)
			continue;
		tally_forget_rule(&pipeline->tally, (uint16_t)rule);
		if (pipeline->disabled_count < DISABLED_RULES_MAX)
			pipeline->disabled[pipeline->disabled_count++] = (uint16_t)rule;
	}
}

/* What the parts were given, as one run over all of it would say. */
static void
describe(struct merge *merge)
{
	struct analysis *analysis = merge->analysis;
	struct saved_run *run = &analysis->run;

	*run = (struct saved_run){
		.program = STR(VERSION),
		.role = setup_role(&analysis->setup),
		.log_timezone = setup_timezone(&analysis->setup),
		.input_count = merge->inputs.count,
		.inputs = merge->inputs.all,
		.disabled_count = analysis->pipeline.disabled_count,
		.disabled = analysis->pipeline.disabled,
	};
	merge_unread(&analysis->setup.arena, merge->parts, merge->count, run);
	for (size_t i = 0; i < merge->count; i++) {
		const struct merge_part *part = &merge->parts[i];
		char text[160];
		if (part->state == PART_REPEATED && !analysis->options->quiet)
			analysis_say(part->path, part->err.text);
		if (part->state != PART_TAKEN)
			continue;
		size_t bad = merge_part_incomplete(part);
		if (bad) {
			snprintf(text, sizeof(text),
				 "%zu of the logs it was made of could not be read in full", bad);
			analysis_say(part->path, text);
			analysis->trouble = true;
		}
		if (tally_has_other_limits(part->file, &analysis->setup.tally) &&
		    !analysis->options->quiet)
			analysis_say(part->path, "was folded under another --memory: sources, "
						 "pairs and zones without evidence may be fewer "
						 "than in one run");
	}
}

/* How the logs were read, where all parts say the same; the report prints it as a setting. */
static void
take_settings(struct merge *merge)
{
	struct setup *setup = &merge->analysis->setup;

	for (size_t i = 0; i < merge->count; i++) {
		const struct saved_run *run = merge->parts[i].run;
		if (i == 0) {
			setup->saved_role = run->role;
			setup->saved_timezone = run->log_timezone;
		}
		if (!str_eq(setup->saved_role, run->role))
			setup->saved_role = STR("several");
		if (!str_eq(setup->saved_timezone, run->log_timezone))
			setup->saved_timezone = STR("several");
	}
	setup->saved_role = arena_str(&setup->arena, setup->saved_role);
	setup->saved_timezone = arena_str(&setup->arena, setup->saved_timezone);
}

/* One attempt: 1 when it has to be made again, without a damaged part or in order. */
static int
attempt(struct merge *merge)
{
	struct analysis *analysis = merge->analysis;
	struct servers servers = {0};
	struct err err;
	int status = -1;

	merge_choose(merge->parts, merge->count);
	if (merge_inputs_make(&merge->inputs, &analysis->setup.arena, merge->parts, merge->count,
			      &servers, &err) != 0 ||
	    merge_map(&merge->inputs, &analysis->setup.arena, merge->parts, merge->count, &servers,
		      &err) != 0) {
		fprintf(stderr, "digtrail: %s\n", err.text);
		goto out;
	}
	setup_tally(&analysis->setup, merge->inputs.all, merge->inputs.count, servers.all,
		    servers.count);
	status = load_parts(merge, &analysis->pipeline.tally) ? 0 : 1;
out:
	servers_release(&servers);
	return status;
}

int
merge_tallies(struct analysis *analysis)
{
	const struct options *options = analysis->options;
	struct merge merge = {.analysis = analysis};
	int status = -1;

	if (options->operands.count == 0) {
		fprintf(stderr, "digtrail: merge needs tallies, as --save writes them\n");
		return -1;
	}
	open_parts(&merge);
	merge.threads = workers_count(analysis->setup.workers);
	if (merge.threads > merge.count)
		merge.threads = merge.count;
	if (!merge.refused && merge.count) {
		take_settings(&merge);
		do
			status = attempt(&merge);
		while (status > 0);
	}
	if (status == 0) {
		forget_disabled(&merge);
		tally_settle(&analysis->pipeline.tally);
		describe(&merge);
	}
	for (size_t i = 0; i < merge.count; i++)
		tally_close(merge.parts[i].file);
	free(merge.parts);
	free(merge.order);
	return status;
}
