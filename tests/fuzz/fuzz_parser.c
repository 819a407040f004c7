/*
 * Any bytes as log lines: the parser neither crashes nor gives a record whose views lie
 * outside the line. The first byte picks the format.
 */
#include <stdlib.h>

#include "help.h"
#include "record/parser.h"

static void
check_view(struct str line, struct str view)
{
	MUST(view.n == 0 || (view.p >= line.p && view.p + view.n <= line.p + line.n));
}

static void
check_record(struct str line, const struct record *record, enum record_kind kind)
{
	MUST(kind == record->kind && kind < RECORD_KINDS && record->action < RECORD_ACTIONS &&
	     record->defect < RECORD_DEFECTS);
	check_view(line, record->qname.n == 1 && *record->qname.p == '.' ? line : record->qname);
	check_view(line, record->view);
	check_view(line, record->key);
	check_view(line, record->host);
	check_view(line, record->message);
	check_view(line, record->category);
	check_view(line, record->reason);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct timezone_change change = {INT64_MIN, 0};
	struct timezone_rules zone = {.name = "UTC", .count = 1, .changes = &change};
	struct parser_settings settings = {.zone = &zone, .anchor = INT64_C(1773187200000)};
	struct str rest = str_make((const char *)data, n), line;
	struct parser parser;
	struct record record;

	settings.format = (enum log_format)(help_byte(&rest) % FORMAT_CUSTOM);
	parser_init(&parser, &settings);
	while (help_line(&rest, &line)) {
		check_record(line, &record, parser_parse(&parser, line, &record));
		free((char *)(uintptr_t)line.p);
	}
	parser_release(&parser);
	return 0;
}
