#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static void
ask(struct scene *scene, const char *client, const char *name, const char *type, unsigned i)
{
	lines_query(&scene->log,
		    &(struct line){.at = i * SECOND, .client = client, .name = name, .type = type});
}

Test(gathering, a_collector_s_chain_is_found_and_is_low)
{
	static const char *const chain[][2] = {
		{"example.com", "SOA"},        {"example.com", "NS"},  {"example.com", "MX"},
		{"example.com", "TXT"},        {"example.com", "CAA"}, {"example.com", "DNSKEY"},
		{"_dmarc.example.com", "TXT"}, {"example.com", "A"}};
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 8; i++)
		ask(&scene, "203.0.113.5", chain[i][0], chain[i][1], i);
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "record-gathering", "203.0.113.5");
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_LOW);
	cr_expect(str_find(f->next, STR("not what was"), 0) != SIZE_MAX,
		  "the log shows what was asked, never what was answered");
	scene_release(&scene);
}

Test(gathering, name_servers_and_mail_beside_a_transfer_are_a_chain_too)
{
	struct scene scene;

	scene_init(&scene);
	ask(&scene, "203.0.113.5", "example.com", "NS", 0);
	ask(&scene, "203.0.113.5", "example.com", "MX", 1);
	ask(&scene, "203.0.113.6", "example.com", "NS", 0);
	ask(&scene, "203.0.113.6", "example.com", "MX", 1);
	lines_denied(&scene.log, &(struct line){.at = 5 * SECOND, .client = "203.0.113.5"});
	scene_play(&scene);
	cr_expect_not_null(scene_find(&scene, "record-gathering", "203.0.113.5"));
	cr_expect_null(scene_find(&scene, "record-gathering", "203.0.113.6"));
	scene_release(&scene);
}

/* A remote mail server: MX, SPF by TXT, DMARC, selectors, its addresses; day by day. */
Test(gathering, a_mail_server_is_none)
{
	struct scene scene;
	char name[64];

	scene_init(&scene);
	for (unsigned i = 0; i < 200; i++) {
		ask(&scene, "198.51.100.25", "example.com", i % 2 ? "MX" : "TXT", i);
		ask(&scene, "198.51.100.25", "_dmarc.example.com", "TXT", i);
		snprintf(name, sizeof(name), "s%u._domainkey.example.com", i % 3);
		ask(&scene, "198.51.100.25", name, "TXT", i);
		ask(&scene, "198.51.100.25", "mail.example.com", i % 2 ? "A" : "AAAA", i);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "record-gathering"), 0);
	scene_release(&scene);
}

/* A big resolver asks all of it for its clients, among much else. */
Test(gathering, a_resolver_is_none)
{
	static const char *const types[] = {"SOA", "NS", "MX", "TXT", "DNSKEY", "CAA", "DS"};
	struct scene scene;
	char name[64];

	scene_init(&scene);
	for (unsigned i = 0; i < 7; i++)
		ask(&scene, "198.51.100.53", "example.com", types[i], i);
	for (unsigned i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i % 60));
		ask(&scene, "198.51.100.53", name, i % 3 ? "A" : i % 2 ? "AAAA" : "HTTPS", i);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "record-gathering"), 0);
	scene_release(&scene);
}

/* A certificate authority climbs the tree for CAA and asks its challenge. */
Test(gathering, a_certificate_authority_is_none)
{
	struct scene scene;
	char name[80];

	scene_init(&scene);
	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		ask(&scene, "198.51.100.90", name, "CAA", i);
		ask(&scene, "198.51.100.90", "example.com", "CAA", i);
		snprintf(name, sizeof(name), "_acme-challenge.%s.example.com", lines_word(i));
		ask(&scene, "198.51.100.90", name, "TXT", i);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "record-gathering"), 0);
	scene_release(&scene);
}
