#include <criterion/criterion.h>

#include "../detect/lines.h"
#include "dump.h"
#include "law.h"
#include "traffic.h"

static const struct pair *
pair_at(const struct scene *scene, const char *address, const char *zone, bool resolver)
{
	struct ip ip;

	cr_assert(ip_parse(str_of(address), &ip));
	return pairs_find(&scene->tally, &ip, str_of(zone), resolver);
}

static const struct pair_name *
name_at(const struct scene *scene, const struct pair *pair, enum name_class class_,
	const char *text)
{
	const struct hash_key *key = &scene->harness.names.sample_key;

	if (!pair)
		return NULL;
	struct pair_class names = pair_class(pair, class_);
	return sample_find(&names.names, &pair_name_type, hash_bytes(key, text, strlen(text)));
}

/* 24 bytes a name, 64 names a class: what every other budget builds on. */
_Static_assert(sizeof(struct pair_name) == 24, "a sampled name takes 24 bytes");

Test(pairs, remember_each_name_with_its_types_and_first_time)
{
	struct scene scene;
	struct line line = {.at = MINUTE, .client = "192.0.2.1", .name = "vpn.example.com"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	line.type = "AAAA";
	lines_query(&scene.log, &line);
	line.name = "VPN.Example.com";
	lines_query(&scene.log, &line);
	line.stream = 1;
	line.at = 0; /* earlier, in another file */
	lines_query(&scene.log, &line);
	line.name = "other.example.com";
	line.type = "A";
	lines_limited(&scene.log, &line);
	scene_play(&scene);
	const struct pair *pair = pair_at(&scene, "192.0.2.1", "example.com", false);
	cr_assert_not_null(pair);
	cr_expect_eq(pair_requests(pair), 4);
	cr_expect_eq(pair_distinct(pair), 2);
	const struct pair_name *name = name_at(&scene, pair, NAME_WORDLIST, "vpn.example.com");
	cr_assert_not_null(name);
	cr_expect_eq(name->count, 4);
	cr_expect_eq(name->types, type_bit(TYPE_A) | type_bit(TYPE_AAAA));
	cr_expect_eq(moment_time(name->moment), LINES_START);
	name = name_at(&scene, pair, NAME_OTHER, "other.example.com");
	cr_assert_not_null(name);
	cr_expect_eq(name->count, 0, "a rate-limit line is no request");
	cr_expect_eq(name->seen, SEEN_LIMITED);
	scene_release(&scene);
}

Test(pairs, are_apart_by_zone_and_by_the_role_of_the_server)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1", .name = "a.example.com"};

	scene_init(&scene);
	lines_query(&scene.log, &line);
	lines_unbound(&scene.log, &line);
	line.name = "a.example.net";
	lines_query(&scene.log, &line);
	line.name = "version.bind";
	line.type = "CH TXT";
	lines_query(&scene.log, &line);
	scene_play(&scene);
	cr_expect_eq(scene.tally.pairs.map.count, 3, "CHAOS has no zone");
	cr_expect_eq(pair_requests(pair_at(&scene, "192.0.2.1", "example.com", false)), 1);
	cr_expect_eq(pair_requests(pair_at(&scene, "192.0.2.1", "example.com", true)), 1);
	cr_expect_null(pair_at(&scene, "192.0.2.1", "example.org", false));
	cr_expect_null(pair_at(&scene, "192.0.2.2", "example.com", false));
	scene_release(&scene);
}

Test(pairs, learn_from_replies_what_exists_and_what_was_fetched)
{
	static const struct {
		const char *name, *rcode;
		unsigned micros;
		uint8_t seen;
	} rows[] = {
		{"a.example.com", "NOERROR", 1200, SEEN_ANSWERED | SEEN_FETCHED},
		{"b.example.com", "NOERROR", 0, SEEN_ANSWERED | SEEN_CACHED},
		{"c.example.com", "NXDOMAIN", 1200, SEEN_MISSING | SEEN_FETCHED},
		{"d.example.com", "REFUSED", 0, SEEN_REFUSED | SEEN_CACHED},
		{"e.example.com", "SERVFAIL", 900, SEEN_FETCHED},
	};
	struct scene scene;

	scene_init(&scene);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct line line = {.client = "10.0.0.1", .name = rows[i].name};
		lines_unbound(&scene.log, &line);
		lines_reply(&scene.log, &line, rows[i].rcode, rows[i].micros);
	}
	scene_play(&scene);
	const struct pair *pair = pair_at(&scene, "10.0.0.1", "example.com", true);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct pair_name *name = NULL;
		for (size_t c = 0; c < NAME_CLASSES && !name; c++)
			name = name_at(&scene, pair, (enum name_class)c, rows[i].name);
		cr_assert_not_null(name, "row %zu", i);
		cr_expect_eq(name->seen, rows[i].seen, "row %zu: %x", i, name->seen);
		cr_expect_eq(name->count, 1, "row %zu: the reply is no second request", i);
	}
	scene_release(&scene);
}

