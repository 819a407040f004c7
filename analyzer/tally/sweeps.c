#include "tally/sweeps.h"

#include <stddef.h>

#include "tally/tally.h"

/* From so many hosts or children on a sweep is worth keeping above the ceiling. */
enum { EVIDENT_HOSTS = 16, EVIDENT_CHILDREN = 6 };

void
sweeps_init(struct sweeps *sweeps, uint32_t limit)
{
	*sweeps = (struct sweeps){.fold.limit = limit};
	map_init(&sweeps->map, sizeof(struct sweep), sizeof(struct sweep_key));
}

void
sweeps_release(struct tally *tally)
{
	struct sweep *sweep;

	for (uint32_t i = 0; (sweep = map_next(&tally->sweeps.map, &i)) != NULL;)
		serverset_release(&sweep->servers);
	map_release(&tally->sweeps.map);
}

static void
fold_away(void *table, void *entry)
{
	struct tally *tally = table;
	struct sweep *sweep = entry;

	serverset_release(&sweep->servers);
	tally->sweeps.folded++;
}

static const struct fold_type sweep_fold = {offsetof(struct sweep, rank),
					    offsetof(struct sweep, evident), fold_away, NULL};

/* "51.2.0.192.in-addr.arpa": /24 192.0.2.0, host 51. Four octets without leading zeros only. */
static bool
parse_v4(struct str name, struct sweep_key *key, unsigned *bit)
{
	uint8_t octets[4];

	for (int i = 0; i < 4; i++) {
		uint64_t octet;
		if (name.n > 1 && name.p[0] == '0' && name.p[1] != '.')
			return false;
		if (!str_take_number(&name, 255, &octet) || !str_take(&name, STR(".")))
			return false;
		octets[i] = (uint8_t)octet;
	}
	if (!str_eq(name, STR("in-addr.arpa")))
		return false;
	*bit = octets[0];
	key->base.b[10] = key->base.b[11] = 0xff;
	key->base.b[12] = octets[3];
	key->base.b[13] = octets[2];
	key->base.b[14] = octets[1];
	key->bits = 120;
	return true;
}

static int
nibble_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One to 32 nibbles, least significant first: the first is the child, the rest the parent. */
static bool
parse_v6(struct str name, struct sweep_key *key, unsigned *bit)
{
	if (!str_ends(name, STR(".ip6.arpa")))
		return false;
	size_t nibbles = (name.n - strlen("ip6.arpa")) / 2;
	if (nibbles == 0 || nibbles > 32 || name.n != nibbles * 2 + strlen("ip6.arpa"))
		return false;
	for (size_t i = 0; i < nibbles; i++) {
		int nibble = nibble_of(name.p[2 * i]);
		if (nibble < 0 || name.p[2 * i + 1] != '.')
			return false;
		size_t depth = nibbles - 1 - i; /* 0 is the most significant */
		if (i == 0)
			*bit = (unsigned)nibble;
		else
			key->base.b[depth / 2] |= (uint8_t)(nibble << (depth % 2 ? 0 : 4));
	}
	key->bits = (uint32_t)(nibbles - 1) * 4;
	return !ip_is_v4(&key->base); /* ::ffff:0:0/96 would share the key of an IPv4 /24 */
}

static struct sweep *
put(struct tally *tally, const struct sweep_key *key, bool evidence)
{
	uint64_t hash = hash_bytes(&tally->key, key, sizeof(*key));
	struct sweep *sweep = map_find(&tally->sweeps.map, hash, key);
	bool created;

	if (sweep)
		return sweep;
	uint64_t rank = hash_bytes(&tally->settings->names->sample_key, key, sizeof(*key));
	sweep = fold_put(&tally->sweeps.fold, &sweep_fold, tally, &tally->sweeps.map, hash, key,
			 rank, evidence, &created);
	if (sweep && created)
		sweep->first = sweep->last = TIME_NONE;
	return sweep;
}

static void
judge(struct sweep *sweep)
{
	sweep->evident = sweep_asked(sweep) >= (sweep->key.bits == 120 && ip_is_v4(&sweep->key.base)
							? EVIDENT_HOSTS
							: EVIDENT_CHILDREN);
}

void
sweeps_add(struct tally *tally, const struct tally_line *line)
{
	struct sweep_key key = {.address = line->record->client};
	unsigned bit;

	if (!parse_v4(line->name->text, &key, &bit) && !parse_v6(line->name->text, &key, &bit))
		return;
	key.resolver = line->role;
	struct sweep *sweep = put(tally, &key, false);
	if (!sweep)
		return;
	uint64_t mask = 1ULL << (bit % 64);
	sweep->again[bit / 64] |= sweep->asked[bit / 64] & mask;
	sweep->asked[bit / 64] |= mask;
	sweep->requests++;
	bool another = serverset_add(&sweep->servers, line->server);
	sweep->first = time_earlier(sweep->first, line->record->time);
	sweep->last = time_later(sweep->last, line->record->time);
	bool evidence = sweep->evident;
	judge(sweep);
	if (sweep->evident && (!evidence || another))
		sources_mark(tally, &line->record->client, &sweep->servers);
}

void
sweeps_merge(struct tally *into, struct tally *from)
{
	const struct sweep *sweep;

	fold_raise(&into->sweeps.fold, &sweep_fold, into, &into->sweeps.map, &from->sweeps.fold);
	for (uint32_t i = 0; (sweep = map_next(&from->sweeps.map, &i)) != NULL;) {
		struct sweep_key key = sweep->key;
		key.resolver = tally_role_in(into, key.resolver);
		struct sweep *own = put(into, &key, sweep->evident);
		if (!own) {
			into->sweeps.folded++;
			continue;
		}
		for (size_t j = 0; j < 4; j++) {
			own->again[j] |= sweep->again[j] | (own->asked[j] & sweep->asked[j]);
			own->asked[j] |= sweep->asked[j];
		}
		own->requests += sweep->requests;
		serverset_merge(&own->servers, &sweep->servers);
		own->first = time_earlier(own->first, sweep->first);
		own->last = time_later(own->last, sweep->last);
		judge(own);
		if (own->evident)
			sources_mark(into, &own->key.address, &own->servers);
	}
	into->sweeps.folded += from->sweeps.folded;
}

void
sweeps_settle(struct tally *tally)
{
	fold_settle(&tally->sweeps.fold, &sweep_fold, tally, &tally->sweeps.map);
}

unsigned
sweep_asked(const struct sweep *sweep)
{
	unsigned n = 0;

	for (size_t i = 0; i < 4; i++)
		n += (unsigned)__builtin_popcountll(sweep->asked[i]);
	return n;
}

unsigned
sweep_asked_once(const struct sweep *sweep)
{
	unsigned n = 0;

	for (size_t i = 0; i < 4; i++)
		n += (unsigned)__builtin_popcountll(sweep->asked[i] & ~sweep->again[i]);
	return n;
}

size_t
sweep_bytes(const void *entry)
{
	const struct sweep *sweep = entry;

	return sizeof(*sweep) + CEILING_ENTRY + serverset_bytes(&sweep->servers);
}

void
sweeps_lower(struct tally *tally, uint32_t limit)
{
	fold_lower(&tally->sweeps.fold, &sweep_fold, tally, &tally->sweeps.map, limit);
}
