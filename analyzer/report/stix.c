/*
 * A STIX 2.1 bundle: each finding is a sighting of a technique, with the observed addresses
 * and zones. Ids are UUIDs of version 5 over what makes an object the same, so that the same
 * finding has the same id every night, and an address the one that everybody gives it
 * (STIX 2.1, 2.9).
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/hash.h"
#include "base/map.h"
#include "report/attack.h"
#include "report/escape.h"
#include "report/json_writer.h"
#include "report/report.h"

enum { ID_TEXT = 64, ADDRESSES = 100, NAME_LIMIT = 8192, COUNT_MAX = 999999999 };

/* Of observables, given by the standard; and our own, for all other objects. */
static const struct uuid observables = {{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01,
					 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7}};
static const struct uuid ours = {{0x6d, 0x1f, 0x3a, 0x52, 0x0c, 0x77, 0x5e, 0x0a, 0xa9, 0x64, 0x2b,
				  0x8d, 0x11, 0xd0, 0x6e, 0x53}};
/* MITRE's own object for T1590.002. */
static const char dns_technique[] = "attack-pattern--0ff59227-8aa8-4c09-bf1f-925605bd07ea";
/* Objects that are the same for ever were made when this format was. */
static const char epoch[] = "2026-01-01T00:00:00.000Z";

struct written {
	uint64_t hash;
	struct uuid uuid;
};

struct stix {
	struct json json;
	const struct summary *summary;
	const char *identity; /* id of who tells this */
	struct hash_key key;
	struct map written; /* observables stand in a bundle once */
	size_t references;  /* of one finding */
};

static struct uuid
our_uuid(const char *type, struct str name)
{
	struct buf text;

	buf_init(&text, NAME_LIMIT);
	buf_printf(&text, "%s:", type);
	buf_add_str(&text, name);
	struct uuid uuid = uuid_of_name(&ours, buf_str(&text));
	buf_release(&text);
	return uuid;
}

/* Made from the canonical JSON (RFC 8785) of what tells an observable from others. */
static struct uuid
observable_uuid(struct str value)
{
	char *text = NULL;
	size_t size = 0;
	struct uuid uuid = our_uuid("value", value);
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return uuid;
	fputs("{\"value\":\"", out);
	escape_json(out, value);
	fputs("\"}", out);
	if (fclose(out) == 0)
		uuid = uuid_of_name(&observables, str_make(text, size));
	free(text);
	return uuid;
}

static const char *
print_id(const char *type, const struct uuid *uuid, char out[ID_TEXT])
{
	char text[UUID_TEXT];

	snprintf(out, ID_TEXT, "%s--%s", type, uuid_print(uuid, text));
	return out;
}

static void
open_object(struct json *json, const char *type, const char *id)
{
	json_object(json, NULL);
	json_text(json, "type", type);
	json_text(json, "spec_version", "2.1");
	json_text(json, "id", id);
}

static void
write_observable(struct stix *stix, const char *type, struct str value)
{
	struct uuid uuid = observable_uuid(value);
	char id[ID_TEXT];
	bool created;

	map_put(&stix->written, hash_bytes(&stix->key, &uuid, sizeof(uuid)), &uuid, &created);
	if (!created)
		return;
	open_object(&stix->json, type, print_id(type, &uuid, id));
	json_string(&stix->json, "value", value);
	json_end(&stix->json);
}

