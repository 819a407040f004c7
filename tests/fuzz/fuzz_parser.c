/*
 * Any bytes as log lines: the parser neither crashes nor gives a record whose views lie
 * outside the line. The first byte picks the format.
 */
#include <stdlib.h>

#include "record/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_view(struct str line, struct str view)
{
	if (view.n > 0 && (view.p < line.p || view.p + view.n > line.p + line.n))
		abort();
}

static void
check_record(struct str line, const struct record *record, enum record_kind kind)
{
	if (kind != record->kind || kind >= RECORD_KINDS || record->action >= RECORD_ACTIONS ||
	    record->defect >= RECORD_DEFECTS)
		abort();
	check_view(line, record->qname.n == 1 && *record->qname.p == '.' ? line : record->qname);
	check_view(line, record->view);
	check_view(line, record->key);
	check_view(line, record->host);
	check_view(line, record->message);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct timezone_rules zone = {.name = "UTC"};
	struct timezone_change change = {INT64_MIN, 0};
	struct parser_settings settings = {.zone = &zone, .anchor = INT64_C(1773187200000)};
	struct parser parser;
	struct record record;
	const char *p = (const char *)data, *end = p + n;

	if (n == 0)
		return 0;
	zone.count = 1;
	zone.changes = &change;
	settings.format = (enum log_format)(*data % FORMAT_CUSTOM);
	parser_init(&parser, &settings);
	for (p++; p < end;) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		struct str line = str_make(p, (size_t)((newline ? newline : end) - p));
		/* A copy of its own size, so that the sanitizer sees a read behind the line. */
		char *copy = malloc(line.n ? line.n : 1);

		if (!copy)
			abort();
		memcpy(copy, line.p, line.n);
		line.p = copy;
		check_record(line, &record, parser_parse(&parser, line, &record));
		free(copy);
		p = newline ? newline + 1 : end;
	}
	return 0;
}
