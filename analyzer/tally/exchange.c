#include "tally/exchange.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "tally/tally.h"

enum {
	CARRIED_TEXT = 39, /* longer names stay where they were read */
	PARCEL_LINES = 32, /* taken together: see tally_add_lines */
	LANE_PARCELS = 64, /* at most: what one thread reads while another one decompresses */
	LANE_LEAST = 2,    /* and at least */
	SEATS_LEAST = 2,
	SEATS_MOST = 32,
};
_Static_assert((int)PARCEL_LINES <= (int)TALLY_BATCH, "a parcel is no batch");

/* What sources, zones and pairs ask of a line that tells nothing else: two cache lines. */
struct carried {
	struct ip client;
	uint64_t moment, address_hash;
	uint64_t name_hash, zone_hash, text_key, zone_key; /* of its struct name */
	uint32_t server;
	int32_t port;
	uint16_t type_bit, flags, flags_known;
	int16_t rcode;
	uint8_t type_key, kind, seen, class_;
	bool is_request, own, evidence;
	uint8_t text_length, zone_offset;
	char text[CARRIED_TEXT];
};
_Static_assert(sizeof(struct carried) == 2 * 64, "a carried line does not fill its cache lines");

struct parcel {
	struct carried lines[PARCEL_LINES];
	_Alignas(64) size_t count; /* and the next parcel's lines begin where a cache line does */
};

/* From one thread to another one: a ring, of which both know how far they are. */
struct lane {
	struct parcel *ring;
	/* Parcels filled, written by the giver, and taken, written by the taker; apart in the cache. */
	_Alignas(64) _Atomic size_t filled;
	size_t open; /* lines in the parcel that is being filled; the giver's own */
	_Alignas(64) _Atomic size_t taken;
};

/* A parcel's lines as tally_add_lines has them. */
struct unpacked {
	struct tally_line lines[PARCEL_LINES];
	struct record records[PARCEL_LINES];
	struct name names[PARCEL_LINES];
};

struct seat {
	struct exchange *exchange;
	size_t index;
	struct unpacked unpacked;
};

struct exchange {
	size_t seat_count, parcels; /* in each lane */
	size_t owners;              /* the first so many threads have sources of their own */
	struct seat *seats;
	struct lane *lanes; /* by giver, then by taker */
};

static struct lane *
lane_of(const struct exchange *exchange, size_t giver, size_t taker)
{
	return &exchange->lanes[giver * exchange->seat_count + taker];
}

static void
seat_init(struct seat *seat, struct exchange *exchange, size_t index)
{
	static const struct matches none;
	struct unpacked *unpacked = &seat->unpacked;

	memset(unpacked, 0, sizeof(*unpacked));
	seat->exchange = exchange;
	seat->index = index;
	for (size_t i = 0; i < PARCEL_LINES; i++) {
		record_clear(&unpacked->records[i]);
		unpacked->lines[i].record = &unpacked->records[i];
		unpacked->lines[i].name = &unpacked->names[i];
		unpacked->lines[i].matches = &none;
	}
}

/* A power of two, so that a place in the ring is a mask. */
static size_t
parcels_of(size_t lanes, size_t bytes)
{
	size_t parcels = LANE_PARCELS;

	while (parcels > LANE_LEAST && parcels * lanes * sizeof(struct parcel) > bytes)
		parcels /= 2;
	return parcels;
}

struct exchange *
exchange_new(size_t seats, size_t bytes)
{
	if (seats < SEATS_LEAST || seats > SEATS_MOST)
		return NULL;
	struct exchange *exchange = xcalloc(1, sizeof(*exchange));
	size_t lanes = seats * seats;

	exchange->seat_count = seats;
	exchange->owners = seats == 2 ? 1 : seats;
	exchange->parcels = parcels_of(seats * (seats - 1), bytes);
	exchange->seats = xcalloc(seats, sizeof(*exchange->seats));
	for (size_t i = 0; i < seats; i++)
		seat_init(&exchange->seats[i], exchange, i);
	exchange->lanes = xmalloc_lines(lanes * sizeof(*exchange->lanes));
	for (size_t i = 0; i < lanes; i++)
		exchange->lanes[i] = (struct lane){.ring = NULL};
	return exchange;
}

void
exchange_free(struct exchange *exchange)
{
	if (!exchange)
		return;
	for (size_t i = 0; i < exchange->seat_count * exchange->seat_count; i++)
		free(exchange->lanes[i].ring);
	free(exchange->lanes);
	free(exchange->seats);
	free(exchange);
}

struct seat *
exchange_seat(struct exchange *exchange, size_t index)
{
	return exchange ? &exchange->seats[index] : NULL;
}

bool
seat_is_given_all(const struct seat *seat)
{
	return seat && seat->index < seat->exchange->owners &&
	       seat->exchange->owners < seat->exchange->seat_count;
}

/* Not by bits that the tables use to place an entry: one thread's would stand in clusters. */
static size_t
owner_of(const struct exchange *exchange, uint64_t address_hash)
{
	uint64_t mixed = address_hash * 0x9e3779b97f4a7c15ULL >> 32;

	return (size_t)(mixed * exchange->owners >> 32);
}

