/* Log lines and what their records must say; shared by the tests of record/. */
#ifndef UNIT_RECORD_EXAMPLES_H
#define UNIT_RECORD_EXAMPLES_H

#include "record/parser.h"

/* NULL and 0: not told by the line. */
struct example {
	const char *line;
	enum record_kind kind;
	const char *client;
	int port;
	const char *qname, *type, *class_, *rcode;
	enum record_action action;
	enum record_defect defect;
	const char *time; /* RFC 3339 UTC */
	const char *view, *key, *reason, *host, *category;
	unsigned flags, flags_known; /* compared where flags_known is not 0 */
	const char *server, *ecs;
	enum record_transfer transfer;
	int64_t serial, serial_from, messages, records, bytes;
};

extern const struct example bind_examples[], unbound_examples[];
extern const size_t bind_example_count, unbound_example_count;

/* A parser for UTC, any format, year-less times up to 2026-12-01. */
struct bench {
	struct timezone_rules zone;
	struct parser_settings settings;
	struct parser parser;
};
void bench_init(struct bench *bench, const char *zone);
void bench_release(struct bench *bench);
enum record_kind bench_parse(struct bench *bench, const char *line, struct record *record);

/* Fails the running test, naming `row`, where the record differs from the example. */
void example_check(const struct example *example, const struct record *record, size_t row);
void examples_check(const struct example *examples, size_t count);

#endif
