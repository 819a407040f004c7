#include <criterion/criterion.h>
#include <stdatomic.h>

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

Test(workers, each_job_is_done_once_whatever_the_threads)
{
	static const size_t threads[] = {0, 1, 2, 3, THREADS};

	for (size_t i = 0; i < sizeof(threads) / sizeof(*threads); i++) {
		struct seen seen = {0};
		workers_run(threads[i], JOBS, count, &seen);
		for (size_t job = 0; job < JOBS; job++)
			cr_assert_eq(seen.jobs[job], 1, "%zu threads, job %zu", threads[i], job);
		cr_expect_eq(seen.wrong, 0);
		for (size_t worker = threads[i] ? threads[i] : 1; worker < THREADS; worker++)
			cr_expect_eq(seen.by_worker[worker], 0, "%zu threads, worker %zu",
				     threads[i], worker);
	}
}

Test(workers, no_job_and_fewer_jobs_than_threads_are_fine)
{
	struct seen seen = {0};

	workers_run(4, 0, count, &seen);
	cr_expect_eq(seen.by_worker[0], 0);
	workers_run(THREADS, 3, count, &seen);
	cr_expect_eq(seen.jobs[0] + seen.jobs[1] + seen.jobs[2], 3);
	for (size_t worker = 3; worker < THREADS; worker++)
		cr_expect_eq(seen.by_worker[worker], 0);
}

static void
order(void *context, size_t worker, size_t job)
{
	size_t *next = context;

	(void)worker;
	cr_expect_eq(job, (*next)++);
}

Test(workers, one_thread_works_in_order)
{
	size_t next = 0;

	workers_run(1, JOBS, order, &next);
	cr_expect_eq(next, JOBS);
}

Test(workers, there_is_a_processor)
{
	cr_expect(workers_processors() >= 1);
}
