#define _POSIX_C_SOURCE 200809L
#include "harness.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/xalloc.h"

void
harness_init(struct harness *harness)
{
	harness_init_with(harness, NULL);
}

void
harness_init_with(struct harness *harness, const char *rules)
{
	struct err err;

	*harness = (struct harness){0};
	names_init(&harness->names, STR("harness"));
	names_load_suffixes(&harness->names, NULL, &err);
	names_add_own_zone(&harness->names, STR("example.com"), &err);
	ruleset_init(&harness->rules);
	struct rule_errors errors = {0};
	ruleset_load(&harness->rules, "patterns/rules", &errors, &err);
	if (rules)
		ruleset_load(&harness->rules, rules, &errors, &err);
	ruleset_finish(&harness->rules, true, &errors);
	rule_errors_release(&errors);
	static const char *const paths[HARNESS_STREAMS] = {"queries.log", "xfer.log",
							   "unbound.log"};
	for (uint32_t i = 0; i < HARNESS_STREAMS; i++)
		harness->streams[i] = (struct stream_info){str_of(paths[i]), i == 2};
	harness->servers[0] = (struct server_info){STR("ns1"), false, RECORD_QUERY, false, false};
	harness->servers[1] = (struct server_info){STR("res"), true, RECORD_QUERY, true, false};
	harness->settings = (struct tally_settings){
		.limits = tally_limits_of(256u << 20),
		.names = &harness->names,
		.rules = &harness->rules,
		.stream_count = HARNESS_STREAMS,
		.server_count = 2,
		.streams = harness->streams,
		.servers = harness->servers,
	};
	harness->detect = (struct detect_settings){.examples = 10, .workers = workers_new(2)};
	timezone_load(&harness->zone, "UTC", &err);
	harness->parser = (struct parser_settings){.format = FORMAT_UNKNOWN,
						   .zone = &harness->zone,
						   .anchor = 1774310400000 /* 2026-03-24 */};
}

void
harness_release(struct harness *harness)
{
	workers_free(harness->detect.workers);
	timezone_release(&harness->zone);
	ruleset_release(&harness->rules);
	names_release(&harness->names);
}

void
harness_log_add(struct harness_log *log, uint32_t stream, const char *format, ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	uint64_t offset = 0, number = 1;
	for (size_t i = log->count; i-- > 0;) {
		if (log->lines[i].stream != stream)
			continue;
		offset = log->lines[i].offset + strlen(log->lines[i].text) + 1;
		number = log->lines[i].number + 1;
		break;
	}
	if (log->count % 256 == 0)
		log->lines = xrealloc(log->lines, log->count + 256, sizeof(*log->lines));
	log->lines[log->count++] =
		(struct harness_line){stream, offset, number, xmemdup(text, strlen(text))};
}

void
harness_log_release(struct harness_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		free(log->lines[i].text);
	free(log->lines);
	*log = (struct harness_log){0};
}

void
harness_add_from(const struct harness *harness, struct tally *tally, struct seat *seat,
		 const struct harness_log *log, const struct harness_part *part)
{
	struct namer *namer = namer_new(&harness->names);
	struct matcher *matcher = matcher_new(&harness->rules, namer);
	size_t count = part ? part->count : log->count;

	for (uint32_t stream = 0; stream < HARNESS_STREAMS; stream++) {
		struct parser parser;
		uint64_t chunk = UINT64_MAX, first = 0, last = 0;
		parser_init(&parser, &harness->parser);
		for (size_t i = 0; i < count; i++) {
			const struct harness_line *at = &log->lines[part ? part->indices[i] : i];
			struct record record;
			struct matches matches = {0};
			if (at->stream != stream)
				continue;
			/* A gap in the numbers begins a new chunk, as a cut file would. */
			if (chunk == UINT64_MAX || at->number != last + 1) {
				if (chunk != UINT64_MAX)
					tally_end_chunk(tally, stream, chunk, last - first + 1, 0,
							0);
				chunk = at->offset;
				first = at->number;
				parser_init(&parser, &harness->parser);
			}
			last = at->number;
			struct str text = str_of(at->text);
			parser_parse(&parser, text, &record);
			const struct server_info *server =
				&harness->servers[harness->streams[stream].server];
			bool is_request = record.kind == server->request;
			const struct name *name =
				record.qname.n ? namer_look(namer, record.qname) : NULL;
			if (record.kind < RECORD_OTHER)
				matcher_match(matcher, &record, name, server->name, text,
					      is_request, &matches);
			struct tally_line line = {
				.record = &record,
				.name = name,
				.matches = &matches,
				.position = {record.time, stream, chunk, at->offset,
					     at->number - first + 1},
				.text = text,
				.is_request = is_request,
			};
			tally_add_lines(tally, seat, &line, 1);
		}
		if (chunk != UINT64_MAX)
			tally_end_chunk(tally, stream, chunk, last - first + 1, 0, 0);
	}
	matcher_free(matcher);
	namer_free(namer);
}

void
harness_add(const struct harness *harness, struct tally *tally, const struct harness_log *log,
	    const struct harness_part *part)
{
	harness_add_from(harness, tally, NULL, log, part);
}

char *
harness_report(const struct harness *harness, struct tally *tally, struct findings *findings)
{
	struct findings own;
	struct findings *out = findings ? findings : &own;
	struct summary summary;
	char *text = NULL;
	size_t size = 0;

	findings_init(out);
	tally_settle(tally);
	detect_run(&(struct detect_input){.tally = tally, .settings = &harness->detect}, out);
	summary_make(&summary, &(struct summary_input){
				       .tally = tally,
				       .findings = out,
				       .version = "test",
				       .top = 1000,
				       .memory_limit = 256u << 20,
			       });
	FILE *stream = open_memstream(&text, &size);
	report_json.write(&summary, &(struct report_options){.top = 1000, .examples = 10}, stream);
	fclose(stream);
	summary_release(&summary);
	if (!findings)
		findings_release(&own);
	return text;
}

uint64_t
harness_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}
