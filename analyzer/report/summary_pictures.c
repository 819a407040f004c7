/*
 * What of each finding can be drawn. A finding carries its judgement and some lines; the
 * moments of names and the maps of sweeps stay in the tally and are looked up here.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "record/qname.h"
#include "report/summary_parts.h"

/* Points of all pictures together, and of one: a page of 1,000 findings stays below 5 MB. */
enum { POINTS_ALL = 60000, POINTS_MOST = 320, POINTS_LEAST = 60 };
enum { NAMES_MAX = 16384, ADDRESSES_MAX = 16, GRIDS_MAX = 8, TIMES_LEAST = 12, SCATTERED = 3 };

struct drawn_name {
	uint64_t hash, moment;
	struct str text;
	uint32_t rank; /* by name */
	uint8_t state;
};

struct name_list {
	size_t count, capacity;
	struct drawn_name *all;
	uint64_t of;
};

static uint8_t
state_of(uint8_t seen)
{
	if (seen & SEEN_ANSWERED)
		return POINT_EXISTS;
	return seen & (SEEN_MISSING | SEEN_LIMITED) ? POINT_MISSING : POINT_UNKNOWN;
}

static void
add_name(struct name_list *list, uint64_t hash, uint64_t moment, struct str text, uint8_t seen)
{
	if (list->count == NAMES_MAX)
		return;
	if (list->count == list->capacity) {
		list->capacity = list->capacity ? 2 * list->capacity : 256;
		list->all = xrealloc(list->all, list->capacity, sizeof(*list->all));
	}
	list->all[list->count++] = (struct drawn_name){
		.hash = hash, .moment = moment, .text = text, .state = state_of(seen)};
}

static void
add_pair(struct name_list *list, const struct tally *tally, const struct pair *pair)
{
	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		const struct pair_name *name;
		if (c == NAME_APEX)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&names.names, &pair_name_type, &i)) != NULL;)
			add_name(list, name->hash, name->moment,
				 texts_get(&tally->texts, name->text), name->seen);
	}
	list->of += pair_distinct(pair);
}

/* Names that few networks asked while a scan of many sources went on. */
static void
add_zone(struct name_list *list, const struct tally *tally, const struct zone *zone,
	 const struct finding *finding)
{
	for (size_t c = 0; c < NAME_CLASSES; c++) {
		const struct zone_class *names = zone->classes[c];
		const struct zone_name *name;
		if (!names || c == NAME_APEX)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&names->names, &zone_name_type, &i)) != NULL;) {
			int64_t time = moment_time(name->moment);
			if (name->more_prefixes || name->prefixes[SCATTERED] ||
			    time < finding->first_seen || time > finding->last_seen)
				continue;
			add_name(list, name->hash, name->moment,
				 texts_get(&tally->texts, name->text), name->seen);
		}
	}
	list->of = finding->distinct_names;
}

static void
collect_names(struct name_list *list, const struct tally *tally, const struct finding *finding)
{
	bool together = str_eq(finding->kind, STR("distributed-enumeration"));

	for (size_t z = 0; z < finding->zone_list_count; z++) {
		for (int resolver = 0; resolver < 2; resolver++) {
			const struct zone *zone = zones_find(tally, finding->zones[z], resolver);
			if (together && zone)
				add_zone(list, tally, zone, finding);
			for (size_t a = 0; a < finding->address_count && a < ADDRESSES_MAX; a++) {
				const struct pair *pair = pairs_find(tally, &finding->addresses[a],
								     finding->zones[z], resolver);
				if (pair)
					add_pair(list, tally, pair);
			}
		}
	}
}

static int
compare_hashes(const void *a, const void *b)
{
	const struct drawn_name *left = a, *right = b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return str_compare(left->text, right->text);
}

