#include "tally/correlations.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "tally/tally.h"

enum { LINE_TEXT = 600 };

const struct sample_type correlation_value_type = {sizeof(struct correlation_value), CORRELATION_K,
						   NULL};

void
correlations_init(struct correlations *correlations, uint32_t limit)
{
	*correlations = (struct correlations){.fold.limit = limit};
	map_init(&correlations->map, sizeof(struct correlation_slot),
		 sizeof(struct correlation_key));
}

static void
slot_release(struct tally *tally, struct correlation_slot *slot)
{
	sample_release(&slot->values, &correlation_value_type, NULL);
	free(slot->text);
	texts_drop(&tally->texts, slot->key.group);
}

void
correlations_release(struct tally *tally)
{
	struct correlation_slot *slot;

	for (uint32_t i = 0; (slot = map_next(&tally->correlations.map, &i)) != NULL;)
		slot_release(tally, slot);
	map_release(&tally->correlations.map);
}

static void
fold_away(void *table, void *entry)
{
	struct tally *tally = table;
	struct correlation_slot *slot = entry;

	tally->correlations.folded += slot->count;
	slot_release(tally, slot);
}

static const struct fold_type slot_fold = {offsetof(struct correlation_slot, rank),
					   offsetof(struct correlation_slot, evident), fold_away,
					   NULL};

static struct correlation_slot *
put(struct tally *tally, uint32_t correlation, uint32_t party, struct str group, int64_t index)
{
	struct correlation_key key = {index, texts_hold(&tally->texts, group), correlation, party,
				      0};
	uint64_t hash = hash_bytes(&tally->key, &key, sizeof(key));
	struct correlation_slot *slot = map_find(&tally->correlations.map, hash, &key);
	bool created = false;

	if (!slot) {
		uint64_t rank = hash_bytes(&tally->settings->names->sample_key, group.p, group.n);
		slot = fold_put(&tally->correlations.fold, &slot_fold, tally,
				&tally->correlations.map, hash, &key, rank, false, &created);
	}
	if (slot && created)
		slot->last = TIME_NONE;
	if (!created) /* else the entry has it, or had it and was folded at once */
		texts_drop(&tally->texts, key.group);
	return slot;
}

/* The values of the group-by fields of a line, joined; views a buffer on the stack. */
static struct str
group_of(const struct correlation *correlation, const struct tally_line *line, struct str server,
	 char *out, size_t size)
{
	char value[CORRELATION_GROUP_TEXT];
	size_t n = 0;

	for (size_t i = 0; i < correlation->group_count; i++) {
		struct str s = rule_field_value(line->record, line->name, server,
						correlation->group_by[i], value, sizeof(value));
		if (i && n < size)
			out[n++] = '\x1f';
		size_t part = s.n < size - n ? s.n : size - n;
		if (part)
			memcpy(out + n, s.p, part);
		n += part;
	}
	return str_make(out, n);
}

/* Keeps the earliest line of a slot. */
static void
meet_line(struct correlation_slot *slot, const struct position *at, const struct ip *address,
	  struct str text)
{
	if (slot->text && position_compare(at, &slot->first) >= 0)
		return;
	free(slot->text);
	slot->length = (uint32_t)(text.n < LINE_TEXT ? text.n : LINE_TEXT);
	slot->text = xmemdup(text.p, slot->length);
	slot->first = *at;
	slot->address = *address;
}

static void
add_one(struct tally *tally, const struct tally_line *line, uint32_t index, uint32_t member)
{
	const struct correlation *correlation = &tally->settings->rules->correlations[index];
	uint32_t server = tally->settings->streams[line->position.stream].server;
	struct str server_name = tally->settings->servers[server].name;
	char group_text[CORRELATION_GROUP_TEXT], value_text[CORRELATION_GROUP_TEXT];
	struct str group = group_of(correlation, line, server_name, group_text, sizeof(group_text));
	int64_t length = correlation->timespan / CORRELATION_SLOTS;
	int64_t at =
		line->record->time == TIME_NONE || length <= 0 ? 0 : line->record->time / length;
	struct correlation_slot *slot = put(tally, index, tally_party(line->role), group, at);

	if (!slot) {
		tally->correlations.folded++;
		return;
	}
	slot->count++;
	slot->rules_seen |= 1u << member;
	slot->last = time_later(slot->last, line->record->time);
	meet_line(slot, &line->position, &line->record->client, line->text);
	if (correlation->type != CORRELATION_VALUE_COUNT)
		return;
	struct str value =
		rule_field_value(line->record, line->name, server_name, correlation->value_field,
				 value_text, sizeof(value_text));
	if (value.n)
		sample_put(&slot->values, &correlation_value_type,
			   hash_bytes(&tally->settings->names->sample_key, value.p, value.n), NULL,
			   NULL);
}

