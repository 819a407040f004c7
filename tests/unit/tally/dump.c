#define _POSIX_C_SOURCE 200809L
#include "dump.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

/* Lines being gathered; each is written through `out` and closed by end_line. */
struct dump {
	char **lines;
	size_t count;
	char *text;
	size_t size;
	FILE *out;
};

static void
begin_line(struct dump *dump)
{
	dump->out = open_memstream(&dump->text, &dump->size);
}

static void
end_line(struct dump *dump)
{
	fclose(dump->out);
	dump->lines = xrealloc(dump->lines, dump->count + 1, sizeof(*dump->lines));
	dump->lines[dump->count++] = dump->text;
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *
dump_take(struct dump *dump)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (dump->count)
		qsort(dump->lines, dump->count, sizeof(*dump->lines), compare_lines);
	for (size_t i = 0; i < dump->count; i++) {
		fprintf(out, "%s\n", dump->lines[i]);
		free(dump->lines[i]);
	}
	fclose(out);
	free(dump->lines);
	return text;
}

static void
put_address(struct dump *dump, const struct ip *address)
{
	char text[IP_TEXT];

	fputs(ip_print(address, text), dump->out);
}

static void
put_servers(struct dump *dump, const struct serverset *servers)
{
	fputs(" servers", dump->out);
	for (uint32_t i = 0; serverset_next(servers, &i); i++)
		fprintf(dump->out, " %u", i);
}

static void
put_counts(struct dump *dump, const char *name, const struct counts *counts)
{
	fprintf(dump->out, " %s", name);
	for (uint16_t i = 0; i < counts->count; i++)
		fprintf(dump->out, " %u:%u", counts_at(counts, (uint16_t)(i)).key,
			counts_at(counts, (uint16_t)(i)).count);
}

static void
put_slots(struct dump *dump, const struct slots *slots)
{
	fprintf(dump->out, " slots<<%u", slots->shift);
	for (size_t i = 0; i < slots_count(slots); i++)
		fprintf(dump->out, " %u:%u", slots_at(slots, i).key, slots_at(slots, i).count);
}

static void
put_times(struct dump *dump, int64_t first, int64_t last)
{
	fprintf(dump->out, " %lld..%lld", (long long)first, (long long)last);
}

static void
put_set(struct dump *dump, const char *name, const struct textset *set)
{
	if (!set)
		return;
	fprintf(dump->out, " %s%s", name, set->more ? "+" : "");
	for (uint8_t i = 0; i < set->count; i++)
		fprintf(dump->out, " [%s]", set->texts[i]);
}

/* A sample's hashes, ascending. */
static void
put_hashes(struct dump *dump, const char *name, const struct sample *sample,
	   const struct sample_type *type)
{
	struct dump hashes = {0};
	const uint64_t *hash;

	for (uint32_t i = 0; (hash = sample_next(sample, type, &i)) != NULL;) {
		begin_line(&hashes);
		fprintf(hashes.out, "%016llx", (unsigned long long)*hash);
		end_line(&hashes);
	}
	char *text = dump_take(&hashes);
	for (char *p = text; *p; p++)
		*p = *p == '\n' ? ' ' : *p;
	fprintf(dump->out, " %s %u <=%016llx {%s}", name, sample->count,
		(unsigned long long)sample->threshold, text);
	free(text);
}

char *
dump_streams(const struct tally *tally)
{
	struct dump dump = {0};
	const struct code_count *code;

	for (size_t i = 0; i < tally->streams.count; i++) {
		const struct stream *stream = &tally->streams.all[i];
		begin_line(&dump);
		fprintf(dump.out, "stream %zu kinds", i);
		for (size_t k = 0; k < RECORD_KINDS; k++)
			fprintf(dump.out, " %llu", (unsigned long long)stream->kinds[k]);
		fputs(" defects", dump.out);
		for (size_t d = 0; d < RECORD_DEFECTS; d++)
			fprintf(dump.out, " %llu", (unsigned long long)stream->defects[d]);
		fprintf(dump.out, " skipped %llu facts %x",
			(unsigned long long)stream->skipped_bytes, stream->facts);
		put_times(&dump, stream->first, stream->last);
		for (size_t d = 0; d < RECORD_DEFECTS; d++)
			for (size_t j = 0; j < stream->sample_count[d]; j++) {
				const struct stream_sample *sample = &stream->samples[d][j];
				uint64_t line = streams_line(&tally->streams, (uint32_t)i,
							     sample->chunk, sample->line);
				fprintf(dump.out, " %zu@%llu:%llu %.*s", d,
					(unsigned long long)sample->offset,
					(unsigned long long)line, (int)sample->length,
					sample->text);
			}
		end_line(&dump);
	}
	for (uint32_t i = 0; (code = map_next(&tally->streams.codes, &i)) != NULL;) {
		begin_line(&dump);
		fprintf(dump.out, "code %u %u %llu", code->key.space, code->key.code,
			(unsigned long long)code->count);
		end_line(&dump);
	}
	return dump_take(&dump);
}

