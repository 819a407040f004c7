/*
 * Why a file could not be opened, told so that a person can mend it: a refusal names the
 * owner, the mode and the group that is missing.
 */
#ifndef INPUT_ACCESS_H
#define INPUT_ACCESS_H

#include "base/err.h"

/* Fills err with "PATH: cause" for the error number that stat, open or opendir gave. */
void access_explain(const char *path, int error, struct err *err);

#endif
