#include "tally/events.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "tally/tally.h"

struct event_table *
events_table(struct events *events, uint32_t kind)
{
	bool own_words = kind == EVENT_TRANSFER_STARTED || kind == EVENT_TRANSFER_ENDED ||
			 kind == EVENT_TRANSFER_FAILED || kind == EVENT_TRANSFER_CURRENT;

	return own_words ? &events->transfers : &events->attempts;
}

void
events_init(struct events *events, uint32_t limit)
{
	*events = (struct events){.attempts.fold.limit = limit, .transfers.fold.limit = limit};
	map_init(&events->attempts.map, sizeof(struct event_group), sizeof(struct event_group_key));
	map_init(&events->transfers.map, sizeof(struct event_group),
		 sizeof(struct event_group_key));
}

static void
group_release(struct event_group *group)
{
	for (uint32_t i = 0; i < group->kept; i++)
		free(group->events[i]);
	free(group->events);
	group->events = NULL;
	group->kept = group->capacity = 0;
}

static void
table_release(struct event_table *table)
{
	struct event_group *group;

	for (uint32_t i = 0; (group = map_next(&table->map, &i)) != NULL;)
		group_release(group);
	map_release(&table->map);
}

void
events_release(struct tally *tally)
{
	table_release(&tally->events.attempts);
	table_release(&tally->events.transfers);
}

static void
fold_away(void *table, void *entry)
{
	struct event_table *events = table;
	struct event_group *group = entry;

	events->folded += group->count;
	group_release(group);
}

static const struct fold_type event_fold = {offsetof(struct event_group, rank),
					    offsetof(struct event_group, evident), fold_away, NULL};

static bool
is_transfer_type(int32_t qtype)
{
	return qtype == TYPE_AXFR || qtype == TYPE_IXFR;
}

enum event_kind
event_kind_of(const struct record *record)
{
	static const uint8_t by_action[RECORD_ACTIONS] = {
		[ACTION_TRANSFER_DENIED] = EVENT_TRANSFER_DENIED,
		[ACTION_TRANSFER_BAD] = EVENT_TRANSFER_BAD,
		[ACTION_TRANSFER_STARTED] = EVENT_TRANSFER_STARTED,
		[ACTION_TRANSFER_ENDED] = EVENT_TRANSFER_ENDED,
		[ACTION_TRANSFER_FAILED] = EVENT_TRANSFER_FAILED,
		[ACTION_TRANSFER_CURRENT] = EVENT_TRANSFER_CURRENT,
		[ACTION_NOTIFY_RECEIVED] = EVENT_NOTIFY,
	};

	if (ip_is_none(&record->client))
		return EVENT_NONE;
	if (by_action[record->action])
		return by_action[record->action];
	if (record->kind == RECORD_QUERY && is_transfer_type(record->qtype))
		return EVENT_TRANSFER_QUERY;
	if (record->kind == RECORD_QUERY && record->qclass == CLASS_CH)
		return EVENT_CHAOS;
	if ((record->kind == RECORD_RESPONSE || record->kind == RECORD_QUERY_ERROR) &&
	    is_transfer_type(record->qtype) &&
	    (record->rcode == RCODE_REFUSED || record->rcode == RCODE_NOTAUTH))
		return EVENT_TRANSFER_REFUSED;
	return EVENT_NONE;
}

struct str
event_name(const struct event *event)
{
	return str_make(event->bytes_of, event->name_length);
}

struct str
event_key(const struct event *event)
{
	return str_make(event->bytes_of + event->name_length, event->key_length);
}

struct str
event_text(const struct event *event)
{
	return str_make(event->bytes_of + event->name_length + event->key_length,
			event->text_length);
}

struct str
event_reason(const struct event *event)
{
	return str_make(event->bytes_of + event->name_length + event->key_length +
				event->text_length,
			event->reason_length);
}

static struct str
cut(struct str s, size_t n)
{
	return str_make(s.p, s.n < n ? s.n : n);
}

struct event *
event_copy(const struct event *fields, const struct str parts[4])
{
	struct event *event =
		xmalloc(sizeof(*event) + parts[0].n + parts[1].n + parts[2].n + parts[3].n);
	char *p = event->bytes_of;

	*event = *fields;
	event->name_length = (uint16_t)parts[0].n;
	event->key_length = (uint16_t)parts[1].n;
	event->text_length = (uint16_t)parts[2].n;
	event->reason_length = (uint16_t)parts[3].n;
	for (size_t i = 0; i < 4; i++) {
		if (parts[i].n)
			memcpy(p, parts[i].p, parts[i].n);
		p += parts[i].n;
	}
	return event;
}

static struct event *
event_new(const struct tally_line *line, enum event_kind kind)
{
	const struct record *record = line->record;
	const struct str parts[4] = {line->name ? line->name->text : STR(""),
				     cut(record->key, QNAME_TEXT_MAX), cut(line->text, EVENT_TEXT),
				     cut(record->reason, EVENT_TEXT / 4)};
	const struct event fields = {
		.at = line->position,
		.client = record->client,
		.server = record->server,
		.serial = record->serial,
		.serial_from = record->serial_from,
		.messages = record->messages,
		.records = record->records,
		.bytes = record->bytes,
		.port = record->port,
		.qtype = record->qtype,
		.qclass = record->qclass,
		.rcode = record->rcode,
		.flags = record->flags,
		.flags_known = record->flags_known,
		.kind = (uint8_t)kind,
		.transfer = record->transfer,
	};

	return event_copy(&fields, parts);
}