/* The canonical order of RFC 4034 6.1: by labels from the right, as a zone is walked. */
static int
compare_texts(const void *a, const void *b)
{
	const struct drawn_name *first = a, *second = b;
	struct str left = first->text, right = second->text;

	while (left.n && right.n) {
		struct str l = qname_take_last_label(&left), r = qname_take_last_label(&right);
		int order = str_compare(l, r);
		if (order)
			return order;
	}
	if (left.n || right.n)
		return left.n ? 1 : -1;
	return compare_hashes(a, b);
}

static int
compare_moments(const void *a, const void *b)
{
	const struct drawn_name *left = a, *right = b;

	if (left->moment != right->moment)
		return left->moment < right->moment ? -1 : 1;
	return compare_hashes(a, b);
}

/* Whether times alone would draw the names apart. */
static bool
has_fine_times(const struct name_list *list)
{
	size_t times = 1;

	if (moment_time(list->all[0].moment) == TIME_NONE ||
	    moment_time(list->all[list->count - 1].moment) == TIME_NONE)
		return false;
	for (size_t i = 1; i < list->count; i++)
		times += moment_time(list->all[i].moment) != moment_time(list->all[i - 1].moment);
	return times >= TIMES_LEAST;
}

static uint16_t
scaled(uint64_t part, uint64_t whole)
{
	return (uint16_t)(whole ? part * PICTURE_SCALE / whole : PICTURE_SCALE / 2);
}

static void
draw_names(struct summary *summary, struct picture *picture, struct name_list *list, size_t most)
{
	/* A fair sample of a fair sample: those with the smallest hashes. */
	qsort(list->all, list->count, sizeof(*list->all), compare_hashes);
	if (list->count > most)
		list->count = most;
	qsort(list->all, list->count, sizeof(*list->all), compare_texts);
	for (size_t i = 0; i < list->count; i++)
		list->all[i].rank = (uint32_t)i;
	picture->top = arena_str(&summary->arena, list->all[0].text);
	picture->bottom = arena_str(&summary->arena, list->all[list->count - 1].text);
	qsort(list->all, list->count, sizeof(*list->all), compare_moments);
	picture->kind = PICTURE_NAMES;
	picture->of = list->of > list->count ? list->of : list->count;
	picture->by_order = !has_fine_times(list);
	picture->first = moment_time(list->all[0].moment);
	picture->last = moment_time(list->all[list->count - 1].moment);
	picture->point_count = list->count;
	picture->points = arena_alloc(&summary->arena, list->count * sizeof(*picture->points));
	for (size_t i = 0; i < list->count; i++) {
		const struct drawn_name *name = &list->all[i];
		picture->points[i] = (struct picture_point){
			.x = picture->by_order ? scaled(i, list->count - 1)
					       : scaled((uint64_t)(moment_time(name->moment) -
								   picture->first),
							(uint64_t)(picture->last - picture->first)),
			.y = scaled(name->rank, list->count - 1),
			.state = name->state,
		};
	}
}

static int
compare_sweeps(const void *a, const void *b)
{
	const struct sweep *left = *(const struct sweep *const *)a;
	const struct sweep *right = *(const struct sweep *const *)b;
	unsigned l = sweep_asked(left), r = sweep_asked(right);

	if (l != r)
		return l > r ? -1 : 1;
	return ip_compare(&left->key.base, &right->key.base);
}

static int
compare_nodes(const void *a, const void *b)
{
	const struct sweep *left = *(const struct sweep *const *)a;
	const struct sweep *right = *(const struct sweep *const *)b;

	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	if (left->key.bits != right->key.bits)
		return left->key.bits < right->key.bits ? -1 : 1;
	return ip_compare(&left->key.base, &right->key.base);
}

