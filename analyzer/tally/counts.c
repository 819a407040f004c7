#include "tally/counts.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void
counts_release(struct counts *counts)
{
	if (counts->room)
		free(counts->v);
	*counts = (struct counts){0};
}

static uint32_t
add_saturating(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* Moves the words that stand in the struct to the heap, or what is there into twice the room. */
static void
make_room(struct counts *counts)
{
	enum { FIRST = 3 }; /* twice COUNTS_FEW */
	size_t room = counts_room(counts) * 2;

	if (counts->room == 0) {
		count_word *v = xmalloc(room * sizeof(*v));
		memcpy(v, counts->few, counts->count * sizeof(*v));
		counts->v = v;
		counts->room = FIRST;
		return;
	}
	if (counts->room & COUNTS_WIDE)
		counts->wide = xrealloc(counts->wide, room, sizeof(*counts->wide));
	else
		counts->v = xrealloc(counts->v, room, sizeof(*counts->v));
	counts->room++;
}

static void
widen(struct counts *counts, unsigned bits)
{
	enum { FIRST = 2 }; /* COUNTS_FEW */
	size_t room = counts_room(counts);
	struct count *wide = xmalloc(room * sizeof(*wide));

	for (size_t i = 0; i < counts->count; i++)
		wide[i] = counts_unpack(counts, bits, i);
	if (counts->room)
		free(counts->v);
	else
		counts->room = FIRST;
	counts->wide = wide;
	counts->room |= COUNTS_WIDE;
}

void
counts_set_packed(struct counts *counts, unsigned bits, size_t i, struct count made)
{
	if (!counts_fits(bits, made) && !(counts->room & COUNTS_WIDE))
		widen(counts, bits);
	if (counts->room & COUNTS_WIDE)
		counts->wide[i] = made;
	else
		counts_words(counts)[i] = made.key << bits | made.count;
}

/* Makes a place at `at`, with what came there and after it behind it. */
static void
open_place(struct counts *counts, size_t at)
{
	if (counts->count >= counts_room(counts))
		make_room(counts);
	size_t moved = counts->count++ - at;
	count_word *words = counts_words(counts);
	if (counts->room & COUNTS_WIDE)
		memmove(&counts->wide[at + 1], &counts->wide[at], moved * sizeof(*counts->wide));
	else if (moved)
		memmove(&words[at + 1], &words[at], moved * sizeof(*words));
}

/* Adds to the counter at `at`, which is the first of that key or a greater one, or before it. */
static void
add_at(struct counts *counts, unsigned bits, size_t at, uint32_t key, uint32_t count)
{
	struct count made = {key, count};

	if (at < counts->count && counts_unpack(counts, bits, at).key == key)
		made.count = add_saturating(counts_unpack(counts, bits, at).count, count);
	else
		open_place(counts, at);
	counts_set_packed(counts, bits, at, made);
}

void
counts_add_packed(struct counts *counts, unsigned bits, uint32_t key, uint32_t count)
{
	size_t at = counts->count;

	while (at > 0 && counts_unpack(counts, bits, at - 1).key >= key)
		at--;
	add_at(counts, bits, at, key, count);
}

size_t
counts_add_after(struct counts *counts, unsigned bits, size_t at, uint32_t key, uint32_t count)
{
	while (at < counts->count && counts_unpack(counts, bits, at).key < key)
		at++;
	add_at(counts, bits, at, key, count);
	return at;
}

void
counts_merge(struct counts *into, const struct counts *from)
{
	size_t at = 0;

	for (size_t i = 0; i < from->count; i++)
		at = counts_add_after(into, COUNTS_BITS, at, counts_at(from, i).key,
				      counts_at(from, i).count);
}

uint32_t
counts_of(const struct counts *counts, uint32_t key)
{
	for (size_t i = 0; i < counts->count; i++)
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
