/* A layer of the ATT&CK Navigator (format 4.5): the techniques found, the worst score of each. */
#include <assert.h>
#include <stdio.h>

#include "report/attack.h"
#include "report/json_writer.h"
#include "report/report.h"

enum { TECHNIQUES = 64 };

struct technique_row {
	struct str id;
	const struct finding *worst;
	size_t findings;
};

static bool
is_open(const struct finding *finding)
{
	return finding->suppressed_by.n == 0 && !finding->confirm &&
	       finding->level > LEVEL_INFORMATIONAL;
}

static size_t
collect(const struct findings *findings, struct technique_row *rows)
{
	size_t count = 0;

	for (size_t i = 0; findings && i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		for (size_t j = 0; is_open(finding) && j < finding->attack_count; j++) {
			size_t at = 0;
			while (at < count && !str_eq(rows[at].id, finding->attack[j]))
				at++;
			if (at == TECHNIQUES)
				continue;
			if (at == count)
				rows[count++] = (struct technique_row){.id = finding->attack[j]};
			if (!rows[at].worst || finding->score > rows[at].worst->score)
				rows[at].worst = finding;
			rows[at].findings++;
		}
	}
	return count;
}

static void
write_metadata(struct json *json, const char *name, struct str value)
{
	json_object(json, NULL);
	json_text(json, "name", name);
	json_string(json, "value", value);
	json_end(json);
}

static void
write_technique(struct json *json, const struct technique_row *row)
{
	struct attack attack = attack_of(row->id);
	char text[32], time[TIME_TEXT];

	json_object(json, NULL);
	json_string(json, "techniqueID", row->id);
	json_string(json, "tactic", attack.tactic_key);
	json_number(json, "score", row->worst->score);
	json_string(json, "comment", row->worst->title);
	json_bool(json, "enabled", true);
	json_array(json, "metadata");
	snprintf(text, sizeof(text), "%zu", row->findings);
	write_metadata(json, "findings", str_of(text));
	write_metadata(json, "worst finding", row->worst->id);
	write_metadata(json, "level", str_of(level_names[row->worst->level]));
	if (row->worst->first_seen != TIME_NONE)
		write_metadata(json, "first seen",
			       str_of(timestamp_print(row->worst->first_seen, time)));
	json_end(json);
	json_bool(json, "showSubtechniques", true);
	json_end(json);
}

static void
write_navigator(const struct summary *summary, const struct report_options *options, FILE *out)
{
	struct technique_row rows[TECHNIQUES] = {0};
	char description[128], first[TIME_TEXT], last[TIME_TEXT];
	size_t count = collect(summary->findings, rows);
	struct json json;

	(void)options;
	snprintf(description, sizeof(description), "Logs from %s to %s",
		 timestamp_print(summary->first, first), timestamp_print(summary->last, last));
	json_init(&json, out, 2);
	json_object(&json, NULL);
	json_text(&json, "name", "digtrail");
	json_object(&json, "versions");
	json_text(&json, "attack", ATTACK_VERSION);
	json_text(&json, "navigator", "5.1.0");
	json_text(&json, "layer", "4.5");
	json_end(&json);
	json_text(&json, "domain", "enterprise-attack");
	json_text(&json, "description",
		  summary->first == TIME_NONE ? "Logs without times" : description);
	json_array(&json, "techniques");
	for (size_t i = 0; i < count; i++)
		write_technique(&json, &rows[i]);
	json_end(&json);
	json_object(&json, "gradient");
	json_array(&json, "colors");
	json_text(&json, NULL, "#fff3c4");
	json_text(&json, NULL, "#f0962e");
	json_text(&json, NULL, "#b3123a");
	json_end(&json);
	json_number(&json, "minValue", 0);
	json_number(&json, "maxValue", 100);
	json_end(&json);
	json_end(&json);
	const char *error = json_finish(&json);
	assert(!error);
	(void)error;
}

const struct report_format report_navigator = {
	.name = "navigator",
	.suffix = ".navigator.json",
	.help = "the techniques found, a layer for the ATT&CK Navigator",
	.write = write_navigator,
};
