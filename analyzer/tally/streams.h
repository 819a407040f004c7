/* What each stream (input file) held: lines by kind, chunks, samples of what was not understood. */
#ifndef TALLY_STREAMS_H
#define TALLY_STREAMS_H

#include "base/arena.h"
#include "base/map.h"
#include "record/record.h"
#include "tally/moment.h"

struct stream_info {
	struct str path;
	uint32_t server;
};

struct server_info {
	struct str name;
	bool resolver;            /* role of its log; authoritative otherwise */
	enum record_kind request; /* the kind of line that counts requests there */
	bool unbound;             /* written by Unbound; by BIND otherwise */
	/*
	 * Other logs of it, of other tallies, may yet say that it is of another role, or that
	 * other lines are its requests: what only the role tells apart is kept by itself.
	 */
	bool apart;
};

/* Where one server may be meant, or all. */
#define ANY_SERVER UINT32_MAX

enum { STREAM_SAMPLES = 3, STREAM_SAMPLE_TEXT = 512 };

/* The earliest lines of a reason: unknown, or a defect. */
struct stream_sample {
	uint64_t offset, chunk, line;
	uint32_t length;
	char *text; /* owned; cut at STREAM_SAMPLE_TEXT */
};

struct stream_chunk {
	uint64_t start, lines;
	uint64_t before; /* lines of the stream before it; after settling */
};

struct stream {
	uint64_t kinds[RECORD_KINDS], defects[RECORD_DEFECTS];
	uint64_t skipped_bytes;
	uint32_t facts; /* enum stream_fact */
	int64_t first, last;
	size_t chunk_count;
	struct stream_chunk *chunks; /* ascending by start after settling */
	uint8_t sample_count[RECORD_DEFECTS];
	struct stream_sample samples[RECORD_DEFECTS]
				    [STREAM_SAMPLES]; /* DEFECT_NONE: unknown lines */
};

/* What a stream's lines were seen to tell. */
enum stream_fact {
	FACT_FLAGS = 1 << 0,
	FACT_PORT = 1 << 1,
	FACT_TRANSPORT = 1 << 2,
	FACT_RCODE = 1 << 3,
	FACT_TIME = 1 << 4,
	FACT_TRANSFERS = 1 << 5, /* started and ended lines */
	FACT_DENIALS = 1 << 6,
	FACT_SERVER = 1 << 7, /* the address asked */
	FACT_COOKIE = 1 << 8,
	FACT_VIEW = 1 << 9,
	FACT_RATE_LIMIT = 1 << 10,
	FACT_QUERY_ERROR = 1 << 11,
};

/* Types and rcodes of the whole log, exactly: the number of either is 65,536 at most. */
enum code_space { CODE_TYPE, CODE_RESPONSE_RCODE, CODE_ERROR_RCODE, CODE_SPACES };

struct code_key {
	uint16_t space; /* enum code_space */
	uint16_t code;
	uint32_t party; /* of types: tally_party */
};

struct code_count {
	uint64_t hash;
	struct code_key key;
	uint64_t count;
};

enum { COMMON_TYPES = 260, COMMON_RCODES = 16 };

struct streams {
	size_t count;
	struct stream *all;
	struct map codes; /* after streams_settle */
	/* Requests for the types that nearly all ask for, by party, until they go into `codes`. */
	size_t party_count;
	uint32_t (*common_types)[COMMON_TYPES];
	uint32_t common_rcodes[CODE_SPACES][COMMON_RCODES]; /* likewise, by enum code_space */
};

struct tally;
struct tally_line;
struct tally_settings;
void streams_init(struct streams *streams, const struct tally_settings *settings);
void streams_release(struct streams *streams);
void streams_add(struct streams *streams, const struct tally_line *lines, size_t count);
/* To be called beside it for the last at least of lines of one chunk that follow one another. */
void streams_see(struct streams *streams, const struct position *at);
/* The chunk that starts there has so many lines, skipped ones included. */
void streams_end_chunk(struct streams *streams, uint32_t stream, uint64_t chunk, uint64_t lines);
/* Adds to a type or rcode of the whole log. */
void streams_count_code(struct streams *streams, const struct code_key *key, uint64_t count);
void streams_merge(struct tally *into, struct tally *from);
void streams_settle(struct streams *streams);
/* The absolute number of a line that is the `line`-th of the chunk at `chunk`. After settling. */
uint64_t streams_line(const struct streams *streams, uint32_t stream, uint64_t chunk,
		      uint64_t line);

#endif
