#include "detect/build.h"
#include "report/explain_parts.h"
#include "report/geo.h"
#include "report/phrase.h"
#include "report/redact.h"
#include "report/summary_parts.h"

enum { LISTED = 12, PORTS_TOLD = 200 };

static void
say_identity(struct buf *line, const struct detect_settings *settings, const struct source_row *row)
{
	const struct ip *address = &row->address;
	bool internal =
		prefix_list_contains(settings->internals, settings->internal_count, address);

	buf_add_text(line, internal ? "internal" : "outside");
	if (!internal && ip_is_private(address))
		buf_add_text(line, ", a private address");
	if (prefix_list_contains(settings->secondaries, settings->secondary_count, address))
		buf_add_text(line, ", secondary");
	if (prefix_list_contains(settings->resolvers, settings->resolver_count, address))
		buf_add_text(line, ", resolver: its clients ask, on the source's axis nothing of "
				   "theirs counts");
	buf_add_text(line, row->proven_address ? "; address proven"
					       : "; address unproven: it may be forged");
}

static void
say_when(struct buf *line, const struct source_row *row)
{
	phrase_period(line, row->first_seen, row->last_seen);
	buf_add_text(line, ", ");
	phrase_counted(line, row->requests, "request");
	if (row->peak_start != TIME_NONE) {
		buf_add_text(line, "; most in ten minutes: ");
		phrase_count(line, row->peak_requests);
		buf_add_text(line, " from ");
		phrase_time(line, row->peak_start);
	}
}

/* Lines by kind, over all servers. */
static void
say_lines(struct explain *explain, const struct ip *address)
{
	const struct tally *tally = explain->tally;
	uint64_t kinds[RECORD_KINDS] = {0};

	for (uint32_t i = 0; i < tally->settings->server_count; i++) {
		const struct source *source = sources_find(tally, address, i);
		for (size_t kind = 0; source && kind < RECORD_KINDS; kind++)
			kinds[kind] += source->kinds[kind];
	}
	struct buf *line = &explain->text.line;
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		if (kinds[kind] == 0)
			continue;
		buf_add_text(line, line->n ? ", " : "");
		buf_printf(line, "%s ", record_kind_names[kind]);
		phrase_count(line, kinds[kind]);
	}
}

static void
say_counts(struct buf *line, const struct count_row *rows, size_t count)
{
	for (size_t i = 0; i < count && i < LISTED; i++) {
		buf_add_text(line, i ? ", " : "");
		phrase_name(line, rows[i].name, 24);
		buf_add_char(line, ' ');
		phrase_count(line, rows[i].count);
	}
	if (count > LISTED)
		buf_printf(line, " and %zu more", count - LISTED);
}

static void
say_flags(struct buf *line, const struct source_row *row)
{
	const struct {
		const char *name;
		uint64_t count;
	} flags[] = {
		{"recursion desired", row->recursion_desired},
		{"TCP", row->tcp},
		{"EDNS", row->edns},
		{"DNSSEC OK", row->dnssec_ok},
		{"cookie", row->cookie},
	};

	if (!row->flags_known) {
		buf_add_text(line, "not told by the log");
		return;
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		buf_printf(line, "%s%s ", i ? ", " : "", flags[i].name);
		phrase_share(line, flags[i].count, row->requests);
	}
}

static void
say_ports(struct buf *line, const struct source_row *row)
{
	if (row->ports < 0) {
		buf_add_text(line, "not told by the log");
		return;
	}
	/* The sketch is full before it could tell more apart. */
	if (row->ports >= PORTS_TOLD) {
		buf_printf(line, "%d source ports or more", PORTS_TOLD);
		return;
	}
	buf_add_text(line, "about ");
	phrase_counted(line, (uint64_t)row->ports, "source port");
}

static void
print_row(struct explain *explain, const struct source_row *real)
{
	struct buf *line = &explain->text.line;
	struct source_row shown = *real, *row = &shown;

	say_identity(line, explain->input->detect->settings, real);
	explain_row(explain, "who");
	if (explain->input->geo) {
		struct place place =
			geo_place(explain->input->geo, &explain->arena, &real->address);
		phrase_place(line, &place);
	}
	explain_row(explain, "place");
	if (explain->redactor)
		redact_source(explain->redactor, &explain->arena, explain->input->redact, row);
	say_when(line, row);
	explain_row(explain, "when");
	phrase_names(line, row->servers, row->server_count, row->server_count, LISTED);
	explain_row(explain, "servers");
	say_lines(explain, &real->address);
	explain_row(explain, "lines");
	say_counts(line, row->types, row->type_count);
	explain_row(explain, "types");
	say_counts(line, row->rcodes, row->rcode_count);
	if (row->rcode_count == 0)
		buf_add_text(line, "not told by the log");
	explain_row(explain, "rcodes");
	say_flags(line, row);
	explain_row(explain, "flags");
	say_ports(line, row);
	explain_row(explain, "ports");
	phrase_names(line, row->keys, row->key_count, row->key_count, LISTED);
	explain_row(explain, "keys");
	phrase_names(line, row->ecs, row->ecs_count, row->ecs_count, LISTED);
	explain_row(explain, "for");
}

bool
explain_source(struct explain *explain, const struct ip *address)
{
	struct summary summary = {.findings = explain->input->findings};
	struct summary_input input = {.tally = explain->tally,
				      .findings = explain->input->findings};
	struct source_row row;
	char text[IP_TEXT];

	page_styled(explain->text.page, PAGE_HEADING, str_of(explain_ip(explain, address, text)));
	page_end(explain->text.page);
	bool seen = summary_one_source(&summary, &input, address, &row);
	if (seen)
		print_row(explain, &row);
	arena_release(&summary.arena);
	return seen;
}
