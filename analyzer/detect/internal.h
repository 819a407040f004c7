/*
 * Internal discovery (ATT&CK T1018, T1046, T1482): what an outsider does all day is an alarm
 * when one of our own hosts does it, since it is past the border already.
 */
#ifndef DETECT_INTERNAL_H
#define DETECT_INTERNAL_H

#include "detect/detector.h"

/* Raises findings whose actor is one of --internal, and says so as a term. */
void internal_raise(struct findings *findings);

#endif
