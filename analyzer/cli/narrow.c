#include "cli/narrow.h"

/* The logs of other servers than those asked for are not opened. */
static void
leave_out_servers(struct narrowing *narrowing, struct plan *plan)
{
	const struct filter *filter = &narrowing->filter;

	for (size_t i = 0; filter->servers && i < plan->count; i++) {
		struct plan_input *input = &plan->inputs[i];
		if (filter->servers[input->server])
			continue;
		input->is_left_out = true;
		narrowing->skipped.files++;
		narrowing->skipped.bytes += input->size;
	}
}

int
narrowing_begin(struct narrowing *narrowing, const struct options *options, struct err *err)
{
	*narrowing = (struct narrowing){0};
	return filter_begin(&narrowing->filter, options, err);
}

int
narrowing_end(struct narrowing *narrowing, const struct options *options, struct plan *plan,
	      const struct ruleset *rules, struct err *err)
{
	struct filter *filter = &narrowing->filter;
	int64_t end = TIME_NONE;
	struct buf text;

	if (filter_is_relative(options) && timerange_end(plan, &end, err) != 0)
		return -1;
	if (filter_end(filter, options, plan, rules, end, err) != 0)
		return -1;
	if (!filter->is_active)
		return 0;
	buf_init(&text, sizeof(narrowing->text) - 1);
	filter_describe(options, &text);
	memcpy(narrowing->text, text.p, text.n);
	buf_release(&text);
	leave_out_servers(narrowing, plan);
	if (filter->since != TIME_NONE || filter->until != TIME_NONE)
		timerange_apply(plan, filter->since, filter->until, &narrowing->skipped);
	return 0;
}

void
narrowing_release(struct narrowing *narrowing)
{
	filter_release(&narrowing->filter);
}

void
narrowing_describe(const struct narrowing *narrowing, struct buf *out)
{
	const struct timerange_skipped *skipped = &narrowing->skipped;

	if (skipped->files)
		buf_printf(out, "%zu files were not opened", skipped->files);
	if (skipped->cut_files)
		buf_printf(out, "%s%zu files were read in part", skipped->files ? ", " : "",
			   skipped->cut_files);
	if (skipped->bytes)
		buf_printf(out, ": %.1f MB were skipped", (double)skipped->bytes / 1e6);
}
