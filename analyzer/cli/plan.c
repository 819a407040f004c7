#include "cli/plan.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/filename.h"
#include "cli/interrupt.h"
#include "cli/look.h"
#include "cli/twins.h"
#include "input/identity.h"

void
plan_note(struct plan *plan, struct plan_notes *notes, const char *path, const char *text)
{
	notes->all = xrealloc(notes->all, notes->count + 1, sizeof(*notes->all));
	notes->all[notes->count++] = (struct plan_note){arena_copy(&plan->arena, str_of(path)),
							arena_copy(&plan->arena, str_of(text))};
}

void
plan_fail(struct plan *plan, const char *path, const struct err *err)
{
	struct str text = str_of(err->text), begin = str_of(path);

	if (strcmp(path, "-") == 0)
		begin = STR("standard input");
	if (str_take(&text, begin) && str_take(&text, STR(": ")))
		plan_note(plan, &plan->errors, path, text.p);
	else
		plan_note(plan, &plan->errors, path, err->text);
}

const struct timezone_rules *
plan_zone(const struct plan *plan, const char *name)
{
	/* The first one is what the settings name, or the machine's. */
	for (size_t i = plan->zone_count; name && i > 0; i--)
		if (strcmp(plan->zones[i - 1]->name, name) == 0)
			return plan->zones[i - 1];
	return plan->zones[0];
}

static int
load_zone(struct plan *plan, const char *name, struct err *err)
{
	struct timezone_rules *zone = xcalloc(1, sizeof(*zone));

	plan->zones = xrealloc(plan->zones, plan->zone_count + 1, sizeof(*plan->zones));
	plan->zones[plan->zone_count++] = zone;
	return timezone_load(zone, name, err);
}

/* Loads each zone that is named once. */
static int
load_zones(struct plan *plan, const struct plan_settings *settings, struct err *err)
{
	if (load_zone(plan, settings->timezone, err) != 0)
		return err_prefix(err, "--log-timezone");
	for (size_t i = 0; i < settings->override_count; i++) {
		const char *name = settings->overrides[i].timezone;
		if (!name || strcmp(plan_zone(plan, name)->name, name) == 0)
			continue;
		if (load_zone(plan, name, err) != 0)
			return err_prefix(err, "inputs: %s", settings->overrides[i].pattern);
	}
	return 0;
}

static void
look_at_file(struct plan *plan, struct listing *listing, const struct listing_file *file,
	     const struct plan_settings *settings)
{
	struct listing_directory *directory =
		file->directory == LISTING_NAMED ? NULL : &listing->directories[file->directory];
	struct plan_input input;
	struct err reason = {0};

	switch (look_at(plan, file, settings, &input, &reason)) {
	case LOOK_LOG:
		plan->inputs = xrealloc(plan->inputs, plan->count + 1, sizeof(*plan->inputs));
		plan->inputs[plan->count++] = input;
		if (directory)
			directory->logs++;
		break;
	case LOOK_OTHER:
		plan_note(plan, file->is_named ? &plan->errors : &plan->skipped, file->path,
			  reason.text);
		break;
	case LOOK_ERROR:
		if (directory)
			directory->failed = true;
		break;
	}
}

/* A directory that was named must hold a log; one that failed has its error already. */
static void
check_directories(struct plan *plan, const struct listing *listing)
{
	for (size_t i = 0; i < listing->directory_count; i++) {
		const struct listing_directory *directory = &listing->directories[i];
		char text[128];
		if (directory->logs || directory->failed || directory->has_twins)
			continue;
		snprintf(text, sizeof(text), "no DNS log in this directory (%zu files looked at)",
			 directory->files);
		plan_note(plan, &plan->errors, directory->path,
			  directory->files ? text : "no file in this directory");
	}
}

/* What earlier nights have left of an input; false when it is nothing. */
static bool
compare_input(struct plan *plan, struct plan_input *input, struct logs *logs)
{
	struct plan_look *look = &plan->looks[plan->look_count];
	struct err err;

	look->path = input->path;
	if (logs_look(logs, input->path, input->kind, input->beginning, input->size, &look->look,
		      &err) != 0) {
		plan_fail(plan, input->path, &err);
		return false;
	}
	plan->look_count++;
	if (look->look.damage.text[0])
		plan_fail(plan, input->path, &look->look.damage);
	if (look->look.verdict == LOG_WAITS)
		plan_note(
			plan, &plan->dropped, input->path,
			"stops in the middle: it may still be written, and waits for the next run");
	else if (look->look.verdict == LOG_KNOWN)
		plan_note(plan, &plan->skipped, input->path, "nothing new since it was read");
	look->is_input = look->look.verdict == LOG_READ;
	input->from = look->look.from;
	input->to = look->look.to;
	input->member = look->look.member;
	input->member_from = look->look.member_from;
	input->lines_before = look->look.lines_before;
	return look->is_input;
}

