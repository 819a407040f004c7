/*
 * Which servers wrote the logs, and of what kind each is: told from what all logs together
 * say, whether they were read here or stand in saved tallies.
 */
#ifndef CLI_SERVERS_H
#define CLI_SERVERS_H

#include "base/arena.h"
#include "store/tally_file.h"

struct server_row {
	const char *name;
	bool resolver;
	bool queries_logged, responses_logged;
	bool unbound; /* one of its logs was written by Unbound */
	bool settled; /* no further log of it can change its role or what its requests are */
};

struct servers {
	size_t count;
	struct server_row *all; /* to be freed */
};

/*
 * Sets server_number of each input, numbered by first appearance. Names live in the inputs or
 * in the arena. -1 with err when a server is given both roles.
 */
int servers_make(struct servers *servers, struct saved_input *inputs, size_t count,
		 struct arena *arena, struct err *err);
void servers_release(struct servers *servers);
/* A format that was recognised says which program wrote the log. */
bool servers_is_known(struct str format);
/* The kind of line that counts requests there. */
enum record_kind servers_request_kind(const struct server_row *server);

#endif
