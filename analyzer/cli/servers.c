#include "cli/servers.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "record/parser.h"

enum { GIVEN_RESOLVER = 2, SPLIT_NAME = 400 };

/* What the logs of a server say of it together. */
struct census {
	/* Programs, in logs whose server was not given. */
	struct str format;
	bool several;
	uint64_t queries, recursive;
	uint8_t role_given;
};

bool
servers_is_known(struct str format)
{
	return format.n && !str_eq(format, str_of(log_format_names[FORMAT_UNKNOWN]));
}

/* Counts one log in; -1 when it contradicts another. */
static int
census_add(struct census *census, const struct saved_input *input)
{
	census->queries += input->queries;
	census->recursive += input->recursive;
	if (!input->server_given && servers_is_known(input->format)) {
		census->several |= census->format.n && !str_eq(census->format, input->format);
		census->format = input->format;
	}
	if (census->role_given && input->role_given && census->role_given != input->role_given)
		return -1;
	if (input->role_given)
		census->role_given = input->role_given;
	return 0;
}

/* Servers by name: where two names have one hash, the second one stands under another. */
struct known_server {
	uint64_t hash, key;
	uint32_t number; /* plus one; 0: made just now */
};

struct known_servers {
	struct map map;
	struct hash_key key;
};

static void
known_init(struct known_servers *known)
{
	map_init(&known->map, sizeof(struct known_server), sizeof(uint64_t));
	hash_key_random(&known->key);
}

static uint32_t
find_server(struct servers *servers, struct known_servers *known, const char *name)
{
	uint64_t hash = hash_bytes(&known->key, name, strlen(name));

	for (;; hash = hash_mix(hash, 1)) {
		struct known_server *entry = map_put(&known->map, hash, &hash, NULL);
		if (entry->number == 0) {
			entry->number = (uint32_t)servers->count + 1;
			break;
		}
		if (strcmp(servers->all[entry->number - 1].name, name) == 0)
			return entry->number - 1;
	}
	servers->all = xrealloc(servers->all, servers->count + 1, sizeof(*servers->all));
	servers->all[servers->count] = (struct server_row){.name = name};
	return (uint32_t)servers->count++;
}

/*
 * Two programs on one host (one syslog name) are two servers: their roles differ, and so does
 * what counts as a request. Those names get the program's name behind them.
 */
static void
split_servers(struct servers *servers, struct saved_input *inputs, size_t count,
	      struct arena *arena)
{
	struct census *census = xcalloc(servers->count + 1, sizeof(*census));
	struct known_servers known;

	known_init(&known);
	for (size_t i = 0; i < count; i++)
		census_add(&census[inputs[i].server_number], &inputs[i]);
	servers->count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct census *all = &census[inputs[i].server_number];
		char *name = arena_copy(arena, inputs[i].server);
		if (!inputs[i].server_given && all->several && servers_is_known(inputs[i].format)) {
			char text[SPLIT_NAME];
			snprintf(text, sizeof(text), "%s-%.*s", name, STR_ARG(inputs[i].format));
			name = arena_copy(arena, str_of(text));
		}
		inputs[i].server_number = find_server(servers, &known, name);
	}
	map_release(&known.map);
	free(census);
}

static int
settle_roles(struct servers *servers, const struct saved_input *inputs, size_t count,
	     struct err *err)
{
	struct census *census = xcalloc(servers->count + 1, sizeof(*census));
	int result = 0;

	for (size_t i = 0; i < count && result == 0; i++) {
		struct server_row *server = &servers->all[inputs[i].server_number];
		server->queries_logged |= inputs[i].queries_logged;
		server->responses_logged |= inputs[i].responses_logged;
		server->unbound |=
			str_eq(inputs[i].format, str_of(log_format_names[FORMAT_UNBOUND]));
		if (census_add(&census[inputs[i].server_number], &inputs[i]) != 0)
			result = err_set(err,
					 "%.*s: server %s is given both roles, authoritative and "
					 "resolver",
					 STR_ARG(inputs[i].path), server->name);
	}
	for (size_t i = 0; i < servers->count; i++) {
		struct server_row *server = &servers->all[i];
		server->resolver =
			census[i].role_given == GIVEN_RESOLVER ||
			(census[i].role_given == 0 && census[i].recursive * 2 > census[i].queries);
		server->settled = census[i].role_given && server->queries_logged;
	}
	free(census);
	return result;
}

int
servers_make(struct servers *servers, struct saved_input *inputs, size_t count, struct arena *arena,
	     struct err *err)
{
	struct known_servers known;

	*servers = (struct servers){0};
	known_init(&known);
	for (size_t i = 0; i < count; i++)
		inputs[i].server_number =
			find_server(servers, &known, arena_copy(arena, inputs[i].server));
	map_release(&known.map);
	split_servers(servers, inputs, count, arena);
	return settle_roles(servers, inputs, count, err);
}

void
servers_release(struct servers *servers)
{
	free(servers->all);
	*servers = (struct servers){0};
}

enum record_kind
servers_request_kind(const struct server_row *server)
{
	if (server->queries_logged)
		return RECORD_QUERY;
	return server->responses_logged ? RECORD_RESPONSE : RECORD_DENIED;
}
