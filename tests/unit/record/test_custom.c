#include "record/custom.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "../files.h"
#include "record/custom_parts.h"
#include "record/parser.h"

static const char *
formats_path(char path[1024])
{
	const char *root = getenv("DIGTRAIL_DATADIR");

	snprintf(path, 1024, "%s/formats", root ? root : "patterns");
	return path;
}

/* What `line` is read as; UTC, 2026. */
static void
read_line(const struct custom_format *format, struct str line, struct buf *is)
{
	struct timezone_rules utc;
	struct err err;
	struct parser parser;
	struct record record;

	cr_assert_eq(timezone_load(&utc, "UTC", &err), 0);
	struct parser_settings settings = {.format = FORMAT_CUSTOM,
					   .zone = &utc,
					   .anchor = INT64_C(1798675200000),
					   .custom = format};
	parser_init(&parser, &settings);
	parser_parse(&parser, line, &record);
	buf_clear(is);
	record_describe(&record, is);
	parser_release(&parser);
	timezone_release(&utc);
}

Test(custom, each_shipped_format_reads_its_own_examples)
{
	struct custom_formats formats = {0};
	char path[1024];
	struct err err;
	struct buf is;

	cr_assert_eq(custom_load(&formats, formats_path(path), &err), 0, "%s", err.text);
	cr_assert_geq(formats.count, 12);
	buf_init(&is, 100000);
	for (size_t i = 0; i < formats.count; i++) {
		const struct custom_info *info = custom_info(formats.all[i]);
		for (size_t j = 0; j < info->example_count; j++) {
			const struct custom_example *example = &info->examples[j];
			read_line(formats.all[i], example->line, &is);
			if (example->is.n)
				cr_expect(str_eq(buf_str(&is), example->is), "%s:%u: %s",
					  info->file, example->place, is.p);
			else
				cr_expect(str_starts(buf_str(&is), STR("unknown")) ||
						  str_starts(buf_str(&is), STR("malformed")),
					  "%s:%u: %s", info->file, example->place, is.p);
		}
	}
	buf_release(&is);
	custom_release(&formats);
}

/* Cut or changed bytes: no crash, no view outside of the line or the parser's own names. */
Test(custom, broken_lines_break_nothing)
{
	struct custom_formats formats = {0};
	char path[1024];
	struct err err;
	struct buf is;

	cr_assert_eq(custom_load(&formats, formats_path(path), &err), 0, "%s", err.text);
	buf_init(&is, 100000);
	for (size_t i = 0; i < formats.count; i++) {
		const struct custom_info *info = custom_info(formats.all[i]);
		for (size_t j = 0; j < info->example_count; j++) {
			struct str line = info->examples[j].line;
			for (size_t n = 0; n < line.n; n += 3) {
				char *copy = malloc(line.n);
				memcpy(copy, line.p, line.n);
				copy[n] = '\\';
				read_line(formats.all[i], str_make(copy, line.n), &is);
				char *exact = realloc(copy, n + 1);
				read_line(formats.all[i], str_make(exact, n), &is);
				free(exact);
			}
		}
	}
	buf_release(&is);
	custom_release(&formats);
}

Test(custom, names_of_every_form_become_binds)
{
	static const struct {
		enum custom_names form;
		const char *name, *is;
	} rows[] = {
		{NAMES_ESCAPED, "a\\.b.example", "a\\.b.example"},
		{NAMES_RAW, "www.example", "www.example"},
		{NAMES_RAW, "a b\\c.example", "a\\032b\\\\c.example"},
		{NAMES_RAW, "\x1b[2J.example", "\\027[2J.example"},
		{NAMES_QUOTED, "a\\\\032b.example", "a\\032b.example"},
		{NAMES_QUOTED, "a\\\"b.example", "a\"b.example"},
		{NAMES_HEX, "a\\x20b.example", "a\\032b.example"},
		{NAMES_HEX, "a\\xzz.example", "a\\\\xzz.example"},
		{NAMES_HEX_JSON, "a\\\\x2eb.example", "a\\.b.example"},
		{NAMES_LENGTHS, "(3)www(7)example(3)com(0)", "www.example.com"},
		{NAMES_LENGTHS, "(6)(3)www(3)com(0)", "\\(3\\)www.com"},
		{NAMES_LENGTHS, "(3)a.b(3)com(0)", "a\\.b.com"},
		{NAMES_LENGTHS, "(0)", "."},
		{NAMES_LENGTHS, "(3)www(3)com", NULL},
		{NAMES_LENGTHS, "(9)www(0)", NULL},
		{NAMES_LENGTHS, "(64)www(0)", NULL},
		{NAMES_LENGTHS, "(3)www(0)x", NULL},
	};
	char out[CUSTOM_NAME_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str is = custom_name(rows[i].form, str_of(rows[i].name), out);
		cr_expect(rows[i].is ? str_eq(is, str_of(rows[i].is)) : is.n == 0, "row %zu: %.*s",
			  i, STR_ARG(is));
	}
}

