#include "detect/standing.h"

#include <stdlib.h>

#include "base/workers.h"
#include "base/xalloc.h"
#include "detect/judge.h"
#include "detect/pairnames.h"

enum { STANDING_HELD = 1 << 6, ROLE_BITS = 8, ROLE_SHIFT = 16 };

static uint32_t
weigh_name(const struct ground *ground, const struct zone_name *name)
{
	struct standing standing = {.tonight = name};
	uint32_t bits = STANDING_HELD | (name->seen & STANDING_SEEN);
	unsigned networks = judge_popularity(ground, &standing);

	if (networks < JUDGE_PREFIXES)
		return bits;
	bits |= STANDING_POPULAR;
	return judge_is_established(ground, &standing, networks) ? bits | STANDING_ESTABLISHED
								 : bits;
}

/* Two zones of different roles may hold one text: each role has bits of its own. */
static unsigned
shift_of(const struct zone *zone)
{
	return ROLE_SHIFT + (zone->key.resolver ? ROLE_BITS : 0);
}

void
standing_hold(struct ground *ground, const struct zone *zone, const struct zone_name *name,
	      uint16_t traits)
{
	_Atomic uint32_t *marks = &ground->marks[name->text];
	unsigned shift = shift_of(zone);
	uint32_t bits = STANDING_HELD | (name->seen & STANDING_SEEN);
	uint32_t before = atomic_load_explicit(marks, memory_order_relaxed);

	if (before >> shift & STANDING_HELD)
		bits |= STANDING_TWICE;
	atomic_store_explicit(marks, before | bits << shift | traits, memory_order_relaxed);
}

static void
set_changed(struct ground *ground, uint32_t text)
{
	atomic_fetch_or_explicit(&ground->changed[text / 64], 1ULL << text % 64,
				 memory_order_relaxed);
}

/* Keeps what is new, and tells whether that is anything. */
static bool
renew(struct ground *ground, uint32_t text, unsigned shift, uint32_t bits)
{
	_Atomic uint32_t *marks = &ground->marks[text];
	uint32_t before = atomic_load_explicit(marks, memory_order_relaxed) >> shift &
			  ((1U << ROLE_BITS) - 1);

	if (before == bits)
		return false;
	if (!(before & STANDING_TWICE))
		atomic_fetch_xor_explicit(marks, (before ^ bits) << shift, memory_order_relaxed);
	if (ground->changed)
		set_changed(ground, text);
	return true;
}

static void
weigh_zone(struct ground *ground, const struct zone *zone)
{
	unsigned shift = shift_of(zone);
	const struct zone_name *name;
	bool any = false;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		if (!zone->classes[c] || c == NAME_APEX)
			continue;
		const struct sample *names = &zone->classes[c]->names;
		for (uint32_t i = 0; (name = sample_next(names, &zone_name_type, &i)) != NULL;) {
			any |= renew(ground, name->text, shift, weigh_name(ground, name));
		}
	}
	if (any && ground->changed)
		set_changed(ground, zone->key.text);
}

static void
weigh_part(void *context, size_t worker, size_t part)
{
	struct ground *ground = context;
	const struct map *zones = &ground->input->tally->zones.map;
	size_t parts = ground_parts(ground);
	uint32_t at = (uint32_t)(zones->allocated * part / parts);
	uint32_t end = (uint32_t)(zones->allocated * (part + 1) / parts);
	const struct zone *zone;

	(void)worker;
	while (at < end && (zone = map_next(zones, &at)) != NULL && at <= end)
		weigh_zone(ground, zone);
}

void
standings_weigh(struct ground *ground)
{
	size_t texts = texts_numbers(&ground->input->tally->texts);

	if (ground->is_weighed) {
		free(ground->changed);
		ground->changed = xcalloc(texts / 64 + 1, sizeof(*ground->changed));
	}
	workers_run(ground->input->settings->workers, ground_parts(ground), weigh_part, ground);
	ground->is_weighed = true;
}

static bool
has_changed(const struct ground *ground, uint32_t text)
{
	return atomic_load_explicit(&ground->changed[text / 64], memory_order_relaxed) >>
		       text % 64 &
	       1;
}

bool
standings_changed(const struct ground *ground, size_t index)
{
	const struct pair_name *name;

	if (!has_changed(ground, ground->briefs[index].zone))
		return false;
	struct pair_names all = {.pair = ground_pair(ground, index)};
	while ((name = pair_names_next(&all)) != NULL)
		if (has_changed(ground, name->text))
			return true;
	return false;
}
