#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* realpath */
#endif

#include "cli/nightly.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cli/analysis.h"
#include "store/pending.h"
#include "store/quiet.h"

int
nightly_open(struct nightly *nightly, const struct options *options, struct err *err)
{
	if (!options->state)
		return 0;
	nightly->state = state_open(options->state, STATE_WRITE, err);
	if (nightly->state)
		nightly->logs = logs_load(nightly->state, err);
	/* What waited has been put in its place; what is left was of no night. */
	for (size_t i = 0; nightly->state && i < options->outputs.count; i++)
		outfile_sweep(options->outputs.items[i], OUTFILE_WAITING);
	if (nightly->state && options->save)
		outfile_sweep(options->save, OUTFILE_WAITING);
	return nightly->logs ? 0 : err_prefix(err, "--state");
}

int
nightly_learned(struct nightly *nightly, const struct analysis *analysis, struct err *err)
{
	if (!nightly->state)
		return 0;
	if (baseline_load(&nightly->baseline, nightly->state, &analysis->setup.names,
			  &analysis->setup.rules, err) != 0)
		return err_prefix(err, "--state %s", analysis->options->state);
	if (nightly->baseline.was_unlike && !analysis->options->quiet)
		analysis_say(analysis->options->state,
			     "earlier nights were learned under another key, other own zones, word "
			     "lists or suffixes: what is known of names begins anew");
	return 0;
}

const struct tally *
nightly_baseline(const struct nightly *nightly)
{
	return nightly->state && !nightly->baseline.is_empty ? &nightly->baseline.tally : NULL;
}

static uint64_t
requests_of(const struct analysis *analysis)
{
	uint64_t requests = 0;

	for (size_t i = 0; i < analysis->run.input_count; i++)
		requests += analysis->run.inputs[i].requests;
	return requests;
}

static int
by_path(const void *a, const void *b)
{
	return str_compare((*(const struct saved_input *const *)a)->path,
			   (*(const struct saved_input *const *)b)->path);
}

/* By path; to be freed. */
static const struct saved_input **
sort_inputs(const struct saved_run *run)
{
	const struct saved_input **sorted = xcalloc(run->input_count, sizeof(*sorted));

	for (size_t i = 0; i < run->input_count; i++)
		sorted[i] = &run->inputs[i];
	if (run->input_count)
		qsort(sorted, run->input_count, sizeof(*sorted), by_path);
	return sorted;
}

static uint64_t
lines_of(const struct saved_input *const *sorted, size_t count, const char *path)
{
	const struct saved_input wanted = {.path = str_of(path)}, *key = &wanted;
	const struct saved_input *const *found =
		count ? bsearch(&key, sorted, count, sizeof(*sorted), by_path) : NULL;

	return found ? (*found)->lines : 0;
}

/* A log of which not all was read that should have been: none of the night counts. */
static int
check_inputs(const struct analysis *analysis, struct err *err)
{
	for (size_t i = 0; i < analysis->run.input_count; i++)
		if (!analysis->run.inputs[i].complete)
			return err_set(err,
				       "%.*s could not be read to its end: this night is not kept, "
				       "the next run reads its logs again",
				       STR_ARG(analysis->run.inputs[i].path));
	return 0;
}

static int
keep_logs(struct nightly *nightly, const struct analysis *analysis, struct err *err)
{
	const struct plan *plan = &analysis->setup.plan;

	const struct saved_input **sorted = sort_inputs(&analysis->run);
	int status = 0;
	for (size_t i = 0; i < plan->look_count && status == 0; i++) {
		const struct plan_look *look = &plan->looks[i];
		uint64_t lines = look->is_input
					 ? lines_of(sorted, analysis->run.input_count, look->path)
					 : 0;
		status = logs_keep(nightly->state, &look->look, look->path, lines, err);
	}
	free(sorted);
	return status == 0 ? logs_prune(nightly->state, err) : -1;
}

int
nightly_end(struct nightly *nightly, struct analysis *analysis, struct err *err)
{
	struct state *state = nightly->state;
	const struct tally *tally = &analysis->pipeline.tally;
	int64_t now = detect_now(tally);

	if (!state || analysis_is_interrupted(analysis))
		return 0;
	if (now == TIME_NONE)
		now = state_last_time(state);
	nightly->now = now;
	if (check_inputs(analysis, err) != 0 || state_begin(state, err) != 0 ||
	    told_tonight(state, &analysis->findings, now, &nightly->arena, &nightly->told, err) !=
		    0 ||
	    quiet_tonight(state, tally, err) != 0 ||
	    quiet_list(state, &nightly->arena, &nightly->quiet, &nightly->night.quiet_count, err) !=
		    0 ||
	    keep_logs(nightly, analysis, err) != 0 ||
	    state_add_night(state, now, requests_of(analysis), err) != 0 ||
	    alive_tonight(state, analysis->options->alive, now, &nightly->night.alive, err) != 0) {
		state_rollback(state);
		return err_prefix(err, "%s", analysis->options->state);
	}
	nightly->night.told = &nightly->told;
	nightly->night.quiet = nightly->quiet;
	nightly->is_open = true;
	return 0;
}

/* The directory of a new file may be relative: the next run may start elsewhere. */
static int
put_pending(struct nightly *nightly, struct outfile *file, struct err *err)
{
	if (outfile_keep(file, err) != 0)
		return -1;
	char *name = realpath(file->name, NULL);
	const char *slash = strrchr(file->path, '/');
	int status;

	if (!name)
		return err_set(err, "%s: %s", file->name, strerror(errno));
	size_t directory = (size_t)(strrchr(name, '/') - name) + 1;
	const char *base = slash ? slash + 1 : file->path;
	struct buf full;
	buf_init(&full, directory + strlen(base) + 1);
	buf_add(&full, name, directory);
	buf_add_text(&full, base);
	status = pending_add(nightly->state, name, full.p, err);
	buf_release(&full);
	nightly->files = xrealloc(nightly->files, nightly->file_count + 1, sizeof(*nightly->files));
	nightly->files[nightly->file_count++] = arena_copy(&nightly->arena, str_of(name));
	free(name);
	return status;
}

int
nightly_put(struct nightly *nightly, struct outfile *file, struct err *err)
{
	int status = 0;

	if (!file->name)
		return 0;
	if (nightly->is_open) {
		status = put_pending(nightly, file, err);
		if (status == 0) {
			free(file->name); /* the state has it now */
			file->name = NULL;
		}
	} else {
		status = outfile_rename(file, err);
	}
	outfile_release(file);
	return status;
}

int
nightly_commit(struct nightly *nightly, struct tally *tonight, struct err *err)
{
	if (!nightly->is_open)
		return 0;
	if (baseline_add(&nightly->baseline, nightly->state, tonight, nightly->now, err) != 0)
		return -1;
	if (state_commit(nightly->state, err) != 0)
		return -1;
	nightly->is_open = false;
	return pending_complete(nightly->state, err);
}

void
nightly_release(struct nightly *nightly)
{
	if (nightly->is_open) {
		state_rollback(nightly->state);
		for (size_t i = 0; i < nightly->file_count; i++)
			unlink(nightly->files[i]);
	}
	free(nightly->files);
	baseline_release(&nightly->baseline);
	logs_free(nightly->logs);
	state_close(nightly->state);
	arena_release(&nightly->arena);
	*nightly = (struct nightly){0};
}
