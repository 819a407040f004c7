/* Any bytes as the description of a format: it is refused with a reason, or reads any line. */
#include <stdlib.h>
#include <unistd.h>

#include "help.h"
#include "record/parser.h"

static const char *const lines[] = {
	"",
	"Mar 10 12:00:00 ns1 dnsmasq[4711]: query[A] www.example.com from 192.0.2.1",
	"10-Mar-2026 12:00:00.000 client 2001:db8::1#53 (www.example.com): query: x IN A +E(0)K",
	"{\"ts\":1773187200.1,\"id.orig_h\":\"192.0.2.1\",\"query\":\"\\\\xff.example.com\"}",
	"(3)www(7)example(3)com(0) 1 2 3 4 5 6 7 8 9",
};

static void
use(const struct custom_format *format)
{
	const struct custom_info *info = custom_info(format);
	struct timezone_change change = {INT64_MIN, 0};
	struct timezone_rules zone = {.name = "UTC", .count = 1, .changes = &change};
	struct parser_settings settings = {FORMAT_CUSTOM, &zone, INT64_C(1773187200000), format};
	struct parser parser;
	struct record record;
	struct buf text;

	MUST(info->name && info->title && info->origin);
	parser_init(&parser, &settings);
	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		parser_parse(&parser, str_of(lines[i]), &record);
		record_describe(&record, &text);
	}
	for (size_t i = 0; i < info->example_count; i++) {
		parser_parse(&parser, info->examples[i].line, &record);
		record_describe(&record, &text);
	}
	buf_release(&text);
	parser_release(&parser);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct custom_formats formats = {0};
	struct err err = {0};
	char path[HELP_PATH];
	int fd = help_file(str_make((const char *)data, n), path);

	if (custom_load(&formats, path, &err) == 0)
		for (size_t i = 0; i < formats.count; i++)
			use(formats.all[i]);
	else
		MUST(err.text[0] != '\0');
	custom_release(&formats);
	close(fd);
	return 0;
}
