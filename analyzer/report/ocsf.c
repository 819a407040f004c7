/*
 * Detection Findings of the Open Cybersecurity Schema Framework 1.5.0 (class 2004), one event
 * a line.
 */
#include <assert.h>

#include "report/attack.h"
#include "report/json_findings.h"
#include "report/json_writer.h"
#include "report/report.h"

enum { CATEGORY = 2, CLASS = 2004, HOSTNAME = 1, ADDRESS = 2, SHOWN = 100 };

static const struct {
	int id;
	const char *name;
} activities[STATUSES] = {
	[STATUS_NEW] = {1, "Create"},       [STATUS_CONTINUING] = {2, "Update"},
	[STATUS_ESCALATED] = {2, "Update"}, [STATUS_ENDED] = {3, "Close"},
	[STATUS_HISTORY] = {2, "Update"},
};

/* The schema has no event without a time: one of a log without times is of 1970. */
static int64_t
time_of(const struct summary *summary, const struct finding *finding)
{
	int64_t time = finding->last_seen != TIME_NONE ? finding->last_seen : summary->last;

	return time == TIME_NONE ? 0 : time;
}

static void
write_time(struct json *json, const char *key, int64_t time)
{
	if (time != TIME_NONE)
		json_number(json, key, time);
}

static void
write_named(struct json *json, const char *key, struct str id, struct str name)
{
	if (id.n == 0)
		return;
	json_object(json, key);
	json_string(json, "uid", id);
	json_string(json, "name", name);
	json_end(json);
}

static void
write_attacks(struct json *json, const struct finding *finding)
{
	json_array(json, "attacks");
	for (size_t i = 0; i < finding->attack_count; i++) {
		struct attack attack = attack_of(finding->attack[i]);
		json_object(json, NULL);
		write_named(json, "tactic", attack.tactic, attack.tactic_name);
		write_named(json, "technique", attack.technique, attack.technique_name);
		write_named(json, "sub_technique", attack.subtechnique, attack.subtechnique_name);
		json_text(json, "version", ATTACK_VERSION);
		json_end(json);
	}
	json_end(json);
}

static void
write_info(struct json *json, const struct finding *finding)
{
	json_object(json, "finding_info");
	json_string(json, "uid", finding->id);
	json_string(json, "title", finding->title);
	if (finding->lookalikes.n)
		json_string(json, "desc", finding->lookalikes);
	json_array(json, "types");
	json_string(json, NULL, finding->kind);
	json_end(json);
	write_time(json, "first_seen_time", finding->first_seen);
	write_time(json, "last_seen_time", finding->last_seen);
	json_object(json, "analytic");
	json_string(json, "name", finding->detector);
	json_string(json, "uid", finding->detector);
	json_text(json, "type", "Rule");
	json_number(json, "type_id", 1);
	json_end(json);
	write_attacks(json, finding);
	json_end(json);
}

static void
write_metadata(struct json *json, const struct summary *summary)
{
	json_object(json, "metadata");
	json_text(json, "version", "1.5.0");
	json_object(json, "product");
	json_text(json, "name", "digtrail");
	json_text(json, "vendor_name", "digtrail");
	json_string(json, "version", summary->version);
	json_end(json);
	json_end(json);
}

static void
write_location(struct json *json, const struct place *place)
{
	if (place->country.n) {
		json_object(json, "location");
		json_string(json, "country", place->country);
		json_end(json);
	}
	if (place->asn) {
		json_object(json, "autonomous_system");
		json_count(json, "number", place->asn);
		if (place->network.n)
			json_string(json, "name", place->network);
		json_end(json);
	}
}

/* A log line each, with who sent it and what was asked as far as the finding knows. */
static void
write_evidences(struct json *json, const struct finding *finding, const struct place *place,
		size_t examples)
{
	json_array(json, "evidences");
	for (size_t i = 0; i < finding->evidence_count && i < examples; i++) {
		const struct evidence *evidence = &finding->evidence[i];
		json_object(json, NULL);
		if (finding->address_count) {
			json_object(json, "src_endpoint");
			json_address(json, "ip", &finding->addresses[0]);
			write_location(json, place);
			json_end(json);
		}
		json_object(json, "data");
		json_string(json, "text", evidence->text);
		if (!evidence->reconstructed) {
			json_string(json, "file", evidence->file);
			json_count(json, "line", evidence->line);
		}
		json_end(json);
		json_end(json);
	}
	json_end(json);
}

