#include "detect/attempt.h"

#include <stdlib.h>

#include "base/xalloc.h"

/*
 * Lines of one request carry the same client, port and zone. A source port comes back only
 * after the connection is over, so a later query line opens a new attempt. Where no port is
 * logged (Unbound), lines within this time belong together.
 */
enum { PORTLESS_MS = 5000, SAME_REQUEST_MS = 3600000 };
/* A large zone over a slow line takes hours: so long may the end of a transfer come after. */
static const int64_t TRANSFER_MS = 7 * 86400000LL;

struct event_list {
	size_t count, capacity;
	const struct event **all;
};

static bool
is_transfer_event(uint8_t kind)
{
	return kind >= EVENT_TRANSFER_QUERY && kind <= EVENT_TRANSFER_REFUSED;
}

static void
collect(struct event_list *list, const struct tally *tally)
{
	const struct event_group *group;

	for (uint64_t cursor = 0; (group = events_next(&tally->events, &cursor)) != NULL;) {
		if (!is_transfer_event((uint8_t)group->key.kind))
			continue;
		for (uint32_t i = 0; i < group->kept; i++) {
			if (list->count == list->capacity) {
				list->capacity = list->capacity ? list->capacity * 2 : 64;
				list->all = xrealloc(list->all, list->capacity, sizeof(*list->all));
			}
			list->all[list->count++] = group->events[i];
		}
	}
}

/* The order in which a server writes: the query, then the denial or the start, then the end. */
static int
stage_of(const struct event *event)
{
	switch (event->kind) {
	case EVENT_TRANSFER_QUERY:
		return 0;
	case EVENT_TRANSFER_ENDED:
	case EVENT_TRANSFER_FAILED:
		return 2;
	default:
		return 1;
	}
}

static int
compare_events(const void *a, const void *b)
{
	const struct event *left = *(const struct event *const *)a;
	const struct event *right = *(const struct event *const *)b;
	int order = ip_compare(&left->client, &right->client);

	return order ? order : position_compare(&left->at, &right->at);
}

/* Events of one client and time, by stream; each stream's own order is true. */
struct tie {
	const struct event **from, **end;
};

/*
 * Brings the lines of several files that tie in time into one order: each file's lines stay
 * as they are, and of the files' next lines the one at the earliest stage comes first. (To
 * compare stages while sorting would be no order at all: A before B in one file, B before C
 * and C before A by stage.)
 */
static void
interleave(const struct event **events, size_t count)
{
	const struct event **copy = xcalloc(count, sizeof(*copy));
	struct tie *ties = xcalloc(count, sizeof(*ties));
	size_t tie_count = 0;

	memcpy(copy, events, count * sizeof(*copy));
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || copy[i]->at.stream != copy[i - 1]->at.stream)
			ties[tie_count++].from = &copy[i];
		ties[tie_count - 1].end = &copy[i + 1];
	}
	for (size_t n = 0; n < count; n++) {
		struct tie *next = NULL;
		for (size_t i = 0; i < tie_count; i++)
			if (ties[i].from < ties[i].end &&
			    (!next || stage_of(*ties[i].from) < stage_of(*next->from)))
				next = &ties[i];
		if (!next) /* cannot be: as many lines are left as places */
			break;
		events[n] = *next->from++;
	}
	free(ties);
	free(copy);
}

static bool
ties_with(const struct event *a, const struct event *b)
{
	return a->at.time == b->at.time && ip_compare(&a->client, &b->client) == 0;
}

static void
sort_events(struct event_list *list)
{
	if (list->count)
		qsort(list->all, list->count, sizeof(*list->all), compare_events);
	for (size_t i = 0, next; i < list->count; i = next) {
		for (next = i + 1; next < list->count; next++)
			if (!ties_with(list->all[i], list->all[next]))
				break;
		if (list->all[i]->at.stream != list->all[next - 1]->at.stream)
			interleave(&list->all[i], next - i);
	}
}

static int64_t
most_between(const struct attempt *attempt, const struct event *event)
{
	if (event->port < 0)
		return PORTLESS_MS;
	return stage_of(event) == 2 && attempt->outcome == OUTCOME_GRANTED ? TRANSFER_MS
									   : SAME_REQUEST_MS;
}

static bool
same_request(const struct attempt *attempt, const struct event *event, uint32_t server)
{
	struct str zone = event_name(event);

	if (attempt->server != server || attempt->port != event->port)
		return false;
	if (zone.n && !str_eq(attempt->zone, zone))
		return false;
	if (event->kind == EVENT_TRANSFER_QUERY && attempt->asked)
		return false;
	return event->at.time == TIME_NONE || attempt->last == TIME_NONE ||
	       event->at.time - attempt->last <= most_between(attempt, event);
}

