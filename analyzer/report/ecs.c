/*
 * One finding a line as an event of the Elastic Common Schema, with the finding itself as
 * the JSON report has it under "digtrail". Only fields that ECS defines stand beside it.
 */
#include <assert.h>

#include "report/attack.h"
#include "report/json_findings.h"
#include "report/json_writer.h"
#include "report/report.h"

static const char ecs_version[] = "9.4.0";

/* The end of the log: the clock of this machine has no say in a report. */
static int64_t
time_of(const struct summary *summary, const struct finding *finding)
{
	return finding->last_seen != TIME_NONE ? finding->last_seen : summary->last;
}

static void
write_time(struct json *json, const char *key, int64_t time)
{
	if (time != TIME_NONE)
		json_time(json, key, time);
}

static void
write_event(struct json *json, const struct finding *finding)
{
	/* ECS knows three outcomes, and means those of the actor's attempt. */
	static const char *const outcomes[OUTCOMES] = {
		[OUTCOME_NONE] = "unknown",    [OUTCOME_GRANTED] = "success",
		[OUTCOME_REFUSED] = "failure", [OUTCOME_FAILED] = "failure",
		[OUTCOME_UNKNOWN] = "unknown",
	};
	bool denied = finding->outcome == OUTCOME_REFUSED;
	bool open = finding->suppressed_by.n == 0;

	json_object(json, "event");
	json_text(json, "kind", open ? "alert" : "event");
	json_array(json, "category");
	json_text(json, NULL, "network");
	json_text(json, NULL, "intrusion_detection");
	json_end(json);
	json_array(json, "type");
	json_text(json, NULL, "info");
	if (denied)
		json_text(json, NULL, "denied");
	if (finding->outcome == OUTCOME_GRANTED)
		json_text(json, NULL, "allowed");
	json_end(json);
	json_string(json, "action", finding->kind);
	json_text(json, "outcome", outcomes[finding->outcome]);
	json_string(json, "id", finding->id);
	json_number(json, "severity", (int64_t)finding->level);
	json_number(json, "risk_score", finding->score);
	write_time(json, "start", finding->first_seen);
	write_time(json, "end", finding->last_seen);
	json_text(json, "module", "digtrail");
	json_text(json, "dataset", "digtrail.finding");
	if (finding->evidence_count && !finding->evidence[0].reconstructed)
		json_string(json, "original", finding->evidence[0].text);
	json_end(json);
}

static void
write_endpoint(struct json *json, const char *key, const struct finding *finding,
	       const struct place *place)
{
	if (finding->address_count == 0)
		return;
	json_object(json, key);
	json_address(json, "ip", &finding->addresses[0]);
	if (place->country.n) {
		json_object(json, "geo");
		json_string(json, "country_iso_code", place->country);
		json_end(json);
	}
	if (place->asn) {
		json_object(json, "as");
		json_count(json, "number", place->asn);
		if (place->network.n) {
			json_object(json, "organization");
			json_string(json, "name", place->network);
			json_end(json);
		}
		json_end(json);
	}
	json_end(json);
}

static void
write_related(struct json *json, const struct finding *finding)
{
	json_object(json, "related");
	json_array(json, "ip");
	for (size_t i = 0; i < finding->address_count; i++)
		json_address(json, NULL, &finding->addresses[i]);
	json_end(json);
	json_strings(json, "hosts", finding->zones, finding->zone_list_count);
	json_end(json);
}

static void
write_question(struct json *json, const struct finding *finding)
{
	if (finding->zone_list_count == 0)
		return;
	json_object(json, "dns");
	json_text(json, "type", "query");
	json_object(json, "question");
	json_string(json, "registered_domain", finding->zones[0]);
	json_end(json);
	json_end(json);
}

