/*
 * A template changes nothing: a parser that has read thousands of lines gives the record that a
 * parser gives which has seen none.
 */
#include <criterion/criterion.h>
#include <dirent.h>

#include "base/buf.h"
#include "examples.h"
#include "input/reader.h"
#include "record/template.h"

/* Two parsers of equal settings: `warm` reads everything, `cold` begins anew with each line. */
struct pair {
	struct bench warm, cold;
	struct buf warm_text, cold_text;
	uint64_t lines, taken; /* by a template */
};

static void
pair_init(struct pair *pair)
{
	*pair = (struct pair){0};
	bench_init(&pair->warm, "UTC");
	bench_init(&pair->cold, "UTC");
	buf_init(&pair->warm_text, 1 << 16);
	buf_init(&pair->cold_text, 1 << 16);
}

static void
pair_release(struct pair *pair)
{
	bench_release(&pair->warm);
	bench_release(&pair->cold);
	buf_release(&pair->warm_text);
	buf_release(&pair->cold_text);
}

static void
check_view(const char *line, struct str warm, struct str cold)
{
	cr_assert_eq(warm.n, cold.n, "%s", line);
	cr_assert(warm.n == 0 || warm.p == cold.p, "%s", line);
}

/* What record_describe() does not tell. */
static void
check_fields(const char *line, const struct record *warm, const struct record *cold)
{
	check_view(line, warm->qname, cold->qname);
	check_view(line, warm->view, cold->view);
	check_view(line, warm->key, cold->key);
	check_view(line, warm->host, cold->host);
	check_view(line, warm->message, cold->message);
	check_view(line, warm->category, cold->category);
	check_view(line, warm->reason, cold->reason);
	cr_assert_eq(warm->time, cold->time, "%s", line);
	cr_assert_eq(warm->kind, cold->kind, "%s", line);
	cr_assert_eq(warm->defect, cold->defect, "%s", line);
	cr_assert_eq(warm->answers, cold->answers, "%s", line);
	cr_assert_eq(warm->cached, cold->cached, "%s", line);
	cr_assert_eq(warm->seconds_us, cold->seconds_us, "%s", line);
	cr_assert_eq(warm->size, cold->size, "%s", line);
	cr_assert_eq(warm->flags_known, cold->flags_known, "%s", line);
	cr_assert_eq(memcmp(&warm->server, &cold->server, sizeof(warm->server)), 0, "%s", line);
}

static void
check_line(struct pair *pair, struct str line)
{
	struct record warm, cold, probe = {0};
	char text[1024];

	snprintf(text, sizeof(text), "%.*s", STR_ARG(line));
	pair->taken += template_read(&pair->warm.parser.templates, line, &probe) == line.n;
	pair->lines++;
	parser_parse(&pair->warm.parser, line, &warm);
	parser_release(&pair->cold.parser);
	parser_init(&pair->cold.parser, &pair->cold.settings);
	parser_parse(&pair->cold.parser, line, &cold);
	buf_clear(&pair->warm_text);
	buf_clear(&pair->cold_text);
	record_describe(&warm, &pair->warm_text);
	record_describe(&cold, &pair->cold_text);
	cr_assert(str_eq(buf_str(&pair->warm_text), buf_str(&pair->cold_text)),
		  "%s\nwarm %.*s\ncold %.*s", text, STR_ARG(buf_str(&pair->warm_text)),
		  STR_ARG(buf_str(&pair->cold_text)));
	if (cold.kind < RECORD_OTHER) /* others keep traces of what was tried first */
		check_fields(text, &warm, &cold);
	if (cold.kind == RECORD_QUERY || cold.kind == RECORD_RESPONSE)
		cr_assert_eq(parser_last_format(&pair->warm.parser),
			     parser_last_format(&pair->cold.parser), "%s", text);
}

/* The line with each of its bytes changed to each of some that mean something somewhere. */
static void
check_changed(struct pair *pair, const char *line)
{
	static const char bytes[] = " .:#()[]/@\\-_019azAZx?\x01\xff\0";
	char changed[1024];
	size_t n = strlen(line);

	cr_assert_lt(n, sizeof(changed));
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j + 1 < sizeof(bytes); j++) {
			memcpy(changed, line, n);
			check_line(pair, str_make(line, n)); /* the template is this line's again */
			changed[i] = bytes[j];
			check_line(pair, str_make(changed, n));
		}
		check_line(pair, str_make(line, i));
	}
}

