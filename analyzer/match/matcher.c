#include "match/matcher.h"

#include "base/pages.h"
#include "base/xalloc.h"
#include "match/dispatch.h"

/*
 * Most names are plain: no rule that asks for the name is true or may become so. The namer
 * remembers that of them, and nothing is looked up.
 *
 * The memo answers for the others which rules are true by the name alone and which ones depend on
 * more. Direct mapped: a newer name replaces an older one. Of fixed size: 2^15 names with up to
 * 64 rules, fewer with more.
 */
enum { MEMO_BYTES = 1 << 20 };

enum { MARK_PLAIN = 1 };

struct matcher {
	const struct ruleset *ruleset;
	const struct dispatch *dispatch;
	struct namer *namer;
	struct regex_scratch *scratch;
	struct field_values values;
	uint64_t *enabled; /* rules whose patterns did not run away */
	uint64_t *memo;    /* slots of: key, yes[words], maybe[words] */
	uint64_t *fresh;   /* a slot, of the name worked out last */
	size_t slot_words, slot_mask;
};

static size_t
memo_bytes(const struct matcher *matcher)
{
	return (matcher->slot_mask + 1) * matcher->slot_words * sizeof(uint64_t);
}

struct matcher *
matcher_new(const struct ruleset *ruleset, struct namer *namer)
{
	struct matcher *matcher = xcalloc(1, sizeof(*matcher));
	size_t words = ruleset->dispatch->words;

	matcher->ruleset = ruleset;
	matcher->dispatch = ruleset->dispatch;
	matcher->namer = namer;
	matcher->scratch = regex_scratch_new();
	matcher->enabled = xcalloc(words + 1, sizeof(uint64_t));
	memset(matcher->enabled, 0xff, words * sizeof(uint64_t));
	matcher->slot_words = 1 + 2 * words;
	matcher->fresh = xcalloc(matcher->slot_words, sizeof(uint64_t));
	matcher->slot_mask = 1;
	while ((matcher->slot_mask + 1) * 2 * matcher->slot_words * sizeof(uint64_t) <= MEMO_BYTES)
		matcher->slot_mask = matcher->slot_mask * 2 + 1;
	matcher->memo = pages_alloc(memo_bytes(matcher));
	return matcher;
}

void
matcher_free(struct matcher *matcher)
{
	if (!matcher)
		return;
	regex_scratch_free(matcher->scratch);
	free(matcher->enabled);
	free(matcher->fresh);
	pages_free(matcher->memo, memo_bytes(matcher));
	free(matcher);
}

/*
 * A rule is asked on one line per request: what asks only for the question on the line that
 * counts the request; what asks for an rcode on the lines that answer (a response, or BIND's
 * `query failed`); what asks for an action on the lines that tell one. Keywords are asked on
 * every line.
 */
static inline size_t
line_set(const struct record *record, bool is_request)
{
	bool answer = record->kind == RECORD_RESPONSE || record->kind == RECORD_QUERY_ERROR;

	return (is_request ? LINE_REQUEST : 0) |
	       (answer && record->rcode != RCODE_UNKNOWN ? LINE_RCODE : 0) |
	       (record->action != ACTION_NONE ? LINE_ACTION : 0) | (record->has_ecs ? LINE_ECS : 0);
}

static enum verdict
ask(struct matcher *matcher, size_t rule, enum knowledge knowledge)
{
	struct body_run run = {
		.values = &matcher->values, .scratch = matcher->scratch, .knowledge = knowledge};
	enum verdict verdict = body_evaluate(matcher->ruleset->rules[rule].body->root, &run);

	if (!run.limit)
		return verdict;
	/* What a runaway pattern says is nothing; it is not asked again. */
	matcher->enabled[rule / 64] &= ~(1ULL << (rule % 64));
	return VERDICT_NO;
}

static uint64_t *
slot_of(const struct matcher *matcher, const struct name *name)
{
	/* The hash is the sample's: its low bits are as good as any. */
	return matcher->memo + (name->hash & matcher->slot_mask) * matcher->slot_words;
}

void
matcher_prefetch(const struct matcher *matcher, const struct name *name)
{
	const uint64_t *slot = slot_of(matcher, name);

	if (name->mark == MARK_PLAIN)
		return;
	__builtin_prefetch(slot, 1);
	__builtin_prefetch(slot + matcher->slot_words - 1, 1);
}

/* Fills a slot for this name. */
static void
work_out(struct matcher *matcher, const struct name *name, uint64_t *slot)
{
	const struct dispatch *dispatch = matcher->dispatch;
	size_t words = dispatch->words;
	size_t length = name->text.n < LENGTH_SETS ? name->text.n : LENGTH_SETS - 1;
	size_t first = name->text.n ? (unsigned char)name->text.p[0] : 0;
	const uint64_t *firsts = dispatch->firsts + first * words;
	const uint64_t *lengths = dispatch->lengths + length * words;
	size_t label = qname_first_label(name->text).n;
	const uint64_t *labels =
		dispatch->labels + (label < LABEL_SETS ? label : LABEL_SETS - 1) * words;
	uint64_t bytes = pattern_bytes(name->text);

	slot[0] = name->hash;
	for (size_t w = 0; w < words; w++) {
		uint64_t nameless = dispatch->nameless[w], yes = 0, maybe = nameless;
		uint64_t left =
			firsts[w] & lengths[w] & labels[w] & matcher->enabled[w] & ~nameless;
		for (; left; left &= left - 1) {
			unsigned bit = (unsigned)__builtin_ctzll(left);
			if (!dispatch_needs_are_met(&dispatch->needs[w * 64 + bit], bytes))
				continue;
			enum verdict verdict = ask(matcher, w * 64 + bit, KNOW_NAME);
			yes |= (uint64_t)(verdict == VERDICT_YES) << bit;
			maybe |= (uint64_t)(verdict == VERDICT_MAYBE) << bit;
		}
		slot[1 + w] = yes;
		slot[1 + words + w] = maybe;
	}
}

