#include "record/parser.h"

#include <criterion/criterion.h>

#include "examples.h"

Test(record_parser, a_record_is_small)
{
	cr_expect_leq(sizeof(struct record), 384);
}

Test(record_parser, names_of_kinds_and_defects_are_all_there)
{
	for (int i = 0; i < RECORD_KINDS; i++)
		cr_expect_neq(record_kind_names[i], NULL, "%d", i);
	for (int i = 0; i < RECORD_DEFECTS; i++)
		cr_expect_neq(record_defect_names[i], NULL, "%d", i);
	for (int i = 0; i < RECORD_ACTIONS; i++)
		cr_expect_neq(record_action_names[i], NULL, "%d", i);
	for (int i = 0; i < LOG_FORMATS; i++)
		cr_expect_neq(log_format_names[i], NULL, "%d", i);
}

static const struct example *
example_at(size_t i)
{
	return i < bind_example_count ? &bind_examples[i]
				      : &unbound_examples[i - bind_example_count];
}

static bool
is_view_into(struct str part, const char *line, size_t n)
{
	return part.n == 0 || (part.p >= line && part.p + part.n <= line + n);
}

static void
check_views(const struct record *record, const char *line, size_t n)
{
	cr_assert(is_view_into(record->qname, line, n), "%.*s", (int)n, line);
	cr_assert(is_view_into(record->view, line, n), "%.*s", (int)n, line);
	cr_assert(is_view_into(record->key, line, n), "%.*s", (int)n, line);
	cr_assert(is_view_into(record->host, line, n), "%.*s", (int)n, line);
	cr_assert(is_view_into(record->message, line, n), "%.*s", (int)n, line);
	cr_assert(is_view_into(record->category, line, n), "%.*s", (int)n, line);
	cr_assert(is_view_into(record->reason, line, n), "%.*s", (int)n, line);
	cr_assert_lt(record->kind, RECORD_KINDS);
	cr_assert_eq(record->kind == RECORD_MALFORMED, record->defect != DEFECT_NONE, "%.*s",
		     (int)n, line);
}

/* The cut line stands alone on the heap, so that a read behind its end is seen. */
Test(record_parser, a_line_cut_at_any_byte_never_names_another_client_or_name)
{
	struct bench bench;
	struct record whole, cut;

	bench_init(&bench, "UTC");
	for (size_t i = 0; i < bind_example_count + unbound_example_count; i++) {
		const char *line = example_at(i)->line;
		size_t length = strlen(line);
		bench_parse(&bench, line, &whole);
		for (size_t n = 0; n < length; n++) {
			char *copy = malloc(n + 1);
			memcpy(copy, line, n);
			char *exact = realloc(copy, n ? n : 1);
			parser_parse(&bench.parser, str_make(exact, n), &cut);
			check_views(&cut, exact, n);
			cr_assert(ip_is_none(&cut.client) || memcmp(&cut.client, &whole.client,
								    sizeof(cut.client)) == 0,
				  "%.*s", (int)n, line);
			cr_assert(cut.port == -1 || cut.port == whole.port, "%.*s", (int)n, line);
			cr_assert(cut.qname.n == 0 || str_eq(cut.qname, whole.qname), "%.*s",
				  (int)n, line);
			cr_assert(cut.serial == -1 || cut.serial == whole.serial);
			free(exact);
		}
	}
	bench_release(&bench);
}

/* A small generator of our own: the same mutations on every machine. */
static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static size_t
mutate(char *line, size_t n, size_t room, uint32_t *state)
{
	static const char bytes[] = " '\"():/#@\\.[]<>|-0129azAZ\x1b\x80\xff\t";
	unsigned changes = 1 + next_random(state) % 4;

	for (unsigned i = 0; i < changes && n > 0; i++) {
		size_t at = next_random(state) % n;
		char byte = bytes[next_random(state) % sizeof(bytes)];
		switch (next_random(state) % 4) {
		case 0:
			line[at] = byte;
			break;
		case 1:
			memmove(line + at, line + at + 1, n - at - 1);
			n--;
			break;
		case 2:
			if (n < room) {
				memmove(line + at + 1, line + at, n - at);
				line[at] = byte;
				n++;
			}
			break;
		default:
			line[at] = (char)next_random(state);
		}
	}
	return n;
}

