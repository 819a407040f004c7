/* The pass of --redact over everything that a report shows. */
#include <stdio.h>

#include "report/redact.h"

static void
redact_str(struct redactor *redactor, struct str *text)
{
	if (text->n)
		*text = redact_text(redactor, *text);
}

/* A copy of the list: the old one belongs to somebody else. */
static void
redact_list(struct redactor *redactor, struct arena *arena, struct str **items, size_t count)
{
	struct str *copy = arena_alloc(arena, count * sizeof(*copy));

	for (size_t i = 0; i < count; i++) {
		copy[i] = (*items)[i];
		redact_str(redactor, &copy[i]);
	}
	*items = copy;
}

static void
redact_addresses(struct redactor *redactor, struct arena *arena, struct ip **addresses,
		 size_t count)
{
	struct ip *copy = arena_alloc(arena, count * sizeof(*copy));

	for (size_t i = 0; i < count; i++)
		copy[i] = redact_ip(redactor, &(*addresses)[i]);
	*addresses = copy;
}

const char *
redact_id(const struct digest_key *key, struct str id, char out[REDACT_ID])
{
	snprintf(out, REDACT_ID, "%012llx",
		 (unsigned long long)(digest_keyed(key, id.p, id.n) & 0xffffffffffffULL));
	return out;
}

static void
replace_id(struct arena *arena, const struct digest_key *key, struct str *id)
{
	char text[REDACT_ID];

	*id = arena_str(arena, str_of(redact_id(key, *id, text)));
}

static void
redact_transfers(struct redactor *redactor, struct arena *arena, struct transfer **transfers,
		 size_t count)
{
	struct transfer *copy = arena_alloc(arena, count * sizeof(*copy));

	for (size_t i = 0; i < count; i++) {
		copy[i] = (*transfers)[i];
		copy[i].address = redact_ip(redactor, &copy[i].address);
		redact_str(redactor, &copy[i].zone);
		redact_str(redactor, &copy[i].server);
		redact_str(redactor, &copy[i].key);
	}
	*transfers = copy;
}

static void
redact_evidence(struct redactor *redactor, struct arena *arena, struct finding *finding)
{
	struct evidence *copy = arena_alloc(arena, finding->evidence_count * sizeof(*copy));

	for (size_t i = 0; i < finding->evidence_count; i++) {
		copy[i] = finding->evidence[i];
		redact_str(redactor, &copy[i].server);
		redact_str(redactor, &copy[i].file);
		redact_str(redactor, &copy[i].text);
	}
	finding->evidence = copy;
}

void
redact_finding(struct redactor *redactor, struct arena *arena, const struct digest_key *key,
	       struct finding *finding)
{
	replace_id(arena, key, &finding->id);
	redact_str(redactor, &finding->title);
	redact_addresses(redactor, arena, &finding->addresses, finding->address_count);
	redact_addresses(redactor, arena, &finding->contributors,
			 finding->contributor_address_count);
	if (finding->has_prefix)
		finding->prefix = redact_prefix(redactor, &finding->prefix);
	redact_list(redactor, arena, &finding->servers, finding->server_count);
	redact_list(redactor, arena, &finding->zones, finding->zone_list_count);
	redact_list(redactor, arena, &finding->answered, finding->answered_count);
	redact_evidence(redactor, arena, finding);
	redact_transfers(redactor, arena, &finding->transfers, finding->transfer_count);
	struct term *terms = arena_alloc(arena, finding->term_count * sizeof(*terms));
	for (size_t i = 0; i < finding->term_count; i++) {
		terms[i] = finding->terms[i];
		redact_str(redactor, &terms[i].name);
	}
	finding->terms = terms;
	redact_str(redactor, &finding->next);
	redact_str(redactor, &finding->lookalikes);
	redact_str(redactor, &finding->suppressed_by);
	redact_str(redactor, &finding->suppressed_reason);
}

