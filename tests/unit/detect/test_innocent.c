/* What is no reconnaissance is said to be none, once for each kind; its look-alikes are not. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static const char client[] = "198.51.100.7";

static void
ask(struct scene *scene, const char *from, const char *name, const char *type, unsigned i)
{
	lines_query(&scene->log, &(struct line){.at = i * SECOND,
						.client = from,
						.name = name,
						.type = type,
						.flags = "-E(0)DC",
						.port = 2000 + i % 40000});
}

/* Asks `count` names: "%s" becomes a word, "%u" a number. */
static void
ask_many(struct scene *scene, const char *from, const char *format, const char *type,
	 unsigned count)
{
	char name[256];

	for (unsigned i = 0; i < count; i++) {
		if (strstr(format, "%s"))
			snprintf(name, sizeof(name), format, lines_word(i));
		else
			snprintf(name, sizeof(name), format, i, i % 7);
		ask(scene, from, name, type, i);
	}
}

static const struct finding *
find(const struct scene *scene, const char *title)
{
	for (size_t i = 0; i < scene->findings.count; i++)
		if (str_eq(scene->findings.all[i].kind, STR("not-recon")) &&
		    str_find(scene->findings.all[i].title, str_of(title), 0) != SIZE_MAX)
			return &scene->findings.all[i];
	return NULL;
}

static const struct {
	const char *title, *format, *type;
	unsigned count;
} kinds[] = {
	{"Search lists", "www.%s.com.example.com", "A", 40},
	{"Browsing by DNS-SD", "_%s._tcp.example.com", "PTR", 8},
	{"Browsing by DNS-SD", "lb._dns-sd._udp.%u.%u.example.com", "PTR", 8},
	{"Search for a proxy", "wpad.%s.example.com", "A", 4},
	{"QNAME minimisation", "_.%s.example.com", "A", 10},
	{"Questions to a block list", "1%u.%u.0.203.example.com", "A", 40},
	{"Names that machines made", "%08u%u.t.example.com", "A", 40},
};

Test(innocent, each_kind_is_said)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct scene scene;
		scene_init(&scene);
		ask_many(&scene, client, kinds[i].format, kinds[i].type, kinds[i].count);
		scene_play(&scene);
		const struct finding *f = find(&scene, kinds[i].title);
		cr_assert_not_null(f, "%s", kinds[i].title);
		cr_expect_eq(f->level, LEVEL_INFORMATIONAL);
		cr_expect_eq(f->address_count, 0, "nobody is accused");
		cr_expect_eq(f->contributor_count, 1);
		cr_expect_eq(f->distinct_names, kinds[i].count, "%s: %llu", kinds[i].title,
			     (unsigned long long)f->distinct_names);
		cr_expect(f->evidence_count == 1 && f->next.n > 20);
		cr_expect(scene_worst(&scene) < LEVEL_LOW, "%s", kinds[i].title);
		cr_expect_eq(scene_count(&scene, "not-recon"), 1, "%s", kinds[i].title);
		scene_release(&scene);
	}
}

/* Resolvers go down label by label: the way to a name is no guess. */
Test(innocent, the_way_to_a_name_is_minimisation)
{
	struct scene scene;
	char name[128];

	scene_init(&scene);
	for (unsigned i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		ask(&scene, client, name, i % 2 ? "A" : "NS", 2 * i);
		snprintf(name, sizeof(name), "host.%s.example.com", lines_word(i));
		ask(&scene, client, name, "AAAA", 2 * i + 1);
	}
	scene_play(&scene);
	const struct finding *f = find(&scene, "QNAME minimisation");
	cr_assert_not_null(f);
	cr_expect_eq(f->distinct_names, 12);
	scene_release(&scene);
}

Test(innocent, what_only_looks_like_it_is_not_said)
{
	static const struct {
		const char *what, *format, *type;
		unsigned count;
	} rows[] = {
		{"a list of words", "%s.example.com", "A", 60},
		{"a few names with a suffix inside", "www.%s.com.example.com", "A", 10},
		{"services that are looked up", "_%s._tcp.example.com", "SRV", 6},
		{"one proxy search", "wpad.example.com", "A", 1},
		{"three numbers", "%u.%u.7.example.com", "A", 11},
		{"words below one name", "%s.t.example.com", "A", 60},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene scene;
		scene_init(&scene);
		ask_many(&scene, client, rows[i].format, rows[i].type, rows[i].count);
		scene_play(&scene);
		cr_expect_eq(scene_count(&scene, "not-recon"), 0, "%s", rows[i].what);
		scene_release(&scene);
	}
}

/* Nested names of a list, asked for mail servers too: not a resolver on its way. */
Test(innocent, nested_names_of_other_types_are_no_minimisation)
{
	struct scene scene;
	char name[128];

	scene_init(&scene);
	for (unsigned i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		ask(&scene, client, name, "MX", 2 * i);
		snprintf(name, sizeof(name), "host.%s.example.com", lines_word(i));
		ask(&scene, client, name, "MX", 2 * i + 1);
	}
	scene_play(&scene);
	cr_expect_null(find(&scene, "QNAME minimisation"));
	scene_release(&scene);
}

Test(innocent, many_sources_are_one_finding)
{
	struct scene scene;
	char from[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 30; i++) {
		snprintf(from, sizeof(from), "198.51.%u.7", i);
		ask_many(&scene, from, "www.%s.com.example.com", "A", 30);
		ask_many(&scene, from, "www.%s.net.example.org", "A", 30);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "not-recon"), 1);
	const struct finding *f = find(&scene, "Search lists");
	cr_assert_not_null(f);
	cr_expect_eq(f->contributor_count, 30);
	cr_expect_eq(f->zone_count, 2);
	scene_release(&scene);
}

/* Who scans has its own finding: a leaking search list beside it is no alibi. */
Test(innocent, a_scanner_is_not_called_innocent)
{
	struct scene scene;
	char name[128];

	scene_init(&scene);
	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		lines_query(&scene.log, &(struct line){.at = i * SECOND,
						       .client = client,
						       .name = name,
						       .flags = "+E(0)",
						       .port = 2000 + i});
	}
	ask_many(&scene, client, "www.%s.com.example.com", "A", 30);
	scene_play(&scene);
	cr_expect_not_null(scene_find(&scene, "brute-force", client));
	cr_expect_eq(scene_count(&scene, "not-recon"), 0);
	scene_release(&scene);
}