/* True when the group would keep an event at that position. */
static bool
wants(const struct event_group *group, const struct position *at)
{
	return group->kept < EVENTS_KEPT ||
	       position_compare(at, &group->events[group->kept - 1]->at) < 0;
}

void
events_keep(struct event_group *group, struct event *event)
{
	if (group->kept == EVENTS_KEPT)
		free(group->events[--group->kept]);
	if (group->kept == group->capacity) {
		group->capacity = group->capacity ? group->capacity * 2 : 4;
		group->events = xrealloc(group->events, group->capacity, sizeof(struct event *));
	}
	uint32_t at = group->kept;
	while (at > 0 && position_compare(&group->events[at - 1]->at, &event->at) > 0)
		at--;
	memmove(&group->events[at + 1], &group->events[at],
		(group->kept - at) * sizeof(struct event *));
	group->events[at] = event;
	group->kept++;
}

static struct event_group *
put(struct tally *tally, const struct event_group_key *key)
{
	struct event_table *table = events_table(&tally->events, key->kind);
	uint64_t hash = hash_bytes(&tally->key, key, sizeof(*key));
	struct event_group *group = map_find(&table->map, hash, key);
	bool created;

	if (group)
		return group;
	uint64_t rank = hash_bytes(&tally->settings->names->sample_key, &key->address,
				   sizeof(key->address));
	/* The server's own word is evidence; who merely asks may be anybody (events.h). */
	bool own_word = table == &tally->events.transfers;
	group = fold_put(&table->fold, &event_fold, table, &table->map, hash, key, rank, own_word,
			 &created);
	if (group && created) {
		group->first = group->last = TIME_NONE;
		group->evident = own_word;
	}
	return group;
}

void
events_add(struct tally *tally, const struct tally_line *line, enum event_kind kind)
{
	uint32_t server = tally->settings->streams[line->position.stream].server;
	struct event_group_key key = {line->record->client, server, kind};
	struct event_group *group = put(tally, &key);

	if (!group) {
		events_table(&tally->events, kind)->folded++;
		return;
	}
	group->count++;
	group->first = time_earlier(group->first, line->record->time);
	group->last = time_later(group->last, line->record->time);
	if (wants(group, &line->position))
		events_keep(group, event_new(line, kind));
}

static void
table_merge(struct tally *into, struct event_table *own, struct event_table *other)
{
	struct event_group *group;

	fold_raise(&own->fold, &event_fold, own, &own->map, &other->fold);
	for (uint32_t i = 0; (group = map_next(&other->map, &i)) != NULL;) {
		struct event_group *mine = put(into, &group->key);
		if (!mine) {
			own->folded += group->count;
			continue;
		}
		mine->count += group->count;
		mine->first = time_earlier(mine->first, group->first);
		mine->last = time_later(mine->last, group->last);
		for (uint32_t j = 0; j < group->kept; j++) {
			if (wants(mine, &group->events[j]->at))
				events_keep(mine, group->events[j]);
			else
				free(group->events[j]);
		}
		group->kept = 0; /* its events have moved */
	}
	own->folded += other->folded;
}

void
events_merge(struct tally *into, struct tally *from)
{
	table_merge(into, &into->events.attempts, &from->events.attempts);
	table_merge(into, &into->events.transfers, &from->events.transfers);
}

void
events_settle(struct tally *tally)
{
	struct event_table *tables[] = {&tally->events.attempts, &tally->events.transfers};

	for (size_t i = 0; i < 2; i++)
		fold_settle(&tables[i]->fold, &event_fold, tables[i], &tables[i]->map);
}

const struct event_group *
events_next(const struct events *events, uint64_t *cursor)
{
	uint32_t first = (uint32_t)*cursor, second = (uint32_t)(*cursor >> 32);
	const struct event_group *group = map_next(&events->attempts.map, &first);

	if (!group)
		group = map_next(&events->transfers.map, &second);
	*cursor = (uint64_t)second << 32 | first;
	return group;
}

size_t
event_group_bytes(const void *entry)
{
	/* Alike for all: a short line in the place of a long one takes no less (ceiling.h). */
	const size_t event_bytes = sizeof(struct event) + CEILING_ENTRY + EVENT_TEXT;
	const struct event_group *group = entry;

	return sizeof(*group) + CEILING_ENTRY + group->kept * event_bytes;
}

void
events_attempts_lower(struct tally *tally, uint32_t limit)
{
	struct event_table *table = &tally->events.attempts;

	fold_lower(&table->fold, &event_fold, table, &table->map, limit);
}

void
events_transfers_lower(struct tally *tally, uint32_t limit)
{
	struct event_table *table = &tally->events.transfers;

	fold_lower(&table->fold, &event_fold, table, &table->map, limit);
}
