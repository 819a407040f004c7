/*
 * Summaries built by hand, for the tests of the report formats: what a night with a stolen
 * zone looks like, with hostile bytes wherever a log could put them, and a night without
 * anything.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "report/report.h"

struct fixture {
	struct summary summary;
	struct findings findings;
};

/* A busy night: every kind of row, hostile names, missing times, files cut short. */
void fixture_busy(struct fixture *fixture);
/* Requests, servers and one low finding; nothing above it. */
void fixture_calm(struct fixture *fixture);
/* Nothing was read. */
void fixture_empty(struct fixture *fixture);
void fixture_release(struct fixture *fixture);

/* Level low, ten rows, three examples, neither colour nor UTF-8. */
struct report_options fixture_options(void);
/* The report as text, to be freed. */
char *fixture_print(const struct report_format *format, const struct summary *summary,
		    const struct report_options *options);
/* A file beside the tests' sources or a temporary one, as text, to be freed; NULL without. */
char *fixture_read(const char *path);

/* Bytes that no sink may obey. */
extern const char fixture_hostile[];

#endif
