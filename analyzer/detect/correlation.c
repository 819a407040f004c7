/*
 * Sigma correlations: windows of a rule's timespan over the tally's slots. A window is made
 * of whole slots, so it is right to within one slot, an eighth of the timespan.
 */
#include "base/xalloc.h"
#include "detect/build.h"

/* By correlation, group and time. Numbers of texts only bring a group's slots together. */
static int
compare_slots(const void *a, const void *b)
{
	const struct correlation_slot *left = *(const struct correlation_slot *const *)a;
	const struct correlation_slot *right = *(const struct correlation_slot *const *)b;

	if (left->key.correlation != right->key.correlation)
		return left->key.correlation < right->key.correlation ? -1 : 1;
	if (left->key.group != right->key.group)
		return left->key.group < right->key.group ? -1 : 1;
	return (left->key.slot > right->key.slot) - (left->key.slot < right->key.slot);
}

/* What one window counts: lines, distinct values, or rules seen. */
static uint64_t
count_window(const struct correlation *correlation, const struct correlation_slot *const *slots,
	     size_t count)
{
	struct sample values = {0};
	const struct correlation_value *value;
	uint64_t lines = 0;
	uint32_t rules = 0;

	for (size_t i = 0; i < count; i++) {
		lines += slots[i]->count;
		rules |= slots[i]->rules_seen;
		if (correlation->type != CORRELATION_VALUE_COUNT)
			continue;
		for (uint32_t j = 0;
		     (value = sample_next(&slots[i]->values, &correlation_value_type, &j)) != NULL;)
			sample_put(&values, &correlation_value_type, value->hash, NULL, NULL);
		sample_limit(&values, &correlation_value_type, slots[i]->values.threshold, NULL);
	}
	sample_settle(&values, &correlation_value_type, NULL);
	uint64_t distinct = sample_distinct(&values, &correlation_value_type);
	sample_release(&values, &correlation_value_type, NULL);
	switch (correlation->type) {
	case CORRELATION_VALUE_COUNT:
		return distinct;
	case CORRELATION_TEMPORAL:
		return (uint64_t)__builtin_popcount(rules);
	default:
		return lines;
	}
}

/* The fullest window of one group; its first slot and number of slots. */
static uint64_t
best_window(const struct correlation *correlation, const struct correlation_slot *const *slots,
	    size_t count, size_t *from, size_t *length)
{
	uint64_t best = 0;

	for (size_t i = 0, end = 0; i < count; i++) {
		if (end < i + 1)
			end = i + 1;
		while (end < count && slots[end]->key.slot - slots[i]->key.slot < CORRELATION_SLOTS)
			end++;
		uint64_t n = count_window(correlation, slots + i, end - i);
		if (n > best) {
			best = n;
			*from = i;
			*length = end - i;
		}
	}
	return best;
}

static struct str
group_text(struct arena *arena, const struct correlation *correlation, struct str values)
{
	struct str parts[CORRELATION_GROUP_MAX];
	size_t n = 0;

	while (n < correlation->group_count) {
		size_t end = str_index(values, '\x1f');
		struct str value = str_make(values.p, end == SIZE_MAX ? values.n : end);
		parts[n] = build_text(arena, "%.*s %.*s", STR_ARG(correlation->group_by[n]),
				      STR_ARG(value));
		n++;
		if (end == SIZE_MAX)
			break;
		values = str_skip(values, end + 1);
	}
	return build_join(arena, parts, n);
}

static void
report_group(const struct detect_input *input, struct findings *out,
	     const struct correlation *correlation, const struct correlation_slot *const *slots,
	     size_t count)
{
	const struct tally *tally = input->tally;
	size_t from = 0, length = 0;
	uint64_t n = best_window(correlation, slots, count, &from, &length);
	uint64_t needed = correlation->type == CORRELATION_TEMPORAL ? correlation->rule_count
								    : correlation->minimum;

	if (n < needed || (correlation->type != CORRELATION_TEMPORAL && n > correlation->maximum))
		return;
	struct str group = texts_get(&tally->texts, slots[0]->key.group);
	struct finding *finding = findings_add(out);
	struct text_list servers = {0};
	bool one_address = true;
	for (size_t i = from; i < from + length; i++) {
		const struct correlation_slot *slot = slots[i];
		uint32_t server = tally->settings->streams[slot->first.stream].server;
		text_list_add(&servers, &out->arena, tally->settings->servers[server].name);
		one_address &= ip_compare(&slot->address, &slots[from]->address) == 0;
		finding->first_seen = time_earlier(finding->first_seen, slot->first.time);
		finding->last_seen = time_later(finding->last_seen, slot->last);
		finding->requests += slot->count;
		build_evidence(out, finding, input->settings->examples, tally, &slot->first,
			       str_make(slot->text, slot->length));
	}
	const struct rule *rule = &correlation->rule;
	finding->id = build_text(&out->arena, "%.*s %.*s", STR_ARG(rule->id), STR_ARG(group));
	finding->title = rule->title;
	if (correlation->group_count)
		finding->title = build_text(&out->arena, "%.*s (%.*s)", STR_ARG(rule->title),
					    STR_ARG(group_text(&out->arena, correlation, group)));
	finding->servers = text_list_take(&servers, &out->arena);
	finding->server_count = servers.count;
	finding_term(out, finding, "counted in one window", (double)n, (double)needed,
		     build_points(rule->level));
	finding->level = rule->level;
	if (one_address && !ip_is_none(&slots[from]->address))
		build_actor(out, finding, &slots[from]->address, input->settings);
	finding->lookalikes =
		build_join(&out->arena, rule->falsepositives, rule->falsepositive_count);
	build_rule_attack(out, finding, rule);
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct map *map = &input->tally->correlations.map;
	const struct correlation_slot **slots = xcalloc(map->count, sizeof(*slots));
	const struct correlation_slot *slot;
	size_t count = 0;

	for (uint32_t i = 0; (slot = map_next(map, &i)) != NULL;)
		slots[count++] = slot;
	if (count)
		qsort(slots, count, sizeof(*slots), compare_slots);
	for (size_t i = 0, next; i < count; i = next) {
		const struct correlation *correlation =
			&input->tally->settings->rules->correlations[slots[i]->key.correlation];
		for (next = i + 1; next < count; next++)
			if (slots[next]->key.correlation != slots[i]->key.correlation ||
			    slots[next]->key.group != slots[i]->key.group)
				break;
		if (!rule_is_claimed(&correlation->rule))
			report_group(input, out, correlation, &slots[i], next - i);
	}
	free(slots);
}

extern const struct detector detector_correlations;
const struct detector detector_correlations = {
	.name = "correlations",
	.kind = "rule",
	.run = run,
};
