/*
 * The JSON report, schema_version 1: INTERFACE.md says what its keys mean and in which order
 * they stand, docs/report.schema.json says the same to a machine. The two change together.
 */
#include <assert.h>

#include "report/json_findings.h"
#include "report/json_writer.h"
#include "report/report.h"

/* A count, or null where the log cannot tell. */
static void
write_known(struct json *json, const char *key, bool known, uint64_t value)
{
	if (known)
		json_count(json, key, value);
	else
		json_null(json, key);
}

static void
write_tool(struct json *json, const struct summary *summary)
{
	json_count(json, "schema_version", 1);
	json_object(json, "tool");
	json_text(json, "name", "digtrail");
	json_string(json, "version", summary->version);
	json_end(json);
	json_object(json, "settings");
	for (size_t i = 0; i < summary->setting_count; i++) {
		const struct setting_row *setting = &summary->settings[i];
		json_key(json, setting->name);
		if (setting->is_list)
			json_strings(json, NULL, setting->items, setting->item_count);
		else
			json_string_or_null(json, NULL, setting->value);
	}
	json_end(json);
}

static void
write_input(struct json *json, const struct summary *summary)
{
	json_object(json, "input");
	json_array(json, "files");
	for (size_t i = 0; i < summary->file_count; i++) {
		const struct file_row *file = &summary->files[i];
		json_object(json, NULL);
		json_string(json, "path", file->path);
		json_string_or_null(json, "server", file->server);
		json_string_or_null(json, "format", file->format);
		json_string_or_null(json, "time_basis", file->time_basis);
		json_count(json, "bytes", file->bytes);
		json_count(json, "lines", file->lines);
		json_bool(json, "complete", file->complete);
		json_count(json, "skipped_bytes", file->skipped_bytes);
		json_string_or_null(json, "error", file->error);
		json_end(json);
	}
	json_end(json);
	json_count(json, "bytes", summary->input_bytes);
	json_count(json, "lines", summary->input_lines);
	json_end(json);
}