/* The latest attempt of the same client that the event belongs to, or NULL. */
static struct attempt *
find(struct attempts *attempts, const struct event *event, uint32_t server)
{
	/* A sweep may run many requests side by side, but not this many of one client. */
	size_t look_back = 256;

	for (size_t i = attempts->count; i-- > 0 && look_back-- > 0;) {
		struct attempt *attempt = &attempts->all[i];
		if (ip_compare(&attempt->client, &event->client) != 0)
			return NULL;
		if (same_request(attempt, event, server))
			return attempt;
	}
	return NULL;
}

static struct attempt *
add(struct attempts *attempts, const struct event *event, uint32_t server)
{
	if (attempts->count == attempts->capacity) {
		attempts->capacity = attempts->capacity ? attempts->capacity * 2 : 32;
		attempts->all = xrealloc(attempts->all, attempts->capacity, sizeof(*attempts->all));
	}
	struct attempt *attempt = &attempts->all[attempts->count++];
	*attempt = (struct attempt){
		.client = event->client,
		.server = server,
		.port = event->port,
		.zone = event_name(event),
		.time = event->at.time,
		.last = event->at.time,
		.serial = -1,
		.serial_from = -1,
		.records = -1,
		.bytes = -1,
		.qtype = TYPE_UNKNOWN,
		.outcome = OUTCOME_UNKNOWN,
	};
	return attempt;
}

static void
take_query(struct attempt *attempt, const struct event *event)
{
	attempt->asked = true;
	attempt->qtype = event->qtype;
	if (event->flags_known & FLAG_TCP) {
		attempt->tcp = (event->flags & FLAG_TCP) != 0;
		attempt->udp = !attempt->tcp;
	}
	attempt->recursion_desired = (event->flags & FLAG_RD) != 0;
	attempt->cookie_valid = (event->flags & FLAG_COOKIE_VALID) != 0;
	attempt->server_address = event->server;
}

static void
take_outcome(struct attempt *attempt, const struct event *event)
{
	switch (event->kind) {
	case EVENT_TRANSFER_QUERY:
		take_query(attempt, event);
		break;
	case EVENT_TRANSFER_DENIED:
	case EVENT_TRANSFER_BAD:
	case EVENT_TRANSFER_REFUSED:
		if (attempt->outcome == OUTCOME_UNKNOWN)
			attempt->outcome = OUTCOME_REFUSED;
		if (attempt->qtype == TYPE_UNKNOWN)
			attempt->qtype = event->qtype;
		break;
	case EVENT_TRANSFER_STARTED:
	case EVENT_TRANSFER_ENDED:
		attempt->outcome = OUTCOME_GRANTED;
		break;
	case EVENT_TRANSFER_CURRENT:
		attempt->outcome = OUTCOME_GRANTED;
		attempt->empty = true;
		break;
	default: /* a connection that breaks after the end has lost nothing */
		if (attempt->records < 0)
			attempt->outcome = OUTCOME_FAILED;
	}
}

static void
take(struct attempt *attempt, const struct event *event)
{
	take_outcome(attempt, event);
	if (event->transfer != TRANSFER_UNKNOWN)
		attempt->style = event->transfer;
	if (event->transfer == TRANSFER_POLL)
		attempt->empty = true;
	if (event->serial >= 0)
		attempt->serial = event->serial;
	if (event->serial_from >= 0)
		attempt->serial_from = event->serial_from;
	if (event->records >= 0)
		attempt->records = event->records;
	if (event->bytes >= 0)
		attempt->bytes = event->bytes;
	if (event->key_length)
		attempt->key = event_key(event);
	if (event->reason_length)
		attempt->reason = event_reason(event);
	if (event->at.time != TIME_NONE)
		attempt->last = event->at.time;
	if (attempt->event_count < sizeof(attempt->events) / sizeof(*attempt->events))
		attempt->events[attempt->event_count++] = event;
}

void
attempts_join(struct attempts *attempts, const struct tally *tally)
{
	struct event_list list = {0};

	*attempts = (struct attempts){0};
	collect(&list, tally);
	sort_events(&list);
	for (size_t i = 0; i < list.count; i++) {
		const struct event *event = list.all[i];
		uint32_t server = tally->settings->streams[event->at.stream].server;
		struct attempt *attempt = find(attempts, event, server);
		if (!attempt)
			attempt = add(attempts, event, server);
		take(attempt, event);
	}
	free(list.all);
}

void
attempts_release(struct attempts *attempts)
{
	free(attempts->all);
	*attempts = (struct attempts){0};
}
