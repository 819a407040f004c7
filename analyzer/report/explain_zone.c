#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"
#include "report/explain_parts.h"
#include "report/phrase.h"
#include "report/summary_parts.h"

enum { ASKERS_SHOWN = 20, NAMES_SHOWN = 20, SERVERS_SHOWN = 12 };

/* One sampled name with what is known of it. */
struct asked {
	const struct zone_name *item;
	struct str text;
	bool remote;
};

/* What exists and what does not, of all sampled names, scaled to the distinct ones. */
struct existing {
	double exist, missing, unknown;
	enum oracle_kind by;
	size_t count, capacity;
	struct asked *names; /* those that exist */
};

static void
add_existing(struct existing *existing, const struct zone_name *item, struct str text)
{
	if (existing->count == existing->capacity) {
		existing->capacity = existing->capacity ? existing->capacity * 2 : 64;
		existing->names =
			xrealloc(existing->names, existing->capacity, sizeof(*existing->names));
	}
	existing->names[existing->count++] =
		(struct asked){item, text, build_is_remote_access(text)};
}

static void
judge_names(struct existing *existing, const struct explain *explain, const struct zone *zone)
{
	for (size_t c = 0; c < NAME_CLASSES; c++) {
		const struct zone_class *names = zone->classes[c];
		const struct zone_name *item;
		if (!names || c == NAME_APEX || names->names.count == 0)
			continue;
		double weight = (double)sample_distinct(&names->names, &zone_name_type) /
				names->names.count;
		for (uint32_t i = 0;
		     (item = sample_next(&names->names, &zone_name_type, &i)) != NULL;) {
			struct str text = texts_get(&explain->tally->texts, item->text);
			enum oracle_kind by;
			enum existence existence =
				judge_existence(explain->input->detect, item->seen, text, &by);
			if (existence == EXISTENCE_UNKNOWN) {
				existing->unknown += weight;
				continue;
			}
			existing->by = by;
			if (existence == EXISTENCE_MISSING) {
				existing->missing += weight;
				continue;
			}
			existing->exist += weight;
			add_existing(existing, item, text);
		}
	}
}

/* Ways in first, then the most asked. */
static int
compare_asked(const void *a, const void *b)
{
	const struct asked *left = a, *right = b;

	if (left->remote != right->remote)
		return left->remote ? -1 : 1;
	if (left->item->requests != right->item->requests)
		return left->item->requests > right->item->requests ? -1 : 1;
	return str_compare(left->text, right->text);
}

static void
print_existing(struct explain *explain, struct existing *existing)
{
	struct buf *line = &explain->text.line;

	if (existing->count == 0)
		return;
	qsort(existing->names, existing->count, sizeof(*existing->names), compare_asked);
	page_heading(explain->text.page, "Names that exist among those asked, ways in first");
	for (size_t i = 0; i < existing->count && i < NAMES_SHOWN; i++) {
		buf_add_text(line, i ? ", " : "");
		phrase_name(line, explain_text(explain, existing->names[i].text), 70);
	}
	if (existing->count > NAMES_SHOWN)
		buf_printf(line, " and %zu more of the sampled names",
			   existing->count - NAMES_SHOWN);
	page_wrap(explain->text.page, buf_str(line), 2, 0);
	buf_clear(line);
}

static void
say_classes(struct buf *line, const struct zone *zone)
{
	for (size_t c = 0; c < NAME_CLASSES; c++) {
		if (!zone->classes[c] || zone->classes[c]->names.count == 0)
			continue;
		buf_add_text(line, line->n ? ", " : "");
		buf_printf(line, "%s ", name_class_names[c]);
		phrase_count(line, sample_distinct(&zone->classes[c]->names, &zone_name_type));
	}
}

static void
say_existence(struct buf *line, const struct existing *existing)
{
	if (existing->exist + existing->missing == 0) {
		buf_add_text(line, "neither the log nor a zone file tells which names exist");
		return;
	}
	phrase_count(line, (uint64_t)(existing->exist + .5));
	buf_add_text(line, " names exist, ");
	phrase_count(line, (uint64_t)(existing->missing + .5));
	buf_add_text(line, " do not, of ");
	phrase_count(line, (uint64_t)(existing->unknown + .5));
	buf_printf(line, " it is not known; by %s", oracle_names[existing->by]);
}

static void
say_transfers(struct buf *line, const struct findings *findings, struct str zone)
{
	struct transfer_counts counts =
		summary_transfers(findings, NULL, &(struct zone_row){.zone = zone});

	if (counts.attempted == 0)
		return;
	phrase_count(line, counts.attempted);
	buf_printf(line,
		   " asked: %llu granted, %llu refused, %llu failed, %llu with unknown outcome",
		   (unsigned long long)counts.granted, (unsigned long long)counts.refused,
		   (unsigned long long)counts.failed, (unsigned long long)counts.unknown);
}

