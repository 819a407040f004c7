#include "detect/order.h"

#include <stdlib.h>

#include "base/pages.h"
#include "base/xalloc.h"

/*
 * What orders the pairs, beside each other, since pairs that follow one another lie all over the
 * memory: first by the family and 32 bits of the address, with the pair's entry below them in one
 * number; then what is equal there by all the rest. The pairs themselves are read where they lie.
 */
enum {
	ENTRY_BITS = 31,
	DIGIT_BITS = 11,
	DIGITS = 3,
	SHORT = 16, /* rows that are sorted without qsort */
	AHEAD = 16, /* pairs whose briefs are fetched while one is written */
};
_Static_assert(ENTRY_BITS + DIGITS * DIGIT_BITS == 64, "a number has bits that order nothing");
_Static_assert(DIGITS % 2 == 1 && sizeof(struct brief) >= sizeof(uint64_t),
	       "what is sorted in the room of the briefs does not end elsewhere");

struct place {
	uint64_t high, low; /* of the address, in the order of ip_compare */
	uint64_t rank;      /* of address and zone: the order is the same everywhere */
	const struct pair *pair;
	uint32_t entry;
};

static const uint64_t V4_MAPPED = 0xffff;

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

static uint32_t
entry_of(uint64_t coarse)
{
	return coarse & ((1U << ENTRY_BITS) - 1);
}

static bool
coarse_is_v4(uint64_t coarse)
{
	return coarse >> 63 == 0;
}

static struct place
place_of(const struct order *order, uint64_t coarse)
{
	uint32_t entry = entry_of(coarse);
	const struct pair *pair = (const void *)map_entry(order->pairs, entry);
	struct place place = {.rank = order->ranks[entry], .pair = pair, .entry = entry};

	if (coarse_is_v4(coarse)) {
		place.low = V4_MAPPED << 32 | coarse >> ENTRY_BITS;
	} else {
		place.high = big_endian(pair->key.address.b);
		place.low = big_endian(pair->key.address.b + 8);
	}
	return place;
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

/* Digit 0 is the rank's highest, which leaves little to do where addresses are equal. */
static unsigned
digit_of(const struct order *order, uint64_t coarse, unsigned digit)
{
	if (digit == 0)
		return order->ranks[entry_of(coarse)] >> (64 - DIGIT_BITS);
	return coarse >> (ENTRY_BITS + (digit - 1) * DIGIT_BITS) & ((1 << DIGIT_BITS) - 1);
}

static void
sort_by(const struct order *order, unsigned digit, const uint64_t *all, uint64_t *sorted)
{
	size_t ends[1 << DIGIT_BITS] = {0}, end = 0;

	for (size_t i = 0; i < order->count; i++)
		ends[digit_of(order, all[i], digit)]++;
	for (size_t i = 0; i < 1 << DIGIT_BITS; i++) {
		size_t own = ends[i];
		ends[i] = end;
		end += own;
	}
	for (size_t i = 0; i < order->count; i++)
		sorted[ends[digit_of(order, all[i], digit)]++] = all[i];
}

/* The arrays, in pages of their own, one after the other. */
static void
make_room(struct order *order)
{
	size_t entries = order->pairs->allocated;

	order->bytes = (order->pairs->count + entries) * sizeof(uint64_t) +
		       entries * sizeof(*order->positions);
	order->coarse = pages_alloc(order->bytes);
	order->ranks = order->coarse + order->pairs->count;
	order->positions = (void *)(order->ranks + entries);
}

void
order_begin(struct order *order, const struct map *pairs, void *briefs)
{
	const struct pair *pair;

	*order = (struct order){.pairs = pairs};
	make_room(order);
	for (uint32_t i = 0; (pair = map_next(pairs, &i)) != NULL;) {
		order->coarse[order->count++] = coarse_place(&pair->key.address, i - 1);
		order->ranks[i - 1] = pair->rank;
	}
	for (unsigned digit = 0; digit <= DIGITS; digit += 2) {
		sort_by(order, digit, order->coarse, briefs);
		sort_by(order, digit + 1, briefs, order->coarse);
	}
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
is_v4(const struct place *place)
{
	return place->high == 0 && place->low >> 32 == V4_MAPPED;
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
		if (run->count == run->room) {
			run->room = run->room ? run->room * 2 : SHORT;
			run->all = xrealloc(run->all, run->room, sizeof(*run->all));
		}
		run->all[run->count] = place_of(order, order->coarse[first + run->count]);
		run->count++;
	} while (first + run->count < order->count && same_run(order, first, first + run->count));
	sort_places(run->all, run->count);
}

void
order_place(const struct order *order, size_t part, size_t parts, struct brief *briefs)
{
	size_t from = begin_of_run(order, order->count * part / parts);
	size_t to = begin_of_run(order, order->count * (part + 1) / parts);
	struct place last = {0};
	struct run run = {0};

	/* Of those equal coarsely any will do: here another source begins. */
	if (from > 0 && from < to)
		last = place_of(order, order->coarse[from - 1]);
	for (size_t first = from; first < to; first += run.count) {
		take_run(&run, order, first);
		for (size_t i = first; i < first + run.count; i++) {
			const struct place *place = &run.all[i - first];
			briefs[i] = (struct brief){
				.entry = place->entry,
				.new_source = i == 0 || !same_source(place, &last),
				.new_network = i == 0 || !same_network(place, &last),
			};
			order->positions[place->entry] = (uint32_t)i;
			last = *place;
		}
	}
	free(run.all);
}

static void
note_class(struct brief *brief, const union class_names *names, uint8_t class_)
{
	struct sample sample = class_sample(names, class_);

	brief->is_exact &= sample_is_exact(&sample);
	if (sample.count)
		brief->classes |= (uint8_t)(1 << ((class_ & ~PAIR_ALONE) - 1));
}

static void
fill(struct brief *brief, const struct pair *pair)
{
	uint64_t distinct = pair_distinct(pair);

	brief->types = counts_keys(&pair->types);
	brief->distinct = distinct < UINT32_MAX ? (uint32_t)distinct : UINT32_MAX;
	brief->zone = pair->key.zone;
	brief->resolver = pair->key.resolver != 0;
	brief->is_nobody = ip_is_none(&pair->key.address);
	brief->is_exact = true;
	note_class(brief, &pair->one, pair->one_class);
	for (size_t i = 0; i < pair_further_count(pair); i++)
		note_class(brief, &pair->more[i].names, pair->more[i].class_);
}

void
order_fill(const struct order *order, size_t part, size_t parts, struct brief *briefs)
{
	uint32_t end = map_cursor(order->pairs, part + 1, parts);
	const struct pair *pair;

	for (uint32_t i = map_cursor(order->pairs, part, parts);
	     (pair = map_next_before(order->pairs, &i, end)) != NULL;) {
		pairs_fetch_ahead(order->pairs, i);
		if (i + AHEAD < order->pairs->allocated)
			__builtin_prefetch(&briefs[order->positions[i + AHEAD]], 1);
		fill(&briefs[order->positions[i - 1]], pair);
	}
}
