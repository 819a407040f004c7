/*
 * struct tally_map: what the numbers of a saved tally are in the run that reads it. Streams
 * and servers are numbered anew in each run; and what a log alone did not tell (which lines
 * count as requests at a server, what kind of server it is) may be known once all logs of
 * that server are together. A tally of several servers keeps apart those of which that may be
 * (server_info.apart); a tally of one server is all of that one.
 */
#ifndef STORE_TALLY_MAP_H
#define STORE_TALLY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tally_map {
	size_t stream_count, server_count;
	const uint32_t *streams, *servers; /* by the file's number; no two are one */
	/*
	 * By the run's number of a server: nothing of it counts as a request any more, as other
	 * logs of it tell them. NULL: of none.
	 */
	const bool *without_requests;
};

#endif
