#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static const char walker[] = "203.0.113.5";

static void
ask(struct scene *scene, const char *client, const char *name, const char *type, unsigned i)
{
	lines_query(&scene->log, &(struct line){.at = i * SECOND,
						.client = client,
						.name = name,
						.type = type,
						.flags = "+E(0)D"});
}

Test(nsec, walks_of_each_tool_are_found)
{
	static const struct {
		const char *what, *format, *type;
	} rows[] = {
		{"n3map", "\\000.%s.example.com", "A"},
		{"ldns-walk", "\\000.%s.example.com", "DS"},
		{"nmap", "0.%s.example.com", "A"},
		{"dnsrecon", "%s-.example.com", "A"},
		{"ldns-walk 1.8", "%s\\000.example.com", "DS"},
		{"by type", "%s.example.com", "NSEC"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene scene;
		char name[128];
		scene_init(&scene);
		for (unsigned k = 0; k < 30; k++) {
			snprintf(name, sizeof(name), rows[i].format, lines_word(k));
			ask(&scene, walker, name, rows[i].type, k);
		}
		scene_play(&scene);
		const struct finding *f = scene_find(&scene, "nsec-walk", walker);
		cr_assert_not_null(f, "%s", rows[i].what);
		cr_expect(f->level >= LEVEL_HIGH, "%s: level %u", rows[i].what, f->level);
		cr_expect(str_eq(f->zones[0], STR("example.com")), "%s", rows[i].what);
		scene_release(&scene);
	}
}

Test(nsec, a_walk_through_unbound_shows_question_marks)
{
	struct scene scene;
	char name[128];

	scene_init(&scene);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "?.%s.example.org", lines_word(i));
		lines_unbound(&scene.log,
			      &(struct line){.at = i * SECOND, .client = "10.0.0.8", .name = name});
	}
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "nsec-walk", "10.0.0.8");
	cr_assert_not_null(f);
	cr_expect(finding_has_term(f, "zero byte"));
	scene_release(&scene);
}

Test(nsec, evidence_is_in_the_order_of_the_walk)
{
	struct scene scene;
	char name[128];

	scene_init(&scene);
	for (unsigned i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "\\000.h%02u.example.com", i);
		ask(&scene, walker, name, "A", i);
	}
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "nsec-walk", walker);
	cr_assert(f && f->evidence_count == 10);
	for (size_t i = 0; i < 10; i++)
		cr_expect_eq(f->evidence[i].time, LINES_START + (int64_t)i * SECOND);
	scene_release(&scene);
}

Test(nsec, a_wordlist_that_holds_such_shapes_is_none)
{
	struct scene scene;
	char name[128];

	scene_init(&scene);
	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		ask(&scene, walker, name, "A", i);
	}
	ask(&scene, walker, "0.example.com", "A", 101);
	ask(&scene, walker, "www-.example.com", "A", 102);
	ask(&scene, walker, "mail-.example.com", "A", 103);
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "nsec-walk"), 0);
	scene_release(&scene);
}

/* A validating resolver asks DNSKEY and DS, and never NSEC; one debugger's question is none. */
Test(nsec, a_validator_and_a_single_question_are_none)
{
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 50; i++) {
		ask(&scene, "198.51.100.3", "example.com", i % 2 ? "DNSKEY" : "DS", i);
		ask(&scene, "198.51.100.3", "www.example.com", "A", i);
	}
	ask(&scene, "198.51.100.4", "www.example.com", "NSEC", 60);
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "nsec-walk"), 0);
	scene_release(&scene);
}
