/*
 * Which tool an actor used: rules tagged digtrail.tool.NAME mark what only that tool sends
 * (DETECTION.md 1.1, 13). A mark alone is a cue; beside a finding it names the tool.
 */
#ifndef DETECT_TOOL_H
#define DETECT_TOOL_H

#include "detect/detector.h"

/* Fills `tool` of the findings whose actor left marks. */
void tool_mark(const struct detect_input *input, struct findings *findings);

/* A tool with the rules that name it and matched lines of an address. */
struct tool_count {
	struct str tool;
	size_t rules;
};

/* The tools whose marks an address left, in the order of the rules; at most `max`. */
size_t tool_marks(const struct tally *tally, const struct ip *address, struct tool_count *out,
		  size_t max);

#endif
