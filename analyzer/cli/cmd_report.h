/* digtrail report: analyses logs and writes reports. */
#ifndef CLI_CMD_REPORT_H
#define CLI_CMD_REPORT_H

#include "cli/options.h"

struct analysis;
struct report_format;

/* Returns an enum exit_status; messages go to standard error. */
int cmd_report(const struct options *options);
/*
 * Writes the report of an analysis that was made: in one format to standard output, or with NULL as
 * the options say. -1 when something could not be written (said).
 */
int cmd_report_write(const struct analysis *analysis, const struct report_format *format);

/*
 * What --redact and --geo need, before anything is read: *geo is NULL without databases, else to be
 * closed. -1 when it is not to be had (said).
 */
struct geo;
int cmd_report_addresses(const struct options *options, struct geo **geo);

#endif
