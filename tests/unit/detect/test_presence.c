/* Where a source was seen, asked of each server or looked up where servers are many. */
#include "detect/presence.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

enum { CLIENTS = 40 };

static size_t
entries_of(const struct presence *presence, const char *client)
{
	const struct source *source;
	struct ip address;
	size_t count = 0;

	cr_assert(ip_parse(str_of(client), &address));
	for (size_t at = 0; (source = presence_next(presence, &address, &at)) != NULL; count++)
		cr_expect_eq(ip_compare(&source->key.address, &address), 0);
	return count;
}

/* A third of the clients asks one server, a third the other, a third both. */
static void
expect_all(const struct scene *scene)
{
	struct presence presence;
	char client[32];

	presence_make(&presence, &scene->tally);
	for (unsigned i = 0; i < CLIENTS; i++) {
		snprintf(client, sizeof(client), "192.0.2.%u", i);
		cr_expect_eq(entries_of(&presence, client), i % 3 == 2 ? 2 : 1, "%s", client);
	}
	cr_expect_eq(entries_of(&presence, "198.51.100.1"), 0);
	presence_release(&presence);
}

Test(presence, is_the_same_of_few_servers_and_of_many)
{
	struct scene scene;
	char client[32];

	scene_init(&scene);
	for (unsigned i = 0; i < CLIENTS; i++) {
		snprintf(client, sizeof(client), "192.0.2.%u", i);
		struct line line = {.at = i * SECOND, .client = client, .name = "a.example.com"};
		if (i % 3 != 1)
			lines_query(&scene.log, &line);
		if (i % 3 != 0)
			lines_unbound(&scene.log, &line);
	}
	scene_play(&scene);
	expect_all(&scene);
	scene.harness.settings.server_count = 10000;
	expect_all(&scene);
	scene.harness.settings.server_count = 2;
	scene_release(&scene);
}