Test(custom, a_name_that_is_too_long_when_escaped_is_none)
{
	char name[CUSTOM_NAME_MAX], out[CUSTOM_NAME_MAX];

	memset(name, 1, sizeof(name));
	cr_expect_eq(custom_name(NAMES_RAW, str_make(name, sizeof(name)), out).n, 0);
	cr_expect_eq(custom_name(NAMES_HEX_JSON, str_make(name, sizeof(name)), out).n, 0);
}

Test(custom, names_stay_as_long_as_the_parser_promises)
{
	struct custom_formats formats = {0};
	char path[1024], line[200];
	struct err err;
	struct record records[PARSER_RECORDS_KEPT];
	struct parser parser;

	cr_assert_eq(custom_load(&formats, formats_path(path), &err), 0, "%s", err.text);
	struct parser_settings settings = {.format = FORMAT_CUSTOM,
					   .custom = custom_find(&formats, "windows-dns")};
	parser_init(&parser, &settings);
	for (int i = 0; i < PARSER_RECORDS_KEPT; i++) {
		snprintf(line, sizeof(line),
			 "10/21/2026 7:00:35 PM 10FC PACKET  0000020D6E8F03E0 UDP Rcv 192.0.2.1 "
			 "      3af6   Q [0001   D   NOERROR] A      (4)n%03d(3)com(0)",
			 i);
		cr_assert_eq(parser_parse(&parser, str_of(line), &records[i]), RECORD_QUERY);
	}
	for (int i = 0; i < PARSER_RECORDS_KEPT; i++) {
		snprintf(line, sizeof(line), "n%03d.com", i);
		cr_assert(str_eq(records[i].qname, str_of(line)), "%d", i);
	}
	parser_release(&parser);
	custom_release(&formats);
}

#define HEAD "name: x\ntitle: X\norigin: 'checked: here'\nrole: resolver\n"
#define TAIL "must-parse: []\nmust-not-parse: []\n"
#define LINE "lines: [{kind: query, pattern: '(?<client>\\S+) (?<name>\\S+)'}]\n"

