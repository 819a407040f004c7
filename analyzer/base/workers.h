/*
 * Runs a number of independent jobs on a number of threads. Jobs are handed out in order;
 * which thread gets which is chance, so a job's result must not depend on it.
 */
#ifndef BASE_WORKERS_H
#define BASE_WORKERS_H

#include <stddef.h>

/* `worker` is 0 to threads - 1: the index of the thread's own state. */
typedef void (*workers_job)(void *context, size_t worker, size_t job);

/* Returns when all jobs are done. One thread, or one job, runs on the caller's. */
void workers_run(size_t threads, size_t jobs, workers_job job, void *context);
/* Processors this process may use, at least 1. */
size_t workers_processors(void);

#endif