char *
dump_sources(const struct tally *tally)
{
	struct dump dump = {0};
	const struct source *source;
	const struct folded *folded;

	for (uint32_t i = 0; (source = map_next(&tally->sources.map, &i)) != NULL;) {
		begin_line(&dump);
		put_address(&dump, &source->key.address);
		fprintf(dump.out, " server %u evident %d kinds", source->key.server,
			source->evident);
		for (size_t k = 0; k < RECORD_KINDS; k++)
			fprintf(dump.out, " %u", source->kinds[k]);
		fprintf(dump.out, " flags of %u", source->flags_known);
		for (size_t k = 0; k < SOURCE_FLAGS; k++)
			fprintf(dump.out, " %u", source->flags[k]);
		put_counts(&dump, "types", &source->types);
		put_counts(&dump, "rcodes", &source->rcodes);
		put_slots(&dump, &source->slots);
		fprintf(dump.out, " ports %d %016llx", source->ports != 0,
			(unsigned long long)source->ports);
		put_times(&dump, source->first, source->last);
		put_set(&dump, "keys", source->keys);
		put_set(&dump, "ecs", source->ecs);
		end_line(&dump);
	}
	for (uint32_t i = 0; (folded = map_next(&tally->sources.folded, &i)) != NULL;) {
		begin_line(&dump);
		fputs("folded ", dump.out);
		put_address(&dump, &folded->key.address);
		fprintf(dump.out, "/%u server %u %llu", tally->sources.prefix_bits,
			folded->key.server, (unsigned long long)folded->requests);
		end_line(&dump);
	}
	begin_line(&dump);
	fprintf(dump.out, "folded %llu sources %llu requests level %u",
		(unsigned long long)sources_folded(&tally->sources),
		(unsigned long long)tally->sources.folded_requests, tally->sources.fold.level);
	end_line(&dump);
	return dump_take(&dump);
}

static void
dump_pair_names(struct dump *dump, const struct tally *tally, const struct pair *pair)
{
	const struct pair_name *name;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		if (!pair_has_class(pair, c))
			continue;
		begin_line(dump);
		put_address(dump, &pair->key.address);
		fprintf(dump->out, " %.*s %s requests %u",
			STR_ARG(texts_get(&tally->texts, pair->key.zone)), name_class_names[c],
			names.requests);
		put_hashes(dump, "names", &names.names, &pair_name_type);
		end_line(dump);
		for (uint32_t i = 0;
		     (name = sample_next(&names.names, &pair_name_type, &i)) != NULL;) {
			begin_line(dump);
			put_address(dump, &pair->key.address);
			fprintf(dump->out, " %.*s name %016llx moment %016llx types %x x%u seen %x",
				STR_ARG(texts_get(&tally->texts, name->text)),
				(unsigned long long)name->hash, (unsigned long long)name->moment,
				name->types, name->count, name->seen);
			end_line(dump);
		}
	}
}

char *
dump_pairs(const struct tally *tally)
{
	struct dump dump = {0};
	const struct pair *pair;

	for (uint32_t i = 0; (pair = map_next(&tally->pairs.map, &i)) != NULL;) {
		begin_line(&dump);
		put_address(&dump, &pair->key.address);
		fprintf(dump.out, " %.*s role %u evident %d requests %u flags %u rd %u",
			STR_ARG(texts_get(&tally->texts, pair->key.zone)), pair->key.resolver,
			pair->evident, pair_requests(pair), pair->flags_known,
			pair->recursion_desired);
		put_servers(&dump, &pair->servers);
		put_times(&dump, pair->first, pair->last);
		put_counts(&dump, "types", &pair->types);
		end_line(&dump);
		dump_pair_names(&dump, tally, pair);
	}
	begin_line(&dump);
	fprintf(dump.out, "folded %llu requests level %u",
		(unsigned long long)tally->pairs.folded_requests, tally->pairs.fold.level);
	end_line(&dump);
	return dump_take(&dump);
}