static bool
has_rule(const struct matches *matches, uint16_t rule)
{
	for (uint16_t i = 0; i < matches->count; i++)
		if (matches->rule[i] == rule)
			return true;
	return false;
}

void
correlations_add(struct tally *tally, const struct tally_line *line)
{
	const struct ruleset *rules = tally->settings->rules;

	for (uint32_t i = 0; i < rules->correlation_count; i++)
		for (uint32_t j = 0; j < rules->correlations[i].rule_count; j++)
			if (has_rule(line->matches, rules->correlations[i].rules[j]))
				add_one(tally, line, i, j);
}

static void
slot_merge(struct correlation_slot *own, const struct correlation_slot *other)
{
	const struct correlation_value *value;

	own->count += other->count;
	own->rules_seen |= other->rules_seen;
	own->last = time_later(own->last, other->last);
	meet_line(own, &other->first, &other->address, str_make(other->text, other->length));
	for (uint32_t i = 0;
	     (value = sample_next(&other->values, &correlation_value_type, &i)) != NULL;)
		sample_put(&own->values, &correlation_value_type, value->hash, NULL, NULL);
	sample_limit(&own->values, &correlation_value_type, other->values.threshold, NULL);
}

void
correlations_merge(struct tally *into, struct tally *from)
{
	struct correlation_slot *slot;

	fold_raise(&into->correlations.fold, &slot_fold, into, &into->correlations.map,
		   &from->correlations.fold);
	for (uint32_t i = 0; (slot = map_next(&from->correlations.map, &i)) != NULL;) {
		texts_rename(&from->texts, &slot->key.group);
		struct correlation_slot *own =
			put(into, slot->key.correlation, tally_party_in(into, slot->key.party),
			    texts_get(&into->texts, slot->key.group), slot->key.slot);
		if (own)
			slot_merge(own, slot);
		else
			into->correlations.folded += slot->count;
		slot_release(into, slot);
	}
	map_release(&from->correlations.map);
	into->correlations.folded += from->correlations.folded;
}

static bool
counts_rule(const struct correlation *correlation, uint16_t rule)
{
	for (size_t i = 0; i < correlation->rule_count; i++)
		if (correlation->rules[i] == rule)
			return true;
	return false;
}

void
correlations_forget(struct tally *tally, uint16_t rule, uint32_t server)
{
	const struct correlation *all = tally->settings->rules->correlations;
	struct correlation_slot *slot;

	for (uint32_t i = 0; (slot = map_next(&tally->correlations.map, &i)) != NULL;) {
		if (!counts_rule(&all[slot->key.correlation], rule) ||
		    (server != ANY_SERVER && slot->key.party != server + 1))
			continue;
		slot_release(tally, slot);
		map_remove(&tally->correlations.map, slot);
	}
}

void
correlations_settle(struct tally *tally)
{
	struct correlation_slot *slot;

	fold_settle(&tally->correlations.fold, &slot_fold, tally, &tally->correlations.map);
	for (uint32_t i = 0; (slot = map_next(&tally->correlations.map, &i)) != NULL;)
		sample_settle(&slot->values, &correlation_value_type, NULL);
}

size_t
correlation_slot_bytes(const void *entry)
{
	const struct correlation_slot *slot = entry;

	return sizeof(*slot) + CEILING_ENTRY + CEILING_TEXT + LINE_TEXT +
	       sample_bytes(&slot->values, &correlation_value_type, 0);
}

void
correlations_lower(struct tally *tally, uint32_t limit)
{
	fold_lower(&tally->correlations.fold, &slot_fold, tally, &tally->correlations.map, limit);
}
