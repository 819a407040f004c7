/* What a monitoring plugin says of a report, and ends with. */
#ifndef REPORT_CHECK_H
#define REPORT_CHECK_H

#include "report/report.h"

/* The exit status of a plugin. */
enum check_status { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };

/*
 * CRITICAL from level high on, or options->level where that is above; else UNKNOWN where not
 * everything was read; WARNING from options->level on. What is suppressed, waits to be
 * confirmed or is history does not count.
 */
enum check_status check_status(const struct summary *summary, const struct report_options *options);

#endif
