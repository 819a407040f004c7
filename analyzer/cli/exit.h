/*
 * The exit status of every command, ordered by severity but for the interruption: what a
 * cron job or a monitoring check may rely on. A worse status hides a lesser one.
 */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

enum exit_status {
	EXIT_ALL_READ = 0,      /* everything given was read and every report was written */
	EXIT_FOUND = 1,         /* only with --fail-on: a finding at or above that level */
	EXIT_TROUBLE = 2,       /* usage, I/O, or input that could not be read in full */
	EXIT_UNKNOWN = 3,       /* only with --check, where 1 is WARNING and 2 CRITICAL */
	EXIT_INTERRUPTED = 130, /* Ctrl-C: what was known by then was reported as partial */
};

#endif
