#include "detect/order.h"

#include <stdlib.h>

#include "base/pages.h"
#include "base/xalloc.h"

/*
 * What orders the pairs, beside each other: the pairs themselves lie all over the memory. First by
 * the family and 32 bits of the address, with the pair's entry below them in one number; then what
 * is equal there by all the rest.
 */
enum {
	ENTRY_BITS = 31,
	DIGIT_BITS = 11,
	DIGITS = 3,
	SHORT = 16, /* rows that are sorted without qsort */
	AHEAD = 8,  /* pairs that are fetched while one is read */
};
_Static_assert(ENTRY_BITS + DIGITS * DIGIT_BITS == 64, "a number has bits that order nothing");

struct place {
	uint64_t high, low; /* of the address, in the order of ip_compare */
	uint64_t rank;      /* of address and zone: the order is the same everywhere */
	const struct pair *pair;
	uint32_t entry;
};

static uint64_t
big_endian(const uint8_t b[8])
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | b[i];
	return value;
}

static uint64_t
coarse_place(const struct ip *address, uint32_t entry)
{
	bool is_v4 = ip_is_v4(address);
	uint64_t bits = is_v4 ? big_endian(address->b + 8) & UINT32_MAX
			      : big_endian(address->b) >> 32 | 1ULL << 32;

	return bits << ENTRY_BITS | entry;
}

static const struct pair *
entry_of(const struct map *pairs, uint64_t coarse)
{
	return (const void *)map_entry(pairs, coarse & ((1U << ENTRY_BITS) - 1));
}

static struct place
place_of(const struct map *pairs, uint64_t coarse)
{
	const struct pair *pair = entry_of(pairs, coarse);
	const uint8_t *address = pair->key.address.b;

	return (struct place){big_endian(address), big_endian(address + 8), pair->rank, pair,
			      coarse & ((1U << ENTRY_BITS) - 1)};
}

static int
compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	if (left->high != right->high)
		return left->high < right->high ? -1 : 1;
	if (left->low != right->low)
		return left->low < right->low ? -1 : 1;
	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	return (left->pair->key.resolver > right->pair->key.resolver) -
	       (left->pair->key.resolver < right->pair->key.resolver);
}

/* Sorts by the digits above the entry, the lowest first; `spare` is as long. Returns the sorted. */
static uint64_t *
sort_coarse(uint64_t *all, uint64_t *spare, size_t count)
{
	for (unsigned digit = 0; digit < DIGITS; digit++) {
		unsigned shift = ENTRY_BITS + digit * DIGIT_BITS;
		size_t ends[1 << DIGIT_BITS] = {0}, end = 0;
		for (size_t i = 0; i < count; i++)
			ends[all[i] >> shift & ((1 << DIGIT_BITS) - 1)]++;
		for (size_t i = 0; i < 1 << DIGIT_BITS; i++) {
			size_t own = ends[i];
			ends[i] = end;
			end += own;
		}
		for (size_t i = 0; i < count; i++)
			spare[ends[all[i] >> shift & ((1 << DIGIT_BITS) - 1)]++] = all[i];
		uint64_t *sorted = spare;
		spare = all;
		all = sorted;
	}
	return all;
}

void
order_begin(struct order *order, const struct map *pairs)
{
	size_t bytes = ((size_t)pairs->count + 1) * sizeof(uint64_t);
	uint64_t *all = pages_alloc(bytes), *spare = pages_alloc(bytes);
	const struct pair *pair;

	*order = (struct order){.pairs = pairs, .bytes = bytes};
	for (uint32_t i = 0; (pair = map_next(pairs, &i)) != NULL;)
		all[order->count++] = coarse_place(&pair->key.address, i - 1);
	order->coarse = sort_coarse(all, spare, order->count);
	pages_free(order->coarse == all ? spare : all, bytes);
}

void
order_release(struct order *order)
{
	pages_free(order->coarse, order->bytes);
	*order = (struct order){0};
}

static bool
same_run(const struct order *order, size_t a, size_t b)
{
	return order->coarse[a] >> ENTRY_BITS == order->coarse[b] >> ENTRY_BITS;
}

