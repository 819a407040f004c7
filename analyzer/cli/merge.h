/* Saved tallies in place of logs: the operands of digtrail merge. */
#ifndef CLI_MERGE_H
#define CLI_MERGE_H

#include "cli/analysis.h"

/*
 * Fills analysis->pipeline.tally (settled) and analysis->run. A tally that cannot be read is
 * named and left out. -1 when there is nothing to report, or tallies do not go together
 * (said); then there is no tally to be released.
 */
int merge_tallies(struct analysis *analysis);

#endif
