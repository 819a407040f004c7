#include "record/parser.h"

void
survey_init(struct survey *survey)
{
	*survey = (struct survey){.first = TIME_NONE, .last = TIME_NONE};
}

static void
note_time(struct survey *survey, const struct parser *parser, int64_t time)
{
	survey->zoneless |= parser->zoneless;
	survey->yearless |= parser->yearless;
	if (time == TIME_NONE)
		return;
	survey->folded |= parser->folded;
	if (survey->first == TIME_NONE || time < survey->first)
		survey->first = time;
	if (survey->last == TIME_NONE || time > survey->last)
		survey->last = time;
}

static void
note_host(struct survey *survey, struct str host)
{
	if (host.n == 0 || host.n >= sizeof(survey->host))
		return;
	if (survey->host[0] == '\0')
		memcpy(survey->host, host.p, host.n);
	else if (!str_eq(host, str_of(survey->host)))
		survey->several_hosts = true;
}

void
survey_line(struct survey *survey, struct parser *parser, struct str line)
{
	struct record record;
	enum record_kind kind = parser_parse(parser, line, &record);

	survey->lines++;
	if (line.n == 0)
		return;
	if (kind == RECORD_UNKNOWN) {
		survey->unknown++;
		return;
	}
	enum log_format format = parser_last_format(parser);
	survey->bind += format == FORMAT_BIND;
	survey->unbound += format == FORMAT_UNBOUND;
	survey->custom += format == FORMAT_CUSTOM;
	survey->told += parser->custom && kind < RECORD_OTHER;
	note_time(survey, parser, record.time);
	note_host(survey, record.host);
	survey->queries_logged |= kind == RECORD_QUERY;
	survey->responses_logged |= kind == RECORD_RESPONSE;
	survey->malformed += kind == RECORD_MALFORMED;
	if (kind == RECORD_QUERY || (parser->custom && kind == RECORD_RESPONSE)) {
		survey->queries++;
		survey->recursion_desired += record.flags & FLAG_RD ? 1 : 0;
	}
}
