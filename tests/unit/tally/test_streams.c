#include <criterion/criterion.h>

#include "../detect/lines.h"
#include "dump.h"
#include "law.h"
#include "traffic.h"

Test(streams, count_kinds_defects_and_facts_of_each_file)
{
	struct scene scene;
	struct line line = {.client = "192.0.2.1", .flags = "+E(0)TV", .at = MINUTE};

	scene_init(&scene);
	harness_log_add(&scene.log, 0, "what is this?");
	lines_query(&scene.log, &line);
	harness_log_add(&scene.log, 0, "%s", "");
	harness_log_add(&scene.log, 0,
			"10-Mar-2026 00:02:00.000 queries: info: client @0x1 192.0.2.999#53 "
			"(a.example.com): query: a.example.com IN A + (198.51.100.1)");
	line.stream = 1;
	lines_denied(&scene.log, &line);
	scene_play(&scene);
	const struct stream *stream = &scene.tally.streams.all[0];
	cr_expect_eq(stream->kinds[RECORD_QUERY], 1);
	cr_expect_eq(stream->kinds[RECORD_UNKNOWN], 1);
	cr_expect_eq(stream->kinds[RECORD_OTHER], 1, "an empty line");
	cr_expect_eq(stream->kinds[RECORD_MALFORMED], 1);
	cr_expect_eq(stream->defects[DEFECT_ADDRESS], 1);
	unsigned facts =
		FACT_FLAGS | FACT_PORT | FACT_TRANSPORT | FACT_TIME | FACT_SERVER | FACT_COOKIE;
	cr_expect_eq(stream->facts & facts, facts, "%x", stream->facts);
	cr_expect_not(stream->facts & (FACT_RCODE | FACT_TRANSFERS | FACT_DENIALS));
	cr_expect_eq(stream->first, LINES_START + MINUTE);
	cr_expect_eq(stream->sample_count[DEFECT_NONE], 1);
	cr_expect_str_eq(stream->samples[DEFECT_NONE][0].text, "what is this?");
	cr_expect(scene.tally.streams.all[1].facts & FACT_DENIALS);
	cr_expect_not(scene.tally.streams.all[2].facts);
	scene_release(&scene);
}

Test(streams, keep_the_first_lines_of_a_reason_cut)
{
	struct scene scene;
	char text[2000];

	scene_init(&scene);
	for (int i = 0; i < 100; i++) {
		memset(text, 'x', sizeof(text));
		int n = snprintf(text, sizeof(text), "line %d ", i);
		text[n] = 'x';
		text[sizeof(text) - 1] = '\0';
		harness_log_add(&scene.log, 0, "%s", text);
	}
	scene_play(&scene);
	const struct stream *stream = &scene.tally.streams.all[0];
	cr_assert_eq(stream->sample_count[DEFECT_NONE], STREAM_SAMPLES);
	for (int i = 0; i < STREAM_SAMPLES; i++) {
		const struct stream_sample *sample = &stream->samples[DEFECT_NONE][i];
		snprintf(text, sizeof(text), "line %d ", i);
		cr_expect_eq(strncmp(sample->text, text, strlen(text)), 0);
		cr_expect_eq(sample->length, STREAM_SAMPLE_TEXT);
	}
	cr_expect_eq(stream->kinds[RECORD_UNKNOWN], 100);
	scene_release(&scene);
}

Test(streams, line_numbers_are_absolute_whatever_the_chunks)
{
	struct harness harness;
	struct harness_log log = {0};
	struct tally tally;

	harness_init(&harness);
	for (unsigned i = 0; i < 1000; i++)
		lines_query(&log, &(struct line){.at = i * SECOND,
						 .client = "192.0.2.1",
						 .type = i % 100 == 57 ? "AXFR" : "A"});
	for (uint64_t seed = 1; seed <= 10; seed++) {
		uint64_t state = seed;
		const struct event_group *group;
		law_parts(&harness, &log, 5, true, &state, &tally);
		tally_settle(&tally);
		for (uint64_t i = 0; (group = events_next(&tally.events, &i)) != NULL;) {
			cr_assert_eq(group->kept, 10);
			for (uint32_t j = 0; j < group->kept; j++)
				cr_expect_eq(tally_line(&tally, &group->events[j]->at),
					     j * 100 + 58, "seed %lu", (unsigned long)seed);
		}
		tally_release(&tally);
	}
	harness_log_release(&log);
	harness_release(&harness);
}

/* Chunks whose lines gave no record count too: skipped lines, and lines of the reader's own. */
Test(streams, a_chunk_counts_the_lines_that_were_skipped)
{
	struct harness harness;
	struct tally tally;

	harness_init(&harness);
	tally_init(&tally, &harness.settings);
	tally_end_chunk(&tally, 0, 0, 10, 2, 131072);
	tally_end_chunk(&tally, 0, 5000, 7, 0, 0);
	tally_end_chunk(&tally, 0, 9000, 3, 1, 70000);
	tally_settle(&tally);
	struct position at = {.stream = 0, .chunk = 9000, .line = 2};
	cr_expect_eq(tally_line(&tally, &at), 19);
	cr_expect_eq(tally.streams.all[0].defects[DEFECT_OVERLONG], 3);
	cr_expect_eq(tally.streams.all[0].kinds[RECORD_MALFORMED], 3);
	cr_expect_eq(tally.streams.all[0].skipped_bytes, 201072);
	tally_release(&tally);
	harness_release(&harness);
}

Test(streams, types_and_rcodes_of_the_whole_log_are_exact)
{
	struct scene scene;
	char type[16];
	const struct code_count *code;
	uint64_t types = 0, rcodes = 0;

	scene_init(&scene);
	for (unsigned i = 1; i <= 500; i++) {
		snprintf(type, sizeof(type), "TYPE%u", 20000 + i);
		lines_query(&scene.log, &(struct line){.client = "192.0.2.1", .type = type});
		lines_failed(&scene.log, &(struct line){.client = "192.0.2.1", .type = type},
			     i % 2 ? "REFUSED" : "SERVFAIL");
	}
	scene_play(&scene);
	for (uint32_t i = 0; (code = map_next(&scene.tally.streams.codes, &i)) != NULL;) {
		types += code->key.space == CODE_TYPE;
		if (code->key.space == CODE_ERROR_RCODE) {
			rcodes++;
			cr_expect_eq(code->count, 250);
		}
	}
	cr_expect_eq(types, 500);
	cr_expect_eq(rcodes, 2);
	scene_release(&scene);
}

Test(streams, merge_to_the_table_of_all)
{
	law_expect(dump_streams, NULL, TRAFFIC_ALL, 1500);
}
