/* A list dealt out within one network, and one so thin that only the zone shows it. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static void
name_of(unsigned i, char out[128])
{
	if (i < 112)
		snprintf(out, 128, "%s.example.com", lines_word(i));
	else
		snprintf(out, 128, "%s%u.example.com", lines_word(i), i / 112);
}

static void
ask(struct scene *scene, const char *client, unsigned name, const char *type, const char *flags,
    unsigned at)
{
	char text[128];

	name_of(name, text);
	lines_query(&scene->log, &(struct line){.at = (int64_t)at * SECOND,
						.client = client,
						.name = text,
						.type = type,
						.flags = flags,
						.port = 2000 + at % 60000});
}

/* `names` of a list, each from the next of `sources` addresses of the form. */
static void
deal(struct scene *scene, const char *form, unsigned sources, unsigned names, const char *flags)
{
	char client[64];

	for (unsigned i = 0; i < names; i++) {
		snprintf(client, sizeof(client), form, 1 + i * 11 % sources, 1 + i * 11 % sources);
		ask(scene, client, i, "A", flags, i);
	}
}

/* Four names each: no source shows, and no cohort. */
Test(network, a_list_within_a_network_is_found)
{
	static const struct {
		const char *form, *prefix;
		unsigned sources;
	} rows[] = {
		{"203.0.113.%u", "203.0.113.0/24", 100},
		{"203.0.113.%u", "203.0.113.0/24", 6},
		{"2001:db8:bad:%x::%x", "2001:db8:bad::/48", 140},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene scene;
		char text[PREFIX_TEXT];
		scene_init(&scene);
		deal(&scene, rows[i].form, rows[i].sources, rows[i].sources * 4, "+E(0)");
		if (rows[i].sources < 10)
			deal(&scene, rows[i].form, rows[i].sources, 80, "+E(0)");
		scene_play(&scene);
		const struct finding *f = scene_find(&scene, "distributed-enumeration", NULL);
		cr_assert_not_null(f, "row %zu", i);
		cr_expect(f->level >= LEVEL_MEDIUM, "row %zu", i);
		cr_assert(f->has_prefix, "row %zu", i);
		cr_expect_str_eq(prefix_print(&f->prefix, text), rows[i].prefix);
		cr_expect_eq(f->contributor_count, rows[i].sources, "row %zu: %llu", i,
			     (unsigned long long)f->contributor_count);
		cr_expect_eq(f->address_count, 0);
		cr_expect_eq(scene_count(&scene, "brute-force"), 0, "told once");
		scene_release(&scene);
	}
}

/* One scanner among quiet neighbours: it is named, not its network. */
Test(network, a_scanner_does_not_accuse_its_neighbours)
{
	struct scene scene;
	char client[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 90; i++)
		ask(&scene, "203.0.113.66", i, "A", "+E(0)", i);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(client, sizeof(client), "203.0.113.%u", i);
		ask(&scene, client, 300 + i, "A", "-E(0)DC", 100 + i);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "distributed-enumeration"), 0);
	cr_expect_not_null(scene_find(&scene, "brute-force", "203.0.113.66"));
	scene_release(&scene);
}

/* A provider's resolvers ask what their clients want: the same names, again, in many types. */
Test(network, resolvers_of_one_provider_are_none)
{
	static const char *const types[] = {"A", "AAAA", "HTTPS", "MX"};
	struct scene scene;
	char client[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 1200; i++) {
		snprintf(client, sizeof(client), "203.0.113.%u", 1 + i % 8);
		ask(&scene, client, i * 31 % 150, types[i / 7 % 4], "-E(0)DC", i);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "distributed-enumeration"), 0);
	scene_release(&scene);
}

/* Scanners that share their list do not make it popular. */
Test(network, four_networks_with_one_list_are_four_findings)
{
	static const char *const forms[] = {"203.0.113.%u", "198.18.5.%u", "198.19.5.%u",
					    "192.0.2.%u"};
	struct scene scene;

	scene_init(&scene);
	for (size_t i = 0; i < 4; i++)
		deal(&scene, forms[i], 60, 240, "+E(0)");
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "distributed-enumeration"), 4, "%zu",
		     scene_count(&scene, "distributed-enumeration"));
	scene_release(&scene);
}

static void
deal_widely(struct scene *scene, unsigned sources, unsigned names, const char *type,
	    const char *flags, bool sorted)
{
	char client[32], text[128];

	for (unsigned i = 0; i < names; i++) {
		unsigned source = i * 7919 % sources;
		snprintf(client, sizeof(client), "%u.%u.7.9", 60 + source / 200, source % 200);
		if (sorted)
			snprintf(text, sizeof(text), "%c%c%c.example.com", 'a' + (int)(i / 676),
				 'a' + (int)(i / 26 % 26), 'a' + (int)(i % 26));
		else
			name_of(i, text);
		lines_query(&scene->log, &(struct line){.at = i * SECOND,
							.client = client,
							.name = text,
							.type = type,
							.flags = flags,
							.port = 2000 + i % 60000});
	}
}

/* 1,000 networks with one or two names each: the zone shows it. */
Test(spread, a_list_of_a_thousand_sources_is_a_campaign)
{
	static const struct {
		const char *what, *flags;
		unsigned sources, names;
		bool sorted, found;
	} rows[] = {
		{"a tool asks directly", "+E(0)", 1000, 2000, false, true},
		{"a short list", "+E(0)", 120, 130, false, true},
		{"through resolvers", "-E(0)DC", 1000, 2000, false, true},
		{"a sorted list without words", "+E(0)", 1000, 1500, true, true},
		{"hardly a list", "+E(0)", 60, 70, false, false},
		{"through few resolvers", "-E(0)DC", 120, 130, false, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene scene;
		scene_init(&scene);
		deal_widely(&scene, rows[i].sources, rows[i].names, "A", rows[i].flags,
			    rows[i].sorted);
		scene_play(&scene);
		const struct finding *f = scene_find(&scene, "distributed-enumeration", NULL);
		cr_expect_eq(f != NULL, rows[i].found, "%s", rows[i].what);
		if (f) {
			cr_expect_eq(f->level, LEVEL_MEDIUM, "%s", rows[i].what);
			cr_expect(f->contributor_count > rows[i].sources * 9 / 10, "%s",
				  rows[i].what);
			cr_expect_eq(f->address_count, 0);
		}
		scene_release(&scene);
	}
}

/* In an ordinary night resolvers bring odd names of all types: none is most of them. */
Test(spread, a_mixture_of_odd_names_is_none)
{
	static const char *const types[] = {"A", "AAAA", "HTTPS", "MX", "TXT"};
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 5; i++)
		deal_widely(&scene, 900 - i * 13, 400 + i * 37, types[i], "-E(0)DC", false);
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "distributed-enumeration"), 0);
	scene_release(&scene);
}