static bool
is_plain(const struct matcher *matcher, const uint64_t *slot)
{
	const struct dispatch *dispatch = matcher->dispatch;
	uint64_t said = 0;

	for (size_t w = 0; w < dispatch->words; w++)
		said |= slot[1 + w] | (slot[1 + dispatch->words + w] ^ dispatch->nameless[w]);
	return !said;
}

/* The slot of a name that is not marked as plain; valid until the next look-up. */
static const uint64_t *
look_up(struct matcher *matcher, const struct name *name)
{
	uint64_t *slot = slot_of(matcher, name);

	if (slot[0] == name->hash)
		return slot;
	work_out(matcher, name, matcher->fresh);
	if (is_plain(matcher, matcher->fresh))
		namer_mark(matcher->namer, name, MARK_PLAIN);
	else
		memcpy(slot, matcher->fresh, matcher->slot_words * sizeof(uint64_t));
	return matcher->fresh;
}

static void
add_match(struct matches *out, size_t rule)
{
	if (out->count == MATCHES_MAX)
		out->more = true;
	else
		out->rule[out->count++] = (uint16_t)rule;
}

/* The rules among `left`, of the word `w`, that are true: `yes` are so by the name alone. */
static void
add_true(struct matcher *matcher, size_t w, uint64_t left, uint64_t yes, struct matches *out)
{
	for (; left; left &= left - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(left);
		size_t rule = w * 64 + bit;
		if (yes >> bit & 1 || ask(matcher, rule, KNOW_ALL) == VERDICT_YES)
			add_match(out, rule);
	}
}

/* Rows of the dispatch, by what a line is. */
struct sieve {
	const uint64_t *lines, *types, *classes, *names;
};

static inline struct sieve
sieve_of(const struct matcher *matcher, const struct record *record, const struct name *name,
	 bool is_request)
{
	const struct dispatch *dispatch = matcher->dispatch;
	size_t words = dispatch->words;

	return (struct sieve){
		.lines = dispatch->lines + line_set(record, is_request) * words,
		.types = dispatch->types + dispatch_type_set(record->qtype) * words,
		.classes = dispatch->classes + dispatch_class_set(record->qclass) * words,
		.names = name && name->mark == MARK_PLAIN ? dispatch->nameless : dispatch->all,
	};
}

/* The rules of the word `w` that such a line can match. */
static inline uint64_t
left_of(const struct matcher *matcher, const struct sieve *sieve, size_t w)
{
	return sieve->lines[w] & sieve->types[w] & sieve->classes[w] & sieve->names[w] &
	       matcher->enabled[w];
}

/* Whether any rule is asked: of most lines none. */
static inline bool
asks_any(const struct matcher *matcher, const struct record *record, const struct name *name,
	 bool is_request)
{
	const struct dispatch *dispatch = matcher->dispatch;

	if (name && name->mark == MARK_PLAIN)
		return !dispatch->idle[dispatch_index(line_set(record, is_request),
						      dispatch_class_set(record->qclass),
						      dispatch_type_set(record->qtype))];
	struct sieve sieve = sieve_of(matcher, record, name, is_request);
	uint64_t any = 0;
	for (size_t w = 0; w < dispatch->words; w++)
		any |= left_of(matcher, &sieve, w);
	return any;
}

void
matcher_match(struct matcher *matcher, const struct record *record, const struct name *name,
	      struct str server, struct str line, bool is_request, struct matches *out)
{
	size_t words = matcher->dispatch->words;
	bool is_asked = name && name->mark != MARK_PLAIN;

	out->count = 0;
	out->more = false;
	if (!asks_any(matcher, record, name, is_request))
		return;
	struct sieve sieve = sieve_of(matcher, record, name, is_request);
	field_values_init(&matcher->values, record, name, server, line);
	const uint64_t *slot = is_asked ? look_up(matcher, name) : NULL;
	for (size_t w = 0; w < words; w++) {
		uint64_t left = left_of(matcher, &sieve, w), yes = slot ? slot[1 + w] : 0;
		if (slot)
			left &= yes | slot[1 + words + w];
		add_true(matcher, w, left, yes, out);
	}
}

size_t
matcher_disabled(const struct matcher *matcher, uint16_t *rules, size_t max)
{
	size_t count = 0;

	for (size_t rule = 0; rule < matcher->ruleset->count; rule++) {
		if (matcher->enabled[rule / 64] >> (rule % 64) & 1)
			continue;
		if (count < max)
			rules[count] = (uint16_t)rule;
		count++;
	}
	return count;
}
