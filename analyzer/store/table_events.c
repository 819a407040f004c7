#include "store/table.h"

#include "base/xalloc.h"

static void
group_fields(struct row *row, struct event_group *group)
{
	group->rank = row_bits(row, group->rank);
	group->evident = row_bool(row, group->evident);
	group->count = row_bits(row, group->count);
	group->first = row_time(row, group->first);
	group->last = row_time(row, group->last);
}

static void
save_groups(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct event_group *group;
	uint32_t number = 0;

	for (uint64_t i = 0; (group = events_next(&tally->events, &i)) != NULL;) {
		struct event_group copy = *group;
		row_u32(row, ++number);
		row_ip(row, &copy.key.address);
		table_server(io, row, copy.key.server);
		row_u32(row, copy.key.kind);
		group_fields(row, &copy);
		row_end(row);
	}
}

static void
load_groups(struct table_io *io, struct row *row, struct tally *tally)
{
	uint32_t number = 0;

	io->parent_count = 0;
	while (row_next(row)) {
		row_number(row, 0, number + 1, number + 1);
		struct event_group_key key = {.address = row_ip(row, NULL)};
		key.server = table_server(io, row, 0);
		key.kind = (uint32_t)row_number(row, 0, EVENT_NONE + 1, EVENT_KINDS - 1);
		struct event_group *group =
			table_entry(row, tally, &events_table(&tally->events, key.kind)->map, &key,
				    sizeof(key));
		if (!group)
			return;
		group_fields(row, group);
		table_add_parent(io, group);
		number++;
	}
}

const struct table table_event_groups = {
	"event_groups",
	4 + 5,
	"id INTEGER PRIMARY KEY, address TEXT, server INTEGER, kind INTEGER, rank INTEGER, "
	"evidence INTEGER, count INTEGER, first INTEGER, last INTEGER",
	save_groups,
	load_groups,
};

static void
event_fields(struct table_io *io, struct row *row, struct event *event)
{
	event->at = table_position(io, row, &event->at);
	event->client = row_ip(row, &event->client);
	event->server = row_ip(row, &event->server);
	event->serial = row_i64(row, event->serial);
	event->serial_from = row_i64(row, event->serial_from);
	event->messages = row_i64(row, event->messages);
	event->records = row_i64(row, event->records);
	event->bytes = row_i64(row, event->bytes);
	event->port = row_i32(row, event->port);
	event->qtype = row_i32(row, event->qtype);
	event->qclass = row_i32(row, event->qclass);
	event->rcode = row_i32(row, event->rcode);
	event->flags = row_u16(row, event->flags);
	event->flags_known = row_u16(row, event->flags_known);
	event->kind = (uint8_t)row_number(row, event->kind, EVENT_NONE + 1, EVENT_KINDS - 1);
	event->transfer = (uint8_t)row_number(row, event->transfer, 0, TRANSFER_POLL);
}

static void
save_event(struct table_io *io, struct row *row, const struct event *event)
{
	struct event copy = *event;

	event_fields(io, row, &copy);
	row_text(row, event_name(event));
	row_text(row, event_key(event));
	row_text(row, event_text(event));
	row_text(row, event_reason(event));
	row_end(row);
}

static void
save_events(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct event_group *group;
	uint32_t number = 0;

	for (uint64_t i = 0; (group = events_next(&tally->events, &i)) != NULL;) {
		number++;
		for (uint32_t j = 0; j < group->kept; j++) {
			table_parent(io, row, number);
			save_event(io, row, group->events[j]);
		}
	}
}

static void
load_events(struct table_io *io, struct row *row, struct tally *tally)
{
	(void)tally;
	while (row_next(row)) {
		struct event made = {0};
		struct str parts[4];
		struct event_group *group = table_parent(io, row, 0);
		event_fields(io, row, &made);
		for (size_t i = 0; i < 4; i++) {
			parts[i] = row_text(row, (struct str){0});
			row->bad |= parts[i].n > UINT16_MAX;
		}
		if (row->bad || group->kept >= EVENTS_KEPT || made.kind != group->key.kind) {
			row->bad = true;
			return;
		}
		events_keep(group, event_copy(&made, parts));
	}
}

const struct table table_events = {
	"events",
	25,
	"event_group INTEGER REFERENCES event_groups, time INTEGER, stream INTEGER, chunk INTEGER, "
	"offset INTEGER, line INTEGER, client TEXT, server TEXT, serial INTEGER, "
	"serial_from INTEGER, messages INTEGER, records INTEGER, bytes INTEGER, port INTEGER, "
	"qtype INTEGER, qclass INTEGER, rcode INTEGER, flags INTEGER, flags_known INTEGER, "
	"kind INTEGER, transfer INTEGER, name TEXT, key TEXT, text TEXT, reason TEXT",
	save_events,
	load_events,
};
