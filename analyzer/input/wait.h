/*
 * Waiting for input that may not come for hours: a pipe whose writer sleeps. Whoever ends the
 * reading (a signal) does not know which thread waits, so that all of them look at one
 * descriptor beside their own.
 */
#ifndef INPUT_WAIT_H
#define INPUT_WAIT_H

#include <stdbool.h>

/* From now on no wait outlasts the moment at which `fd` can be read (-1: no such descriptor). */
void wait_stop_at(int fd);
/* True when there is something to read from `fd`, or its end; false when the waiting was ended. */
bool wait_readable(int fd);

#endif
