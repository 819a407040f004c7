#include "cli/rotated.h"

#include <sys/stat.h>

#include "base/xalloc.h"
#include "cli/siblings.h"
#include "cli/timerange.h"

/* Clocks of logs and of file systems differ by their zone at most. */
static const int64_t day_ms = 86400000, ms_ns = 1000000;

static struct plan_input *
find_input(struct plan *plan, const struct sibling *sibling)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->inputs[i].is_regular && plan->inputs[i].device == sibling->device &&
		    plan->inputs[i].inode == sibling->inode)
			return &plan->inputs[i];
	return NULL;
}

static void
add_input(struct plan *plan, size_t log, const struct sibling *sibling)
{
	struct err err;
	struct stat st;
	uint64_t begin;
	struct source *source = source_open(sibling->path, &err);

	/* It may have been moved on since the directory was read. */
	if (!source || stat(sibling->path, &st) != 0 || (uint64_t)st.st_ino != sibling->inode) {
		source_close(source);
		return;
	}
	plan->inputs = xrealloc(plan->inputs, plan->count + 1, sizeof(*plan->inputs));
	struct plan_input *input = &plan->inputs[plan->count++];
	*input = plan->inputs[log];
	input->path = arena_copy(&plan->arena, str_of(sibling->path));
	source_peek(source, 1); /* what it is shows in its first bytes */
	input->kind = source_kind(source);
	source_close(source);
	input->size = (uint64_t)st.st_size;
	input->device = sibling->device;
	input->inode = sibling->inode;
	input->changed = sibling->changed / ms_ns;
	input->survey.first = input->kind == SOURCE_PLAIN && !input->has_fold
				      ? timerange_at(input, 0, &begin)
				      : TIME_NONE;
}

/* The files of one log. One that was an operand itself was left out, for it does not grow. */
static void
add_siblings(struct plan *plan, size_t log, int64_t since)
{
	struct siblings siblings;

	siblings_find(&siblings, plan->inputs[log].path, since);
	for (size_t i = 0; i < siblings.count; i++) {
		struct plan_input *input = find_input(plan, &siblings.all[i]);
		if (input)
			input->is_left_out = false;
		else
			add_input(plan, log, &siblings.all[i]);
	}
	siblings_release(&siblings);
}

void
rotated_add(struct plan *plan, int64_t since)
{
	int64_t changed = since == TIME_NONE ? INT64_MIN : (since - day_ms) * ms_ns;
	size_t count = plan->count;

	for (size_t i = 0; i < count; i++) {
		struct plan_input *input = &plan->inputs[i];
		if (!input->is_regular || input->is_left_out)
			continue;
		/* A place that was found in it may be one of a file that is rotated by now. */
		input->from = 0;
		input->to = UINT64_MAX;
		add_siblings(plan, i, changed);
	}
}
