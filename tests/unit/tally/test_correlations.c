#include <criterion/criterion.h>

#include "../detect/lines.h"
#include "../files.h"
#include "dump.h"
#include "law.h"
#include "traffic.h"

#define HEAD(title, name, id)                                                               \
	"title: " title "\nname: " name "\nid: 7f4c1d2e-0000-4000-8000-00000000000" id "\n" \
	"level: medium\n"
#define RULE(name, id, detection)                         \
	HEAD(name, name, id)                              \
	"logsource:\n  category: dns\ndetection:\n  s:\n" \
	"    " detection "\n  condition: s\n"

/* Two rules, and one correlation of each type on them, grouped by client. */
static const char rules[] = RULE("is_mx", "1", "record_type: MX") "---\n" RULE(
	"is_txt", "2",
	"record_type: TXT") "---\n" HEAD("Events", "events",
					 "3") "correlation:\n  type: event_count\n  rules:\n    - "
					      "is_mx\n  group-by:\n    - src_ip\n"
					      "  timespan: 8m\n  condition:\n    gte: "
					      "5\n---\n" HEAD(
						      "Values", "values",
						      "4") "correlation:\n  type: value_count\n  "
							   "rules:\n    - is_mx\n    - is_txt\n  "
							   "group-by:\n"
							   "    - src_ip\n  timespan: 80m\n  "
							   "condition:\n    field: query\n    gte: "
							   "3\n---\n" HEAD(
								   "Both", "both",
								   "5") "correlation:\n  type: "
									"temporal\n  rules:\n    - "
									"is_mx\n    - is_txt\n  "
									"group-by:\n"
									"    - src_ip\n    - "
									"zone\n  timespan: 8m\n";

struct world {
	struct files files;
	struct harness harness;
	struct harness_log log;
	struct tally tally;
	size_t first; /* index of the first of our correlations */
};

static void
world_init(struct world *world)
{
	char path[256];

	*world = (struct world){0};
	files_init(&world->files);
	files_write(&world->files, "rules.yml", str_of(rules));
	harness_init_with(&world->harness, files_path(&world->files, "rules.yml", path));
	const struct ruleset *set = &world->harness.rules;
	cr_assert(set->correlation_count >= 3);
	for (size_t i = 0; i < set->correlation_count; i++)
		if (str_eq(set->correlations[i].rule.title, STR("Events")))
			world->first = i;
	cr_assert(str_eq(set->correlations[world->first + 2].rule.title, STR("Both")));
}

static void
world_play(struct world *world)
{
	law_whole(&world->harness, &world->log, &world->tally);
	tally_settle(&world->tally);
}

static void
world_release(struct world *world)
{
	tally_release(&world->tally);
	harness_log_release(&world->log);
	harness_release(&world->harness);
	files_release(&world->files);
}

/* Of our n-th correlation, the slot at that number; NULL for none. */
static const struct correlation_slot *
slot_at(const struct world *world, size_t n, const char *group, int64_t index)
{
	const struct correlation_slot *slot;

	for (uint32_t i = 0; (slot = map_next(&world->tally.correlations.map, &i)) != NULL;)
		if (slot->key.correlation == world->first + n && slot->key.slot == index &&
		    str_eq(texts_get(&world->tally.texts, slot->key.group), str_of(group)))
			return slot;
	return NULL;
}

Test(correlations, slots_are_an_eighth_of_the_timespan)
{
	struct world world;
	struct line line = {.client = "192.0.2.1", .type = "MX"};

	world_init(&world);
	for (unsigned i = 0; i < 6; i++) { /* every 20 seconds: three a minute */
		line.at = i * 20 * SECOND;
		lines_query(&world.log, &line);
	}
	line.at = 90 * SECOND;
	line.type = "TXT"; /* does not feed the first correlation */
	lines_query(&world.log, &line);
	world_play(&world);
	const struct correlation_slot *slot = slot_at(&world, 0, "192.0.2.1", LINES_START / MINUTE);
	cr_assert_not_null(slot);
	cr_expect_eq(slot->count, 3);
	cr_expect_eq(slot->first.time, LINES_START);
	cr_expect_eq(slot->last, LINES_START + 40 * SECOND);
	slot = slot_at(&world, 0, "192.0.2.1", LINES_START / MINUTE + 1);
	cr_assert_not_null(slot);
	cr_expect_eq(slot->count, 3);
	cr_expect_null(slot_at(&world, 0, "192.0.2.1", LINES_START / MINUTE + 2));
	world_release(&world);
}