/* A domain-name of STIX is a host name; what else a zone may be called the sighting tells. */
static bool
is_host_name(struct str name)
{
	enum { LABEL_MAX = 63, NAME_MAX_BYTES = 253 };
	size_t label = 0;

	for (size_t i = 0; i < name.n; i++) {
		char c = str_lower(name.p[i]);
		bool dot = c == '.', hyphen = c == '-';
		bool edge = label == 0 || i + 1 == name.n || name.p[i + 1] == '.';
		if (!dot && !hyphen && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
			return false;
		if ((edge && hyphen) || (dot && label == 0) || label > LABEL_MAX)
			return false;
		label = dot ? 0 : label + 1;
	}
	return name.n > 0 && name.n <= NAME_MAX_BYTES && label > 0 && label <= LABEL_MAX;
}

/* Calls `use` for each address and zone of a finding. */
static void
each_observable(struct stix *stix, const struct finding *finding,
		void (*use)(struct stix *stix, const char *type, struct str value))
{
	for (size_t i = 0; i < finding->address_count && i < ADDRESSES; i++) {
		const struct ip *address = &finding->addresses[i];
		char text[IP_TEXT];
		use(stix, ip_is_v4(address) ? "ipv4-addr" : "ipv6-addr",
		    str_of(ip_print(address, text)));
	}
	for (size_t i = 0; i < finding->zone_list_count; i++)
		if (is_host_name(finding->zones[i]))
			use(stix, "domain-name", finding->zones[i]);
}

static void
count_reference(struct stix *stix, const char *type, struct str value)
{
	(void)type;
	(void)value;
	stix->references++;
}

static void
write_reference(struct stix *stix, const char *type, struct str value)
{
	struct uuid uuid = observable_uuid(value);
	char id[ID_TEXT];

	json_text(&stix->json, NULL, print_id(type, &uuid, id));
}

static void
write_author(struct stix *stix)
{
	json_text(&stix->json, "created_by_ref", stix->identity);
}

static void
write_period(struct json *json, int64_t first, int64_t last)
{
	if (first == TIME_NONE) {
		json_text(json, "created", epoch);
		json_text(json, "modified", epoch);
	} else {
		json_time(json, "created", first);
		json_time(json, "modified", last);
	}
}

static uint64_t
capped(uint64_t count)
{
	return count < 1 ? 1 : count < COUNT_MAX ? count : COUNT_MAX;
}

static void
write_observed(struct stix *stix, const struct finding *finding, const char *id)
{
	struct json *json = &stix->json;

	open_object(json, "observed-data", id);
	write_author(stix);
	write_period(json, finding->first_seen, finding->last_seen);
	json_time(json, "first_observed", finding->first_seen);
	json_time(json, "last_observed", finding->last_seen);
	json_count(json, "number_observed", capped(finding->requests));
	json_array(json, "object_refs");
	each_observable(stix, finding, write_reference);
	json_end(json);
	json_end(json);
}

/* MITRE's object where its id is known, else one of ours that names it. */
static const char *
technique_ref(struct str technique, char id[ID_TEXT])
{
	if (str_eq(technique, STR("T1590.002")))
		return dns_technique;
	struct uuid uuid = our_uuid("attack-pattern", technique);
	return print_id("attack-pattern", &uuid, id);
}

static void
write_technique(struct stix *stix, struct str technique)
{
	struct attack attack = attack_of(technique);
	struct uuid uuid = our_uuid("attack-pattern", technique);
	char id[ID_TEXT];
	bool created;

	map_put(&stix->written, hash_bytes(&stix->key, &uuid, sizeof(uuid)), &uuid, &created);
	if (!created || technique_ref(technique, id) == dns_technique)
		return;
	open_object(&stix->json, "attack-pattern", id);
	write_author(stix);
	write_period(&stix->json, TIME_NONE, TIME_NONE);
	json_string(&stix->json, "name",
		    attack.subtechnique.n ? attack.subtechnique_name : attack.technique_name);
	json_array(&stix->json, "external_references");
	json_object(&stix->json, NULL);
	json_text(&stix->json, "source_name", "mitre-attack");
	json_string(&stix->json, "external_id", technique);
	json_end(&stix->json);
	json_end(&stix->json);
	json_end(&stix->json);
}

static void
write_sighting(struct stix *stix, const struct finding *finding, const char *observed)
{
	struct json *json = &stix->json;
	struct uuid uuid = our_uuid("sighting", finding->id);
	char id[ID_TEXT], pattern[ID_TEXT];

	open_object(json, "sighting", print_id("sighting", &uuid, id));
	write_author(stix);
	write_period(json, finding->first_seen, finding->last_seen);
	json_string(json, "description", finding->title);
	if (finding->first_seen != TIME_NONE) {
		json_time(json, "first_seen", finding->first_seen);
		json_time(json, "last_seen", finding->last_seen);
	}
	json_count(json, "count", capped(finding->requests));
	json_text(json, "sighting_of_ref", technique_ref(finding->attack[0], pattern));
	if (observed) {
		json_array(json, "observed_data_refs");
		json_text(json, NULL, observed);
		json_end(json);
	}
	json_array(json, "where_sighted_refs");
	json_text(json, NULL, stix->identity);
	json_end(json);
	json_bool(json, "summary", false);
	json_number(json, "confidence", finding->score);
	json_array(json, "labels");
	json_string(json, NULL, finding->kind);
	json_text(json, NULL, level_names[finding->level]);
	if (finding->suppressed_by.n)
		json_text(json, NULL, "expected");
	json_end(json);
	json_end(json);
}

/* Without a technique it is no sighting, as a flood is none. */
static void
write_finding(struct stix *stix, const struct finding *finding)
{
	struct uuid uuid = our_uuid("observed-data", finding->id);
	char id[ID_TEXT];

	if (finding->attack_count == 0)
		return;
	stix->references = 0;
	each_observable(stix, finding, count_reference);
	bool seen = finding->first_seen != TIME_NONE && stix->references > 0;
	write_technique(stix, finding->attack[0]);
	each_observable(stix, finding, write_observable);
	if (seen)
		write_observed(stix, finding, print_id("observed-data", &uuid, id));
	write_sighting(stix, finding, seen ? id : NULL);
}

static void
write_identity(struct stix *stix)
{
	open_object(&stix->json, "identity", stix->identity);
	write_period(&stix->json, TIME_NONE, TIME_NONE);
	json_text(&stix->json, "name", "digtrail");
	json_text(&stix->json, "identity_class", "system");
	json_end(&stix->json);
}

/* The bundle is told from others by the findings in it. */
static struct uuid
bundle_uuid(const struct findings *findings)
{
	struct uuid uuid = our_uuid("bundle", STR(""));

	for (size_t i = 0; findings && i < findings->count; i++)
		uuid = uuid_of_name(&uuid, findings->all[i].id);
	return uuid;
}

static void
write_stix(const struct summary *summary, const struct report_options *options, FILE *out)
{
	struct uuid author = our_uuid("identity", STR("digtrail"));
	struct uuid bundle = bundle_uuid(summary->findings);
	char author_id[ID_TEXT], bundle_id[ID_TEXT];
	struct stix stix = {
		.summary = summary,
		.identity = print_id("identity", &author, author_id),
	};

	(void)options;
	hash_key_random(&stix.key);
	map_init(&stix.written, sizeof(struct written), sizeof(struct uuid));
	json_init(&stix.json, out, 2);
	json_object(&stix.json, NULL);
	json_text(&stix.json, "type", "bundle");
	json_text(&stix.json, "id", print_id("bundle", &bundle, bundle_id));
	json_array(&stix.json, "objects");
	write_identity(&stix);
	for (size_t i = 0; summary->findings && i < summary->findings->count; i++)
		write_finding(&stix, &summary->findings->all[i]);
	json_end(&stix.json);
	json_end(&stix.json);
	const char *error = json_finish(&stix.json);
	assert(!error);
	(void)error;
	map_release(&stix.written);
}

const struct report_format report_stix = {
	.name = "stix",
	.suffix = ".stix.json",
	.help = "sightings, a STIX 2.1 bundle",
	.write = write_stix,
};
