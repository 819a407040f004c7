#include "cli/live.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/interrupt.h"
#include "cli/siblings.h"

enum {
	JUDGE_EVERY_MS = 2000, /* at most, and */
	JUDGE_SHARE = 10,      /* a tenth of the time */
	POLL_MS = 500,
	FILLS_A_TURN = 16, /* no file keeps the others waiting */
	DAY_MS = 86400000,
};

static int64_t
monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* With its slash; empty: the working directory. */
static struct str
path_directory(struct str path)
{
	while (path.n > 0 && path.p[path.n - 1] != '/')
		path.n--;
	return path;
}

static void
start_judge(struct live *live)
{
	int ends[2];

	if (pipe(ends) != 0)
		return;
	fflush(NULL);
	live->copy = fork();
	if (live->copy == 0) {
		FILE *to_parent = fdopen(ends[1], "w");
		close(ends[0]);
		if (to_parent) {
			live->judge(live, to_parent);
			fclose(to_parent);
		}
		_exit(0);
	}
	close(ends[1]);
	if (live->copy < 0) {
		close(ends[0]);
		live->copy = 0;
		return;
	}
	live->from_copy = ends[0];
	live->last_judged = live->now;
	live->judged_at = live->line_count;
}

/* Waits for the judge, or looks whether it has something to tell. */
static void
end_judge(struct live *live, bool wait)
{
	if (!live->copy)
		return;
	struct pollfd ready = {.fd = live->from_copy, .events = POLLIN};
	if (!wait && poll(&ready, 1, 0) <= 0)
		return;
	FILE *in = fdopen(live->from_copy, "r");
	if (in) {
		live->judged(live, in);
		fclose(in);
	}
	waitpid(live->copy, NULL, 0);
	live->judge_took = monotonic_ms() - live->last_judged;
	live->copy = 0;
}

/* A day's lines are judged together; then the memory is given back. */
static void
retire(struct live *live, int64_t time)
{
	struct pipeline *pipeline = &live->analysis->pipeline;

	if (time == TIME_NONE)
		return;
	if (live->first_time == TIME_NONE)
		live->first_time = time;
	if (time - live->first_time < DAY_MS)
		return;
	end_judge(live, true);
	start_judge(live);
	end_judge(live, true);
	tally_release(&pipeline->tally);
	tally_init(&pipeline->tally, pipeline->settings);
	live->first_time = time;
}

/* Reads what is there of one file; true when there was something. */
static bool
read_tail(struct live *live, size_t i)
{
	struct tail *tail = &live->tails[i];
	struct str line;
	uint64_t offset;
	bool any = false;

	for (int turn = 0; turn < FILLS_A_TURN && tail_fill(tail); turn++) {
		int64_t time = TIME_NONE;
		any = true;
		while (tail_line(tail, &line, &offset)) {
			int64_t told = follow_line_add(&live->lines[i], line, offset, tail->lines);
			time = told == TIME_NONE ? time : told;
			live->line_count++;
		}
		retire(live, time);
	}
	return any;
}

bool
live_read(struct live *live)
{
	bool any = false;

	for (size_t i = 0; i < live->analysis->setup.plan.count && !interrupt_flag; i++)
		if (live->tails[i].buffer)
			any |= read_tail(live, i);
	live->now = monotonic_ms();
	end_judge(live, false);
	int64_t pause = live->judge_took * JUDGE_SHARE;
	if (pause < JUDGE_EVERY_MS)
		pause = JUDGE_EVERY_MS;
	if (!live->copy && live->line_count > live->judged_at &&
	    live->now - live->last_judged >= pause)
		start_judge(live);
	return any;
}

/* The directories of the files: also a file that takes a name again wakes us. */
static int
watch(const struct plan *plan)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < plan->count; i++) {
		char directory[4096];
		struct str path = path_directory(str_of(plan->inputs[i].path));
		snprintf(directory, sizeof(directory), "%.*s", STR_ARG(path));
		inotify_add_watch(fd, path.n ? directory : ".",
				  IN_MODIFY | IN_CREATE | IN_MOVED_TO);
	}
	return fd;
}

void
live_wait(struct live *live, int also)
{
	char events[4096];
	struct pollfd wake[] = {{.fd = also, .events = POLLIN},
				{.fd = live->changes, .events = POLLIN},
				{.fd = live->copy ? live->from_copy : -1, .events = POLLIN}};

	if (poll(wake, sizeof(wake) / sizeof(wake[0]), POLL_MS) > 0 && wake[1].revents)
		while (read(live->changes, events, sizeof(events)) > 0)
			;
}

void
live_settle(struct live *live)
{
	end_judge(live, true);
	if (live->line_count > live->judged_at)
		start_judge(live);
	end_judge(live, true);
}

/* Whether the input is a rotated file of another one, which brings the lines behind it. */
static bool
is_rotated(const struct plan *plan, size_t which)
{
	struct str path = str_of(plan->inputs[which].path), directory = path_directory(path);

	for (size_t i = 0; i < plan->count; i++) {
		struct str other = str_of(plan->inputs[i].path);
		if (str_eq(path_directory(other), directory) &&
		    siblings_are(str_skip(other, directory.n), str_skip(path, directory.n)))
			return true;
	}
	return false;
}

static int
open_tails(struct live *live)
{
	struct plan *plan = &live->analysis->setup.plan;
	size_t plain = 0;

	live->tails = xcalloc(plan->count + 1, sizeof(*live->tails));
	live->lines = xcalloc(plan->count + 1, sizeof(*live->lines));
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_input *input = &plan->inputs[i];
		if (!input->is_regular || input->kind != SOURCE_PLAIN) {
			analysis_say(input->path, "not followed: only plain files grow");
			input->is_left_out = true;
			continue;
		}
		if (input->is_left_out)
			continue;
		tail_open(&live->tails[i], input->path, is_rotated(plan, i));
		follow_line_init(&live->lines[i], live->analysis, i);
		plain++;
	}
	if (plain)
		return 0;
	fprintf(stderr, "digtrail: %s: no plain log to follow\n",
		live->analysis->options->command->name);
	return -1;
}

int
live_open(struct live *live)
{
	struct analysis *analysis = live->analysis;
	struct pipeline *pipeline = &analysis->pipeline;

	*pipeline = (struct pipeline){.plan = &analysis->setup.plan,
				      .settings = &analysis->setup.tally,
				      .interrupted = &interrupt_flag};
	tally_init(&pipeline->tally, pipeline->settings);
	pipeline->results = xcalloc(analysis->setup.plan.count + 1, sizeof(*pipeline->results));
	analysis->is_made = true;
	live->first_time = TIME_NONE;
	live->changes = -1;
	if (open_tails(live) != 0)
		return -1;
	live->changes = watch(&analysis->setup.plan);
	return 0;
}

void
live_close(struct live *live)
{
	struct pipeline *pipeline = &live->analysis->pipeline;

	end_judge(live, true);
	for (size_t i = 0; i < live->analysis->setup.plan.count; i++) {
		struct input_result *result = &pipeline->results[i];
		result->complete = true;
		if (!live->tails[i].buffer)
			continue;
		result->lines = live->tails[i].lines;
		result->bytes = live->tails[i].offset;
		tally_end_chunk(&pipeline->tally, (uint32_t)i, 0, result->lines, 0, 0);
		tail_close(&live->tails[i]);
		follow_line_release(&live->lines[i]);
	}
	if (live->changes >= 0)
		close(live->changes);
	free(live->tails);
	free(live->lines);
}