static void
print_head(struct explain *explain, const struct zone *zone, const struct existing *existing)
{
	const struct tally_settings *settings = explain->tally->settings;
	struct str name = texts_get(&explain->tally->texts, zone->key.text);
	struct str servers[SERVERS_SHOWN];
	struct buf *line = &explain->text.line;
	size_t count = 0, shown = 0;

	phrase_name(line, explain_text(explain, name), 70);
	page_styled(explain->text.page, PAGE_HEADING, buf_str(line));
	page_text(explain->text.page, zone->key.resolver ? " as asked of resolvers" : "");
	page_text(explain->text.page, zone->own ? ", own" : "");
	page_end(explain->text.page);
	buf_clear(line);
	phrase_period(line, zone->first, zone->last);
	buf_add_text(line, ", ");
	phrase_counted(line, zone->requests, "request");
	buf_add_text(line, " from ");
	phrase_counted(line, zone_sources(zone), "source");
	explain_row(explain, "when");
	for (uint32_t i = 0; serverset_next(&zone->servers, &i); i++) {
		if (settings->servers[i].resolver != (zone->key.resolver != 0))
			continue;
		count++;
		if (shown < SERVERS_SHOWN)
			servers[shown++] = explain_text(explain, settings->servers[i].name);
	}
	phrase_names(line, servers, shown, count, shown);
	explain_row(explain, "servers");
	say_classes(line, zone);
	explain_row(explain, "names");
	say_existence(line, existing);
	explain_row(explain, "exist");
	say_transfers(line, explain->input->findings, name);
	explain_row(explain, "moved");
}

static void
print_findings(struct explain *explain, struct str zone)
{
	const struct findings *findings = explain->input->findings;
	size_t printed = 0;

	page_heading(explain->text.page, "Findings about it");
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		bool concerns = false;
		for (size_t j = 0; j < finding->zone_list_count && !concerns; j++)
			concerns = str_eq(finding->zones[j], zone);
		for (size_t j = 0; j < finding->transfer_count && !concerns; j++)
			concerns = str_eq(finding->transfers[j].zone, zone);
		if (!concerns)
			continue;
		explain_finding_of(explain, finding);
		printed++;
	}
	if (printed == 0)
		page_row(explain->text.page, "", STR("none"), 2);
}

/* A source with what the detectors of tried names hold of it in this zone. */
struct asker {
	const struct pair *pair;
	const struct scan *scan; /* NULL: too few names to judge */
};

static int
compare_askers(const void *a, const void *b)
{
	const struct asker *left = a, *right = b;
	int l = left->scan ? left->scan->score : INT32_MIN;
	int r = right->scan ? right->scan->score : INT32_MIN;

	if (l != r)
		return l > r ? -1 : 1;
	if (left->pair->evident != right->pair->evident)
		return left->pair->evident > right->pair->evident ? -1 : 1;
	if (pair_requests(left->pair) != pair_requests(right->pair))
		return pair_requests(left->pair) > pair_requests(right->pair) ? -1 : 1;
	return ip_compare(&left->pair->key.address, &right->pair->key.address);
}

static struct asker *
find_askers(const struct explain *explain, const struct zone *zone, size_t *count)
{
	const struct scans *scans = explain->input->scans;
	struct asker *askers = xcalloc(scans->ground.count, sizeof(*askers));
	size_t next = 0;

	*count = 0;
	for (size_t i = 0; i < scans->ground.count; i++) {
		const struct pair *pair = ground_pair(&scans->ground, i);
		const struct scan *scan = NULL;
		/* Scans stand in the order of the pairs. */
		if (next < scans->count && scans->all[next].judgement.pair == pair)
			scan = &scans->all[next++];
		if (pair->key.zone == zone->key.text && pair->key.resolver == zone->key.resolver &&
		    !ip_is_none(&pair->key.address))
			askers[(*count)++] = (struct asker){pair, scan};
	}
	if (*count)
		qsort(askers, *count, sizeof(*askers), compare_askers);
	return askers;
}

static void
put_number(struct explain *explain, bool known, double value, size_t end)
{
	struct buf *line = &explain->text.line;

	if (known)
		phrase_value(line, value);
	else
		buf_add_char(line, '-');
	page_right(explain->text.page, buf_str(line), end);
	buf_clear(line);
}

static void
print_askers(struct explain *explain, const struct zone *zone)
{
	struct page *page = explain->text.page;
	size_t count;
	struct asker *askers = find_askers(explain, zone, &count);

	page_blank(page);
	page_styled(page, PAGE_HEADING, STR("Askers by evidence"));
	page_right(page, STR("requests"), 52);
	page_right(page, STR("names"), 60);
	page_right(page, STR("judged"), 69);
	page_right(page, STR("score"), 78);
	page_end(page);
	for (size_t i = 0; i < count && i < ASKERS_SHOWN; i++) {
		const struct asker *asker = &askers[i];
		char text[IP_TEXT];
		page_to(page, 2);
		page_text(page, explain_ip(explain, &asker->pair->key.address, text));
		put_number(explain, true, pair_requests(asker->pair), 52);
		put_number(explain, true, (double)pair_distinct(asker->pair), 60);
		put_number(explain, asker->scan != NULL,
			   asker->scan ? (double)(uint64_t)(asker->scan->judgement.judged + .5) : 0,
			   69);
		put_number(explain, asker->scan != NULL, asker->scan ? asker->scan->score : 0, 78);
		page_end(page);
	}
	if (count > ASKERS_SHOWN) {
		page_printf(page, "  and %zu more", count - ASKERS_SHOWN);
		page_end(page);
	}
	free(askers);
}

void
explain_zone(struct explain *explain, uint32_t number)
{
	struct str name = texts_get(&explain->tally->texts, number);
	size_t printed = 0;

	for (int resolver = 0; resolver < 2; resolver++) {
		const struct zone *zone = zones_find(explain->tally, name, resolver);
		struct existing existing = {0};
		if (!zone)
			continue;
		if (printed++)
			page_blank(explain->text.page);
		judge_names(&existing, explain, zone);
		print_head(explain, zone, &existing);
		if (printed == 1)
			print_findings(explain, name);
		print_existing(explain, &existing);
		print_askers(explain, zone);
		free(existing.names);
	}
}
