/* One list of names dealt out to many sources; resolvers that share their clients' names. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

/* Words with a number behind, so that any amount is there. */
static void
name_of(unsigned i, char out[128])
{
	if (i < 112)
		snprintf(out, 128, "%s.example.com", lines_word(i));
	else
		snprintf(out, 128, "%s%u.example.com", lines_word(i), i / 112);
}

/* `overlap`: how many sources get each name; several get them in no common order. */
static void
deal(struct scene *scene, unsigned sources, unsigned names, unsigned overlap, const char *network)
{
	char name[128], client[32];

	for (unsigned i = 0; i < names; i++)
		for (unsigned k = 0; k < overlap; k++) {
			snprintf(client, sizeof(client), network, (i * 7 + k) % sources);
			name_of(i, name);
			unsigned at = i * overlap + k, mixed = at * 7919 % (names * overlap);
			lines_query(&scene->log,
				    &(struct line){.at = (overlap > 1 ? mixed : at) * 300,
						   .client = client,
						   .name = name,
						   .flags = "-E(0)DC",
						   .port = 2000 + i});
		}
}

Test(distributed, a_list_dealt_to_fifty_sources_is_one_campaign)
{
	struct scene scene;

	scene_init(&scene);
	deal(&scene, 50, 1500, 1, "100.%u.7.1");
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "distributed-enumeration", NULL);
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_MEDIUM);
	cr_expect_eq(f->address_count, 0, "no single source is accused");
	cr_expect(f->contributor_count >= 48, "%lu sources", (unsigned long)f->contributor_count);
	cr_expect(f->distinct_names > 1200 && f->distinct_names < 1700, "%lu names",
		  (unsigned long)f->distinct_names);
	cr_expect_not(f->has_prefix);
	cr_expect(str_eq(f->zones[0], STR("example.com")));
	cr_expect_eq(scene_count(&scene, "brute-force"), 0, "told once");
	scene_release(&scene);
}

Test(distributed, one_network_with_many_addresses_is_named_by_its_prefix)
{
	struct scene scene;

	scene_init(&scene);
	deal(&scene, 60, 1800, 1, "203.0.113.%u");
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "distributed-enumeration", NULL);
	char text[PREFIX_TEXT];
	cr_assert_not_null(f);
	cr_assert(f->has_prefix);
	cr_expect_str_eq(prefix_print(&f->prefix, text), "203.0.113.0/24");
	scene_release(&scene);
}

Test(distributed, resolvers_that_share_their_clients_names_are_none)
{
	struct scene scene;

	scene_init(&scene);
	deal(&scene, 12, 150, 6, "100.%u.7.1"); /* each name from six of twelve networks */
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "distributed-enumeration"), 0);
	cr_expect(scene_worst(&scene) < LEVEL_LOW, "level %d", scene_worst(&scene));
	scene_release(&scene);
}

Test(distributed, few_sources_or_few_names_are_none)
{
	struct scene few_names;

	scene_init(&few_names);
	deal(&few_names, 10, 60, 1, "100.%u.7.1");
	scene_play(&few_names);
	cr_expect_eq(scene_count(&few_names, "distributed-enumeration"), 0);
	scene_release(&few_names);
}

/* A flood of random labels from as many sources is no enumeration, and is said so. */
Test(distributed, a_flood_of_random_names_is_none)
{
	struct scene scene;
	char name[128], client[32], label[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(client, sizeof(client), "100.%u.7.1", i % 60);
		snprintf(name, sizeof(name), "%s.example.com", lines_random(i, label));
		lines_query(&scene.log, &(struct line){.at = i * 20,
						       .client = client,
						       .name = name,
						       .flags = "-E(0)DC"});
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "distributed-enumeration"), 0);
	const struct finding *f = scene_find(&scene, "not-recon", NULL);
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_INFORMATIONAL);
	cr_expect_eq(f->contributor_count, 60);
	cr_expect(scene_worst(&scene) <= LEVEL_INFORMATIONAL);
	scene_release(&scene);
}

/* 950 sources ask three names of a list each, 400 others one name: the first are all listed. */
Test(distributed, those_that_asked_most_of_a_thin_list_are_listed)
{
	struct scene scene;
	char name[128], client[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 3 * 950 + 400; i++) {
		unsigned k = i < 3 * 950 ? i % 950 : i;
		snprintf(client, sizeof(client), "%u.%u.%u.7", k < 950 ? 101 : 100, k / 200,
			 k % 200);
		name_of(i, name);
		lines_query(&scene.log,
			    &(struct line){.at = i * 300, .client = client, .name = name});
	}
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "distributed-enumeration", NULL);
	cr_assert_not_null(f);
	cr_expect_eq(f->contributor_count, 1350);
	cr_assert_eq(f->contributor_address_count, 1000);
	char first[IP_TEXT], last[IP_TEXT];
	ip_print(&f->contributors[50], first);
	ip_print(&f->contributors[999], last);
	cr_expect_str_eq(first, "101.0.0.7");
	cr_expect_str_eq(last, "101.4.149.7");
	scene_release(&scene);
}