/* Arrays side by side, as ECS wants several techniques: the i-th id has the i-th name. */
static void
write_each(struct json *json, const char *key, const struct finding *finding,
	   struct str (*part)(const struct attack *attack))
{
	json_array(json, key);
	for (size_t i = 0; i < finding->attack_count; i++) {
		struct attack attack = attack_of(finding->attack[i]);
		struct str text = part(&attack);
		if (text.n)
			json_string(json, NULL, text);
	}
	json_end(json);
}

static struct str
technique_id(const struct attack *attack)
{
	return attack->technique;
}

static struct str
technique_name(const struct attack *attack)
{
	return attack->technique_name;
}

static struct str
subtechnique_id(const struct attack *attack)
{
	return attack->subtechnique;
}

static struct str
subtechnique_name(const struct attack *attack)
{
	return attack->subtechnique_name;
}

static struct str
tactic_id(const struct attack *attack)
{
	return attack->tactic;
}

static struct str
tactic_name(const struct attack *attack)
{
	return attack->tactic_name;
}

static void
write_threat(struct json *json, const struct finding *finding)
{
	if (finding->attack_count == 0)
		return;
	json_object(json, "threat");
	json_text(json, "framework", "MITRE ATT&CK");
	json_object(json, "tactic");
	write_each(json, "id", finding, tactic_id);
	write_each(json, "name", finding, tactic_name);
	json_end(json);
	json_object(json, "technique");
	write_each(json, "id", finding, technique_id);
	write_each(json, "name", finding, technique_name);
	json_object(json, "subtechnique");
	write_each(json, "id", finding, subtechnique_id);
	write_each(json, "name", finding, subtechnique_name);
	json_end(json);
	json_end(json);
	json_end(json);
}

/* The first line that stands in a log. */
static void
write_log(struct json *json, const struct finding *finding)
{
	if (finding->evidence_count == 0 || finding->evidence[0].reconstructed)
		return;
	json_object(json, "log");
	json_object(json, "file");
	json_string(json, "path", finding->evidence[0].file);
	json_end(json);
	json_end(json);
}

static void
write_finding(const struct summary *summary, const struct finding *finding,
	      const struct report_options *options, FILE *out)
{
	struct place place = summary_place(summary, finding);
	struct json json;

	json_init(&json, out, 0);
	json_object(&json, NULL);
	json_count(&json, "schema_version", 1);
	json_time(&json, "@timestamp",
		  time_of(summary, finding) == TIME_NONE ? 0 : time_of(summary, finding));
	json_object(&json, "ecs");
	json_text(&json, "version", ecs_version);
	json_end(&json);
	json_string(&json, "message", finding->title);
	write_event(&json, finding);
	write_endpoint(&json, "source", finding, &place);
	write_endpoint(&json, "client", finding, &place);
	write_related(&json, finding);
	write_question(&json, finding);
	json_object(&json, "rule");
	json_string(&json, "name", finding->detector);
	json_string(&json, "category", finding->kind);
	json_text(&json, "ruleset", "digtrail");
	json_end(&json);
	write_threat(&json, finding);
	write_log(&json, finding);
	json_object(&json, "observer");
	json_text(&json, "vendor", "digtrail");
	json_text(&json, "product", "digtrail");
	json_string(&json, "version", summary->version);
	json_text(&json, "type", "ids");
	if (finding->server_count)
		json_string(&json, "hostname", finding->servers[0]);
	json_end(&json);
	json_finding(&json, "digtrail", summary, finding, options->examples);
	json_end(&json);
	const char *error = json_finish(&json);
	assert(!error);
	(void)error;
}

static void
write_ecs(const struct summary *summary, const struct report_options *options, FILE *out)
{
	for (size_t i = 0; summary->findings && i < summary->findings->count; i++)
		write_finding(summary, &summary->findings->all[i], options, out);
}

const struct report_format report_ndjson = {
	.name = "ndjson",
	.suffix = ".ndjson",
	.help = "a finding a line, Elastic Common Schema",
	.write = write_ecs,
};
