/* digtrail explain: one page on an address, a network, a zone or a finding. */
#ifndef CLI_CMD_EXPLAIN_H
#define CLI_CMD_EXPLAIN_H

#include <stdio.h>

#include "cli/analysis.h"
#include "report/report.h"

/* Log lines that a finding keeps where nobody asked for a number: it is told in full. */
enum { EXPLAIN_EXAMPLES = 20 };

/* Operands: what to explain, then logs. Returns an enum exit_status. */
int cmd_explain(const struct options *options);
/*
 * The page on `what` of logs that were judged with EXPLAIN_EXAMPLES: plain where `how` allows
 * nothing else; `geo` may be NULL. False when the logs hold nothing of that name.
 */
struct geo;
bool cmd_explain_write(const struct analysis *analysis, const char *what, const struct geo *geo,
		       const struct report_options *how, FILE *out);

#endif
