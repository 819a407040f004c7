/*
 * What the tests of tally/ and detect/ share: log lines in, tally, findings and the JSON
 * report out, without the cli.
 */
#ifndef TESTS_TALLY_HARNESS_H
#define TESTS_TALLY_HARNESS_H

#include "detect/detector.h"
#include "record/parser.h"
#include "report/report.h"
#include "tally/tally.h"

enum { HARNESS_STREAMS = 3 };

struct harness {
	struct names names;
	struct ruleset rules;
	struct stream_info streams[HARNESS_STREAMS];
	struct server_info servers[2];
	struct tally_settings settings;
	struct detect_settings detect;
	struct timezone_rules zone;
	struct parser_settings parser;
};

/* Streams 0 and 1 belong to server "ns1", stream 2 to the resolver "res". */
void harness_init(struct harness *harness);
/* With the rules of one more file (NULL: none) besides the shipped ones. */
void harness_init_with(struct harness *harness, const char *rules);
void harness_release(struct harness *harness);

/* A log as an array of lines with the stream each stands in. */
struct harness_line {
	uint32_t stream;
	uint64_t offset, number; /* in its stream; number from 1 */
	char *text;
};
struct harness_log {
	size_t count;
	struct harness_line *lines;
};
void harness_log_add(struct harness_log *log, uint32_t stream, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void harness_log_release(struct harness_log *log);

/*
 * Adds the lines whose index passes `in` (NULL: all). The chunk of a line is the stream
 * offset `chunk_of` says (NULL: 0), its number counts from the chunk's first line.
 */
struct harness_part {
	const size_t *indices; /* ascending */
	size_t count;
};
void harness_add(const struct harness *harness, struct tally *tally, const struct harness_log *log,
		 const struct harness_part *part);
/* The same at a seat of an exchange. */
void harness_add_from(const struct harness *harness, struct tally *tally, struct seat *seat,
		      const struct harness_log *log, const struct harness_part *part);
/* Settles, detects and prints the JSON report; to be freed. */
char *harness_report(const struct harness *harness, struct tally *tally, struct findings *findings);

/* A small seeded generator (xorshift64*), the same everywhere. */
uint64_t harness_random(uint64_t *state);

#endif
