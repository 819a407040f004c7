#include <stdlib.h>

#include "base/xalloc.h"
#include "names/class.h"
#include "names/names.h"
#include "names/zone.h"

/*
 * A direct-mapped memo: one look at one slot, a miss overwrites it. Names longer than a slot
 * holds are worked out each time; they are rare, and a flood of them costs no memory.
 */
enum { MEMO_SLOTS = 1 << 16, MEMO_TEXT = 104 };

struct memo_slot {
	uint64_t raw_hash; /* of the raw name; 0 = empty */
	uint64_t hash, zone_hash;
	uint16_t length, zone_offset;
	uint8_t class_, labels;
	bool own;
	char text[MEMO_TEXT];
};

struct namer {
	const struct names *names;
	struct name name; /* the last answer */
	char folded[QNAME_TEXT_MAX];
	struct memo_slot *slots;
};

struct namer *
namer_new(const struct names *names)
{
	struct namer *namer = xcalloc(1, sizeof(*namer));

	namer->names = names;
	namer->slots = xcalloc(MEMO_SLOTS, sizeof(*namer->slots));
	return namer;
}

void
namer_free(struct namer *namer)
{
	if (!namer)
		return;
	free(namer->slots);
	free(namer);
}

static void
work_out(struct namer *namer, struct str raw)
{
	const struct names *names = namer->names;
	struct name *name = &namer->name;
	uint16_t starts[QNAME_LABELS_MAX];

	name->text = qname_fold(qname_trim_dot(raw), namer->folded);
	size_t labels = qname_labels(name->text, starts, QNAME_LABELS_MAX);
	size_t offset = zone_offset(names, name->text, starts, labels, &name->own);
	name->zone = offset < name->text.n ? str_skip(name->text, offset) : STR(".");
	name->zone_offset = (uint16_t)offset;
	name->class_ = (uint8_t)class_of(names, name->text, offset);
	if (labels == 0)
		name->class_ = NAME_APEX; /* the root */
	name->labels = (uint8_t)(labels < 127 ? labels : 127);
	name->hash = hash_bytes(&names->sample_key, name->text.p, name->text.n);
	name->zone_hash = hash_bytes(&names->sample_key, name->zone.p, name->zone.n);
}

static void
remember(struct memo_slot *slot, uint64_t raw_hash, const struct name *name)
{
	*slot = (struct memo_slot){
		.raw_hash = raw_hash,
		.hash = name->hash,
		.zone_hash = name->zone_hash,
		.length = (uint16_t)name->text.n,
		.zone_offset = name->zone_offset,
		.class_ = name->class_,
		.labels = name->labels,
		.own = name->own,
	};
	memcpy(slot->text, name->text.p, name->text.n);
}

static void
recall(struct name *name, const struct memo_slot *slot)
{
	name->text = str_make(slot->text, slot->length);
	name->zone_offset = slot->zone_offset;
	name->zone = slot->zone_offset < slot->length ? str_skip(name->text, slot->zone_offset)
						      : STR(".");
	name->hash = slot->hash;
	name->zone_hash = slot->zone_hash;
	name->class_ = slot->class_;
	name->labels = slot->labels;
	name->own = slot->own;
}

const struct name *
namer_look(struct namer *namer, struct str raw)
{
	uint64_t raw_hash = hash_bytes(&namer->names->table_key, raw.p, raw.n);
	struct memo_slot *slot = &namer->slots[raw_hash % MEMO_SLOTS];

	/* 64 keyed bits stand for the text: whoever writes the log does not know the key. */
	if (slot->raw_hash == raw_hash) {
		recall(&namer->name, slot);
		return &namer->name;
	}
	work_out(namer, raw);
	if (namer->name.text.n <= MEMO_TEXT)
		remember(slot, raw_hash, &namer->name);
	return &namer->name;
}