/* The findings belong to who detected them: the summary gets its own. */
static void
redact_findings(struct redactor *redactor, struct summary *summary, const struct digest_key *key)
{
	if (!summary->findings)
		return;
	struct findings *copy = arena_alloc(&summary->arena, sizeof(*copy));
	*copy = (struct findings){.count = summary->findings->count};
	copy->all = arena_alloc(&summary->arena, copy->count * sizeof(*copy->all));
	for (size_t i = 0; i < copy->count; i++) {
		copy->all[i] = summary->findings->all[i];
		redact_finding(redactor, &summary->arena, key, &copy->all[i]);
	}
	summary->findings = copy;
}

void
redact_source(struct redactor *redactor, struct arena *arena, const struct digest_key *key,
	      struct source_row *row)
{
	row->address = redact_ip(redactor, &row->address);
	redact_list(redactor, arena, &row->servers, row->server_count);
	redact_list(redactor, arena, &row->top_zones, row->top_zone_count);
	redact_list(redactor, arena, &row->keys, row->key_count);
	redact_list(redactor, arena, &row->ecs, row->ecs_count);
	redact_str(redactor, &row->suppressed);
	struct str *ids = arena_alloc(arena, row->finding_count * sizeof(*ids));
	for (size_t j = 0; j < row->finding_count; j++) {
		ids[j] = row->findings[j];
		replace_id(arena, key, &ids[j]);
	}
	row->findings = ids;
}

static void
redact_sources(struct redactor *redactor, struct summary *summary, const struct digest_key *key)
{
	for (size_t i = 0; i < summary->source_count; i++)
		redact_source(redactor, &summary->arena, key, &summary->sources[i]);
	for (size_t i = 0; i < summary->pair_count; i++) {
		summary->pairs[i].address = redact_ip(redactor, &summary->pairs[i].address);
		redact_str(redactor, &summary->pairs[i].zone);
	}
}

static void
redact_zones(struct redactor *redactor, struct summary *summary)
{
	struct arena *arena = &summary->arena;

	for (size_t i = 0; i < summary->zone_count; i++) {
		struct zone_row *row = &summary->zones[i];
		redact_str(redactor, &row->zone);
		redact_list(redactor, arena, &row->servers, row->server_count);
		redact_list(redactor, arena, &row->top_unknown, row->top_unknown_count);
		redact_transfers(redactor, arena, &row->transferred_to, row->transferred_count);
	}
}

/* What was read and what shaped the reading. */
static void
redact_input(struct redactor *redactor, struct summary *summary)
{
	struct arena *arena = &summary->arena;

	for (size_t i = 0; i < summary->file_count; i++) {
		redact_str(redactor, &summary->files[i].path);
		redact_str(redactor, &summary->files[i].server);
		redact_str(redactor, &summary->files[i].error);
	}
	for (size_t i = 0; i < summary->setting_count; i++) {
		redact_str(redactor, &summary->settings[i].value);
		redact_list(redactor, arena, &summary->settings[i].items,
			    summary->settings[i].item_count);
	}
	for (size_t i = 0; i < summary->coverage_count; i++)
		redact_str(redactor, &summary->coverage[i].server);
	for (size_t i = 0; i < summary->sample_count; i++) {
		redact_str(redactor, &summary->samples[i].file);
		redact_str(redactor, &summary->samples[i].text);
	}
	for (size_t i = 0; i < summary->note_count; i++)
		redact_str(redactor, &summary->notes[i].text);
}

static void
redact_pictures(struct redactor *redactor, struct picture *pictures, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		redact_str(redactor, &pictures[i].top);
		redact_str(redactor, &pictures[i].bottom);
		for (size_t j = 0; j < pictures[i].grid_count; j++)
			redact_str(redactor, &pictures[i].grids[j].network);
	}
}

void
redact_summary(struct summary *summary, const struct digest_key *key)
{
	struct redactor *redactor = redactor_new(key, &summary->arena);

	if (summary->pictures)
		redact_pictures(redactor, summary->pictures, summary->findings->count);
	redact_findings(redactor, summary, key);
	redact_sources(redactor, summary, key);
	redact_zones(redactor, summary);
	redact_input(redactor, summary);
	redactor_free(redactor);
}