static void
write_observable(struct json *json, const char *name, const char *type, int type_id)
{
	json_object(json, NULL);
	json_text(json, "name", name);
	json_text(json, "type", type);
	json_number(json, "type_id", type_id);
}

static void
write_observables(struct json *json, const struct finding *finding)
{
	json_array(json, "observables");
	for (size_t i = 0; i < finding->address_count && i < SHOWN; i++) {
		write_observable(json, "evidences[].src_endpoint.ip", "IP Address", ADDRESS);
		json_address(json, "value", &finding->addresses[i]);
		json_end(json);
	}
	for (size_t i = 0; i < finding->zone_list_count; i++) {
		write_observable(json, "unmapped.zones", "Hostname", HOSTNAME);
		json_string(json, "value", finding->zones[i]);
		json_end(json);
	}
	json_end(json);
}

/* What the schema has no place for. */
static void
write_unmapped(struct json *json, const struct finding *finding)
{
	json_object(json, "unmapped");
	json_text(json, "direction", direction_names[finding->direction]);
	json_strings(json, "zones", finding->zones, finding->zone_list_count);
	json_strings(json, "servers", finding->servers, finding->server_count);
	json_count(json, "distinct_names", finding->distinct_names);
	json_count(json, "contributors", finding->contributor_count);
	if (finding->outcome != OUTCOME_NONE)
		json_text(json, "outcome", outcome_names[finding->outcome]);
	json_end(json);
}

static void
write_judgement(struct json *json, const struct finding *finding)
{
	static const struct {
		int from;
		int id;
		const char *name;
	} confidences[] = {{80, 3, "High"}, {40, 2, "Medium"}, {0, 1, "Low"}};
	size_t c = 0;

	while (finding->score < confidences[c].from && confidences[c].from)
		c++;
	json_number(json, "confidence_id", confidences[c].id);
	json_text(json, "confidence", confidences[c].name);
	json_number(json, "confidence_score", finding->score);
	json_number(json, "risk_score", finding->score);
	if (finding->suppressed_by.n) {
		json_number(json, "status_id", 3);
		json_text(json, "status", "Suppressed");
		json_string(json, "status_detail", finding->suppressed_reason);
	} else {
		json_number(json, "status_id", 1);
		json_text(json, "status", "New");
	}
	if (finding->next.n) {
		json_object(json, "remediation");
		json_string(json, "desc", finding->next);
		json_end(json);
	}
}

static void
write_finding(const struct summary *summary, const struct finding *finding,
	      const struct report_options *options, FILE *out)
{
	static const char *const severities[LEVELS] = {
		[LEVEL_INFORMATIONAL] = "Informational",
		[LEVEL_LOW] = "Low",
		[LEVEL_MEDIUM] = "Medium",
		[LEVEL_HIGH] = "High",
		[LEVEL_CRITICAL] = "Critical",
	};
	struct place place = summary_place(summary, finding);
	int activity = activities[finding->status].id;
	struct json json;

	json_init(&json, out, 0);
	json_object(&json, NULL);
	json_number(&json, "category_uid", CATEGORY);
	json_text(&json, "category_name", "Findings");
	json_number(&json, "class_uid", CLASS);
	json_text(&json, "class_name", "Detection Finding");
	json_number(&json, "activity_id", activity);
	json_text(&json, "activity_name", activities[finding->status].name);
	json_number(&json, "type_uid", CLASS * 100 + activity);
	json_number(&json, "severity_id", (int64_t)finding->level + 1);
	json_text(&json, "severity", severities[finding->level]);
	json_number(&json, "time", time_of(summary, finding));
	write_time(&json, "start_time", finding->first_seen);
	write_time(&json, "end_time", finding->last_seen);
	json_count(&json, "count", finding->requests);
	json_string(&json, "message", finding->title);
	write_metadata(&json, summary);
	write_info(&json, finding);
	write_judgement(&json, finding);
	write_evidences(&json, finding, &place, options->examples);
	write_observables(&json, finding);
	write_unmapped(&json, finding);
	json_end(&json);
	const char *error = json_finish(&json);
	assert(!error);
	(void)error;
}

static void
write_ocsf(const struct summary *summary, const struct report_options *options, FILE *out)
{
	for (size_t i = 0; summary->findings && i < summary->findings->count; i++)
		write_finding(summary, &summary->findings->all[i], options, out);
}

const struct report_format report_ocsf = {
	.name = "ocsf",
	.suffix = ".ocsf.ndjson",
	.help = "a finding a line, OCSF Detection Finding",
	.write = write_ocsf,
};
