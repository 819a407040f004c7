#include "cli/cmd_formats.h"

#include <stdio.h>

#include "cli/data.h"
#include "cli/exit.h"
#include "record/parser.h"
#include "report/escape.h"

enum { SHOWN_MAX = 64 * 1024, PATH_TEXT = 1024 };

struct formats_run {
	struct custom_formats formats;
	struct timezone_rules utc;
	struct buf shown; /* scratch for escaped text */
};

/* Descriptions come from anywhere: what they hold is shown, never obeyed by the terminal. */
static const char *
shown(struct formats_run *run, struct str text)
{
	buf_clear(&run->shown);
	escape_text(&run->shown, text);
	return run->shown.n ? run->shown.p : "";
}

static int
list(struct formats_run *run)
{
	printf("%-22s  %s\n", "bind", "BIND (named), every version");
	printf("%-22s  %s\n", "unbound", "Unbound, every version");
	for (size_t i = 0; i < run->formats.count; i++) {
		const struct custom_info *info = custom_info(run->formats.all[i]);
		printf("%-22s  ", shown(run, str_of(info->name)));
		printf("%s", shown(run, str_of(info->title)));
		printf(" (%s)\n", shown(run, str_of(info->origin)));
	}
	return EXIT_ALL_READ;
}

/* What is wrong with an example; NULL when nothing is. `is` gets what the line was read as. */
static const char *
try_example(const struct formats_run *run, const struct custom_format *format,
	    const struct custom_example *example, struct buf *is)
{
	/* UTC, and the year 2026 for times without one. */
	struct parser_settings settings = {.format = FORMAT_CUSTOM,
					   .zone = &run->utc,
					   .anchor = INT64_C(1798675200000),
					   .custom = format};
	struct parser parser;
	struct record record;

	parser_init(&parser, &settings);
	enum record_kind kind = parser_parse(&parser, example->line, &record);
	buf_clear(is);
	record_describe(&record, is);
	parser_release(&parser);
	bool parsed = kind != RECORD_UNKNOWN && kind != RECORD_MALFORMED;
	if (example->is.n == 0)
		return parsed ? "must not be parsed and is" : NULL;
	return str_eq(example->is, buf_str(is)) ? NULL : "is read as another record";
}

static int
test(struct formats_run *run)
{
	size_t lines = 0, wrong = 0;
	struct buf is;

	buf_init(&is, SHOWN_MAX);
	for (size_t i = 0; i < run->formats.count; i++) {
		const struct custom_info *info = custom_info(run->formats.all[i]);
		for (size_t j = 0; j < info->example_count; j++) {
			const struct custom_example *example = &info->examples[j];
			const char *text = try_example(run, run->formats.all[i], example, &is);
			lines++;
			if (!text)
				continue;
			wrong++;
			printf("%s:%u: %s:\n", shown(run, str_of(info->file)), example->place,
			       text);
			printf("    %s\n", shown(run, buf_str(&is)));
		}
	}
	buf_release(&is);
	printf("%zu formats, %zu example lines, %zu wrong\n", run->formats.count, lines, wrong);
	return wrong ? EXIT_TROUBLE : EXIT_ALL_READ;
}

static int
load(struct formats_run *run, const struct options *options, struct err *err)
{
	char path[PATH_TEXT];
	int status = 0;

	if (options->operands.count <= 1)
		return custom_load(&run->formats, data_path("formats", path, sizeof(path)), err);
	for (size_t i = 1; status == 0 && i < options->operands.count; i++)
		status = custom_load(&run->formats, options->operands.items[i], err);
	return status;
}

int
cmd_formats(const struct options *options)
{
	const char *verb = options->operands.count ? options->operands.items[0] : "list";
	struct formats_run run = {0};
	struct err err;
	int status = EXIT_TROUBLE;

	if (strcmp(verb, "list") != 0 && strcmp(verb, "test") != 0) {
		fputs("digtrail: formats: list or test expected; see digtrail formats --help\n",
		      stderr);
		return EXIT_TROUBLE;
	}
	buf_init(&run.shown, SHOWN_MAX);
	if (timezone_load(&run.utc, "UTC", &err) != 0 || load(&run, options, &err) != 0)
		fprintf(stderr, "digtrail: %s\n", shown(&run, str_of(err.text)));
	else
		status = strcmp(verb, "list") == 0 ? list(&run) : test(&run);
	custom_release(&run.formats);
	timezone_release(&run.utc);
	buf_release(&run.shown);
	return status;
}
