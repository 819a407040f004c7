#include "report/json_findings.h"

void
json_strings(struct json *json, const char *key, const struct str *items, size_t count)
{
	json_array(json, key);
	for (size_t i = 0; i < count; i++)
		json_string(json, NULL, items[i]);
	json_end(json);
}

void
json_address(struct json *json, const char *key, const struct ip *ip)
{
	char text[IP_TEXT];

	if (ip_is_none(ip))
		json_null(json, key);
	else
		json_text(json, key, ip_print(ip, text));
}

void
json_number_or_null(struct json *json, const char *key, int64_t value)
{
	if (value < 0)
		json_null(json, key);
	else
		json_number(json, key, value);
}

void
json_place(struct json *json, const struct place *place)
{
	json_string_or_null(json, "country", place->country);
	json_number_or_null(json, "asn", place->asn ? (int64_t)place->asn : -1);
	json_string_or_null(json, "network", place->network);
}

static void
write_tristate(struct json *json, const char *key, enum tristate value)
{
	if (value == TRI_UNKNOWN)
		json_null(json, key);
	else
		json_bool(json, key, value == TRI_YES);
}

static void
write_addresses(struct json *json, const struct ip *addresses, size_t count)
{
	json_array(json, "addresses");
	for (size_t i = 0; i < count; i++)
		json_address(json, NULL, &addresses[i]);
	json_end(json);
}

static void
write_terms(struct json *json, const struct finding *finding)
{
	json_array(json, "terms");
	for (size_t i = 0; i < finding->term_count; i++) {
		const struct term *term = &finding->terms[i];
		json_object(json, NULL);
		json_string(json, "name", term->name);
		json_decimal(json, "value", term->value);
		json_decimal(json, "threshold", term->threshold);
		json_number(json, "points", term->points);
		json_end(json);
	}
	json_end(json);
}

static void
write_people(struct json *json, const struct finding *finding, const struct place *place)
{
	char prefix[PREFIX_TEXT];

	json_object(json, "actor");
	write_addresses(json, finding->addresses, finding->address_count);
	if (finding->has_prefix)
		json_text(json, "prefix", prefix_print(&finding->prefix, prefix));
	else
		json_null(json, "prefix");
	json_string_or_null(json, "role", finding->role);
	json_bool(json, "internal", finding->internal);
	write_tristate(json, "spoofable", finding->spoofable);
	json_string_or_null(json, "tool", finding->tool);
	json_place(json, place);
	json_end(json);
	json_object(json, "contributors");
	json_count(json, "count", finding->contributor_count);
	write_addresses(json, finding->contributors, finding->contributor_address_count);
	json_end(json);
}

/* Without an oracle nobody knows which names exist: unknown, not zero. */
static void
write_names(struct json *json, const struct finding *finding)
{
	bool known = finding->oracle != ORACLE_NONE;

	json_count(json, "distinct_names", finding->distinct_names);
	if (known || finding->unknown_names > 0)
		json_count(json, "unknown_names", finding->unknown_names);
	else
		json_null(json, "unknown_names");
	json_count(json, "wordlist_names", finding->wordlist_names);
	if (known || finding->answered_names > 0)
		json_count(json, "answered_names", finding->answered_names);
	else
		json_null(json, "answered_names");
	json_strings(json, "answered", finding->answered, finding->answered_count);
}

static void
write_evidence(struct json *json, const struct finding *finding, size_t examples)
{
	json_array(json, "evidence");
	for (size_t i = 0; i < finding->evidence_count && i < examples; i++) {
		const struct evidence *evidence = &finding->evidence[i];
		bool raw = !evidence->reconstructed;
		json_object(json, NULL);
		json_string_or_null(json, "server", evidence->server);
		json_string_or_null(json, "file", evidence->file);
		json_number_or_null(json, "line",
				    raw && evidence->line ? (int64_t)evidence->line : -1);
		json_number_or_null(json, "offset", raw ? (int64_t)evidence->offset : -1);
		json_string(json, "text", evidence->text);
		json_bool(json, "reconstructed", evidence->reconstructed);
		json_end(json);
	}
	json_end(json);
}

static void
write_outcome(struct json *json, enum outcome outcome)
{
	if (outcome == OUTCOME_NONE)
		json_null(json, "outcome");
	else
		json_text(json, "outcome", outcome_names[outcome]);
}

static void
write_transfers(struct json *json, const struct finding *finding)
{
	static const char *const styles[] = {
		[TRANSFER_UNKNOWN] = NULL, [TRANSFER_AXFR] = "axfr",
		[TRANSFER_IXFR] = "ixfr",  [TRANSFER_AXFR_STYLE] = "axfr-style-ixfr",
		[TRANSFER_POLL] = "poll",
	};

	json_array(json, "transfers");
	for (size_t i = 0; i < finding->transfer_count; i++) {
		const struct transfer *transfer = &finding->transfers[i];
		json_object(json, NULL);
		json_string(json, "zone", transfer->zone);
		json_string_or_null(json, "server", transfer->server);
		json_address(json, "address", &transfer->address);
		write_outcome(json, transfer->outcome);
		json_string_or_null(json, "style", str_of(styles[transfer->style]));
		json_time(json, "time", transfer->time);
		json_number_or_null(json, "serial", transfer->serial);
		json_number_or_null(json, "records", transfer->records);
		json_number_or_null(json, "bytes", transfer->bytes);
		json_string_or_null(json, "key", transfer->key);
		json_end(json);
	}
	json_end(json);
}

static void
write_judgement(struct json *json, const struct finding *finding, size_t examples)
{
	write_outcome(json, finding->outcome);
	json_text(json, "oracle", oracle_names[finding->oracle]);
	if (finding->oracle == ORACLE_CATALOGUE)
		json_number(json, "oracle_nights", finding->oracle_nights);
	json_strings(json, "attack", finding->attack, finding->attack_count);
	write_evidence(json, finding, examples);
	json_string_or_null(json, "next", finding->next);
	json_string_or_null(json, "lookalikes", finding->lookalikes);
	if (finding->suppressed_by.n > 0) {
		json_object(json, "suppressed");
		json_string(json, "by", finding->suppressed_by);
		json_string_or_null(json, "reason", finding->suppressed_reason);
		json_end(json);
	} else {
		json_null(json, "suppressed");
	}
	json_text(json, "status", finding_status_names[finding->status]);
	json_time(json, "first_reported", finding->first_reported);
}

void
json_finding(struct json *json, const char *key, const struct summary *summary,
	     const struct finding *finding, size_t examples)
{
	struct place place = summary_place(summary, finding);

	json_object(json, key);
	json_string(json, "id", finding->id);
	json_string(json, "kind", finding->kind);
	json_string(json, "detector", finding->detector);
	json_string(json, "title", finding->title);
	json_text(json, "level", level_names[finding->level]);
	json_number(json, "score", finding->score);
	json_text(json, "direction", direction_names[finding->direction]);
	write_terms(json, finding);
	write_people(json, finding, &place);
	json_strings(json, "servers", finding->servers, finding->server_count);
	json_object(json, "zones");
	json_count(json, "count", finding->zone_count);
	json_strings(json, "list", finding->zones, finding->zone_list_count);
	json_end(json);
	json_time(json, "first_seen", finding->first_seen);
	json_time(json, "last_seen", finding->last_seen);
	json_count(json, "requests", finding->requests);
	write_names(json, finding);
	write_judgement(json, finding, examples);
	json_bool(json, "confirm", finding->confirm);
	write_transfers(json, finding);
	json_end(json);
}
