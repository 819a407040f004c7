/*
 * struct workers: threads that run a number of independent jobs, again and again. They are started
 * when there is first something for them to do, and live as long as the workers: a thread that ends
 * leaves its malloc's memory for the others to sort out, which takes longer than many jobs.
 *
 * NULL is the caller alone. So are, in a copy of the process, the workers of the process.
 */
#ifndef BASE_WORKERS_H
#define BASE_WORKERS_H

#include <stddef.h>

struct workers;

/* So many threads, who calls workers_run included. */
struct workers *workers_new(size_t threads);
/*
 * Ends the threads, and with them what malloc has kept for each, where that is much; the next jobs
 * start them anew. None may be running.
 */
void workers_dismiss(struct workers *workers);
/* None of their jobs may be running. */
void workers_free(struct workers *workers);
/* How many there are, at least 1. */
size_t workers_count(const struct workers *workers);

/* `worker` is the index of the thread's own state: less than the jobs and than workers_count(). */
typedef void (*workers_job)(void *context, size_t worker, size_t job);
/*
 * Returns when all jobs are done. They are handed out in order; which thread gets which is chance,
 * so a job's result must not depend on it. A job may run jobs of its own by the same workers: those
 * without work help.
 */
void workers_run(struct workers *workers, size_t jobs, workers_job job, void *context);

/* Processors this process may use, at least 1. */
size_t workers_processors(void);

#endif
