/*
 * Gives up what digtrail does not need (base/sandbox.h), in two steps: rights and calls before
 * anything is read, files once it is known which. What cannot be closed is said.
 *
 * The first step is taken by main, for every command. The second one by setup_make, for those that
 * read logs or tallies. The others (rules, formats, config, ack, allow) read what their user wrote, or a state file: files
 * stay open to them. follow and top may fork, and nobody else.
 */
#ifndef CLI_CONFINE_H
#define CLI_CONFINE_H

#include "cli/listing.h"

/* -1 with err when --user cannot be had: nothing may be read then. */
int confine_start(const struct options *options, FILE *messages, struct err *err);
/*
 * After all that is loaded by its path (rules, zones, lists, geo databases), and before a thread is
 * started or a byte of a log is read. `logs`: NULL for tallies. Stay open: the directories of the logs, or of the tallies to merge, to
 * read; those of --output, --save and --state to write; for a search the directory of temporary
 * files; for top also what ncurses reads of terminals. To take it twice does no harm.
 */
void confine_files(const struct options *options, const struct listing *logs, FILE *messages);

#endif
