#include "tally/counts.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "record/record.h"

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

/* Moves what is there to the heap, or into twice the room there. */
static void
make_room(struct counts *counts)
{
	if (counts->capacity) {
		counts->capacity = (uint16_t)(counts->capacity * 2);
		counts->v = xrealloc(counts->v, counts->capacity, sizeof(*counts->v));
		return;
	}
	struct count *v = xmalloc(2 * COUNTS_FEW * sizeof(*v));
	for (uint16_t i = 0; i < counts->count; i++)
		v[i] = counts_at(counts, i);
	counts->v = v;
	counts->capacity = 2 * COUNTS_FEW;
}

static bool
is_few(const struct counts *counts, struct count made)
{
	return counts->capacity == 0 && made.key < COUNTS_FEW_KEYS &&
	       made.count < 1u << COUNTS_FEW_BITS;
}

static void
set(struct counts *counts, uint16_t at, struct count made)
{
	if (!is_few(counts, made) && counts->capacity == 0)
		make_room(counts);
	if (counts->capacity)
		counts->v[at] = made;
	else
		counts->few[at] = (uint32_t)made.key << COUNTS_FEW_BITS | made.count;
}

/* Makes a place at `at`, with what came there and after it behind it. */
static void
open_place(struct counts *counts, uint16_t at)
{
	size_t left = (size_t)(counts->count - at);

	if (counts->count >= (counts->capacity ? counts->capacity : COUNTS_FEW))
		make_room(counts);
	if (counts->capacity)
		memmove(&counts->v[at + 1], &counts->v[at], left * sizeof(*counts->v));
	else
		memmove(&counts->few[at + 1], &counts->few[at], left * sizeof(*counts->few));
	counts->count++;
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

static const int32_t own_key[TYPE_KEYS - 1] = {
	TYPE_A,     TYPE_NS,      TYPE_CNAME, TYPE_SOA,    TYPE_NULL,  TYPE_PTR,        TYPE_HINFO,
	TYPE_MX,    TYPE_TXT,     TYPE_AAAA,  TYPE_SRV,    TYPE_NAPTR, TYPE_DNAME,      TYPE_DS,
	TYPE_SSHFP, TYPE_RRSIG,   TYPE_NSEC,  TYPE_DNSKEY, TYPE_NSEC3, TYPE_NSEC3PARAM, TYPE_TLSA,
	TYPE_CDS,   TYPE_CDNSKEY, TYPE_SVCB,  TYPE_HTTPS,  TYPE_SPF,   TYPE_TKEY,       TYPE_IXFR,
	TYPE_AXFR,  TYPE_ANY,     TYPE_CAA,
};

/* The key of each type plus one; 0 where a type has none of its own. The order of own_key. */
static const uint8_t key_of[TYPE_CAA + 1] = {
	[TYPE_A] = 1,      [TYPE_NS] = 2,      [TYPE_CNAME] = 3,    [TYPE_SOA] = 4,
	[TYPE_NULL] = 5,   [TYPE_PTR] = 6,     [TYPE_HINFO] = 7,    [TYPE_MX] = 8,
	[TYPE_TXT] = 9,    [TYPE_AAAA] = 10,   [TYPE_SRV] = 11,     [TYPE_NAPTR] = 12,
	[TYPE_DNAME] = 13, [TYPE_DS] = 14,     [TYPE_SSHFP] = 15,   [TYPE_RRSIG] = 16,
	[TYPE_NSEC] = 17,  [TYPE_DNSKEY] = 18, [TYPE_NSEC3] = 19,   [TYPE_NSEC3PARAM] = 20,
	[TYPE_TLSA] = 21,  [TYPE_CDS] = 22,    [TYPE_CDNSKEY] = 23, [TYPE_SVCB] = 24,
	[TYPE_HTTPS] = 25, [TYPE_SPF] = 26,    [TYPE_TKEY] = 27,    [TYPE_IXFR] = 28,
	[TYPE_AXFR] = 29,  [TYPE_ANY] = 30,    [TYPE_CAA] = 31,
};

uint16_t
type_key(int32_t qtype)
{
	if (qtype < 0 || qtype > TYPE_CAA || key_of[qtype] == 0)
		return TYPE_KEY_OTHER;
	return (uint16_t)(key_of[qtype] - 1);
}

int32_t
type_of_key(uint16_t key)
{
	return key < TYPE_KEY_OTHER && own_key[key] ? own_key[key] : TYPE_UNKNOWN;
}

uint16_t
type_bit(int32_t qtype)
{
	switch (qtype) {
	case TYPE_A:
		return 1 << 0;
	case TYPE_AAAA:
		return 1 << 1;
	case TYPE_NS:
		return 1 << 2;
	case TYPE_MX:
		return 1 << 3;
	case TYPE_TXT:
		return 1 << 4;
	case TYPE_SOA:
		return 1 << 5;
	case TYPE_PTR:
		return 1 << 6;
	case TYPE_SRV:
		return 1 << 7;
	case TYPE_CNAME:
		return 1 << 8;
	case TYPE_CAA:
		return 1 << 9;
	case TYPE_DS:
	case TYPE_DNSKEY:
	case TYPE_CDS:
	case TYPE_CDNSKEY:
	case TYPE_NSEC3PARAM:
		return 1 << 10;
	case TYPE_NSEC:
	case TYPE_NSEC3:
	case TYPE_RRSIG:
		return 1 << 11;
	case TYPE_ANY:
		return 1 << 12;
	case TYPE_SPF:
		return 1 << 13;
	case TYPE_HTTPS:
	case TYPE_SVCB:
		return 1 << 14;
	default:
		return 1 << 15;
	}
}
