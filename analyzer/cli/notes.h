/* What a report must tell beside its findings of how it came about. */
#ifndef CLI_NOTES_H
#define CLI_NOTES_H

#include "cli/analysis.h"

/*
 * Rules that did nothing here, allow entries that have ended or soon will, the public key.
 * The rows live in the setup's arena.
 */
struct rule_note *notes_make(struct analysis *analysis, size_t *count);

#endif