static void
write_coverage(struct json *json, const struct coverage_row *row)
{
	json_object(json, NULL);
	json_string_or_null(json, "server", row->server);
	json_string_or_null(json, "role", row->role);
	json_time(json, "first", row->first);
	json_time(json, "last", row->last);
	json_array(json, "gaps");
	for (size_t i = 0; i < row->gap_count; i++) {
		json_object(json, NULL);
		json_time(json, "from", row->gaps[i].from);
		json_time(json, "to", row->gaps[i].to);
		json_end(json);
	}
	json_end(json);
	json_strings(json, "facts", row->facts, row->fact_count);
	json_array(json, "blind");
	for (size_t i = 0; i < row->blind_count; i++) {
		json_object(json, NULL);
		json_string(json, "detector", row->blind[i].detector);
		json_string(json, "needs", row->blind[i].needs);
		json_string_or_null(json, "enable", row->blind[i].enable);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

static void
write_lines(struct json *json, const struct summary *summary)
{
	json_object(json, "lines");
	for (size_t kind = 0; kind < RECORD_MALFORMED; kind++)
		json_count(json, record_kind_names[kind], summary->kinds[kind]);
	json_object(json, "malformed");
	for (size_t defect = DEFECT_NONE + 1; defect < RECORD_DEFECTS; defect++)
		json_count(json, record_defect_names[defect], summary->defects[defect]);
	json_end(json);
	json_array(json, "samples");
	for (size_t i = 0; i < summary->sample_count; i++) {
		const struct line_sample *sample = &summary->samples[i];
		json_object(json, NULL);
		json_string(json, "reason", sample->reason);
		json_string_or_null(json, "file", sample->file);
		json_count(json, "line", sample->line);
		json_string(json, "text", sample->text);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

static void
write_count_list(struct json *json, const char *key, const char *name, const struct count_row *rows,
		 size_t count)
{
	json_array(json, key);
	for (size_t i = 0; i < count; i++) {
		json_object(json, NULL);
		json_string(json, name, rows[i].name);
		json_count(json, "count", rows[i].count);
		json_end(json);
	}
	json_end(json);
}

static void
write_count_map(struct json *json, const char *key, const struct count_row *rows, size_t count)
{
	json_object(json, key);
	for (size_t i = 0; i < count; i++) {
		json_key(json, rows[i].name);
		json_count(json, NULL, rows[i].count);
	}
	json_end(json);
}

static void
write_traffic(struct json *json, const struct summary *summary)
{
	json_object(json, "period");
	json_time(json, "first", summary->first);
	json_time(json, "last", summary->last);
	json_end(json);
	json_count(json, "requests", summary->requests);
	write_count_list(json, "types", "type", summary->types, summary->type_count);
	write_count_list(json, "rcodes", "rcode", summary->rcodes, summary->rcode_count);
	json_array(json, "timeline");
	for (size_t i = 0; i < summary->slot_count; i++) {
		const struct slot_row *slot = &summary->slots[i];
		json_object(json, NULL);
		json_time(json, "start", slot->start);
		json_count(json, "requests", slot->requests);
		json_count(json, "distinct_names", slot->distinct_names);
		json_count(json, "findings", slot->findings);
		json_end(json);
	}
	json_end(json);
}

static void
write_source_details(struct json *json, const struct source_row *row)
{
	write_count_map(json, "types", row->types, row->type_count);
	write_count_map(json, "rcodes", row->rcodes, row->rcode_count);
	json_object(json, "flags");
	write_known(json, "recursion_desired", row->flags_known, row->recursion_desired);
	write_known(json, "tcp", row->flags_known, row->tcp);
	write_known(json, "edns", row->flags_known, row->edns);
	write_known(json, "dnssec_ok", row->flags_known, row->dnssec_ok);
	write_known(json, "cookie", row->flags_known, row->cookie);
	json_end(json);
	json_number_or_null(json, "ports", row->ports);
	json_strings(json, "keys", row->keys, row->key_count);
	json_strings(json, "ecs", row->ecs, row->ecs_count);
	json_object(json, "transfers");
	json_count(json, "attempted", row->transfers.attempted);
	json_count(json, "refused", row->transfers.refused);
	json_count(json, "granted", row->transfers.granted);
	json_number_or_null(json, "records", row->transfers.records);
	json_number_or_null(json, "bytes", row->transfers.bytes);
	json_end(json);
	json_object(json, "peak");
	json_time(json, "start", row->peak_start);
	write_known(json, "requests", row->peak_start != TIME_NONE, row->peak_requests);
	json_end(json);
}

static void
write_source(struct json *json, const struct source_row *row)
{
	json_object(json, NULL);
	json_address(json, "address", &row->address);
	json_strings(json, "servers", row->servers, row->server_count);
	json_count(json, "requests", row->requests);
	write_known(json, "refused", row->refused_known, row->refused);
	json_count(json, "distinct_names", row->distinct_names);
	write_known(json, "unknown_names", row->unknown_known, row->unknown_names);
	write_known(json, "answered_names", row->answered_known, row->answered_names);
	json_count(json, "zone_count", row->zone_count);
	json_strings(json, "top_zones", row->top_zones, row->top_zone_count);
	json_time(json, "first_seen", row->first_seen);
	json_time(json, "last_seen", row->last_seen);
	json_time(json, "first_ever_seen", row->first_ever_seen);
	write_source_details(json, row);
	json_bool(json, "proven_address", row->proven_address);
	json_string_or_null(json, "role", row->role);
	json_place(json, &row->place);
	json_strings(json, "findings", row->findings, row->finding_count);
	json_string_or_null(json, "suppressed", row->suppressed);
	json_bool(json, "folded", row->folded);
	json_end(json);
}

static void
write_zone(struct json *json, const struct zone_row *row)
{
	json_object(json, NULL);
	json_string(json, "zone", row->zone);
	json_strings(json, "servers", row->servers, row->server_count);
	json_count(json, "requests", row->requests);
	json_count(json, "sources", row->sources);
	json_count(json, "distinct_names", row->distinct_names);
	write_known(json, "unknown_names", row->unknown_known, row->unknown_names);
	json_string_or_null(json, "existence", row->existence);
	json_null(json, "new_names"); /* until --state */
	json_strings(json, "top_unknown", row->top_unknown, row->top_unknown_count);
	json_object(json, "transfers");
	json_count(json, "attempted", row->transfers.attempted);
	json_count(json, "refused", row->transfers.refused);
	json_count(json, "granted", row->transfers.granted);
	json_count(json, "unknown", row->transfers.unknown);
	json_end(json);
	json_array(json, "transferred_to");
	for (size_t i = 0; i < row->transferred_count; i++) {
		json_object(json, NULL);
		json_address(json, "address", &row->transferred_to[i].address);
		json_number_or_null(json, "serial", row->transferred_to[i].serial);
		json_time(json, "time", row->transferred_to[i].time);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

static void
write_pair(struct json *json, const struct pair_row *row)
{
	json_object(json, NULL);
	json_address(json, "address", &row->address);
	json_string(json, "zone", row->zone);
	json_count(json, "requests", row->requests);
	json_count(json, "distinct_names", row->distinct_names);
	write_known(json, "unknown_names", row->unknown_known, row->unknown_names);
	write_known(json, "answered_names", row->answered_known, row->answered_names);
	json_time(json, "first_seen", row->first_seen);
	json_time(json, "last_seen", row->last_seen);
	write_count_map(json, "types", row->types, row->type_count);
	json_end(json);
}

static void
write_tables(struct json *json, const struct summary *summary)
{
	json_array(json, "sources");
	for (size_t i = 0; i < summary->source_count; i++)
		write_source(json, &summary->sources[i]);
	json_end(json);
	json_array(json, "zones");
	for (size_t i = 0; i < summary->zone_count; i++)
		write_zone(json, &summary->zones[i]);
	json_end(json);
	json_array(json, "pairs");
	for (size_t i = 0; i < summary->pair_count; i++)
		write_pair(json, &summary->pairs[i]);
	json_end(json);
}

static void
write_end(struct json *json, const struct summary *summary)
{
	json_object(json, "memory");
	json_count(json, "limit", summary->memory_limit);
	json_count(json, "folded_sources", summary->folded_sources);
	json_count(json, "folded_requests", summary->folded_requests);
	json_bool(json, "approximate", summary->approximate);
	json_end(json);
	json_array(json, "notes");
	for (size_t i = 0; i < summary->note_count; i++) {
		json_object(json, NULL);
		json_string(json, "rule", summary->notes[i].rule);
		json_string(json, "text", summary->notes[i].text);
		json_end(json);
	}
	json_end(json);
	json_bool(json, "partial", summary->partial);
}

static void
write_json(const struct summary *summary, const struct report_options *options, FILE *out)
{
	enum { BROKEN = 2 }; /* one row of a table a line: diff and grep can read it */
	struct json json;

	json_init(&json, out, BROKEN);
	json_object(&json, NULL);
	write_tool(&json, summary);
	write_input(&json, summary);
	json_array(&json, "coverage");
	for (size_t i = 0; i < summary->coverage_count; i++)
		write_coverage(&json, &summary->coverage[i]);
	json_end(&json);
	write_lines(&json, summary);
	write_traffic(&json, summary);
	write_tables(&json, summary);
	json_array(&json, "findings");
	for (size_t i = 0; summary->findings && i < summary->findings->count; i++)
		json_finding(&json, NULL, summary, &summary->findings->all[i], options->examples);
	json_end(&json);
	write_end(&json, summary);
	json_end(&json);
	const char *error = json_finish(&json);
	assert(!error);
	(void)error;
}

const struct report_format report_json = {
	.name = "json",
	.suffix = ".json",
	.help = "everything, for machines (docs/report.schema.json)",
	.write = write_json,
};
