/*
 * Report formats: one const struct each, at the end of its own file, and one row in report.c.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdio.h>

#include "base/outfile.h"
#include "report/summary.h"

struct report_options {
	bool color;       /* terminal escapes allowed */
	bool utf8;        /* sparklines and dashes beyond ASCII allowed */
	enum level level; /* text: findings below it are only counted */
	size_t top;       /* text: rows per table */
	size_t examples;  /* evidence lines per finding */
	bool quiet;       /* print nothing when there is nothing to say */
	bool verbose;
	bool force_unproven;     /* block lists: also addresses that may be forged */
	bool troubled;           /* check: something given could not be used */
	const char *full_report; /* mail: where it lies; NULL: there is none */
	const char *path;        /* where the report goes; NULL: standard output */
};

struct report_format {
	const char *name;   /* "json" */
	const char *suffix; /* ".json", for --output */
	const char *help;   /* half a line for --help */
	/* Writes the whole report; the stream's error is read by the caller at close. */
	void (*write)(const struct summary *summary, const struct report_options *options,
		      FILE *out);
};

extern const struct report_format report_text, report_json, report_html, report_ndjson, report_csv;
extern const struct report_format report_addresses, report_acl, report_unbound, report_nftables;
extern const struct report_format report_mail, report_check;
extern const struct report_format report_watchlist, report_ocsf, report_stix, report_navigator;

/* The format of that name, or NULL. */
const struct report_format *report_by_name(const char *name);
/* The format with the longest suffix that ends `path`, or NULL. */
const struct report_format *report_by_path(const char *path);
/* All of them, ended by NULL. */
extern const struct report_format *const report_formats[];
/*
 * Writes to "-" (standard output) or to a temporary file beside `path` that is checked and
 * renamed over it: a full disk leaves the old report in place. -1 with err.
 */
int report_write(const struct report_format *format, const struct summary *summary,
		 const struct report_options *options, const char *path, struct err *err);
/*
 * The same but for the renaming: where the report goes to a file, `file` names it and is the
 * caller's to rename and release; where it was written at once, file->name is NULL.
 */
int report_prepare(const struct report_format *format, const struct summary *summary,
		   const struct report_options *options, const char *path, struct outfile *file,
		   struct err *err);

#endif
