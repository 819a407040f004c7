#include <criterion/criterion.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/workers.h"

enum { JOBS = 500, THREADS = 8 };

struct seen {
	atomic_uint jobs[JOBS];
	atomic_uint by_worker[THREADS];
	atomic_uint wrong;
};

static void
count(void *context, size_t worker, size_t job)
{
	struct seen *seen = context;

	if (worker >= THREADS || job >= JOBS) {
		seen->wrong++;
		return;
	}
	seen->jobs[job]++;
	seen->by_worker[worker]++;
}

/* Each job was done once, by workers below `threads`. */
static void
expect_all(struct seen *seen, size_t jobs, size_t threads)
{
	for (size_t job = 0; job < JOBS; job++)
		cr_assert_eq(seen->jobs[job], job < jobs, "%zu threads, job %zu", threads, job);
	cr_expect_eq(seen->wrong, 0);
	for (size_t worker = threads; worker < THREADS; worker++)
		cr_expect_eq(seen->by_worker[worker], 0, "%zu threads, worker %zu", threads,
			     worker);
}

Test(workers, each_job_is_done_once_whatever_the_threads)
{
	static const size_t threads[] = {0, 1, 2, 3, THREADS};

	for (size_t i = 0; i < sizeof(threads) / sizeof(*threads); i++) {
		size_t most = threads[i] ? threads[i] : 1;
		struct workers *workers = workers_new(threads[i]);
		cr_expect_eq(workers_count(workers), most);
		for (size_t again = 0; again < 20; again++) {
			struct seen seen = {0};
			workers_run(workers, JOBS, count, &seen);
			expect_all(&seen, JOBS, most);
			if (again % 5 == 0)
				workers_dismiss(workers);
		}
		workers_free(workers);
	}
}

Test(workers, no_job_and_fewer_jobs_than_threads_are_fine)
{
	struct workers *workers = workers_new(THREADS);
	struct seen none = {0}, three = {0};

	workers_run(workers, 0, count, &none);
	expect_all(&none, 0, 0);
	workers_run(workers, 3, count, &three);
	expect_all(&three, 3, 3);
	workers_free(workers);
}

Test(workers, those_that_never_worked_are_freed_too)
{
	workers_free(workers_new(THREADS));
	workers_free(NULL);
}

static void
order(void *context, size_t worker, size_t job)
{
	size_t *next = context;

	(void)worker;
	cr_expect_eq(job, (*next)++);
}

Test(workers, one_thread_and_none_work_in_order)
{
	struct workers *workers = workers_new(1);
	size_t next = 0, alone = 0;

	workers_run(workers, JOBS, order, &next);
	cr_expect_eq(next, JOBS);
	workers_run(NULL, JOBS, order, &alone);
	cr_expect_eq(alone, JOBS);
	cr_expect_eq(workers_count(NULL), 1);
	workers_free(workers);
}

/* As many threads as `all` has are at jobs at the same time. */
struct meeting {
	struct workers *all;
	atomic_size_t here;
};

static void
meet(void *context, size_t worker, size_t job)
{
	struct meeting *meeting = context;

	(void)worker;
	(void)job;
	meeting->here++;
	while (meeting->here < workers_count(meeting->all))
		;
}

Test(workers, all_of_them_work_at_once)
{
	struct meeting meeting = {.all = workers_new(3)};

	for (size_t i = 0; i < 20; i++) {
		meeting.here = 0;
		workers_run(meeting.all, 3, meet, &meeting);
	}
	workers_free(meeting.all);
}

struct nest {
	struct workers *workers;
	struct seen seen[THREADS];
};

static void
run_jobs(void *context, size_t worker, size_t job)
{
	struct nest *nest = context;

	(void)worker;
	workers_run(nest->workers, JOBS, count, &nest->seen[job]);
}

Test(workers, jobs_run_jobs_of_their_own)
{
	struct nest nest = {.workers = workers_new(3)};

	workers_run(nest.workers, THREADS, run_jobs, &nest);
	for (size_t i = 0; i < THREADS; i++)
		expect_all(&nest.seen[i], JOBS, 3);
	workers_free(nest.workers);
}

/* A copy of the process has none of its threads. */
Test(workers, a_copy_of_the_process_works_alone)
{
	struct workers *workers = workers_new(3);
	struct seen seen = {0};
	int status;

	workers_run(workers, JOBS, count, &seen);
	pid_t copy = fork();
	if (copy == 0) {
		struct seen own = {0};
		alarm(20);
		for (size_t i = 0; i < 3; i++)
			workers_run(workers, JOBS, count, &own);
		_exit(own.by_worker[0] == 3 * JOBS ? 0 : 1);
	}
	cr_assert_gt(copy, 0);
	cr_assert_eq(waitpid(copy, &status, 0), copy);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	workers_free(workers);
}

Test(workers, there_is_a_processor)
{
	cr_expect(workers_processors() >= 1);
}
