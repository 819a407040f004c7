/*
 * What is expected is shown as suppressed, never dropped: applied to the findings of all
 * detectors together.
 */
#ifndef DETECT_SUPPRESS_H
#define DETECT_SUPPRESS_H

#include "detect/detector.h"

/*
 * Sets suppressed_by and suppressed_reason of findings that input->settings expects: by an
 * allow-list, or because a configured resolver asked for its clients. One that a detector
 * has suppressed already stays as it is.
 */
void suppress_expected(const struct detect_input *input, struct findings *findings);

#endif
