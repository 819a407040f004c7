/*
 * Rare lines, kept as full records and joined in detect/: requests for transfers and CHAOS,
 * denials, notifies, and what the server itself says of transfers. Counted exactly by
 * (server, source, kind); of each such group the earliest EVENTS_KEPT lines stay.
 *
 * Two tables with a ceiling of their own: `attempts` can be written by anybody who forges
 * a source address; `transfers` holds lines that the server wrote about a TCP transfer, and
 * nothing that happens in the other table can push them out.
 */
#ifndef TALLY_EVENTS_H
#define TALLY_EVENTS_H

#include "base/ip.h"
#include "record/record.h"
#include "tally/fold.h"
#include "tally/moment.h"

enum event_kind {
	EVENT_NONE,
	EVENT_TRANSFER_QUERY, /* AXFR or IXFR in a query line */
	EVENT_TRANSFER_DENIED,
	EVENT_TRANSFER_BAD,
	EVENT_TRANSFER_STARTED,
	EVENT_TRANSFER_ENDED,
	EVENT_TRANSFER_FAILED,
	EVENT_TRANSFER_CURRENT, /* nothing new to send */
	EVENT_TRANSFER_REFUSED, /* a response or query error with REFUSED or NOTAUTH */
	EVENT_NOTIFY,
	EVENT_CHAOS,
	EVENT_KINDS
};

enum { EVENTS_KEPT = 512, EVENT_TEXT = 600 };

struct event {
	struct position at;
	struct ip client, server; /* server: the address asked, where the line tells it */
	int64_t serial, serial_from, messages, records, bytes; /* -1 */
	int32_t port, qtype, qclass, rcode;
	uint16_t flags, flags_known;
	uint8_t kind;     /* enum event_kind */
	uint8_t transfer; /* enum record_transfer */
	uint16_t name_length, key_length, text_length, reason_length;
	char bytes_of[]; /* name (folded), key, raw line, reason: one after the other */
};

struct str event_name(const struct event *event);
struct str event_key(const struct event *event);
struct str event_text(const struct event *event);
struct str event_reason(const struct event *event);

struct event_group_key {
	struct ip address;
	uint32_t server;
	uint32_t kind;
};

struct event_group {
	uint64_t hash;
	struct event_group_key key;
	uint64_t rank;
	bool evident; /* for the fold */ /* 0: all events are, so none is exempt from the ceiling */
	uint32_t kept, capacity;
	uint64_t count; /* exact */
	int64_t first, last;
	struct event **events; /* ascending by position */
};

struct event_table {
	struct map map;
	struct fold fold;
	uint64_t folded; /* events of folded groups */
};

struct events {
	struct event_table attempts, transfers;
};

struct tally;
struct tally_line;
void events_init(struct events *events, uint32_t limit);
void events_release(struct tally *tally);
/* What kind of event the record is; EVENT_NONE for most. */
enum event_kind event_kind_of(const struct record *record);
/* The table in which events of that kind stand. */
struct event_table *events_table(struct events *events, uint32_t kind);
/* On the heap, with its texts (name, key, raw line, reason) behind it. */
struct event *event_copy(const struct event *fields, const struct str parts[4]);
/* Takes over the event; it must be among the earliest EVENTS_KEPT. */
void events_keep(struct event_group *group, struct event *event);
void events_add(struct tally *tally, const struct tally_line *line, enum event_kind kind);
void events_settle(struct tally *tally);
/* For ceiling.c: the bytes that the table takes; a lower limit for its entries. */
size_t event_group_bytes(const void *entry);
void events_attempts_lower(struct tally *tally, uint32_t limit);
void events_transfers_lower(struct tally *tally, uint32_t limit);
void events_merge(struct tally *into, struct tally *from);
/* All groups of both tables, in no particular order; start with *cursor = 0. */
const struct event_group *events_next(const struct events *events, uint64_t *cursor);

#endif