static void
dump_zone_names(struct dump *dump, const struct tally *tally, const struct zone *zone)
{
	const struct zone_name *name;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		const struct zone_class *names = zone->classes[c];
		if (!names)
			continue;
		begin_line(dump);
		fprintf(dump->out, "%.*s %s requests %llu",
			STR_ARG(texts_get(&tally->texts, zone->key.text)), name_class_names[c],
			(unsigned long long)names->requests);
		put_hashes(dump, "names", &names->names, &zone_name_type);
		end_line(dump);
		for (uint32_t i = 0;
		     (name = sample_next(&names->names, &zone_name_type, &i)) != NULL;) {
			begin_line(dump);
			fprintf(dump->out, "role %u %.*s name moment %016llx by ",
				zone->key.resolver, STR_ARG(texts_get(&tally->texts, name->text)),
				(unsigned long long)name->moment);
			put_address(dump, &name->first_asker);
			fprintf(dump->out, " hours %x x%u types %x seen %x more %d", name->hours,
				name->requests, name->types, name->seen, name->more_prefixes);
			for (size_t j = 0; j < ZONE_PREFIXES; j++)
				fprintf(dump->out, " %08x", name->prefixes[j]);
			end_line(dump);
		}
	}
}

char *
dump_zones(const struct tally *tally)
{
	struct dump dump = {0};
	const struct zone *zone;

	for (uint32_t i = 0; (zone = map_next(&tally->zones.map, &i)) != NULL;) {
		begin_line(&dump);
		fprintf(dump.out, "%.*s role %u own %d evident %d requests %llu",
			STR_ARG(texts_get(&tally->texts, zone->key.text)), zone->key.resolver,
			zone->own, zone->evident, (unsigned long long)zone->requests);
		put_servers(&dump, &zone->servers);
		put_times(&dump, zone->first, zone->last);
		put_hashes(&dump, "sources", &zone->sources, &zone_source_type);
		end_line(&dump);
		dump_zone_names(&dump, tally, zone);
	}
	begin_line(&dump);
	fprintf(dump.out, "folded %llu requests level %u",
		(unsigned long long)tally->zones.folded_requests, tally->zones.fold.level);
	end_line(&dump);
	return dump_take(&dump);
}

char *
dump_sweeps(const struct tally *tally)
{
	struct dump dump = {0};
	const struct sweep *sweep;

	for (uint32_t i = 0; (sweep = map_next(&tally->sweeps.map, &i)) != NULL;) {
		begin_line(&dump);
		put_address(&dump, &sweep->key.address);
		fputs(" ", dump.out);
		put_address(&dump, &sweep->key.base);
		fprintf(dump.out, "/%u role %u evident %d requests %u asked", sweep->key.bits,
			sweep->key.resolver, sweep->evident, sweep->requests);
		for (size_t j = 0; j < 4; j++)
			fprintf(dump.out, " %016llx/%016llx", (unsigned long long)sweep->asked[j],
				(unsigned long long)sweep->again[j]);
		put_servers(&dump, &sweep->servers);
		put_times(&dump, sweep->first, sweep->last);
		end_line(&dump);
	}
	begin_line(&dump);
	fprintf(dump.out, "folded level %u", tally->sweeps.fold.level);
	end_line(&dump);
	return dump_take(&dump);
}

static void
put_event(struct dump *dump, const struct tally *tally, const struct event *event)
{
	fprintf(dump->out, "\n  %lld %u@%llu line %llu %u %u %d %d %d %d %x/%x",
		(long long)event->at.time, event->at.stream, (unsigned long long)event->at.offset,
		(unsigned long long)tally_line(tally, &event->at), event->kind, event->transfer,
		event->port, event->qtype, event->qclass, event->rcode, event->flags,
		event->flags_known);
	fprintf(dump->out, " %lld %lld %lld %lld %lld", (long long)event->serial,
		(long long)event->serial_from, (long long)event->messages,
		(long long)event->records, (long long)event->bytes);
	put_address(dump, &event->server);
	fprintf(dump->out, " name %.*s key %.*s reason %.*s: %.*s", STR_ARG(event_name(event)),
		STR_ARG(event_key(event)), STR_ARG(event_reason(event)),
		STR_ARG(event_text(event)));
}

