/* Any bytes as lines of the described formats; the first byte picks the format. */
#include <stdlib.h>

#include "help.h"
#include "record/parser.h"
#include "record/qname.h"

static struct custom_formats formats;

static void
load(void)
{
	char path[1024];
	struct err err;

	MUST(custom_load(&formats, help_data("formats", path), &err) == 0 && formats.count > 0);
	for (size_t i = 0; i < formats.count; i++)
		custom_jit(formats.all[i]);
}

/* Names lie in the line or in the parser's own memory: all of a record can be read. */
static void
check(const struct record *record, enum record_kind kind, struct buf *text)
{
	MUST(kind == record->kind && kind < RECORD_KINDS && record->action < RECORD_ACTIONS);
	MUST(record->qname.n <= QNAME_TEXT_MAX || record->kind >= RECORD_UNKNOWN);
	buf_clear(text);
	record_describe(record, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct timezone_change change = {INT64_MIN, 0};
	struct timezone_rules zone = {.name = "UTC", .count = 1, .changes = &change};
	struct str rest = str_make((const char *)data, n), line;
	struct parser parser;
	struct buf text;

	if (formats.count == 0)
		load();
	struct parser_settings settings = {
		.format = FORMAT_CUSTOM,
		.zone = &zone,
		.anchor = INT64_C(1773187200000),
		.custom = formats.all[help_byte(&rest) % formats.count],
	};
	parser_init(&parser, &settings);
	buf_init(&text, 1 << 20);
	while (help_line(&rest, &line)) {
		struct record record;
		check(&record, parser_parse(&parser, line, &record), &text);
		free((char *)(uintptr_t)line.p);
	}
	buf_release(&text);
	parser_release(&parser);
	return 0;
}
