#define _GNU_SOURCE /* sched_getaffinity */
#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/xalloc.h"

struct workers {
	workers_job job;
	void *context;
	size_t jobs;
	atomic_size_t next;
};

struct worker {
	struct workers *all;
	size_t index;
	pthread_t thread;
};

static void *
work(void *argument)
{
	struct worker *worker = argument;
	struct workers *all = worker->all;

	for (;;) {
		size_t job = atomic_fetch_add(&all->next, 1);
		if (job >= all->jobs)
			return NULL;
		all->job(all->context, worker->index, job);
	}
}

void
workers_run(size_t threads, size_t jobs, workers_job job, void *context)
{
	struct workers all = {.job = job, .context = context, .jobs = jobs};

	if (threads > jobs)
		threads = jobs;
	if (threads == 0)
		threads = 1;
	struct worker *workers = xcalloc(threads, sizeof(*workers));
	size_t started = 1; /* the caller is worker 0; a thread that cannot start is done without */
	for (size_t i = 0; i < threads; i++)
		workers[i] = (struct worker){.all = &all, .index = i};
	while (started < threads &&
	       pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0)
		started++;
	work(&workers[0]);
	for (size_t i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	free(workers);
}

size_t
workers_processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	int n = CPU_COUNT(&set);
	return n > 0 ? (size_t)n : 1;
}