static const char *const lines[] = {
	"10-Mar-2026 00:00:00.043 queries: info: client @0x7f3d9c43ee32 100.246.255.160#36949 "
	"(imap1.example.net): view external: query: imap1.example.net IN AAAA -E(0)DC (192.0.2.1)",
	"10-Mar-2026 00:00:00.043 client 2001:db8::53#53 (a.example): query: a.example IN TXT +",
	"Mar 10 00:00:59 ns1 named[77]: client @0x7f3d9c43ee32 192.0.2.9#1 (b.example): "
	"query: b.example IN ANY +E(0)TK (192.0.2.1)",
	"2026-03-10T00:00:10.123456+02:00 ns1 named[77]: queries: client 192.0.2.9#1 (b.example): "
	"query: b.example IN A - (192.0.2.1) [ECS 198.51.100.0/24/0]",
	"10-Mar-2026 00:00:00.043 responses: info: client @0x7f3d9c43ee32 192.0.2.3#9 (c.example): "
	"view v: response: c.example IN A NXDOMAIN 0 1 0 +E(0) (192.0.2.1)",
	"[1773100800] unbound[12:3] info: 192.0.2.7 d.example. A IN",
	"[1773100800] unbound[12:3] reply: 2001:db8::7 d.example. AAAA IN NOERROR 0.000966 0 45",
	"Mar 10 00:00:59 ns2 unbound[12]: [12:0] info: 192.0.2.7 e.example. MX IN SERVFAIL "
	"1.100000 "
	"1 45 on udp 192.0.2.1 53",
};

Test(record_template, a_changed_byte_is_read_as_the_full_parser_reads_it)
{
	struct pair pair;

	pair_init(&pair);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		check_changed(&pair, lines[i]);
	cr_expect_gt(pair.taken * 4, pair.lines, "%lu of %lu lines were taken", pair.taken,
		     pair.lines);
	pair_release(&pair);
}

Test(record_template, examples_of_all_kinds_in_any_order)
{
	struct pair pair;

	pair_init(&pair);
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < bind_example_count; i++)
			check_line(&pair, str_of(bind_examples[i].line));
		for (size_t i = unbound_example_count; i-- > 0;)
			check_line(&pair, str_of(unbound_examples[i].line));
	}
	pair_release(&pair);
}

/* Each writes its number before its lines; what stands behind the names, they share. */
Test(record_template, a_server_of_many_threads)
{
	struct pair pair;
	char line[128];

	pair_init(&pair);
	for (int round = 0; round < 3; round++)
		for (int thread = 0; thread < 20; thread++) {
			snprintf(line, sizeof(line),
				 "[177310080%d] unbound[12:%d] info: 192.0.2.%d d.example. %s IN",
				 round, thread, thread, round < 2 ? "A" : "AAAA");
			check_line(&pair, str_of(line));
		}
	/* All but each thread's first line, and the first with another type. */
	cr_expect_eq(pair.taken, pair.lines - 20 - 1, "%lu of %lu", pair.taken, pair.lines);
	pair_release(&pair);
}

static void
check_file(struct pair *pair, const char *path)
{
	struct err err;
	struct source *source = source_open(path, &err);
	struct reader reader;
	struct line line;

	cr_assert_neq(source, NULL, "%s", path);
	reader_init(&reader, source, 0);
	while (reader_next(&reader, &line))
		check_line(pair, line.text);
	reader_release(&reader);
	source_close(source);
}