Test(record_parser, mutated_lines_stay_within_their_bytes)
{
	struct bench bench;
	struct record record;
	uint32_t state = 20261123;

	bench_init(&bench, "Europe/Berlin");
	for (size_t round = 0; round < 300; round++)
		for (size_t i = 0; i < bind_example_count + unbound_example_count; i++) {
			const char *line = example_at(i)->line;
			size_t n = strlen(line), room = n + 8;
			char *copy = malloc(room);
			memcpy(copy, line, n);
			n = mutate(copy, n, room, &state);
			char *exact = realloc(copy, n ? n : 1);
			parser_parse(&bench.parser, str_make(exact, n), &record);
			check_views(&record, exact, n);
			free(exact);
		}
	bench_release(&bench);
}

Test(record_parser, long_lines_of_syntax_take_linear_time)
{
	static const char *const parts[] = {
		": ",           ": query: a ",     "\\",       "(",       "'/", "a.",
		"[1:0] info: ", "query (cache) '", "\x1b[36m", "1 [a=\"", "12:"};
	static const char *const heads[] = {"client @0x1 192.0.2.1#5 (a): view ",
					    "client 192.0.2.1#5: query: ",
					    "client 192.0.2.1#5: query '",
					    "",
					    "<1>1 - - named - - [",
					    "[7:0] info: ",
					    "Nov 23 10:00:00 "};
	size_t room = 64 * 1024;
	char *line = malloc(room);
	struct bench bench;
	struct record record;

	bench_init(&bench, "UTC");
	for (size_t h = 0; h < sizeof(heads) / sizeof(*heads); h++)
		for (size_t p = 0; p < sizeof(parts) / sizeof(*parts); p++) {
			size_t n = strlen(heads[h]), part = strlen(parts[p]);
			memcpy(line, heads[h], n);
			for (; n + part <= room; n += part)
				memcpy(line + n, parts[p], part);
			for (int i = 0; i < 20; i++)
				parser_parse(&bench.parser, str_make(line, n), &record);
			check_views(&record, line, n);
		}
	bench_release(&bench);
	free(line);
}

Test(record_parser, the_named_format_alone_is_tried)
{
	struct bench bench;
	struct record record;
	const char *query = "client 192.0.2.1#5: query: a.b IN A + (192.0.2.53)";
	const char *reply = "[7:0] info: 192.0.2.1 a.b. A IN";

	bench_init(&bench, "UTC");
	bench.settings.format = FORMAT_BIND;
	cr_expect_eq(bench_parse(&bench, query, &record), RECORD_QUERY);
	cr_expect_eq(bench_parse(&bench, reply, &record), RECORD_UNKNOWN);
	bench.settings.format = FORMAT_UNBOUND;
	cr_expect_eq(bench_parse(&bench, query, &record), RECORD_UNKNOWN);
	cr_expect_eq(bench_parse(&bench, reply, &record), RECORD_QUERY);
	bench_release(&bench);
}

Test(record_parser, a_record_depends_on_its_line_alone)
{
	struct bench fresh, used;
	struct record first, second;
	size_t count = bind_example_count + unbound_example_count;

	bench_init(&used, "UTC");
	for (size_t i = 0; i < 2 * count; i++) {
		const struct example *example = example_at(i * 7 % count);
		bench_init(&fresh, "UTC");
		bench_parse(&fresh, example->line, &first);
		bench_parse(&used, example->line, &second);
		cr_expect_eq(first.kind, second.kind, "%s", example->line);
		cr_expect_eq(first.time, second.time, "%s", example->line);
		bench_release(&fresh);
	}
	bench_release(&used);
}

static const char *
time_of(struct bench *bench, const char *stamp, char out[TIME_TEXT])
{
	char line[200];
	struct record record;

	snprintf(line, sizeof(line), "%s client 192.0.2.1#5: query: a.b IN A + (192.0.2.53)",
		 stamp);
	bench_parse(bench, line, &record);
	return timestamp_print(record.time, out);
}

Test(record_parser, zoneless_times_are_of_the_given_zone)
{
	struct bench bench;
	char text[TIME_TEXT];

	bench_init(&bench, "Europe/Berlin");
	cr_expect_str_eq(time_of(&bench, "23-Nov-2026 16:38:00.839", text),
			 "2026-11-23T15:38:00.839Z");
	cr_expect_str_eq(time_of(&bench, "23-Jul-2026 16:38:00.839", text),
			 "2026-07-23T14:38:00.839Z");
	cr_expect_str_eq(time_of(&bench, "2026-07-23T16:38:00.839Z", text),
			 "2026-07-23T16:38:00.839Z");
	cr_expect_str_eq(time_of(&bench, "Jul 23 16:38:01", text), "2026-07-23T14:38:01.000Z");
	cr_expect_str_eq(time_of(&bench, "Dec 23 16:38:01", text), "2025-12-23T15:38:01.000Z");
	cr_expect_str_eq(time_of(&bench, "99-Bad-9999 99:99:99.999", text), "");
	bench_release(&bench);
}

