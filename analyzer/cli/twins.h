/* Inputs whose content is in another input: copies, compressed copies, earlier states. */
#ifndef CLI_TWINS_H
#define CLI_TWINS_H

#include "cli/plan.h"

/*
 * Drops them from the plan, with a note each. A copy that is damaged is also an error: what
 * it held behind the damage is not known.
 */
void twins_drop(struct plan *plan);

#endif
