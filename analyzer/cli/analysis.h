/*
 * struct analysis: from the command line to findings, as every command does it that judges
 * logs: what was planned, read and detected. What goes wrong on the way is said on standard
 * error at once. One at a time in a program: it takes the signals.
 */
#ifndef CLI_ANALYSIS_H
#define CLI_ANALYSIS_H

#include <time.h>

#include "cli/exit.h"
#include "cli/narrow.h"
#include "cli/nightly.h"
#include "cli/pipeline.h"
#include "cli/setup.h"

struct analysis {
	const struct options *options;
	struct setup setup;
	struct narrowing narrowing;
	struct pipeline pipeline;
	struct progress progress;
	struct saved_run run;   /* what was read */
	struct nightly nightly; /* with --state */
	struct findings findings;
	struct outfile saved;  /* with --save: written, not in its place yet */
	struct timespec start; /* monotonic */
	bool is_made;          /* there are findings to tell */
	bool is_saved;         /* `saved` is */
	bool trouble;          /* something given could not be read in full */
};

/*
 * The part before anything is read in full: settings, plan, filter; with what is wrong or left
 * out said. -1 when there is nothing to go on with (said); analysis_release is needed in either
 * case.
 */
int analysis_prepare(struct analysis *analysis, const struct options *options);
/* Bytes that will be read, as they are stored; 0: not known. */
uint64_t analysis_bytes(const struct analysis *analysis);
/* Says which inputs broke off, and notes it for the status. */
void analysis_say_input(struct analysis *analysis, const char *path,
			const struct input_result *result);
/*
 * Reads the operands and runs the detectors. -1 when there is nothing to go on with (said);
 * analysis_release is needed in either case.
 */
int analysis_run(struct analysis *analysis, const struct options *options);
/* Settles the tally of a run that read its logs itself, and fills the findings. */
void analysis_judge(struct analysis *analysis);
void analysis_release(struct analysis *analysis);
/*
 * The same at the end of the process: the kernel takes the tables' memory back at once, where
 * freeing a million entries one by one takes some percent of a run. `analysis` is static, so that
 * leak checkers see who has them.
 */
void analysis_abandon(struct analysis *analysis);
/* "digtrail: PATH: TEXT" on standard error. */
void analysis_say(const char *path, const char *text);
/* What the detectors were given. */
struct detect_input analysis_input(const struct analysis *analysis);
bool analysis_is_interrupted(const struct analysis *analysis);
/* 130, 2 or 0: how the reading went. */
enum exit_status analysis_status(const struct analysis *analysis);

#endif