Test(record_parser, without_anchor_or_zone_a_time_is_not_told)
{
	struct bench bench;
	char text[TIME_TEXT];

	bench_init(&bench, "UTC");
	bench.settings.anchor = TIME_NONE;
	cr_expect_str_eq(time_of(&bench, "Jul 23 16:38:01", text), "");
	bench.settings.zone = NULL;
	cr_expect_str_eq(time_of(&bench, "23-Jul-2026 16:38:00.839", text), "");
	cr_expect_str_eq(time_of(&bench, "2026-07-23T16:38:00.839Z", text),
			 "2026-07-23T16:38:00.839Z");
	bench_release(&bench);
}

/* Europe/Berlin, 25 October 2026: 03:00 summer time is 02:00 again, at 01:00 UTC. */
Test(record_parser, the_hour_that_comes_twice_is_told_apart_by_the_clock_running_back)
{
	static const char *const rows[][2] = {
		{"25-Oct-2026 01:59:59.000", "2026-10-24T23:59:59.000Z"},
		{"25-Oct-2026 02:10:00.000", "2026-10-25T00:10:00.000Z"},
		{"25-Oct-2026 02:05:00.000", "2026-10-25T00:05:00.000Z"}, /* a little disorder */
		{"25-Oct-2026 02:59:59.000", "2026-10-25T00:59:59.000Z"},
		{"25-Oct-2026 02:00:01.000", "2026-10-25T01:00:01.000Z"},
		{"25-Oct-2026 02:00:01.000", "2026-10-25T01:00:01.000Z"},
		{"25-Oct-2026 02:00:59.000", "2026-10-25T01:00:59.000Z"},
		{"25-Oct-2026 02:59:59.000", "2026-10-25T01:59:59.000Z"},
		{"25-Oct-2026 03:00:00.000", "2026-10-25T02:00:00.000Z"},
	};
	struct bench bench;
	char text[TIME_TEXT];

	bench_init(&bench, "Europe/Berlin");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_str_eq(time_of(&bench, rows[i][0], text), rows[i][1], "row %zu: %s", i,
				 text);
	bench_release(&bench);
}

Test(record_parser, a_survey_tells_what_the_plan_needs)
{
	static const char *const bind[] = {
		"Nov 23 17:08:53 ns1 named[1]: client 192.0.2.1#5: query: a.b IN A + (192.0.2.53)",
		"Nov 23 17:08:51 ns1 named[1]: client 192.0.2.1#5: query: a.b IN A - (192.0.2.53)",
		"",
		"hello",
	};
	struct bench bench;
	struct survey survey;
	char text[TIME_TEXT];

	bench_init(&bench, "UTC");
	survey_init(&survey);
	for (size_t i = 0; i < sizeof(bind) / sizeof(*bind); i++)
		survey_line(&survey, &bench.parser, str_of(bind[i]));
	cr_expect_eq(survey.lines, 4);
	cr_expect_eq(survey.bind, 2);
	cr_expect_eq(survey.unbound, 0);
	cr_expect_eq(survey.unknown, 1);
	cr_expect_eq(survey.queries, 2);
	cr_expect_eq(survey.recursion_desired, 1);
	cr_expect(survey.queries_logged && !survey.responses_logged);
	cr_expect(survey.zoneless && survey.yearless && !survey.folded);
	cr_expect_str_eq(survey.host, "ns1");
	cr_expect_not(survey.several_hosts);
	cr_expect_str_eq(timestamp_print(survey.first, text), "2026-11-23T17:08:51.000Z");
	cr_expect_str_eq(timestamp_print(survey.last, text), "2026-11-23T17:08:53.000Z");
	survey_line(&survey, &bench.parser,
		    STR("Nov 23 17:08:53 ns2 unbound: [7:0] reply: 192.0.2.1 a.b. A IN NOERROR "
			"0.000000 1 34"));
	cr_expect_eq(survey.unbound, 1);
	cr_expect(survey.responses_logged && survey.several_hosts);
	bench_release(&bench);
}

Test(record_parser, a_survey_needs_no_anchor_to_see_that_years_are_missing)
{
	struct bench bench;
	struct survey survey;

	bench_init(&bench, "UTC");
	bench.settings.anchor = TIME_NONE;
	survey_init(&survey);
	survey_line(&survey, &bench.parser,
		    STR("Nov 23 17:08:53 ns1 named[1]: client 192.0.2.1#5: query: a.b IN A +"));
	cr_expect(survey.yearless && survey.zoneless);
	cr_expect_eq(survey.first, TIME_NONE);
	bench_release(&bench);
}
