#include "cli/follow_line.h"

void
follow_line_init(struct follow_line *line, struct analysis *analysis, size_t input)
{
	const struct setup *setup = &analysis->setup;

	*line = (struct follow_line){
		.analysis = analysis,
		.stream = (uint32_t)input,
		.server = &setup->tally.servers[setup->tally.streams[input].server],
		.namer = namer_new(&setup->names),
		.scratch = regex_scratch_new(),
	};
	line->matcher = matcher_new(&setup->rules, line->namer);
	parser_init(&line->parser, &setup->plan.inputs[input].parser);
}

void
follow_line_release(struct follow_line *line)
{
	namer_free(line->namer);
	matcher_free(line->matcher);
	regex_scratch_free(line->scratch);
	parser_release(&line->parser);
}

static bool
is_wanted(struct follow_line *line, const struct name *name, const struct matches *matches)
{
	const struct filter *filter = &line->analysis->narrowing.filter;

	if (filter_has_names(filter) && !filter_name(filter, line->scratch, name))
		return false;
	return filter_rules(filter, matches);
}

int64_t
follow_line_add(struct follow_line *line, struct str text, uint64_t offset, uint64_t number)
{
	struct pipeline *pipeline = &line->analysis->pipeline;
	struct matches matches = {0};
	struct record record;
	enum record_kind kind = parser_parse(&line->parser, text, &record);

	if (!filter_record(&line->analysis->narrowing.filter, &record)) {
		pipeline->filtered++;
		return record.time;
	}
	bool is_request = kind == line->server->request;
	const struct name *name = record.qname.n ? namer_look(line->namer, record.qname) : NULL;
	if (kind < RECORD_OTHER)
		matcher_match(line->matcher, &record, name, line->server->name, text, is_request,
			      &matches);
	if (!is_wanted(line, name, &matches)) {
		pipeline->filtered++;
		return record.time;
	}
	tally_add(&pipeline->tally,
		  &(struct tally_line){
			  .record = &record,
			  .name = name,
			  .matches = &matches,
			  .position = {record.time, line->stream, 0, offset, number},
			  .text = text,
			  .is_request = is_request,
		  });
	return record.time;
}
