#include "tally/counts.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void
counts_release(struct counts *counts)
{
	if (counts->capacity)
		free(counts->v);
	*counts = (struct counts){0};
}

static uint32_t
add_saturating(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static bool
is_word(struct count made)
{
	return made.key < COUNTS_KEYS && made.count <= COUNTS_MOST;
}

static uint32_t
word_of(struct count made)
{
	return (uint32_t)made.key << COUNTS_BITS | made.count;
}

/* How many there is room for. */
static uint16_t
room_of(const struct counts *counts)
{
	return counts->capacity ? (uint16_t)(counts->capacity & ~COUNTS_WIDE) : COUNTS_FEW;
}

/* Moves the words that stand in the struct to the heap, or what is there into twice the room. */
static void
make_room(struct counts *counts)
{
	uint16_t room = (uint16_t)(room_of(counts) * 2);
	bool wide = counts->capacity & COUNTS_WIDE;

	if (counts->capacity == 0) {
		uint32_t *v = xmalloc(room * sizeof(*v));
		memcpy(v, counts->few, counts->count * sizeof(*v));
		counts->v = v;
	} else if (wide) {
		counts->wide = xrealloc(counts->wide, room, sizeof(*counts->wide));
	} else {
		counts->v = xrealloc(counts->v, room, sizeof(*counts->v));
	}
	counts->capacity = room | (wide ? COUNTS_WIDE : 0);
}

static void
widen(struct counts *counts)
{
	uint16_t room = room_of(counts);
	struct count *wide = xmalloc(room * sizeof(*wide));

	for (uint16_t i = 0; i < counts->count; i++)
		wide[i] = counts_at(counts, i);
	if (counts->capacity)
		free(counts->v);
	counts->wide = wide;
	counts->capacity = room | COUNTS_WIDE;
}

static void
set(struct counts *counts, uint16_t at, struct count made)
{
	if (!is_word(made) && !(counts->capacity & COUNTS_WIDE))
		widen(counts);
	if (counts->capacity & COUNTS_WIDE)
		counts->wide[at] = made;
	else
		(counts->capacity ? counts->v : counts->few)[at] = word_of(made);
}

/* Makes a place at `at`, with what came there and after it behind it. */
static void
open_place(struct counts *counts, uint16_t at)
{
	if (counts->count >= room_of(counts))
		make_room(counts);
	counts->count++;
	for (uint16_t i = (uint16_t)(counts->count - 1); i > at; i--)
		set(counts, i, counts_at(counts, (uint16_t)(i - 1)));
}

void
counts_add(struct counts *counts, uint16_t key, uint32_t count)
{
	uint16_t at = counts->count;

	while (at > 0 && counts_at(counts, (uint16_t)(at - 1)).key >= key)
		at--;
	struct count made = {key, count};
	if (at < counts->count && counts_at(counts, at).key == key)
		made.count = add_saturating(counts_at(counts, at).count, count);
	else
		open_place(counts, at);
	set(counts, at, made);
}

void
counts_merge(struct counts *into, const struct counts *from)
{
	for (uint16_t i = 0; i < from->count; i++)
		counts_add(into, counts_at(from, i).key, counts_at(from, i).count);
}

uint32_t
counts_of(const struct counts *counts, uint16_t key)
{
	for (uint16_t i = 0; i < counts->count; i++)
		if (counts_at(counts, i).key == key)
			return counts_at(counts, i).count;
	return 0;
}

const struct type_place type_places[TYPE_CAA + 1] = {
	[TYPE_A] = {1, 1},       [TYPE_NS] = {2, 3},           [TYPE_CNAME] = {3, 9},
	[TYPE_SOA] = {4, 6},     [TYPE_NULL] = {5, 0},         [TYPE_PTR] = {6, 7},
	[TYPE_HINFO] = {7, 0},   [TYPE_MX] = {8, 4},           [TYPE_TXT] = {9, 5},
	[TYPE_AAAA] = {10, 2},   [TYPE_SRV] = {11, 8},         [TYPE_NAPTR] = {12, 0},
	[TYPE_DNAME] = {13, 0},  [TYPE_DS] = {14, 11},         [TYPE_SSHFP] = {15, 0},
	[TYPE_RRSIG] = {16, 12}, [TYPE_NSEC] = {17, 12},       [TYPE_DNSKEY] = {18, 11},
	[TYPE_NSEC3] = {19, 12}, [TYPE_NSEC3PARAM] = {20, 11}, [TYPE_TLSA] = {21, 0},
	[TYPE_CDS] = {22, 11},   [TYPE_CDNSKEY] = {23, 11},    [TYPE_SVCB] = {24, 15},
	[TYPE_HTTPS] = {25, 15}, [TYPE_SPF] = {26, 14},        [TYPE_TKEY] = {27, 0},
	[TYPE_IXFR] = {28, 0},   [TYPE_AXFR] = {29, 0},        [TYPE_ANY] = {30, 13},
	[TYPE_CAA] = {31, 10},
};

int32_t
type_of_key(uint16_t key)
{
	for (int32_t type = 0; key < TYPE_KEY_OTHER && type <= TYPE_CAA; type++)
		if (type_places[type].key == key + 1)
			return type;
	return TYPE_UNKNOWN;
}
