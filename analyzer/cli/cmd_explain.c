#include "cli/cmd_explain.h"

#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/analysis.h"
#include "cli/cmd_report.h"
#include "cli/terminal.h"
#include "report/explain.h"
#include "report/geo.h"

bool
cmd_explain_write(const struct analysis *analysis, const char *what, const struct geo *geo,
		  const struct report_options *how, FILE *out)
{
	struct detect_input detect = analysis_input(analysis);
	struct scans scans;
	struct explain_input input = {
		.detect = &detect,
		.scans = &scans,
		.findings = &analysis->findings,
		.geo = geo,
		.redact = analysis->options->redact ? &analysis->setup.pseudonyms : NULL,
	};

	scans_make(&scans, &detect);
	detect.scans = &scans;
	struct explain_subject subject = explain_find(&input, str_of(what));
	if (subject.kind != EXPLAIN_NOTHING)
		explain_write(&input, &subject, how, out);
	scans_release(&scans);
	return subject.kind != EXPLAIN_NOTHING;
}

static enum exit_status
explain(const struct analysis *analysis, const struct geo *geo, const char *what)
{
	const struct options *options = analysis->options;
	struct report_options how = {
		.color = terminal_wants_color(options),
		.utf8 = terminal_is_utf8(),
		.examples = (size_t)options->examples,
		.verbose = true,
	};
	enum exit_status status = analysis_status(analysis);

	if (analysis_is_interrupted(analysis))
		fputs("PARTIAL: interrupted; some of the input was not read.\n\n", stdout);
	if (cmd_explain_write(analysis, what, geo, &how, stdout))
		return status;
	fprintf(stderr,
		"digtrail: nothing of '%s' is in these logs: no address, network, zone or "
		"finding\n",
		what);
	return status == EXIT_ALL_READ ? EXIT_TROUBLE : status;
}

/* Whether the operands suffice: what, and logs to look at. */
static bool
is_complete(const struct options *options)
{
	return options->operands.count > 1 ||
	       (options->operands.count == 1 && !isatty(STDIN_FILENO));
}

int
cmd_explain(const struct options *options)
{
	struct options with_files = *options;
	struct analysis analysis;
	enum exit_status status = EXIT_TROUBLE;
	struct geo *geo;

	if (!is_complete(options)) {
		fputs("digtrail: explain needs an address, a network, a zone or a finding, and "
		      "logs\nTry 'digtrail help explain'.\n",
		      stderr);
		return EXIT_TROUBLE;
	}
	setlocale(LC_CTYPE, "");
	if (cmd_report_addresses(options, &geo) != 0)
		return EXIT_TROUBLE;
	with_files.operands.items++;
	with_files.operands.count--;
	with_files.examples = EXPLAIN_EXAMPLES;
	if (analysis_run(&analysis, &with_files) == 0)
		status = explain(&analysis, geo, options->operands.items[0]);
	analysis_release(&analysis);
	geo_close(geo);
	return status;
}
