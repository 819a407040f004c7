#include <criterion/criterion.h>

#include "../detect/lines.h"
#include "dump.h"
#include "law.h"
#include "traffic.h"

static const struct zone_name *
name_at(const struct scene *scene, const char *zone_text, const char *text)
{
	const struct zone *zone = zones_find(&scene->tally, str_of(zone_text), false);
	uint64_t hash = hash_bytes(&scene->harness.names.sample_key, text, strlen(text));
	const struct zone_name *name = NULL;

	cr_assert_not_null(zone);
	for (size_t c = 0; c < NAME_CLASSES && !name; c++)
		if (zone->classes[c])
			name = sample_find(&zone->classes[c]->names, &zone_name_type, hash);
	return name;
}

Test(zones, remember_of_a_name_who_asked_first_and_how_many_networks)
{
	struct scene scene;
	struct line line = {.name = "www.example.com", .at = HOUR};
	char client[32];

	scene_init(&scene);
	for (unsigned i = 20; i-- > 0;) { /* the latest line is the earliest in time */
		snprintf(client, sizeof(client), "10.0.%u.1", i / 2);
		line.client = client;
		line.at = HOUR + i * SECOND;
		lines_query(&scene.log, &line);
	}
	line.client = "2001:db8:1::1";
	line.at = 5 * HOUR;
	line.type = "TXT";
	lines_query(&scene.log, &line);
	scene_play(&scene);
	const struct zone_name *name = name_at(&scene, "example.com", "www.example.com");
	char text[IP_TEXT];
	cr_assert_not_null(name);
	cr_expect_str_eq(ip_print(&name->first_asker, text), "10.0.0.1");
	cr_expect_eq(moment_time(name->moment), LINES_START + HOUR);
	cr_expect_eq(name->requests, 21);
	cr_expect_eq(name->hours, 1u << 1 | 1u << 5);
	cr_expect_eq(name->types, type_bit(TYPE_A) | type_bit(TYPE_TXT));
	cr_expect(name->more_prefixes, "11 networks");
	for (size_t i = 0; i < ZONE_PREFIXES; i++)
		cr_expect(name->prefixes[i] &&
			  (i == 0 || name->prefixes[i] > name->prefixes[i - 1]));
	const struct zone *zone = zones_find(&scene.tally, STR("example.com"), false);
	cr_expect(zone->own && zone->evident);
	cr_expect_eq(zone_sources(zone), 11);
	cr_expect_eq(zone->requests, 21);
	scene_release(&scene);
}

Test(zones, a_network_counts_once_for_a_name)
{
	struct scene scene;
	struct line line = {.name = "www.example.com"};
	char client[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 250; i++) {
		snprintf(client, sizeof(client), "192.0.2.%u", i);
		line.client = client;
		lines_query(&scene.log, &line);
	}
	scene_play(&scene);
	const struct zone_name *name = name_at(&scene, "example.com", "www.example.com");
	cr_expect(name->prefixes[0] && !name->prefixes[1] && !name->more_prefixes);
	scene_release(&scene);
}

Test(zones, more_names_than_the_sample_holds_are_estimated)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1"};
	char name[64], label[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 12000; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_random(i, label));
		line.name = name;
		lines_query(&scene.log, &line);
	}
	scene_play(&scene);
	const struct zone *zone = zones_find(&scene.tally, STR("example.com"), false);
	uint64_t distinct = zone_distinct(zone);
	cr_expect(distinct > 11200 && distinct < 12800, "%lu of 12000", (unsigned long)distinct);
	scene_release(&scene);
}

Test(zones, own_zones_stay_above_the_ceiling)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1"};
	char name[64];

	scene_init(&scene);
	scene.harness.settings.limits.zones = 20;
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "www.zone%u.test", i);
		line.name = i % 100 ? name : "www.example.com";
		lines_query(&scene.log, &line);
	}
	scene_play(&scene);
	cr_expect(scene.tally.zones.map.count <= 21, "%u", scene.tally.zones.map.count);
	const struct zone *zone = zones_find(&scene.tally, STR("example.com"), false);
	cr_assert_not_null(zone);
	cr_expect_eq(zone->requests, 10);
	scene_release(&scene);
}

/* The pairs stay where the zones go, and a zone that comes anew may be the older one then. */
Test(zones, one_that_was_folded_away_meets_its_sources_again)
{
	enum { ZONES = 64 };
	struct harness harness;
	struct harness_log log = {0};
	struct tally tally;
	char name[64];
	size_t there = 0;

	harness_init(&harness);
	for (int64_t at = HOUR; at >= 0; at -= HOUR)
		for (unsigned i = 0; i < ZONES; i++) {
			snprintf(name, sizeof(name), "www.zone%u.net", i);
			lines_query(&log,
				    &(struct line){.at = at, .client = "192.0.2.1", .name = name});
		}
	tally_init(&tally, &harness.settings);
	size_t indices[2 * ZONES];
	for (size_t i = 0; i < 2 * ZONES; i++)
		indices[i] = i;
	harness_add(&harness, &tally, &log, &(struct harness_part){indices, ZONES});
	zones_lower(&tally, ZONES / 4);
	cr_assert(tally.zones.folded > 0);
	harness_add(&harness, &tally, &log, &(struct harness_part){indices + ZONES, ZONES});
	const struct zone *zone;
	for (uint32_t i = 0; (zone = map_next(&tally.zones.map, &i)) != NULL; there++)
		cr_expect_eq(zone_sources(zone), 1);
	cr_expect(there > 0);
	tally_release(&tally);
	harness_log_release(&log);
	harness_release(&harness);
}

Test(zones, merge_to_the_table_of_all)
{
	law_expect(dump_zones, NULL, TRAFFIC_ALL, 50000);
}

Test(zones, merge_to_the_table_of_all_when_folded)
{
	struct tally_limits limits = tally_limits_of(256u << 20);

	limits.zones = 25;
	law_expect(dump_zones, &limits, TRAFFIC_PLAIN, 3000);
}