static void
check_folder(struct pair *pair, const char *folder)
{
	DIR *stream = opendir(folder);
	struct dirent *entry;
	char path[512];

	cr_assert_neq(stream, NULL, "%s", folder);
	while ((entry = readdir(stream))) {
		if (!strstr(entry->d_name, ".log"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		check_file(pair, path);
	}
	closedir(stream);
}

Test(record_template, logs_of_real_servers)
{
	struct pair pair;

	pair_init(&pair);
	check_folder(&pair, "samples/bind-day");
	check_folder(&pair, "samples/unbound");
	cr_expect_gt(pair.taken * 2, pair.lines, "%lu of %lu lines were taken", pair.taken,
		     pair.lines);
	pair_release(&pair);
}

Test(record_template, a_record_used_again_keeps_nothing)
{
	static const char denied[] =
		"10-Mar-2026 00:00:00.043 security: info: client @0x7f3d9c43ee32 192.0.2.66#4 "
		"(d.example): view external: update 'd.example/IN' denied";
	struct pair pair;
	struct record record = {0}, fresh;
	size_t n;

	pair_init(&pair);
	for (int round = 0; round < 3; round++) {
		parser_parse(&pair.warm.parser, str_of(denied), &record);
		cr_assert_neq(record.action, ACTION_NONE);
		/* Twice: as it was left by the full parser, and by a template. */
		for (int i = 0; i < 2; i++) {
			char text[1024];
			snprintf(text, sizeof(text), "%s\n", lines[0]);
			bool taken = parser_take(&pair.warm.parser, str_of(text), &record, &n);
			cr_assert_eq(taken, round > 0);
			if (!taken) {
				parser_parse(&pair.warm.parser, str_of(lines[0]), &record);
				break;
			}
			parser_parse(&pair.cold.parser, str_make(text, n), &fresh);
			check_fields(text, &record, &fresh);
			cr_assert_eq(record.action, ACTION_NONE);
			cr_assert_eq(record.serial, -1);
			cr_assert(!record.has_ecs);
		}
	}
	pair_release(&pair);
}

/* The same lines without a template ever, but with all that a parser knows of the hour. */
static void
check_time(struct pair *pair, const char *line)
{
	struct record warm = {0}, cold;

	memset(&pair->cold.parser.templates, 0, sizeof(pair->cold.parser.templates));
	pair->taken +=
		template_read(&pair->warm.parser.templates, str_of(line), &warm) == strlen(line);
	pair->lines++;
	parser_parse(&pair->warm.parser, str_of(line), &warm);
	parser_parse(&pair->cold.parser, str_of(line), &cold);
	cr_assert_eq(warm.time, cold.time, "%s: %lld, not %lld", line, (long long)warm.time,
		     (long long)cold.time);
}

#define QUERY "client @0x7f3d9c43ee32 192.0.2.9#1 (b.example): query: b.example IN A + (192.0.2.1)"

/* A line every seven seconds through the hours in which clocks go back or forward. */
Test(record_template, clocks_that_change)
{
	static const char *const days[] = {"25-Oct-2026", "29-Mar-2026"};

	for (size_t day = 0; day < 2; day++) {
		struct pair pair = {0};
		char line[256];
		bench_init(&pair.warm, "Europe/Berlin");
		bench_init(&pair.cold, "Europe/Berlin");
		for (int pass = 0; pass < 2; pass++)
			for (int s = 3600 + pass * 3600; s < 4 * 3600; s += 7) {
				if (pass == 0 && s >= 3 * 3600) /* the second pass begins at two */
					break;
				snprintf(line, sizeof(line), "%s %02d:%02d:%02d.5%02d " QUERY,
					 days[day], s / 3600, s / 60 % 60, s % 60, s % 100);
				check_time(&pair, line);
			}
		/* The hour that occurs twice is read in full, both times. */
		cr_expect_gt(pair.taken, pair.lines / 3, "%lu of %lu", pair.taken, pair.lines);
		bench_release(&pair.warm);
		bench_release(&pair.cold);
	}
}

/* Year-less times around the limit at which they fall into the year before. */
Test(record_template, years_that_are_not_told)
{
	struct pair pair = {0};
	char line[256];

	bench_init(&pair.warm, "Europe/Berlin");
	bench_init(&pair.cold, "Europe/Berlin");
	int64_t limit = pair.warm.settings.anchor + 86400000;
	for (int64_t time = limit - 300000; time < limit + 300000; time += 3000) {
		struct civil civil = timestamp_civil(time);
		static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
						     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
		snprintf(line, sizeof(line), "%s %2d %02d:%02d:%02d ns1 named[77]: " QUERY,
			 months[civil.month - 1], civil.day, civil.hour, civil.minute,
			 civil.second);
		check_time(&pair, line);
	}
	cr_expect_gt(pair.taken, pair.lines / 2, "%lu of %lu", pair.taken, pair.lines);
	bench_release(&pair.warm);
	bench_release(&pair.cold);
}
