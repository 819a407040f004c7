/* One followed file's lines into the one tally: parser, names and rules of a single thread. */
#ifndef CLI_FOLLOW_LINE_H
#define CLI_FOLLOW_LINE_H

#include "cli/analysis.h"

struct follow_line {
	struct analysis *analysis; /* borrowed */
	uint32_t stream;
	const struct server_info *server;
	struct parser parser;
	struct namer *namer;
	struct matcher *matcher;
	struct regex_scratch *scratch; /* the filter's */
};

void follow_line_init(struct follow_line *line, struct analysis *analysis, size_t input);
void follow_line_release(struct follow_line *line);
/* Counts a line; its time, or TIME_NONE. */
int64_t follow_line_add(struct follow_line *line, struct str text, uint64_t offset,
			uint64_t number);

#endif