/* Sweeps of the finding's actor, of /24 or of ip6.arpa; to be freed. */
static const struct sweep **
sweeps_of(const struct tally *tally, const struct finding *finding, bool v4, size_t *count)
{
	const struct sweep **all = xcalloc(tally->sweeps.map.count, sizeof(*all));
	const struct sweep *sweep;

	*count = 0;
	for (uint32_t i = 0; (sweep = map_next(&tally->sweeps.map, &i)) != NULL;) {
		bool is_v4 = sweep->key.bits == 120 && ip_is_v4(&sweep->key.base);
		if (is_v4 == v4 && ip_compare(&sweep->key.address, &finding->addresses[0]) == 0)
			all[(*count)++] = sweep;
	}
	if (*count)
		qsort(all, *count, sizeof(*all), v4 ? compare_sweeps : compare_nodes);
	return all;
}

static void
draw_grids(struct summary *summary, struct picture *picture, const struct sweep *const *sweeps,
	   size_t count)
{
	size_t shown = count < GRIDS_MAX ? count : GRIDS_MAX;

	picture->kind = PICTURE_GRIDS;
	picture->grid_total = count;
	picture->grid_count = shown;
	picture->grids = arena_alloc(&summary->arena, shown * sizeof(*picture->grids));
	for (size_t i = 0; i < shown; i++) {
		struct picture_grid *grid = &picture->grids[i];
		struct prefix base = {sweeps[i]->key.base, (uint8_t)sweeps[i]->key.bits};
		char text[PREFIX_TEXT];
		grid->network = arena_str(&summary->arena, str_of(prefix_print(&base, text)));
		grid->count = sweep_asked(sweeps[i]);
		memcpy(grid->asked, sweeps[i]->asked, sizeof(grid->asked));
	}
}

/* A node is drawn when its first child was asked, at its depth in nibbles. */
static void
draw_depths(struct summary *summary, struct picture *picture, const struct sweep *const *nodes,
	    size_t count, size_t most)
{
	enum { NIBBLES = 32 };
	size_t step = count > most ? count / most + 1 : 1;

	picture->kind = PICTURE_DEPTHS;
	picture->of = count;
	picture->first = nodes[0]->first;
	picture->last = nodes[count - 1]->first;
	picture->by_order = picture->first == TIME_NONE || picture->first == picture->last;
	picture->points =
		arena_alloc(&summary->arena, (count / step + 1) * sizeof(*picture->points));
	for (size_t i = 0; i < count; i += step) {
		uint64_t since = (uint64_t)(nodes[i]->first - picture->first);
		picture->points[picture->point_count++] = (struct picture_point){
			.x = picture->by_order
				     ? scaled(i, count - 1)
				     : scaled(since, (uint64_t)(picture->last - picture->first)),
			.y = scaled(nodes[i]->key.bits / 4, NIBBLES),
			.state = POINT_UNKNOWN,
		};
	}
}

static void
draw(struct summary *summary, struct picture *picture, const struct tally *tally,
     const struct finding *finding, size_t most)
{
	bool v4 = str_eq(finding->kind, STR("ptr-sweep"));
	size_t count = 0;

	if (finding->address_count && (v4 || str_eq(finding->kind, STR("ptr6-walk")))) {
		const struct sweep **sweeps = sweeps_of(tally, finding, v4, &count);
		if (count && v4)
			draw_grids(summary, picture, sweeps, count);
		else if (count)
			draw_depths(summary, picture, sweeps, count, most);
		free(sweeps);
	} else if (finding->transfer_count == 0) {
		enum { FEW = 4 };
		struct name_list list = {0};
		collect_names(&list, tally, finding);
		if (list.count >= FEW)
			draw_names(summary, picture, &list, most);
		free(list.all);
	}
}

void
summary_pictures(struct summary *summary, const struct summary_input *input)
{
	size_t count = input->findings->count;
	struct picture *pictures = arena_alloc(&summary->arena, count * sizeof(*pictures));
	size_t most = count ? POINTS_ALL / count : 0;

	if (most > POINTS_MOST)
		most = POINTS_MOST;
	if (most < POINTS_LEAST)
		most = POINTS_LEAST;
	for (size_t i = 0; i < count; i++)
		draw(summary, &pictures[i], input->tally, &input->findings->all[i], most);
	summary->pictures = pictures;
}
