/*
 * The rotated files of logs that are followed: they are not read to be counted (cli/tail.h), but
 * who wants to see a client's lines wants those of before the rotation too.
 */
#ifndef CLI_ROTATED_H
#define CLI_ROTATED_H

#include "cli/plan.h"

/*
 * Adds to the plan what lies beside its logs now and was rotated away from them, plain or
 * compressed, unless it was changed last long before `since` (TIME_NONE: whatever its age). They
 * are read as their log is.
 */
void rotated_add(struct plan *plan, int64_t since);

#endif
