/* Who goes through a list does not make its names known for who comes later with the same. */
#include "detect/list.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

enum { NAMES = 64, VOICES = 3 };
static const char *const scanner = "203.0.113.66";

/* A way to ask for the list from several networks before it is scanned. */
struct manner {
	const char *flags;
	unsigned times;    /* each name */
	bool in_own_order; /* of each network */
	bool two_types;
	bool missing; /* the log says so */
};

/* The n-th of NAMES names in the order of `voice`: 0 is the list's own. */
static unsigned
place(unsigned n, unsigned voice)
{
	static const unsigned odd[] = {1, 37, 23, 51};

	return n * odd[voice % 4] % NAMES;
}

static void
ask(struct harness_log *log, int64_t at, const char *client, unsigned word,
    const struct manner *manner)
{
	char name[128];
	struct line line = {.at = at, .client = client, .name = name, .flags = manner->flags};

	snprintf(name, sizeof(name), "%s.example.com", lines_word(word));
	line.port = 2000 + word;
	line.type = manner->two_types && word % 2 ? "AAAA" : "A";
	lines_query(log, &line);
	if (manner->missing)
		lines_response(log, &line, "NXDOMAIN");
}

/* Whether a scan of the whole list is still seen after others asked the same in that manner. */
static bool
is_seen(const struct manner *manner)
{
	struct scene scene;
	char client[32];

	scene_init(&scene);
	for (unsigned voice = 0; voice < VOICES; voice++)
		for (unsigned again = 0; again < manner->times; again++)
			for (unsigned n = 0; n < NAMES; n++) {
				snprintf(client, sizeof(client), "198.51.%u.7", 100 + voice);
				ask(&scene.log, again * HOUR + voice * MINUTE * 5 + n * SECOND,
				    client, place(n, manner->in_own_order ? voice + 1 : 0), manner);
			}
	for (unsigned n = 0; n < NAMES; n++)
		ask(&scene.log, 20 * HOUR + n * SECOND, scanner, n,
		    &(struct manner){.flags = manner->flags, .missing = manner->missing});
	scene_play(&scene);
	bool seen = scene_find(&scene, "brute-force", scanner) != NULL;
	scene_release(&scene);
	return seen;
}

Test(list, who_asks_for_recursion_hides_nothing_however_often)
{
	cr_expect(is_seen(&(struct manner){.flags = "+E(0)", .times = 4, .in_own_order = true}));
	/* Sixty names of two types are no list: stubs may use the server as their resolver. */
	cr_expect_not(is_seen(&(struct manner){
		.flags = "+E(0)", .times = 4, .in_own_order = true, .two_types = true}));
}

Test(list, who_follows_the_order_of_another_hides_nothing)
{
	cr_expect(is_seen(&(struct manner){.flags = "-E(0)D", .times = 1}));
	cr_expect(is_seen(&(struct manner){.flags = "-E(0)D", .times = 4}));
	/* Resolvers share names, and not their order. */
	cr_expect_not(
		is_seen(&(struct manner){.flags = "-E(0)D", .times = 4, .in_own_order = true}));
}

Test(list, lists_of_missing_names_hide_nothing)
{
	cr_expect(is_seen(&(struct manner){
		.flags = "-E(0)D", .times = 4, .in_own_order = true, .missing = true}));
}

/* Nobody of those who made the names popular has a list: what is missing is judged all the same. */
Test(list, missing_names_that_many_ask_are_judged_in_a_list)
{
	struct manner manner = {.flags = "-E(0)D", .missing = true};
	struct scene scene;
	char client[32];

	scene_init(&scene);
	for (unsigned n = 0; n < NAMES; n++)
		for (unsigned voice = 0; voice < VOICES; voice++) {
			snprintf(client, sizeof(client), "198.51.%u.7", n / 8 * VOICES + voice);
			ask(&scene.log, n * MINUTE + voice * SECOND, client, n, &manner);
		}
	for (unsigned n = 0; n < NAMES; n++)
		ask(&scene.log, 20 * HOUR + n * SECOND, scanner, n, &manner);
	scene_play(&scene);
	cr_expect(scene_find(&scene, "brute-force", scanner) != NULL);
	scene_release(&scene);
}

/* On a resolver all clients want recursion, and nothing told the fourth from the first. */
Test(list, four_clients_of_a_resolver_with_one_list_are_all_seen)
{
	struct scene scene;
	char name[128], client[32];

	scene_init(&scene);
	for (unsigned voice = 0; voice < 4; voice++)
		for (unsigned n = 0; n < NAMES; n++) {
			snprintf(client, sizeof(client), "198.51.%u.7", 100 + voice);
			snprintf(name, sizeof(name), "%s.example.com", lines_word(n));
			lines_unbound(&scene.log, &(struct line){.at = voice * HOUR + n * SECOND,
								 .client = client,
								 .name = name});
		}
	scene_play(&scene);
	for (unsigned voice = 0; voice < 4; voice++) {
		snprintf(client, sizeof(client), "198.51.%u.7", 100 + voice);
		cr_expect(scene_find(&scene, "brute-force", client) != NULL, "%s", client);
	}
	scene_release(&scene);
}