Test(correlations, values_are_counted_once_each)
{
	struct world world;
	char name[64];

	world_init(&world);
	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "%s%u.example.com", i % 2 ? "a" : "A", i % 20);
		lines_query(&world.log,
			    &(struct line){.client = "192.0.2.1", .name = name, .type = "TXT"});
	}
	world_play(&world);
	const struct correlation_slot *slot =
		slot_at(&world, 1, "192.0.2.1", LINES_START / (10 * MINUTE));
	cr_assert_not_null(slot);
	cr_expect_eq(slot->count, 60);
	cr_expect_eq(sample_distinct(&slot->values, &correlation_value_type), 20);
	world_release(&world);
}

Test(correlations, temporal_ones_remember_which_rules_were_seen_and_groups_are_apart)
{
	struct world world;
	struct line line = {.client = "192.0.2.1", .name = "example.com", .type = "MX"};

	world_init(&world);
	lines_query(&world.log, &line);
	line.type = "TXT";
	lines_query(&world.log, &line);
	line.name = "example.net";
	lines_query(&world.log, &line);
	world_play(&world);
	int64_t index = LINES_START / MINUTE;
	cr_expect_eq(slot_at(&world, 2,
			     "192.0.2.1\x1f"
			     "example.com",
			     index)
			     ->rules_seen,
		     3);
	cr_expect_eq(slot_at(&world, 2,
			     "192.0.2.1\x1f"
			     "example.net",
			     index)
			     ->rules_seen,
		     2);
	world_release(&world);
}

Test(correlations, lines_without_a_time_share_a_slot)
{
	struct world world;
	struct line line = {.at = LINES_NOTIME, .client = "192.0.2.1", .type = "MX"};

	world_init(&world);
	for (unsigned i = 0; i < 5; i++)
		lines_query(&world.log, &line);
	world_play(&world);
	const struct correlation_slot *slot = slot_at(&world, 0, "192.0.2.1", 0);
	cr_assert_not_null(slot);
	cr_expect_eq(slot->count, 5);
	cr_expect_eq(slot->last, TIME_NONE);
	world_release(&world);
}

Test(correlations, forgetting_a_rule_drops_what_it_fed)
{
	struct world world;
	struct line line = {.client = "192.0.2.1", .type = "MX"};

	world_init(&world);
	lines_query(&world.log, &line);
	line.type = "TXT";
	lines_query(&world.log, &line);
	world_play(&world);
	const struct correlation *events = &world.harness.rules.correlations[world.first];
	cr_assert_not_null(slot_at(&world, 0, "192.0.2.1", LINES_START / MINUTE));
	tally_forget_rule(&world.tally, events->rules[0]);
	cr_expect_eq(world.tally.correlations.map.count, 0, "all three count is_mx");
	world_release(&world);
}

static void
expect_law(const struct tally_limits *limits)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct world world;
		struct tally parts;
		uint64_t state = seed;
		world_init(&world);
		if (limits)
			world.harness.settings.limits = *limits;
		traffic_make(&world.log, seed, 3000, TRAFFIC_ALL);
		world_play(&world);
		law_parts(&world.harness, &world.log, 4, seed % 2, &state, &parts);
		tally_settle(&parts);
		char *one = dump_correlations(&world.tally), *other = dump_correlations(&parts);
		cr_expect(strlen(one) > 1000, "%zu bytes", strlen(one));
		law_expect_equal(one, other, (unsigned long)seed);
		free(one);
		free(other);
		tally_release(&parts);
		world_release(&world);
	}
}

Test(correlations, merge_to_the_table_of_all)
{
	expect_law(NULL);
}

Test(correlations, merge_to_the_table_of_all_when_folded)
{
	struct tally_limits limits = tally_limits_of(256u << 20);

	limits.correlations = 40;
	expect_law(&limits);
}
