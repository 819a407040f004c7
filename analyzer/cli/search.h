/*
 * struct search: reads what is planned and writes the lines that the filter lets through, in
 * order of time across files and servers. A file's lines may stand up to
 * TIMERANGE_DISORDER_MS out of their order; what is later than that stands that much behind, and is
 * counted. The same readers and parsers as the analysis.
 */
#ifndef CLI_SEARCH_H
#define CLI_SEARCH_H

#include <stdatomic.h>

#include "cli/filter.h"
#include "cli/pipeline.h"
#include "cli/sorter.h"

enum search_form { SEARCH_TEXT, SEARCH_NDJSON, SEARCH_CSV, SEARCH_FORMS };
extern const char *const search_form_names[SEARCH_FORMS]; /* "text", "ndjson", "csv" */

struct search {
	struct plan *plan;
	const struct filter *filter;
	const struct names *names;
	const struct ruleset *rules;
	const struct tally_settings *settings; /* which line of a server counts a request */
	struct progress *progress;
	const volatile sig_atomic_t *interrupted;
	struct workers *workers; /* NULL is none beside the caller */
	size_t memory;           /* bytes of lines held back */
	enum search_form form;
	bool count_only;
	bool escape; /* for a terminal: nothing in a line may command it */
	FILE *out;

	/* Filled by search_run. */
	_Atomic uint64_t found;
	_Atomic uint64_t late;
	struct input_result *results; /* by input; to be freed */
	struct err err;               /* of the output's temporary files */
};

void search_run(struct search *search);

#endif
