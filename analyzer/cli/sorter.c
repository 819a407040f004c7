#include "cli/sorter.h"

#include <errno.h>
#include <stdlib.h>

#include "base/xalloc.h"

enum { ALIGNMENT = 8 };

/*
 * Sorted entries, in memory or in a file. `head` is the first that was not written; in a file it
 * is a copy.
 */
struct sorter_run {
	struct buf block; /* owns the entries of a run in memory */
	size_t count, next;
	const struct sorter_entry **entries;
	FILE *file; /* NULL: in memory */
	struct buf copy;
	const struct sorter_entry *head; /* NULL at the end */
};

static const char *
text_of(const struct sorter_entry *entry)
{
	return (const char *)(entry + 1);
}

static size_t
padded(size_t n)
{
	return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static size_t
size_of(const struct sorter_entry *entry)
{
	return sizeof(*entry) + padded(entry->length);
}

static int
compare(const struct sorter_entry *a, const struct sorter_entry *b)
{
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->stream != b->stream)
		return a->stream < b->stream ? -1 : 1;
	return (a->offset > b->offset) - (a->offset < b->offset);
}

static int
by_order(const void *a, const void *b)
{
	return compare(*(const struct sorter_entry *const *)a,
		       *(const struct sorter_entry *const *)b);
}

void
sorter_init(struct sorter *sorter, FILE *out, size_t limit)
{
	*sorter = (struct sorter){.out = out, .limit = limit};
	pthread_mutex_init(&sorter->lock, NULL);
}

static void
run_free(struct sorter_run *run)
{
	if (run->file)
		fclose(run->file);
	buf_release(&run->block);
	buf_release(&run->copy);
	free(run->entries);
	free(run);
}

void
sorter_release(struct sorter *sorter)
{
	for (size_t i = 0; i < sorter->count; i++)
		run_free(sorter->runs[i]);
	free(sorter->runs);
	pthread_mutex_destroy(&sorter->lock);
}

void
sorter_append(struct buf *block, const struct sorter_entry *entry, const char *text)
{
	static const char zeros[ALIGNMENT];

	buf_add(block, entry, sizeof(*entry));
	buf_add(block, text, entry->length);
	buf_add(block, zeros, padded(entry->length) - entry->length);
}

/* Reads the next entry of a run in a file; its end is the end of the run. */
static void
read_head(struct sorter *sorter, struct sorter_run *run)
{
	struct sorter_entry entry;
	char text[4096];

	run->head = NULL;
	if (fread(&entry, sizeof(entry), 1, run->file) != 1) {
		if (ferror(run->file))
			err_set(&sorter->err, "temporary file: %s", strerror(errno));
		return;
	}
	buf_clear(&run->copy);
	buf_add(&run->copy, &entry, sizeof(entry));
	for (size_t left = padded(entry.length); left > 0;) {
		size_t want = left < sizeof(text) ? left : sizeof(text);
		if (fread(text, 1, want, run->file) != want) {
			err_set(&sorter->err, "temporary file: %s", strerror(errno));
			return;
		}
		buf_add(&run->copy, text, want);
		left -= want;
	}
	run->head = (const struct sorter_entry *)(const void *)run->copy.p;
}

static void
step(struct sorter *sorter, struct sorter_run *run)
{
	if (run->file) {
		read_head(sorter, run);
		return;
	}
	run->next++;
	run->head = run->next < run->count ? run->entries[run->next] : NULL;
}

/* Moves the run at `i` down to where the heap is in order again. */
static void
sink(struct sorter *sorter, size_t i)
{
	for (;;) {
		size_t least = i;
		for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++)
			if (child < sorter->count &&
			    compare(sorter->runs[child]->head, sorter->runs[least]->head) < 0)
				least = child;
		if (least == i)
			return;
		struct sorter_run *run = sorter->runs[i];
		sorter->runs[i] = sorter->runs[least];
		sorter->runs[least] = run;
		i = least;
	}
}

