#include "cli/schedule.h"

#include <stdlib.h>

#include "base/xalloc.h"

void
schedule_init(struct schedule *schedule, const struct plan *plan, const struct plan_units *units,
	      size_t threads, bool in_order)
{
	*schedule = (struct schedule){
		.plan = plan,
		.units = units,
		.in_order = in_order,
		/* One thread reads what it has filled at once, while it is in the cache. */
		.goal = threads == 1 ? 1 : FLOW_BLOCKS,
		/* In order: the next file is decompressed while the first one is read. */
		.active_max = in_order ? (threads > 1) + 1 : threads / 2 + 1,
	};
	pthread_mutex_init(&schedule->lock, NULL);
	pthread_cond_init(&schedule->changed, NULL);
	schedule->active = xcalloc(schedule->active_max, sizeof(struct flow *));
}

static void
flow_free(struct flow *flow)
{
	for (size_t i = 0; i < FLOW_BLOCKS; i++)
		block_release(&flow->ring[i]);
	if (flow->parser_is_made)
		parser_release(&flow->parser);
	if (flow->source)
		blocks_release(&flow->blocks);
	source_close(flow->source);
	free(flow);
}

void
schedule_release(struct schedule *schedule)
{
	for (size_t i = 0; i < schedule->active_count; i++)
		flow_free(schedule->active[i]);
	free(schedule->active);
	pthread_cond_destroy(&schedule->changed);
	pthread_mutex_destroy(&schedule->lock);
}

static bool
is_range(const struct schedule *schedule, size_t unit)
{
	return !schedule->in_order && schedule->units->all[unit].to != UINT64_MAX;
}

static struct block *
free_block(struct flow *flow)
{
	for (size_t i = 0; i < FLOW_BLOCKS; i++) {
		if (flow->busy[i])
			continue;
		if (!flow->ring[i].bytes)
			block_init(&flow->ring[i]);
		flow->busy[i] = true;
		return &flow->ring[i];
	}
	return NULL;
}

/* A ring with room is to be filled. */
static bool
take_fill(struct schedule *schedule, struct task *task)
{
	for (size_t i = 0; i < schedule->active_count; i++) {
		struct flow *flow = schedule->active[i];
		if (flow->filling || flow->ended || flow->ready_count >= schedule->goal ||
		    (schedule->draining && flow->source))
			continue;
		struct block *block = free_block(flow);
		if (!block)
			continue;
		flow->filling = true;
		*task = (struct task){TASK_FILL, flow->unit, flow, block};
		return true;
	}
	return false;
}

static bool
take_read(struct schedule *schedule, struct task *task)
{
	size_t count = schedule->active_count;

	if (schedule->in_order && count > 1)
		count = 1;
	for (size_t i = 0; i < count; i++) {
		struct flow *flow = schedule->active[i];
		if (flow->ready_count == 0 || (flow->ordered && flow->readers > 0))
			continue;
		struct block *block = &flow->ring[flow->ready[0]];
		flow->ready_count--;
		memmove(&flow->ready[0], &flow->ready[1], flow->ready_count);
		flow->readers++;
		*task = (struct task){TASK_READ, flow->unit, flow, block};
		return true;
	}
	return false;
}

/* To the next pipe. */
static void
pass_files(struct schedule *schedule)
{
	const struct plan_units *units = schedule->units;

	while (schedule->next < units->count &&
	       schedule->plan->inputs[units->all[schedule->next].input].is_regular)
		schedule->next++;
}

/* Whether nobody is at work on a flow, whose end could bring another task. */
static bool
is_idle(const struct schedule *schedule)
{
	for (size_t i = 0; i < schedule->active_count; i++)
		if (schedule->active[i]->filling || schedule->active[i]->readers > 0)
			return false;
	return true;
}

/* Begins the next unit. */
static bool
take_unit(struct schedule *schedule, struct task *task)
{
	if (schedule->draining)
		pass_files(schedule);
	size_t unit = schedule->next;

	if (unit == schedule->units->count)
		return false;
	if (is_range(schedule, unit)) {
		schedule->next++;
		*task = (struct task){.kind = TASK_RANGE, .unit = unit};
		return true;
	}
	if (schedule->active_count == schedule->active_max)
		return false;
	const struct plan_input *input = &schedule->plan->inputs[schedule->units->all[unit].input];
	struct flow *flow = xcalloc(1, sizeof(*flow));
	flow->unit = unit;
	flow->ordered = schedule->in_order || input->has_fold || !input->is_regular;
	schedule->active[schedule->active_count++] = flow;
	schedule->next++;
	return take_fill(schedule, task);
}

void
schedule_next(struct schedule *schedule, struct task *task, bool reads_first)
{
	*task = (struct task){.kind = TASK_NONE};
	pthread_mutex_lock(&schedule->lock);
	while (!schedule->stopped && !(reads_first && take_read(schedule, task)) &&
	       !take_fill(schedule, task) && !take_read(schedule, task) &&
	       !take_unit(schedule, task)) {
		if (schedule->next == schedule->units->count && schedule->active_count == 0)
			break;
		if (schedule->draining && is_idle(schedule))
			break;
		pthread_cond_wait(&schedule->changed, &schedule->lock);
	}
	pthread_mutex_unlock(&schedule->lock);
}

/* Takes a flow that has been read to its end off the list. */
static void
close_if_read(struct schedule *schedule, struct flow *flow)
{
	size_t at = 0;

	if (!flow->ended || flow->ready_count > 0 || flow->readers > 0)
		return;
	while (schedule->active[at] != flow)
		at++;
	schedule->active_count--;
	memmove(&schedule->active[at], &schedule->active[at + 1],
		(schedule->active_count - at) * sizeof(struct flow *));
	flow_free(flow);
}

void
schedule_done(struct schedule *schedule, const struct task *task, bool more)
{
	struct flow *flow = task->flow;

	if (task->kind == TASK_RANGE)
		return;
	pthread_mutex_lock(&schedule->lock);
	size_t number = (size_t)(task->block - flow->ring);
	if (task->kind == TASK_FILL) {
		flow->filling = false;
		flow->ended = !more;
	}
	if (task->kind == TASK_FILL && more) {
		flow->ready[flow->ready_count++] = (uint8_t)number;
	} else {
		flow->busy[number] = false;
		flow->readers -= task->kind == TASK_READ;
	}
	close_if_read(schedule, flow);
	pthread_cond_broadcast(&schedule->changed);
	pthread_mutex_unlock(&schedule->lock);
}

void
schedule_stop(struct schedule *schedule)
{
	pthread_mutex_lock(&schedule->lock);
	schedule->stopped = true;
	pthread_cond_broadcast(&schedule->changed);
	pthread_mutex_unlock(&schedule->lock);
}

void
schedule_drain(struct schedule *schedule)
{
	pthread_mutex_lock(&schedule->lock);
	schedule->draining = true;
	pthread_cond_broadcast(&schedule->changed);
	pthread_mutex_unlock(&schedule->lock);
}
