#include "cli/notes.h"

#include <stdio.h>

enum { NOTE_TEXT = 512 };

/* Rules that did not do their work here: switched off, or never able to match this log. */
static size_t
rule_notes(const struct analysis *analysis, struct rule_note *notes)
{
	const struct ruleset *rules = &analysis->setup.rules;
	const struct streams *streams = &analysis->pipeline.tally.streams;
	uint32_t facts = 0;
	size_t n = 0;

	for (size_t i = 0; i < streams->count; i++)
		facts |= streams->all[i].facts;
	for (size_t i = 0; i < analysis->pipeline.disabled_count; i++)
		notes[n++] = (struct rule_note){
			rules->rules[analysis->pipeline.disabled[i]].title,
			STR("switched off: a pattern took more steps than a rule may take"), false};
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->rules[i];
		if (rule->needs_rcode && rule->needs_request && !(facts & FACT_RCODE))
			notes[n++] = (struct rule_note){
				rule->title, STR("can never match: these logs tell no rcode"),
				false};
		else if (rule->needs_flags && !(facts & FACT_FLAGS))
			notes[n++] = (struct rule_note){
				rule->title, STR("can never match: these logs tell no flags"),
				false};
	}
	return n;
}

static const char *
meaning_of(enum allow_state state)
{
	switch (state) {
	case ALLOW_ENDS_SOON:
		return "ends soon";
	case ALLOW_EXPIRED:
		return "has ended and suppresses nothing";
	case ALLOW_UNDATED:
		return "suppresses nothing: the logs tell no time, so whether it has ended is not "
		       "known";
	default:
		return NULL;
	}
}

/* Entries that ended before the logs did, or will within ALLOW_SOON_DAYS. */
static size_t
allow_notes(struct analysis *analysis, struct rule_note *notes)
{
	const struct allow_list *list = &analysis->setup.allow;
	int64_t now = detect_now(&analysis->pipeline.tally);
	struct arena *arena = &analysis->setup.arena;
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct allow_entry *entry = &list->all[i];
		const char *meaning = meaning_of(allow_state(entry, now));
		char text[NOTE_TEXT], until[TIME_TEXT];
		if (!meaning)
			continue;
		snprintf(text, sizeof(text), "%.*s:%u", STR_ARG(entry->file), entry->line);
		struct str place = arena_str(arena, str_of(text));
		snprintf(text, sizeof(text), "allow entry %s: until %s, for %.*s", meaning,
			 timestamp_print(entry->until, until), STR_ARG(entry->reason));
		notes[n++] =
			(struct rule_note){place, arena_str(arena, str_of(text)),
					   .ends_soon = allow_state(entry, now) == ALLOW_ENDS_SOON};
	}
	return n;
}

/* That only some lines count, and what was not read. */
static size_t
filter_notes(struct analysis *analysis, struct rule_note *notes)
{
	const struct narrowing *narrowing = &analysis->narrowing;
	struct arena *arena = &analysis->setup.arena;
	uint64_t filtered = analysis->pipeline.filtered, lines = 0;
	struct buf text;

	if (!narrowing->filter.is_active)
		return 0;
	for (size_t i = 0; i < analysis->setup.plan.count; i++)
		lines += analysis->pipeline.results[i].lines;
	buf_init(&text, NOTE_TEXT);
	buf_printf(&text, "%s: %llu of the %llu lines read count; what others tell is not in it",
		   narrowing->text, (unsigned long long)(lines - filtered),
		   (unsigned long long)lines);
	if (narrowing->skipped.files || narrowing->skipped.cut_files)
		buf_add_text(&text, "; ");
	narrowing_describe(narrowing, &text);
	notes[0] =
		(struct rule_note){STR("only some lines"), arena_str(arena, buf_str(&text)), false};
	buf_release(&text);
	return 1;
}

struct rule_note *
notes_make(struct analysis *analysis, size_t *count)
{
	size_t most = analysis->setup.rules.count + analysis->pipeline.disabled_count +
		      analysis->setup.allow.count + 3;
	struct rule_note *notes = arena_alloc(&analysis->setup.arena, most * sizeof(*notes));
	size_t n = filter_notes(analysis, notes);
	n += allow_notes(analysis, notes + n);

	n += rule_notes(analysis, notes + n);
	if (analysis->options->no_sandbox)
		notes[n++] = (struct rule_note){
			STR("sandbox"),
			STR("off, as asked for by --no-sandbox: a hole in a reader "
			    "would have had this user's rights"),
			false};
	if (!analysis->options->key_file)
		notes[n++] = (struct rule_note){STR("sample key"),
						STR("the default one is in use: who knows it can "
						    "choose names that the samples "
						    "pass over; make one with --key-file"),
						false};
	*count = n;
	return notes;
}