char *
dump_events(const struct tally *tally)
{
	struct dump dump = {0};
	const struct event_group *group;

	for (uint64_t i = 0; (group = events_next(&tally->events, &i)) != NULL;) {
		begin_line(&dump);
		put_address(&dump, &group->key.address);
		fprintf(dump.out, " server %u kind %u count %llu kept %u", group->key.server,
			group->key.kind, (unsigned long long)group->count, group->kept);
		put_times(&dump, group->first, group->last);
		for (uint32_t j = 0; j < group->kept; j++)
			put_event(&dump, tally, group->events[j]);
		end_line(&dump);
	}
	begin_line(&dump);
	fprintf(dump.out, "folded %llu level %u, %llu level %u",
		(unsigned long long)tally->events.attempts.folded,
		tally->events.attempts.fold.level,
		(unsigned long long)tally->events.transfers.folded,
		tally->events.transfers.fold.level);
	end_line(&dump);
	return dump_take(&dump);
}

char *
dump_rulehits(const struct tally *tally)
{
	struct dump dump = {0};
	const struct rulehit *hit;

	for (uint32_t i = 0; (hit = map_next(&tally->rulehits.map, &i)) != NULL;) {
		begin_line(&dump);
		put_address(&dump, &hit->key.address);
		fprintf(dump.out, " server %u rule %u count %llu", hit->key.server, hit->key.rule,
			(unsigned long long)hit->count);
		put_times(&dump, hit->first, hit->last);
		put_hashes(&dump, "zones", &hit->zones, &rulehit_zone_type);
		for (uint8_t j = 0; j < hit->line_count; j++)
			fprintf(dump.out, "\n  %lld %u@%llu line %llu %.*s",
				(long long)hit->lines[j].at.time, hit->lines[j].at.stream,
				(unsigned long long)hit->lines[j].at.offset,
				(unsigned long long)tally_line(tally, &hit->lines[j].at),
				(int)hit->lines[j].length, hit->lines[j].text);
		end_line(&dump);
	}
	begin_line(&dump);
	fprintf(dump.out, "folded %llu level %u", (unsigned long long)tally->rulehits.folded,
		tally->rulehits.fold.level);
	end_line(&dump);
	return dump_take(&dump);
}

char *
dump_correlations(const struct tally *tally)
{
	struct dump dump = {0};
	const struct correlation_slot *slot;

	for (uint32_t i = 0; (slot = map_next(&tally->correlations.map, &i)) != NULL;) {
		begin_line(&dump);
		fprintf(dump.out, "correlation %u group %.*s slot %lld count %llu rules %x ",
			slot->key.correlation, STR_ARG(texts_get(&tally->texts, slot->key.group)),
			(long long)slot->key.slot, (unsigned long long)slot->count,
			slot->rules_seen);
		put_address(&dump, &slot->address);
		put_times(&dump, slot->first.time, slot->last);
		put_hashes(&dump, "values", &slot->values, &correlation_value_type);
		fprintf(dump.out, "\n  %u@%llu %.*s", slot->first.stream,
			(unsigned long long)slot->first.offset, (int)slot->length, slot->text);
		end_line(&dump);
	}
	begin_line(&dump);
	fprintf(dump.out, "folded %llu level %u", (unsigned long long)tally->correlations.folded,
		tally->correlations.fold.level);
	end_line(&dump);
	return dump_take(&dump);
}

char *
dump_timeline(const struct tally *tally)
{
	struct dump dump = {0};
	const struct timeline_slot *slot;

	for (uint32_t i = 0; (slot = map_next(&tally->timeline.map, &i)) != NULL;) {
		begin_line(&dump);
		fprintf(dump.out, "server %u slot %u<<%u requests %llu kinds", slot->key.server,
			slot->key.index, tally->timeline.shift, (unsigned long long)slot->requests);
		for (size_t k = 0; k < RECORD_KINDS; k++)
			fprintf(dump.out, " %llu", (unsigned long long)slot->kinds[k]);
		put_hashes(&dump, "names", &slot->names, &timeline_name_type);
		end_line(&dump);
	}
	return dump_take(&dump);
}
