/*
 * struct tally_map: what the numbers of a saved tally are in the run that reads it. Streams
 * and servers are numbered anew in each run; and what a log alone did not tell (which lines
 * count as requests at a server, what kind of server it is) may be known once all logs of
 * that server are together.
 */
#ifndef STORE_TALLY_MAP_H
#define STORE_TALLY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tally_map {
	size_t stream_count, server_count;
	const uint32_t *streams, *servers; /* by the file's number */
	uint32_t roles[2];                 /* by the role in the file; different ones */
	/* Nothing in it counts as a request any more: other logs of its servers tell them. */
	bool without_requests;
};

#endif
