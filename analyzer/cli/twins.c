#include "cli/twins.h"

#include <stdio.h>

#include "base/xalloc.h"
#include "input/identity.h"

/*
 * Bytewise by the beginning of the content, which puts a file directly before those that
 * begin with all of it; then by path.
 */
static int
by_head(const void *a, const void *b)
{
	const struct plan_input *x = *(struct plan_input *const *)a;
	const struct plan_input *y = *(struct plan_input *const *)b;
	int order = str_compare(x->head, y->head);

	return order ? order : strcmp(x->path, y->path);
}

/* Of two equal ones: the undamaged, then the one that threads can share, then by path. */
static bool
is_better(const struct plan_input *a, const struct plan_input *b)
{
	if (a->is_damaged != b->is_damaged)
		return b->is_damaged;
	if ((a->kind == SOURCE_PLAIN) != (b->kind == SOURCE_PLAIN))
		return a->kind == SOURCE_PLAIN;
	return strcmp(a->path, b->path) < 0;
}

/* Why the file does not end well, if so; reads all of it. */
static void
note_damage(struct plan *plan, const struct plan_input *input)
{
	struct err err = {0};
	struct source *source = source_open(input->path, &err);
	char *buffer = xmalloc(64 * 1024);

	if (source) {
		while (source_read(source, buffer, 64 * 1024) > 0)
			;
		err = *source_error(source);
	}
	if (err.text[0])
		plan_fail(plan, input->path, &err);
	source_close(source);
	free(buffer);
}

/* A dropped input is one without path until the list is closed up. */
static void
drop(struct plan *plan, struct plan_input *input, const struct plan_input *kept, bool is_equal)
{
	char text[600];

	snprintf(text, sizeof(text), "%s %s",
		 is_equal ? "the same content as" : "its content is the beginning of", kept->path);
	plan_note(plan, &plan->dropped, input->path, text);
	/* Of a copy that is still being compressed nobody needs to hear. */
	if (input->kind != SOURCE_PLAIN && !plan->is_nightly)
		note_damage(plan, input);
	input->path = NULL;
}

/* Compares two inputs whose beginnings agree and drops one when it is in the other. */
static void
compare(struct plan *plan, struct plan_input *a, struct plan_input *b)
{
	enum identity_relation relation;
	struct err err;

	/* What cannot be opened any more is named when it is read. */
	if (identity_compare(a->path, b->path, &relation, &err) != 0)
		return;
	switch (relation) {
	case IDENTITY_EQUAL:
		if (is_better(a, b))
			drop(plan, b, a, true);
		else
			drop(plan, a, b, true);
		break;
	case IDENTITY_FIRST_BEGINS_SECOND:
		drop(plan, a, b, false);
		break;
	case IDENTITY_SECOND_BEGINS_FIRST:
		drop(plan, b, a, false);
		break;
	case IDENTITY_DIFFERENT:
		break;
	}
}

void
twins_drop(struct plan *plan)
{
	struct plan_input **sorted = xcalloc(plan->count + 1, sizeof(*sorted));
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->inputs[i].is_regular && plan->inputs[i].head.n > 0)
			sorted[n++] = &plan->inputs[i];
	qsort(sorted, n, sizeof(*sorted), by_head);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n && sorted[i]->path; j++) {
			if (!str_starts(sorted[j]->head, sorted[i]->head))
				break;
			if (sorted[j]->path)
				compare(plan, sorted[i], sorted[j]);
		}
	free(sorted);
	for (size_t i = 0; i < plan->count; i++)
		if (plan->inputs[i].path)
			plan->inputs[kept++] = plan->inputs[i];
	plan->count = kept;
}
