#include <stdlib.h>

#include "base/xalloc.h"
#include "report/explain_parts.h"
#include "report/phrase.h"

enum { SWEEPS_SHOWN = 10, EVENTS_SHOWN = 3, LINE_SHOWN = 240, LINE_ROWS = 4, HITS_SHOWN = 20 };

/* Entries of one table that are the source's, in an order that no hash key decides. */
struct found {
	size_t count, capacity;
	const void **all;
};

static void
found_add(struct found *found, const void *entry)
{
	if (found->count == found->capacity) {
		found->capacity = found->capacity ? found->capacity * 2 : 16;
		found->all = xrealloc(found->all, found->capacity, sizeof(*found->all));
	}
	found->all[found->count++] = entry;
}

static int
compare_sweeps(const void *a, const void *b)
{
	const struct sweep *left = *(const struct sweep *const *)a;
	const struct sweep *right = *(const struct sweep *const *)b;
	unsigned l = sweep_asked(left), r = sweep_asked(right);

	if (l != r)
		return l > r ? -1 : 1;
	int order = ip_compare(&left->key.base, &right->key.base);
	if (order)
		return order;
	if (left->key.bits != right->key.bits)
		return left->key.bits < right->key.bits ? -1 : 1;
	return (left->key.resolver > right->key.resolver) -
	       (left->key.resolver < right->key.resolver);
}

static void
print_sweeps(struct explain *explain, const struct ip *address)
{
	struct buf *line = &explain->text.line;
	struct found found = {0};
	const struct sweep *sweep;

	for (uint32_t i = 0; (sweep = map_next(&explain->tally->sweeps.map, &i)) != NULL;)
		if (ip_compare(&sweep->key.address, address) == 0)
			found_add(&found, sweep);
	if (found.count) {
		qsort(found.all, found.count, sizeof(*found.all), compare_sweeps);
		page_heading(explain->text.page, "Reverse names");
	}
	for (size_t i = 0; i < found.count && i < SWEEPS_SHOWN; i++) {
		char text[PREFIX_TEXT];
		sweep = found.all[i];
		struct prefix base = {sweep->key.base, (uint8_t)sweep->key.bits};
		buf_printf(line, "%s: %u of %u asked, %u of them once; ",
			   explain_prefix(explain, &base, text), sweep_asked(sweep),
			   ip_is_v4(&base.ip) ? 256u : 16u, sweep_asked_once(sweep));
		phrase_period(line, sweep->first, sweep->last);
		page_row(explain->text.page, "", buf_str(line), 2);
		buf_clear(line);
	}
	if (found.count > SWEEPS_SHOWN) {
		page_printf(explain->text.page, "  and %zu more", found.count - SWEEPS_SHOWN);
		page_end(explain->text.page);
	}
	free(found.all);
}

static const char *const event_names[EVENT_KINDS] = {
	[EVENT_TRANSFER_QUERY] = "transfers asked",
	[EVENT_TRANSFER_DENIED] = "transfers denied",
	[EVENT_TRANSFER_BAD] = "bad transfer requests",
	[EVENT_TRANSFER_STARTED] = "transfers started",
	[EVENT_TRANSFER_ENDED] = "transfers ended",
	[EVENT_TRANSFER_FAILED] = "transfers failed",
	[EVENT_TRANSFER_CURRENT] = "transfers with nothing new",
	[EVENT_TRANSFER_REFUSED] = "transfers refused",
	[EVENT_NOTIFY] = "notifies",
	[EVENT_CHAOS] = "CHAOS queries",
};

static int
compare_groups(const void *a, const void *b)
{
	const struct event_group *left = *(const struct event_group *const *)a;
	const struct event_group *right = *(const struct event_group *const *)b;

	if (left->key.kind != right->key.kind)
		return left->key.kind < right->key.kind ? -1 : 1;
	return (left->key.server > right->key.server) - (left->key.server < right->key.server);
}

static void
print_line(struct explain *explain, const struct position *at, struct str raw)
{
	struct buf *line = &explain->text.line;

	phrase_name(line, explain_text(explain, explain->tally->settings->streams[at->stream].path),
		    56);
	uint64_t number = tally_line(explain->tally, at);
	if (number)
		buf_printf(line, ":%llu", (unsigned long long)number);
	buf_add_char(line, ' ');
	phrase_name(line, explain_text(explain, raw), LINE_SHOWN);
	page_to(explain->text.page, 4);
	page_wrap(explain->text.page, buf_str(line), 4, LINE_ROWS);
	buf_clear(line);
}

static void
print_events(struct explain *explain, const struct ip *address)
{
	const struct tally *tally = explain->tally;
	struct buf *line = &explain->text.line;
	const struct event_group *group;
	struct found found = {0};

	for (uint64_t i = 0; (group = events_next(&tally->events, &i)) != NULL;)
		if (ip_compare(&group->key.address, address) == 0)
			found_add(&found, group);
	if (found.count) {
		qsort(found.all, found.count, sizeof(*found.all), compare_groups);
		page_heading(explain->text.page, "Rare lines");
	}
	for (size_t i = 0; i < found.count; i++) {
		group = found.all[i];
		phrase_count(line, group->count);
		buf_printf(line, " %s on ", event_names[group->key.kind]);
		phrase_name(line,
			    explain_text(explain, tally->settings->servers[group->key.server].name),
			    40);
		buf_add_text(line, ", ");
		phrase_period(line, group->first, group->last);
		page_row(explain->text.page, "", buf_str(line), 2);
		buf_clear(line);
		for (uint32_t j = 0; j < group->kept && j < EVENTS_SHOWN; j++)
			print_line(explain, &group->events[j]->at, event_text(group->events[j]));
	}
	free(found.all);
}

static int
compare_hits(const void *a, const void *b)
{
	const struct rulehit *left = *(const struct rulehit *const *)a;
	const struct rulehit *right = *(const struct rulehit *const *)b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	if (left->key.rule != right->key.rule)
		return left->key.rule < right->key.rule ? -1 : 1;
	return (left->key.server > right->key.server) - (left->key.server < right->key.server);
}

static void
print_hits(struct explain *explain, const struct ip *address)
{
	const struct tally_settings *settings = explain->tally->settings;
	struct buf *line = &explain->text.line;
	const struct rulehit *hit;
	struct found found = {0};

	for (uint32_t i = 0; (hit = map_next(&explain->tally->rulehits.map, &i)) != NULL;)
		if (ip_compare(&hit->key.address, address) == 0)
			found_add(&found, hit);
	if (found.count) {
		qsort(found.all, found.count, sizeof(*found.all), compare_hits);
		page_heading(explain->text.page, "Rules that matched its lines");
	}
	for (size_t i = 0; i < found.count && i < HITS_SHOWN; i++) {
		hit = found.all[i];
		phrase_counted(line, hit->count, "time");
		buf_add_text(line, ": ");
		phrase_name(line, settings->rules->rules[hit->key.rule].title, 100);
		buf_add_text(line, ", ");
		phrase_period(line, hit->first, hit->last);
		page_row(explain->text.page, "", buf_str(line), 2);
		buf_clear(line);
		if (hit->line_count)
			print_line(explain, &hit->lines[0].at,
				   str_make(hit->lines[0].text, hit->lines[0].length));
	}
	if (found.count > HITS_SHOWN) {
		page_printf(explain->text.page, "  and %zu rules more", found.count - HITS_SHOWN);
		page_end(explain->text.page);
	}
	free(found.all);
}

void
explain_traces(struct explain *explain, const struct ip *address)
{
	print_sweeps(explain, address);
	print_events(explain, address);
	print_hits(explain, address);
}