Test(custom, mistakes_are_named_with_their_place)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"", "no format in it"},
		{"- a\n", ":1: a map expected"},
		{"title: X\n", ":1: missing: 'name'"},
		{HEAD TAIL, ":1: missing: 'lines'"},
		{HEAD LINE "color: red\n" TAIL, ":6: unknown key: 'color'"},
		{HEAD "lines: [{kind: question, pattern: x}]\n" TAIL,
		 ":5: no kind of line, nor what can happen: 'question'"},
		{HEAD "lines: [{kind: query, pattern: '(x'}]\n" TAIL, ":5: not a pattern: "},
		{HEAD "lines: [{kind: query, pattern: '(?<who>x)'}]\n" TAIL,
		 ":5: no field of a record: 'who'"},
		{HEAD "lines: [{kind: query}]\n" TAIL, ":5: 'kind' and 'pattern' expected"},
		{HEAD "lines: []\n" TAIL, ":5: a list of patterns expected"},
		{HEAD "time: noon\n" LINE TAIL, ":5: no form of a time: 'noon'"},
		{HEAD "time: '%Y %Q'\n" LINE TAIL, ":5: no form of a time: '%Y %Q'"},
		{HEAD "names: odd\n" LINE TAIL, ":5: no form of names: 'odd'"},
		{HEAD "flags: {x: y}\n" LINE TAIL, ":5: no flag"},
		{HEAD "types: {x: y}\n" LINE TAIL, ":5: no type: 'y'"},
		{HEAD "actions: {x: y}\n" LINE TAIL, ":5: no kind of line"},
		{HEAD "whole-line: 3\n" LINE TAIL, ":5: true or false expected"},
		{HEAD LINE "must-parse: [{line: x}]\nmust-not-parse: []\n",
		 ":6: 'line' and 'is' expected"},
		{"name: bind\n", ":1: this format is there already: 'bind'"},
		{HEAD LINE TAIL "---\n" HEAD LINE TAIL, "this format is there already: 'x'"},
		{"name: x\ntitle: X\norigin: hearsay\nrole: resolver\n" LINE TAIL,
		 ":3: 'checked: ...' or 'documented: ...' expected"},
		{"name: x\ntitle: X\norigin: 'checked: here'\nrole: boss\n" LINE TAIL,
		 ":4: 'authoritative', 'resolver' or 'either' expected"},
	};
	struct files files;
	char path[1200];

	files_init(&files);
	snprintf(path, sizeof(path), "%s/x.yml", files.directory);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct custom_formats formats = {0};
		struct err err;
		FILE *file = fopen(path, "w");
		fputs(rows[i].text, file);
		fclose(file);
		cr_expect_eq(custom_load(&formats, path, &err), -1, "row %zu", i);
		cr_expect_neq(strstr(err.text, rows[i].message), NULL, "row %zu: %s", i, err.text);
		cr_expect_neq(strstr(err.text, path), NULL, "row %zu: %s", i, err.text);
		custom_release(&formats);
	}
	files_release(&files);
}

Test(custom, times_of_every_form)
{
	static const struct {
		const char *form, *text, *is; /* NULL: another form; "": no time there is */
		bool has_zone;
	} rows[] = {
		{"iso", "2026-11-23 12:00:00.5", "2026-11-23T12:00:00.500Z", false},
		{"iso", "2026-11-23 12:00:00.5 ", NULL, false},
		{"epoch", "1795692698", "2026-11-26T11:31:38.000Z", true},
		{"epoch", "[1795692698]", "2026-11-26T11:31:38.000Z", true},
		{"epoch", "1795692698.305988", "2026-11-26T11:31:38.305Z", true},
		{"epoch", "[1795692698", NULL, true},
		{"%m/%d/%Y %I:%M:%S %p", "10/2/2026 12:00:35 AM", "2026-10-02T00:00:35.000Z",
		 false},
		{"%m/%d/%Y %I:%M:%S %p", "10/2/2026 12:00:35 PM", "2026-10-02T12:00:35.000Z",
		 false},
		{"%m/%d/%Y %I:%M:%S %p", "10/2/2026 13:00:35 PM", NULL, false},
		{"%d/%m/%Y %H:%M:%S", "10/21/2026 13:00:35", "", false},
		{"%d/%b/%Y:%H:%M:%S %z", "10/Oct/2026:13:55:36 +0200", "2026-10-10T11:55:36.000Z",
		 true},
		{"%Y-%m-%d %H:%M:%S%f %z", "2026-01-01 00:00:00,25 UTC", "2026-01-01T00:00:00.250Z",
		 true},
		{"%Y-%m-%d", "2026-01-01x", NULL, false},
		{"%Y-%m-%d", "2026-01", NULL, false},
	};
	char text[TIME_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct stamp stamp = {0};
		bool read = stamp_read(str_of(rows[i].text), str_of(rows[i].form), &stamp);
		cr_expect_eq(read, rows[i].is != NULL, "row %zu", i);
		if (!read)
			continue;
		cr_expect_eq(stamp.is_invalid, rows[i].is[0] == '\0', "row %zu", i);
		cr_expect_eq(stamp.has_zone, rows[i].has_zone, "row %zu", i);
		int64_t time = stamp.has_zone ? stamp.utc : timestamp_make(&stamp.civil);
		if (!stamp.is_invalid)
			cr_expect_str_eq(timestamp_print(time, text), rows[i].is, "row %zu", i);
	}
}
