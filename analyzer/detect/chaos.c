/*
 * Class CHAOS: version.bind, id.server and the like ask what software a server runs, or
 * which of several it is (RFC 4892).
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/build.h"

static bool
asks_version(struct str name)
{
	return str_starts(name, STR("version.")) || str_starts(name, STR("authors."));
}

static int
compare_groups(const void *a, const void *b)
{
	const struct event_group *left = *(const struct event_group *const *)a;
	const struct event_group *right = *(const struct event_group *const *)b;
	int order = ip_compare(&left->key.address, &right->key.address);

	if (order)
		return order;
	return (left->key.server > right->key.server) - (left->key.server < right->key.server);
}

static void
report(const struct detect_input *input, struct findings *out,
       const struct event_group *const *groups, size_t count)
{
	struct finding *finding = findings_add(out);
	const struct tally *tally = input->tally;
	struct text_list names = {0}, servers = {0};
	bool version = false, resolver = false;

	build_actor(out, finding, &groups[0]->key.address, input->settings);
	for (size_t i = 0; i < count; i++) {
		const struct event_group *group = groups[i];
		const struct server_info *server = &tally->settings->servers[group->key.server];
		text_list_add(&servers, &out->arena, server->name);
		resolver |= server->resolver;
		finding->requests += group->count;
		finding->first_seen = time_earlier(finding->first_seen, group->first);
		finding->last_seen = time_later(finding->last_seen, group->last);
		for (uint32_t j = 0; j < group->kept; j++) {
			const struct event *event = group->events[j];
			text_list_add(&names, &out->arena, event_name(event));
			version |= asks_version(event_name(event));
			build_evidence(out, finding, input->settings->examples, tally, &event->at,
				       event_text(event));
		}
	}
	finding->distinct_names = names.count;
	finding->servers = text_list_take(&servers, &out->arena);
	finding->server_count = servers.count;
	finding->direction = build_direction(resolver, finding->internal);
	finding->spoofable = build_spoofable(input, &groups[0]->key.address);
	finding_term(out, finding, "CHAOS names asked", (double)names.count, 1, 20);
	if (version)
		finding_term(out, finding, "asked for the software's version", 1, 1, 5);
	finding->level = level_of_score(finding->score);
	text_list_take(&names, &out->arena);
	finding->title = build_text(&out->arena, "The server's identity was asked (%.*s)",
				    STR_ARG(names.all[0]));
	finding->next =
		STR("Hide the version (BIND: version none; Unbound: hide-version, hide-identity).");
	finding->lookalikes = STR("monitoring, RIPE Atlas probes, internet-wide surveys");
	build_attack(out, finding, "T1592.002");
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct event_group *group, **groups;
	size_t count = 0, n = 0;

	for (uint64_t cursor = 0; (group = events_next(&input->tally->events, &cursor)) != NULL;)
		count += group->key.kind == EVENT_CHAOS;
	groups = xcalloc(count, sizeof(*groups));
	for (uint64_t cursor = 0; (group = events_next(&input->tally->events, &cursor)) != NULL;)
		if (group->key.kind == EVENT_CHAOS)
			groups[n++] = group;
	if (n)
		qsort(groups, n, sizeof(*groups), compare_groups);
	for (size_t i = 0, next; i < n; i = next) {
		for (next = i + 1; next < n; next++)
			if (ip_compare(&groups[next]->key.address, &groups[i]->key.address) != 0)
				break;
		report(input, out, &groups[i], next - i);
	}
	free(groups);
}

extern const struct detector detector_chaos;
const struct detector detector_chaos = {
	.name = "chaos",
	.kind = "chaos",
	.run = run,
};