Test(pairs, a_flood_of_one_class_does_not_drown_another)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1"};
	char name[64], label[32];

	scene_init(&scene);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
		line.name = name;
		lines_query(&scene.log, &line);
	}
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_random(i, label));
		line.name = name;
		lines_query(&scene.log, &line);
	}
	scene_play(&scene);
	const struct pair *pair = pair_at(&scene, "192.0.2.1", "example.com", false);
	cr_assert(pair_has_class(pair, NAME_WORDLIST) && pair_has_class(pair, NAME_RANDOM));
	cr_expect_eq(pair_class(pair, NAME_WORDLIST).names.count, 20);
	cr_expect_eq(pair_class(pair, NAME_WORDLIST).names.threshold, 0);
	cr_expect(pair_class(pair, NAME_RANDOM).names.count <= PAIR_K);
	uint64_t distinct = pair_distinct(pair);
	cr_expect(distinct > 1800 && distinct < 4500, "%lu of 3020", (unsigned long)distinct);
	scene_release(&scene);
}

Test(pairs, names_that_fall_out_of_a_sample_free_their_text)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1"};
	char name[64], label[32];

	scene_init(&scene);
	scene.harness.settings.limits.zones = 0;
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "%s.example.com", lines_random(i, label));
		line.name = name;
		lines_query(&scene.log, &line);
	}
	scene_play(&scene);
	/* The zone's own sample holds 4,096 a class, the pair's 64 are among them. */
	cr_expect(scene.tally.texts.map.count < 4096 + 64 + 16, "%u texts",
		  scene.tally.texts.map.count);
	scene_release(&scene);
}

Test(pairs, those_with_many_names_stay_above_the_ceiling)
{
	struct scene scene;
	struct line line = {0};
	char name[64], client[32];

	scene_init(&scene);
	scene.harness.settings.limits.pairs = 40;
	for (unsigned i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "host%c.example.com", 'a' + (int)(i % 26));
		line.name = name;
		line.client = "203.0.113.1";
		lines_query(&scene.log, &line);
	}
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(client, sizeof(client), "10.0.%u.%u", i / 250, i % 250);
		line.client = client;
		line.name = "www.example.com";
		lines_query(&scene.log, &line);
	}
	scene_play(&scene);
	cr_expect(scene.tally.pairs.map.count <= 41, "%u", scene.tally.pairs.map.count);
	cr_expect_not_null(pair_at(&scene, "203.0.113.1", "example.com", false));
	const struct pair *pair;
	uint64_t requests = scene.tally.pairs.folded_requests;
	for (uint32_t i = 0; (pair = map_next(&scene.tally.pairs.map, &i)) != NULL;)
		requests += pair_requests(pair);
	cr_expect_eq(requests, 2030, "no request is lost");
	scene_release(&scene);
}

/* Above the ceiling a newcomer is on probation: it stays when it gathers evidence meanwhile. */
Test(pairs, a_scanner_that_comes_late_stays_too)
{
	struct scene scene;
	struct line line = {0};
	char name[64], client[32];

	scene_init(&scene);
	scene.harness.settings.limits.pairs = 40;
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(client, sizeof(client), "10.0.%u.%u", i / 250, i % 250);
		line.client = client;
		line.name = "www.example.com";
		lines_query(&scene.log, &line);
	}
	for (unsigned k = 0; k < 8; k++)
		for (unsigned i = 0; i < 60; i++) {
			snprintf(client, sizeof(client), "203.0.113.%u", k);
			snprintf(name, sizeof(name), "%s.example.com", lines_word(i));
			line.client = client;
			line.name = name;
			lines_query(&scene.log, &line);
		}
	scene_play(&scene);
	for (unsigned k = 0; k < 8; k++) {
		snprintf(client, sizeof(client), "203.0.113.%u", k);
		const struct pair *pair = pair_at(&scene, client, "example.com", false);
		cr_assert_not_null(pair, "%s", client);
		cr_expect_eq(pair_requests(pair), 60, "%s: %u", client, pair_requests(pair));
	}
	cr_expect(scene.tally.pairs.map.count <= 48, "%u pairs", scene.tally.pairs.map.count);
	scene_release(&scene);
}

Test(pairs, merge_to_the_table_of_all)
{
	law_expect(dump_pairs, NULL, TRAFFIC_ALL, 50000);
}

Test(pairs, merge_to_the_table_of_all_when_folded)
{
	struct tally_limits limits = tally_limits_of(256u << 20);

	/* Without evidence: a pair that gets its own late is counted from then on (law 6). */
	limits.pairs = 60;
	law_expect(dump_pairs, &limits, TRAFFIC_PLAIN, 3000);
}