/* Where the lane's next line goes; NULL while it is full. Memory is taken by lanes in use. */
static struct carried *
room_in(const struct exchange *exchange, struct lane *lane)
{
	size_t filled = atomic_load_explicit(&lane->filled, memory_order_relaxed);

	if (!lane->open &&
	    filled - atomic_load_explicit(&lane->taken, memory_order_acquire) >= exchange->parcels)
		return NULL;
	if (!lane->ring)
		lane->ring = xmalloc_lines(exchange->parcels * sizeof(*lane->ring));
	return &lane->ring[filled & (exchange->parcels - 1)].lines[lane->open];
}

static void
send(const struct exchange *exchange, struct lane *lane)
{
	size_t filled = atomic_load_explicit(&lane->filled, memory_order_relaxed);

	lane->ring[filled & (exchange->parcels - 1)].count = lane->open;
	lane->open = 0;
	atomic_store_explicit(&lane->filled, filled + 1, memory_order_release);
}

/* Whether a carried line tells all that the tables of sources, zones and pairs ask of it. */
static bool
fits(const struct tally_line *line)
{
	const struct record *record = line->record;

	return line->name->text.n <= CARRIED_TEXT && !record->key.n && !record->has_ecs &&
	       record->rcode <= INT16_MAX && record->time == moment_time(line->moment);
}

static void
pack(struct carried *carried, const struct tally_line *line)
{
	const struct record *record = line->record;
	const struct name *name = line->name;

	carried->client = record->client;
	carried->moment = line->moment;
	carried->address_hash = line->address_hash;
	carried->name_hash = name->hash;
	carried->zone_hash = name->zone_hash;
	carried->text_key = name->text_key;
	carried->zone_key = name->zone_key;
	carried->server = line->server;
	carried->port = record->port;
	carried->rcode = (int16_t)record->rcode;
	carried->type_key = (uint8_t)line->type_key;
	carried->type_bit = line->type_bit;
	carried->flags = record->flags;
	carried->flags_known = record->flags_known;
	carried->kind = record->kind;
	carried->seen = line->seen;
	carried->class_ = name->class_;
	carried->is_request = line->is_request;
	carried->own = name->own;
	carried->evidence = line->evidence;
	carried->text_length = (uint8_t)name->text.n;
	carried->zone_offset = (uint8_t)name->zone_offset;
	memcpy(carried->text, name->text.p, name->text.n);
}

bool
seat_hand_over(struct seat *seat, const struct tally_line *line)
{
	const struct exchange *exchange = seat->exchange;
	size_t owner = owner_of(exchange, line->address_hash);
	if (owner == seat->index || !fits(line))
		return false;
	struct lane *lane = lane_of(exchange, seat->index, owner);
	struct carried *carried = room_in(exchange, lane);
	if (!carried)
		return false;
	pack(carried, line);
	map_fetch(carried + 1, sizeof(*carried)); /* the taker's cache has it */
	if (++lane->open == PARCEL_LINES)
		send(exchange, lane);
	return true;
}

static void
unpack_name(struct name *name, const struct carried *carried)
{
	size_t n = carried->text_length, zone = carried->zone_offset;

	name->text = str_make(carried->text, n);
	name->zone = zone == n ? STR(".") : str_make(carried->text + zone, n - zone);
	name->hash = carried->name_hash;
	name->zone_hash = carried->zone_hash;
	name->text_key = carried->text_key;
	name->zone_key = carried->zone_key;
	name->zone_offset = carried->zone_offset;
	name->class_ = carried->class_;
	name->own = carried->own;
}

static void
unpack_record(struct record *record, const struct carried *carried)
{
	record->time = moment_time(carried->moment);
	record->client = carried->client;
	record->port = carried->port;
	record->rcode = carried->rcode;
	record->flags = carried->flags;
	record->flags_known = carried->flags_known;
	record->kind = carried->kind;
}

static void
unpack(struct unpacked *unpacked, size_t i, const struct carried *carried)
{
	struct tally_line *line = &unpacked->lines[i];

	unpack_record(&unpacked->records[i], carried);
	unpack_name(&unpacked->names[i], carried);
	line->is_request = carried->is_request;
	line->evidence = carried->evidence;
	line->server = carried->server;
	line->type_key = carried->type_key;
	line->type_bit = carried->type_bit;
	line->seen = carried->seen;
	line->moment = carried->moment;
	line->address_hash = carried->address_hash;
}

size_t
seat_take(struct seat *seat, struct tally *tally)
{
	const struct exchange *exchange = seat ? seat->exchange : NULL;
	size_t lines = 0;

	for (size_t giver = 0; exchange && giver < exchange->seat_count; giver++) {
		struct lane *lane = lane_of(exchange, giver, seat->index);
		size_t filled = atomic_load_explicit(&lane->filled, memory_order_acquire);
		size_t taken = atomic_load_explicit(&lane->taken, memory_order_relaxed);
		for (; taken != filled; taken++) {
			const struct parcel *parcel = &lane->ring[taken & (exchange->parcels - 1)];
			for (size_t i = 0; i < parcel->count; i++)
				unpack(&seat->unpacked, i, &parcel->lines[i]);
			tally_add_carried(tally, seat->unpacked.lines, parcel->count);
			lines += parcel->count;
			atomic_store_explicit(&lane->taken, taken + 1, memory_order_release);
		}
	}
	return lines;
}

void
seat_flush(struct seat *seat)
{
	const struct exchange *exchange = seat ? seat->exchange : NULL;

	for (size_t taker = 0; exchange && taker < exchange->seat_count; taker++) {
		struct lane *lane = lane_of(exchange, seat->index, taker);
		if (lane->open)
			send(exchange, lane);
	}
}
