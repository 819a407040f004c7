#include <stdlib.h>

#include "base/pages.h"
#include "names/class.h"
#include "names/names.h"
#include "names/zone.h"

/*
 * The memo holds what was worked out of a name but not the name: 64 keyed bits stand for it,
 * and whoever writes the log does not know the key. Sets of three in the order of their last
 * use, each set in two lines of the processor's cache.
 */
enum { MEMO_SETS = 1 << 16, MEMO_WAYS = 3 };

struct memo_entry {
	uint64_t text_key; /* 0 = empty */
	uint64_t hash, zone_hash, zone_key;
	uint16_t zone_offset;
	uint8_t class_, labels;
	bool own;
	uint8_t mark;
};

struct memo_set {
	struct memo_entry ways[MEMO_WAYS];
	uint64_t unused; /* to 128 bytes */
};

_Static_assert(sizeof(struct memo_set) == 128, "a set of the memo fills two cache lines");

struct namer {
	const struct names *names;
	struct memo_set *sets;
	struct name answers[NAMER_BATCH];
	struct suffix_memo suffixes;
	char folded[NAMER_BATCH * QNAME_TEXT_MAX]; /* their texts, one behind the other */
};

struct namer *
namer_new(const struct names *names)
{
	struct namer *namer = pages_alloc(sizeof(*namer));

	namer->names = names;
	namer->sets = pages_alloc(MEMO_SETS * sizeof(*namer->sets));
	return namer;
}

void
namer_free(struct namer *namer)
{
	if (!namer)
		return;
	pages_free(namer->sets, MEMO_SETS * sizeof(*namer->sets));
	pages_free(namer, sizeof(*namer));
}

static struct memo_set *
set_of(const struct namer *namer, uint64_t text_key)
{
	return &namer->sets[text_key % MEMO_SETS];
}

/* Everything that the name's text and its table hash do not say yet. */
static void
work_out(struct namer *namer, struct str text, uint64_t text_key, struct memo_entry *entry)
{
	const struct names *names = namer->names;
	uint16_t starts[QNAME_LABELS_MAX];
	bool own;
	size_t labels = qname_labels(text, starts, QNAME_LABELS_MAX);
	size_t offset = zone_offset_memo(names, &namer->suffixes, text, starts, labels, &own);
	struct str zone = offset < text.n ? str_skip(text, offset) : STR(".");

	*entry = (struct memo_entry){
		.text_key = text_key,
		.hash = hash_bytes(&names->sample_key, text.p, text.n),
		.zone_hash = hash_bytes(&names->sample_key, zone.p, zone.n),
		.zone_key = hash_bytes(&names->table_key, zone.p, zone.n),
		.zone_offset = (uint16_t)offset,
		/* No label: the root. */
		.class_ = (uint8_t)(labels ? class_of(names, text, offset) : NAME_APEX),
		.labels = (uint8_t)(labels < 127 ? labels : 127),
		.own = own,
	};
}

/* The set's entry of a name that is not its first: now it is; worked out in the last's place if new. */
static __attribute__((noinline)) void
bring_forward(struct namer *namer, struct str text, uint64_t text_key, struct memo_entry *ways)
{
	size_t way = 1;

	while (way < MEMO_WAYS - 1 && ways[way].text_key != text_key)
		way++;
	if (ways[way].text_key != text_key)
		work_out(namer, text, text_key, &ways[way]);
	struct memo_entry found = ways[way];
	memmove(&ways[1], &ways[0], way * sizeof(*ways));
	ways[0] = found;
}

static const struct memo_entry *
recall(struct namer *namer, struct str text, uint64_t text_key)
{
	struct memo_entry *ways = set_of(namer, text_key)->ways;

	if (ways[0].text_key != text_key)
		bring_forward(namer, text, text_key, ways);
	return &ways[0];
}

static void
answer(struct name *name, const struct memo_entry *entry)
{
	size_t offset = entry->zone_offset;

	name->hash = entry->hash;
	name->zone_hash = entry->zone_hash;
	name->zone_key = entry->zone_key;
	name->zone_offset = entry->zone_offset;
	name->zone = offset < name->text.n ? str_skip(name->text, offset) : STR(".");
	name->class_ = entry->class_;
	name->labels = entry->labels;
	name->own = entry->own;
	name->mark = entry->mark;
}

/* The names' texts; a missing one has none. */
static void
fold_all(struct namer *namer, const struct str *raws, const struct name **answers, size_t count)
{
	char *end = namer->folded;

	for (size_t i = 0; i < count; i++) {
		struct name *name = &namer->answers[i];
		answers[i] = raws[i].n ? name : NULL;
		if (!raws[i].n)
			continue;
		name->text = qname_fold(qname_trim_dot(raws[i]), end);
		end += name->text.n;
	}
}

/*
 * In rounds: a text that is hashed right after it was written is read by other widths than it was
 * stored by, and the processor waits for each.
 */
void
namer_look_all(struct namer *namer, const struct str *raws, const struct name **answers,
	       size_t count)
{
	const struct hash_key *key = &namer->names->table_key;

	fold_all(namer, raws, answers, count);
	for (size_t i = 0; i < count; i++) {
		struct name *name = &namer->answers[i];
		if (!answers[i])
			continue;
		name->text_key = hash_bytes(key, name->text.p, name->text.n);
		const struct memo_set *set = set_of(namer, name->text_key);
		__builtin_prefetch(set, 1);
		__builtin_prefetch((const char *)set + 64, 1);
	}
	for (size_t i = 0; i < count; i++) {
		struct name *name = &namer->answers[i];
		if (answers[i])
			answer(name, recall(namer, name->text, name->text_key));
	}
}

const struct name *
namer_look(struct namer *namer, struct str raw)
{
	const struct name *name;

	if (raw.n == 0) /* the empty text is nobody's name, but has an answer */
		raw = STR(".");
	namer_look_all(namer, &raw, &name, 1);
	return name;
}

void
namer_mark(struct namer *namer, const struct name *name, uint8_t mark)
{
	struct memo_entry *ways = set_of(namer, name->text_key)->ways;

	for (size_t way = 0; way < MEMO_WAYS; way++)
		if (ways[way].text_key == name->text_key)
			ways[way].mark = mark;
}