/* Leaves of each file what was not read in earlier nights. */
static void
compare_nights(struct plan *plan, const struct plan_settings *settings)
{
	size_t kept = 0;

	if (!settings->logs)
		return;
	interrupt_tell("comparing the logs with earlier nights'");
	plan->looks = xcalloc(plan->count + 1, sizeof(*plan->looks));
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_input *input = &plan->inputs[i];
		interrupt_count(i, plan->count);
		if (!input->is_regular || input->beginning.n == 0 ||
		    compare_input(plan, input, settings->logs))
			plan->inputs[kept++] = *input;
	}
	plan->count = kept;
}

/* By the first time in the content, those without time later, pipes last; then by path. */
static int
by_time(const void *a, const void *b)
{
	const struct plan_input *x = a, *y = b;
	bool x_timed = x->survey.first != TIME_NONE, y_timed = y->survey.first != TIME_NONE;

	if (x->is_regular != y->is_regular)
		return x->is_regular ? -1 : 1;
	if (x_timed != y_timed)
		return x_timed ? -1 : 1;
	if (x->survey.first != y->survey.first)
		return x->survey.first < y->survey.first ? -1 : 1;
	return strcmp(x->path, y->path);
}

static int
note_order(const void *a, const void *b)
{
	const struct plan_note *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : strcmp(x->text, y->text);
}

static void
sort_notes(struct plan_notes *notes)
{
	if (notes->count)
		qsort(notes->all, notes->count, sizeof(*notes->all), note_order);
}

/* The server of an input as far as it can be told from that input alone. */
static const char *
server_name(struct plan *plan, const struct plan_input *input)
{
	char name[FILENAME_SERVER];

	if (input->server_given)
		return input->server_given;
	if (input->survey.host[0] && !input->survey.several_hosts)
		return arena_copy(&plan->arena, str_of(input->survey.host));
	return arena_copy(&plan->arena, str_of(filename_server(input->path, name)));
}

/* What the lines looked at say of the server's role. */
static void
vote(struct saved_input *saved, const struct plan_input *input)
{
	const struct survey *survey = &input->survey;
	const struct custom_format *custom = input->parser.custom;

	/* Unbound is a resolver, whatever its queries look like (it does not log RD). */
	if (survey->unbound > survey->bind) {
		saved->queries = saved->recursive = survey->unbound;
	} else if (input->parser.format == FORMAT_CUSTOM && !custom_info(custom)->either) {
		saved->queries = survey->custom;
		saved->recursive = custom_info(custom)->resolver ? survey->custom : 0;
	} else {
		saved->queries = survey->queries;
		saved->recursive = survey->recursion_desired;
	}
}

/* What is known of an input before it is read, as a saved tally holds it. */
static struct saved_input
saved_of(struct plan *plan, const struct plan_input *input)
{
	const struct survey *survey = &input->survey;
	struct identity identity = identity_of(input->head);

	struct saved_input saved = {
		.path = str_of(input->path),
		.format = str_of(parser_format_name(&input->parser)),
		.time_basis = str_of(input->time_basis),
		.server = str_of(server_name(plan, input)),
		.server_given = input->server_given != NULL,
		.is_regular = input->is_regular,
		.role_given = (uint8_t)input->role_given,
		.queries_logged = survey->queries_logged,
		.responses_logged = survey->responses_logged,
		.first = survey->first,
		.head_bytes = identity.n,
		.head_hash = identity.hash,
	};
	vote(&saved, input);
	return saved;
}

/* Names the servers and settles the role of each from all of its files. */
static int
make_servers(struct plan *plan, struct err *err)
{
	plan->saved = arena_alloc(&plan->arena, (plan->count + 1) * sizeof(*plan->saved));
	for (size_t i = 0; i < plan->count; i++)
		plan->saved[i] = saved_of(plan, &plan->inputs[i]);
	struct servers servers;
	int result = servers_make(&servers, plan->saved, plan->count, &plan->arena, err);
	plan->server_count = servers.count;
	plan->servers = servers.all;
	for (size_t i = 0; i < plan->count; i++)
		plan->inputs[i].server = plan->saved[i].server_number;
	return result;
}

int
plan_make(struct plan *plan, const char *const *paths, size_t count,
	  const struct plan_settings *settings, struct err *err)
{
	struct listing listing;

	*plan = (struct plan){0};
	if (load_zones(plan, settings, err) != 0)
		return -1;
	plan->is_nightly = settings->logs != NULL;
	plan->max_ratio = settings->max_ratio;
	interrupt_tell("listing the logs");
	listing_make(&listing, plan, paths, count);
	if (settings->listed)
		settings->listed(settings->context, &listing);
	interrupt_tell("looking at the logs");
	for (size_t i = 0; i < listing.count; i++) {
		interrupt_count(i, listing.count);
		look_at_file(plan, &listing, &listing.files[i], settings);
	}
	check_directories(plan, &listing);
	listing_release(&listing);
	interrupt_tell("looking for logs that are the same");
	twins_drop(plan);
	compare_nights(plan, settings);
	if (plan->count)
		qsort(plan->inputs, plan->count, sizeof(*plan->inputs), by_time);
	sort_notes(&plan->errors);
	sort_notes(&plan->skipped);
	sort_notes(&plan->dropped);
	return make_servers(plan, err);
}