static void
push(struct sorter *sorter, struct sorter_run *run)
{
	if (sorter->count == sorter->capacity) {
		sorter->capacity = sorter->capacity ? sorter->capacity * 2 : 16;
		sorter->runs =
			xrealloc(sorter->runs, sorter->capacity, sizeof(struct sorter_run *));
	}
	size_t i = sorter->count++;
	sorter->runs[i] = run;
	for (; i > 0 && compare(sorter->runs[i]->head, sorter->runs[(i - 1) / 2]->head) < 0;
	     i = (i - 1) / 2) {
		struct sorter_run *above = sorter->runs[(i - 1) / 2];
		sorter->runs[(i - 1) / 2] = sorter->runs[i];
		sorter->runs[i] = above;
	}
}

/* Takes the entry that comes first off; its run goes when it was the last one. */
static void
pop(struct sorter *sorter)
{
	struct sorter_run *run = sorter->runs[0];

	step(sorter, run);
	if (!run->head) {
		sorter->held -= run->file ? 0 : run->block.n;
		sorter->runs[0] = sorter->runs[--sorter->count];
		run_free(run);
	}
	if (sorter->count)
		sink(sorter, 0);
}

/* Takes the runs in files out of the heap; the caller pushes them again. */
static struct sorter_run **
set_files_aside(struct sorter *sorter, size_t *count)
{
	struct sorter_run **files = xcalloc(sorter->count + 1, sizeof(*files));
	struct sorter_run **all = sorter->runs;
	size_t n = sorter->count;

	sorter->runs = NULL;
	sorter->count = sorter->capacity = *count = 0;
	for (size_t i = 0; i < n; i++) {
		if (all[i]->file)
			files[(*count)++] = all[i];
		else
			push(sorter, all[i]);
	}
	free(all);
	return files;
}

/* Merges all that is held in memory into one run in a file. */
static void
spill(struct sorter *sorter)
{
	FILE *file = tmpfile();

	if (!file) {
		err_set(&sorter->err, "temporary file: %s", strerror(errno));
		sorter->limit = SIZE_MAX; /* go on in memory */
		return;
	}
	size_t count;
	struct sorter_run **files = set_files_aside(sorter, &count);
	while (sorter->count) {
		const struct sorter_entry *entry = sorter->runs[0]->head;
		fwrite(entry, 1, size_of(entry), file);
		pop(sorter);
	}
	if (fflush(file) != 0 || ferror(file))
		err_set(&sorter->err, "temporary file: %s", strerror(errno));
	rewind(file);
	struct sorter_run *run = xcalloc(1, sizeof(*run));
	run->file = file;
	buf_init(&run->copy, SIZE_MAX);
	read_head(sorter, run);
	if (run->head)
		push(sorter, run);
	else
		run_free(run);
	for (size_t i = 0; i < count; i++)
		push(sorter, files[i]);
	free(files);
}

/* A run of the entries of a block, which it takes over. */
static struct sorter_run *
run_new(struct buf *block)
{
	struct sorter_run *run = xcalloc(1, sizeof(*run));
	size_t capacity = 0;

	run->block = *block;
	for (size_t at = 0; at < block->n;) {
		const void *p = block->p + at;
		const struct sorter_entry *entry = p;
		if (run->count == capacity) {
			capacity = capacity ? capacity * 2 : 256;
			run->entries = xrealloc(run->entries, capacity, sizeof(entry));
		}
		run->entries[run->count++] = entry;
		at += size_of(entry);
	}
	qsort(run->entries, run->count, sizeof(*run->entries), by_order);
	run->head = run->entries[0];
	return run;
}

void
sorter_add(struct sorter *sorter, struct buf *block)
{
	if (block->n == 0)
		return;
	pthread_mutex_lock(&sorter->lock);
	push(sorter, run_new(block));
	sorter->held += block->n;
	if (sorter->held > sorter->limit)
		spill(sorter);
	pthread_mutex_unlock(&sorter->lock);
	buf_init(block, block->limit);
}

void
sorter_advance(struct sorter *sorter, int64_t time)
{
	pthread_mutex_lock(&sorter->lock);
	while (sorter->count && sorter->runs[0]->head->time < time) {
		const struct sorter_entry *entry = sorter->runs[0]->head;
		fwrite(text_of(entry), 1, entry->length, sorter->out);
		pop(sorter);
	}
	pthread_mutex_unlock(&sorter->lock);
}