/* The first pair from `at` on that is not equal coarsely to the one before it. */
static size_t
begin_of_run(const struct order *order, size_t at)
{
	while (at > 0 && at < order->count && same_run(order, at - 1, at))
		at++;
	return at;
}

static void
sort_places(struct place *places, size_t count)
{
	if (count > SHORT) {
		qsort(places, count, sizeof(*places), compare_places);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct place place = places[i];
		size_t at = i;
		for (; at > 0 && compare_places(&places[at - 1], &place) > 0; at--)
			places[at] = places[at - 1];
		places[at] = place;
	}
}

static bool
is_exact(const struct pair *pair)
{
	bool exact = true;

	for (size_t c = 0; c < NAME_CLASSES; c++)
		exact &= pair_class(pair, c).names.threshold == 0;
	return exact;
}

/* The commonest of pairs, names of one class that are all held, needs no look at the others. */
static void
count_names(struct brief *brief, const struct pair *pair)
{
	size_t class_ = pair_one_class(pair);
	struct sample one = pair_class(pair, class_).names;

	if (!pair->more && sample_is_exact(&one)) {
		brief->classes = one.count ? (uint8_t)(1 << class_) : 0;
		brief->distinct = class_ == NAME_APEX ? 0 : one.count;
		brief->is_exact = true;
		return;
	}
	uint64_t distinct = pair_distinct(pair);
	brief->distinct = distinct < UINT32_MAX ? (uint32_t)distinct : UINT32_MAX;
	brief->is_exact = is_exact(pair);
	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		brief->classes |= (uint8_t)((names.names.count > 0) << c);
	}
}

static bool
is_v4(const struct place *place)
{
	return place->high == 0 && place->low >> 32 == 0xffff;
}

static bool
same_source(const struct place *a, const struct place *b)
{
	return a->low == b->low && a->high == b->high;
}

static bool
same_network(const struct place *a, const struct place *b)
{
	if (is_v4(a) || is_v4(b))
		return a->high == b->high && a->low >> 8 == b->low >> 8;
	return a->high >> 16 == b->high >> 16;
}

/* `before`: the place of the pair before it, or NULL. */
static struct brief
brief_of(const struct place *place, const struct place *before)
{
	const struct pair *pair = place->pair;
	struct brief brief = {
		.types = counts_keys(&pair->types),
		.zone = pair->key.zone,
		.entry = place->entry,
		.resolver = pair->key.resolver != 0,
		.is_nobody = ip_is_none(&pair->key.address),
		.new_source = !before || !same_source(place, before),
		.new_network = !before || !same_network(place, before),
	};

	count_names(&brief, pair);
	return brief;
}

/* The places of pairs that are equal coarsely. */
struct run {
	size_t count, room;
	struct place *all;
};

/* Reads the places from `first` on that are coarsely equal. */
static void
take_run(struct run *run, const struct order *order, size_t first)
{
	run->count = 0;
	do {
		size_t i = first + run->count;
		if (i + AHEAD < order->count)
			map_fetch(entry_of(order->pairs, order->coarse[i + AHEAD]),
				  sizeof(struct pair));
		if (run->count == run->room) {
			run->room = run->room ? run->room * 2 : SHORT;
			run->all = xrealloc(run->all, run->room, sizeof(*run->all));
		}
		run->all[run->count++] = place_of(order->pairs, order->coarse[i]);
	} while (first + run->count < order->count && same_run(order, first, first + run->count));
	sort_places(run->all, run->count);
}

void
order_finish(const struct order *order, size_t part, size_t parts, struct brief *briefs)
{
	size_t from = begin_of_run(order, order->count * part / parts);
	size_t to = begin_of_run(order, order->count * (part + 1) / parts);
	struct place last;
	struct run run = {0};

	/* Of those equal coarsely any will do: here another source begins. */
	if (from > 0 && from < to)
		last = place_of(order->pairs, order->coarse[from - 1]);
	for (size_t first = from; first < to; first += run.count) {
		take_run(&run, order, first);
		for (size_t i = 0; i < run.count; i++) {
			briefs[first + i] = brief_of(&run.all[i], first + i > 0 ? &last : NULL);
			last = run.all[i];
		}
	}
	free(run.all);
}