void
plan_release(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		source_close(plan->inputs[i].source);
	for (size_t i = 0; i < plan->zone_count; i++) {
		timezone_release(plan->zones[i]);
		free(plan->zones[i]);
	}
	free(plan->zones);
	free(plan->inputs);
	free(plan->servers);
	free(plan->looks);
	free(plan->errors.all);
	free(plan->skipped.all);
	free(plan->dropped.all);
	arena_release(&plan->arena);
	*plan = (struct plan){0};
}

static void
add_unit(struct plan_units *units, size_t input, uint64_t from, uint64_t to)
{
	units->all = xrealloc(units->all, units->count + 1, sizeof(*units->all));
	units->all[units->count++] = (struct plan_unit){input, from, to};
}

/* The offset behind the first newline at or after `at`, or `size` when there is none. */
static uint64_t
after_newline(int fd, uint64_t at, uint64_t size)
{
	char buffer[16 * 1024];

	while (at < size) {
		ssize_t got = pread(fd, buffer, sizeof(buffer), (off_t)at);
		if (got <= 0)
			break;
		const char *lf = memchr(buffer, '\n', (size_t)got);
		if (lf)
			return at + (uint64_t)(lf - buffer) + 1;
		at += (uint64_t)got;
	}
	return size;
}

static bool
is_cut(const struct plan_input *input)
{
	return input->kind == SOURCE_PLAIN && input->is_regular;
}

static uint64_t
end_of(const struct plan_input *input)
{
	return input->to < input->size ? input->to : input->size;
}

/* The next unit's size: the last ones are small, so that all threads are done at the same time. */
static uint64_t
next_size(uint64_t left, uint64_t most)
{
	enum { SHARES = 16, LEAST = 32 };
	uint64_t size = left / SHARES;

	if (size < most / LEAST)
		size = most / LEAST;
	return size < most ? size : most;
}

/*
 * Each search begins where the last one ended: no byte is looked at twice. `left` is what is to
 * be read of this file and those after it.
 */
static void
cut_file(const struct plan_input *input, size_t index, uint64_t unit_bytes, bool small_last,
	 uint64_t left, struct plan_units *units)
{
	int fd = open(input->path, O_RDONLY | O_CLOEXEC);
	uint64_t from = input->from, end = end_of(input), size;

	/* A file that is gone is named when it is opened to be read. */
	while (fd >= 0 &&
	       end - from > (size = small_last ? next_size(left, unit_bytes) : unit_bytes)) {
		uint64_t to = after_newline(fd, from + size, end);
		if (to >= end)
			break;
		add_unit(units, index, from, to);
		left -= to - from;
		from = to;
	}
	add_unit(units, index, from, end);
	if (fd >= 0)
		close(fd);
}

void
plan_cut(const struct plan *plan, uint64_t unit_bytes, bool small_last, struct plan_units *units)
{
	uint64_t left = 0;

	*units = (struct plan_units){0};
	if (unit_bytes == 0)
		unit_bytes = PLAN_UNIT;
	for (size_t i = 0; i < plan->count; i++)
		if (is_cut(&plan->inputs[i]) && !plan->inputs[i].is_left_out)
			left += end_of(&plan->inputs[i]) - plan->inputs[i].from;
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_input *input = &plan->inputs[i];
		if (input->is_left_out)
			continue;
		if (!is_cut(input)) {
			add_unit(units, i, input->from, UINT64_MAX);
			continue;
		}
		cut_file(input, i, input->has_fold ? UINT64_MAX : unit_bytes, small_last, left,
			 units);
		left -= end_of(input) - input->from;
	}
}

static struct source *
open_unit(struct plan *plan, const struct plan_unit *unit, struct err *err)
{
	struct plan_input *input = &plan->inputs[unit->input];
	struct source *source = input->source;
	struct stat st;

	if (!input->is_regular) {
		if (!source)
			err_set(err, "%s: a pipe can be read only once", input->path);
		input->source = NULL;
		return source;
	}
	/* Rotation may have put another file under this name. */
	if (stat(input->path, &st) == 0 &&
	    ((uint64_t)st.st_dev != input->device || (uint64_t)st.st_ino != input->inode)) {
		err_set(err,
			"%s: another file took this name since the run began (rotation?); "
			"run again",
			input->path);
		return NULL;
	}
	if (unit->to == UINT64_MAX && input->to != UINT64_MAX)
		return source_open_slice(input->path, input->member,
					 unit->from - input->member_from, input->to - unit->from,
					 err);
	if (unit->to == UINT64_MAX)
		return source_open(input->path, err);
	return source_open_range(input->path, unit->from, unit->to, err);
}

struct source *
plan_open(struct plan *plan, const struct plan_unit *unit, struct err *err)
{
	struct source *source = open_unit(plan, unit, err);

	if (source && plan->max_ratio)
		source_limit_ratio(source, plan->max_ratio);
	return source;
}
