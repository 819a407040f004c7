#define _GNU_SOURCE /* sched_getaffinity */
#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"

/* One call of workers_run, while it lasts: it lives in that call. */
struct run {
	workers_job job;
	void *context;
	size_t jobs;
	atomic_size_t next; /* job that nobody has begun */
	/* Under the workers' lock. */
	size_t joined, inside; /* threads that have ever worked at it, and helpers that do now */
	struct run *after;
};

struct workers {
	size_t count, started; /* of `threads` */
	pthread_t *threads;    /* all but the caller's */
	pid_t process;         /* that has them */
	pthread_mutex_t lock;
	pthread_cond_t work; /* a run has begun, or the end has come */
	pthread_cond_t done; /* a helper has left a run */
	struct run *runs;    /* the latest first: it holds another one up */
	bool is_over;
};

struct workers *
workers_new(size_t threads)
{
	struct workers *workers = xcalloc(1, sizeof(*workers));

	workers->count = threads ? threads : 1;
	workers->threads = xcalloc(workers->count, sizeof(*workers->threads));
	workers->process = getpid();
	pthread_mutex_init(&workers->lock, NULL);
	pthread_cond_init(&workers->work, NULL);
	pthread_cond_init(&workers->done, NULL);
	return workers;
}

void
workers_dismiss(struct workers *workers)
{
	if (!workers)
		return;
	pthread_mutex_lock(&workers->lock);
	workers->is_over = true;
	pthread_cond_broadcast(&workers->work);
	pthread_mutex_unlock(&workers->lock);
	for (size_t i = 0; i < workers->started; i++)
		pthread_join(workers->threads[i], NULL);
	workers->started = 0;
	workers->is_over = false;
}

void
workers_free(struct workers *workers)
{
	if (!workers)
		return;
	workers_dismiss(workers);
	pthread_cond_destroy(&workers->done);
	pthread_cond_destroy(&workers->work);
	pthread_mutex_destroy(&workers->lock);
	free(workers->threads);
	free(workers);
}

size_t
workers_count(const struct workers *workers)
{
	return workers ? workers->count : 1;
}

static void
do_jobs(struct run *run, size_t index)
{
	for (;;) {
		size_t job = atomic_fetch_add(&run->next, 1);
		if (job >= run->jobs)
			return;
		run->job(run->context, index, job);
	}
}

/* A run that has use for one more thread; NULL where none has. The lock is held. */
static struct run *
find_run(const struct workers *workers)
{
	for (struct run *run = workers->runs; run; run = run->after)
		if (run->joined < run->jobs && atomic_load(&run->next) < run->jobs)
			return run;
	return NULL;
}

/* A thread's life. */
static void *
help(void *argument)
{
	struct workers *workers = argument;

	pthread_mutex_lock(&workers->lock);
	while (!workers->is_over) {
		struct run *run = find_run(workers);
		if (!run) {
			pthread_cond_wait(&workers->work, &workers->lock);
			continue;
		}
		size_t index = run->joined++;
		run->inside++;
		pthread_mutex_unlock(&workers->lock);
		do_jobs(run, index);
		pthread_mutex_lock(&workers->lock);
		if (--run->inside == 0)
			pthread_cond_broadcast(&workers->done);
	}
	pthread_mutex_unlock(&workers->lock);
	return NULL;
}

/* A thread that cannot start is done without. The lock is held. */
static void
start_threads(struct workers *workers)
{
	while (workers->started + 1 < workers->count &&
	       pthread_create(&workers->threads[workers->started], NULL, help, workers) == 0)
		workers->started++;
}

static void
begin_run(struct workers *workers, struct run *run)
{
	pthread_mutex_lock(&workers->lock);
	start_threads(workers);
	run->after = workers->runs;
	workers->runs = run;
	pthread_cond_broadcast(&workers->work);
	pthread_mutex_unlock(&workers->lock);
}

static void
end_run(struct workers *workers, struct run *run)
{
	pthread_mutex_lock(&workers->lock);
	struct run **at = &workers->runs;
	while (*at != run)
		at = &(*at)->after;
	*at = run->after;
	while (run->inside)
		pthread_cond_wait(&workers->done, &workers->lock);
	pthread_mutex_unlock(&workers->lock);
}

void
workers_run(struct workers *workers, size_t jobs, workers_job job, void *context)
{
	struct run run = {.job = job, .context = context, .jobs = jobs, .joined = 1};
	bool is_shared = jobs > 1 && workers_count(workers) > 1 && workers->process == getpid();

	if (is_shared)
		begin_run(workers, &run);
	do_jobs(&run, 0);
	if (is_shared)
		end_run(workers, &run);
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
