#include "detect/survey.h"

#include "detect/judge.h"
#include "detect/standing.h"
#include "record/qname.h"

enum { BATCH = 32 };

/*
 * Some names of one class of a zone. Their texts lie all over the memory: they are fetched side by
 * side.
 */
struct batch {
	size_t count;
	const struct zone_name *names[BATCH];
	struct str texts[BATCH];
};

static void
batch_next(struct batch *batch, const struct texts *texts, const struct sample *names,
	   uint32_t *cursor)
{
	const struct zone_name *name;

	batch->count = 0;
	while (batch->count < BATCH && (name = sample_next(names, &zone_name_type, cursor))) {
		texts_prefetch(texts, name->text);
		batch->names[batch->count++] = name;
	}
	for (size_t i = 0; i < batch->count; i++) {
		batch->texts[i] = texts_get(texts, batch->names[i]->text);
		__builtin_prefetch(batch->texts[i].p);
	}
}

static void
add_parent(struct ground *ground, struct str parent, size_t class_)
{
	const struct hash_key *key = &ground->input->tally->settings->names->sample_key;
	uint64_t hash = hash_bytes(key, parent.p, parent.n);
	struct parent *entry = map_put(&ground->parents, hash, &hash, NULL);

	entry->children++;
	entry->wordlist += class_ == NAME_WORDLIST;
}

/* Notes what the name tells by itself, and returns the hints for its zone that it leaves. */
static uint8_t
note_name(struct ground *ground, const struct zone *zone, const struct zone_name *name,
	  struct str text, uint16_t traits)
{
	uint8_t hints = traits_have_long_label(text) ? 0 : ZONE_IS_SHORT;

	/* Of a deep one there is more to tell, when somebody wants to know. */
	standing_hold(ground, zone, name, traits & TRAIT_DEEP ? 0 : traits);
	return traits_are_odd(traits) ? hints : hints | ZONE_IS_PLAIN;
}

static void
note_class(struct ground *ground, const struct zone *zone, struct str zone_text, size_t class_,
	   uint8_t *hints)
{
	const struct texts *texts = &ground->input->tally->texts;
	const struct sample *names = &zone->classes[class_]->names;
	struct batch batch;
	uint32_t cursor = 0;

	if (!sample_is_exact(names))
		*hints = 0;
	for (batch_next(&batch, texts, names, &cursor); batch.count;
	     batch_next(&batch, texts, names, &cursor)) {
		for (size_t i = 0; i < batch.count; i++) {
			struct str text = batch.texts[i], parent = qname_parent(text);
			uint16_t traits = traits_alone(text, zone_text, (uint8_t)class_);
			*hints &= note_name(ground, zone, batch.names[i], text, traits);
			if (parent.n > zone_text.n)
				add_parent(ground, parent, class_);
		}
	}
}

/*
 * The hints hold for its pairs since a zone has every name that they have: it meets each line that
 * they meet, is forgotten later, and a sample that was ever cut is not exact. Only a zone that was
 * folded away and came again may have missed some.
 */
static void
note_zone(struct ground *ground, const struct zone *zone)
{
	const struct tally *tally = ground->input->tally;
	struct str text = texts_get(&tally->texts, zone->key.text);
	uint8_t hints = ZONE_IS_PLAIN | ZONE_IS_SHORT;

	for (size_t c = 0; c < NAME_CLASSES; c++)
		if (zone->classes[c] && c != NAME_APEX)
			note_class(ground, zone, text, c, &hints);
	if (!tally->zones.fold.level && !tally->zones.fold.evidence_level)
		ground->hints[ground_hint(zone->key.text, zone->key.resolver != 0)] = hints;
}

/* The parents of an earlier night's zone; without the names that tonight's, `known`, has too. */
static void
add_parents_before(struct ground *ground, const struct zone *zone, const struct zone *known)
{
	const struct texts *texts = &ground->input->baseline->texts;
	size_t zone_length = texts_get(texts, zone->key.text).n;
	const struct zone_name *name;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		if (!zone->classes[c] || c == NAME_APEX)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&zone->classes[c]->names, &zone_name_type, &i)) != NULL;) {
			struct str parent = qname_parent(texts_get(texts, name->text));
			if (parent.n > zone_length &&
			    !judge_standing(known, NULL, c, name->hash).tonight)
				add_parent(ground, parent, c);
		}
	}
}

void
survey_make(struct ground *ground)
{
	const struct tally *tally = ground->input->tally, *before = ground->input->baseline;
	const struct zone *zone;

	map_init(&ground->parents, sizeof(struct parent), sizeof(uint64_t));
	for (uint32_t i = 0; (zone = map_next(&tally->zones.map, &i)) != NULL;)
		note_zone(ground, zone);
	for (uint32_t i = 0; before && (zone = map_next(&before->zones.map, &i)) != NULL;)
		add_parents_before(ground, zone,
				   zones_find(tally, texts_get(&before->texts, zone->key.text),
					      zone->key.resolver));
}
