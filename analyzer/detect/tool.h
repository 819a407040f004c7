/*
 * Which tool an actor used: rules tagged digtrail.tool.NAME mark what only that tool sends
 * (DETECTION.md 1.1, 13). A mark alone is a cue; beside a finding it names the tool.
 */
#ifndef DETECT_TOOL_H
#define DETECT_TOOL_H

#include "detect/detector.h"

/* Fills `tool` of the findings whose actor left marks. */
void tool_mark(const struct detect_input *input, struct findings *findings);

#endif
