/* Lines of one request joined, whatever files they stand in and whatever times they share. */
#include "detect/attempt.h"

#include <criterion/criterion.h>

#include "lines.h"

struct joined {
	struct scene scene;
	struct attempts attempts;
};

static void
join(struct joined *joined)
{
	scene_play(&joined->scene);
	attempts_join(&joined->attempts, &joined->scene.tally);
}

static void
release(struct joined *joined)
{
	attempts_release(&joined->attempts);
	scene_release(&joined->scene);
}

static const struct line transfer = {.client = "203.0.113.1", .type = "AXFR", .flags = "-T"};

Test(attempt, lines_in_two_files_are_one_request)
{
	struct joined j;
	struct line line = transfer;

	scene_init(&j.scene);
	lines_query(&j.scene.log, &line);
	line.stream = 1;
	line.at = 10;
	lines_started(&j.scene.log, &line, "AXFR", -1, 7);
	line.at = 500;
	lines_ended(&j.scene.log, &line, "AXFR", 160, 7);
	join(&j);
	cr_assert_eq(j.attempts.count, 1);
	const struct attempt *a = &j.attempts.all[0];
	cr_expect_eq(a->outcome, OUTCOME_GRANTED);
	cr_expect_eq(a->style, TRANSFER_AXFR);
	cr_expect(a->asked && a->tcp && !a->udp && !a->empty && !a->recursion_desired);
	cr_expect_eq(a->serial, 7);
	cr_expect_eq(a->records, 160);
	cr_expect_eq(a->bytes, 160 * 27);
	cr_expect_eq(a->time, LINES_START);
	cr_expect_eq(a->last, LINES_START + 500);
	cr_expect_eq(a->event_count, 3);
	release(&j);
}

Test(attempt, each_kind_of_line_has_its_outcome)
{
	static const struct {
		const char *what;
		enum outcome outcome;
	} rows[] = {
		{"asked", OUTCOME_UNKNOWN},   {"denied", OUTCOME_REFUSED},
		{"notauth", OUTCOME_REFUSED}, {"failed", OUTCOME_REFUSED},
		{"started", OUTCOME_GRANTED}, {"ended", OUTCOME_GRANTED},
		{"broken", OUTCOME_FAILED},   {"current", OUTCOME_GRANTED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct joined j;
		struct line line = transfer;
		scene_init(&j.scene);
		lines_query(&j.scene.log, &line);
		line.stream = 1;
		if (strcmp(rows[i].what, "denied") == 0)
			lines_denied(&j.scene.log, &line);
		else if (strcmp(rows[i].what, "notauth") == 0)
			lines_notauth(&j.scene.log, &line);
		else if (strcmp(rows[i].what, "failed") == 0)
			lines_failed(&j.scene.log, &line, "REFUSED");
		else if (strcmp(rows[i].what, "started") == 0)
			lines_started(&j.scene.log, &line, "AXFR", -1, 7);
		else if (strcmp(rows[i].what, "ended") == 0)
			lines_ended(&j.scene.log, &line, "AXFR", 160, 7);
		else if (strcmp(rows[i].what, "current") == 0)
			lines_current(&j.scene.log, &line);
		else if (strcmp(rows[i].what, "broken") == 0) {
			lines_started(&j.scene.log, &line, "AXFR", -1, 7);
			lines_broken(&j.scene.log, &line);
		}
		join(&j);
		cr_assert_eq(j.attempts.count, 1, "%s", rows[i].what);
		cr_expect_eq(j.attempts.all[0].outcome, rows[i].outcome, "%s", rows[i].what);
		release(&j);
	}
}

Test(attempt, a_connection_that_breaks_after_the_end_has_lost_nothing)
{
	struct joined j;
	struct line line = transfer;

	scene_init(&j.scene);
	lines_started(&j.scene.log, &line, "AXFR", -1, 7);
	lines_ended(&j.scene.log, &line, "AXFR", 160, 7);
	lines_broken(&j.scene.log, &line);
	join(&j);
	cr_assert_eq(j.attempts.count, 1);
	cr_expect_eq(j.attempts.all[0].outcome, OUTCOME_GRANTED);
	release(&j);
}

Test(attempt, clients_ports_zones_and_servers_are_apart)
{
	struct joined j;
	struct line line = transfer;

	scene_init(&j.scene);
	lines_query(&j.scene.log, &line);
	line.port = 4001;
	lines_query(&j.scene.log, &line);
	line.name = "example.net";
	lines_query(&j.scene.log, &line);
	line.client = "203.0.113.2";
	lines_query(&j.scene.log, &line);
	lines_unbound(&j.scene.log, &line);
	join(&j);
	cr_expect_eq(j.attempts.count, 5);
	release(&j);
}

Test(attempt, a_port_that_comes_back_is_another_request)
{
	struct joined j;
	struct line line = transfer;

	scene_init(&j.scene);
	lines_transfer(&j.scene.log, &line, 7);
	line.at = 10 * MINUTE;
	lines_query(&j.scene.log, &line);
	line.stream = 1;
	lines_denied(&j.scene.log, &line);
	join(&j);
	cr_assert_eq(j.attempts.count, 2);
	cr_expect_eq(j.attempts.all[0].outcome, OUTCOME_GRANTED);
	cr_expect_eq(j.attempts.all[1].outcome, OUTCOME_REFUSED);
	release(&j);
}

Test(attempt, the_end_of_a_large_transfer_may_come_hours_later)
{
	struct joined j;
	struct line line = transfer;

	scene_init(&j.scene);
	lines_query(&j.scene.log, &line);
	line.stream = 1;
	lines_started(&j.scene.log, &line, "AXFR", -1, 7);
	line.at = 9 * HOUR;
	lines_ended(&j.scene.log, &line, "AXFR", 40000000, 7);
	join(&j);
	cr_assert_eq(j.attempts.count, 1);
	cr_expect_eq(j.attempts.all[0].records, 40000000);
	cr_expect_eq(j.attempts.all[0].last, LINES_START + 9 * HOUR);
	release(&j);
}

/*
 * Syslog has whole seconds: query, start and end of several requests tie, and stand in two
 * files. The order of the files must not matter, nor which of them is the first stream.
 */
Test(attempt, ties_between_files_keep_each_request_together)
{
	for (uint32_t swap = 0; swap < 2; swap++) {
		struct joined j;
		scene_init(&j.scene);
		for (unsigned i = 0; i < 50; i++) {
			struct line line = transfer;
			line.port = 4000 + i;
			line.stream = swap;
			lines_query(&j.scene.log, &line);
			line.stream = !swap;
			if (i % 3 == 0) {
				lines_denied(&j.scene.log, &line);
			} else {
				lines_started(&j.scene.log, &line, "AXFR", -1, i);
				lines_ended(&j.scene.log, &line, "AXFR", 160, i);
			}
		}
		join(&j);
		cr_assert_eq(j.attempts.count, 50, "swap %u: %zu", swap, j.attempts.count);
		for (size_t i = 0; i < 50; i++) {
			const struct attempt *a = &j.attempts.all[i];
			unsigned n = (unsigned)a->port - 4000;
			cr_expect(a->asked, "swap %u, port %u", swap, n);
			cr_expect_eq(a->outcome, n % 3 ? OUTCOME_GRANTED : OUTCOME_REFUSED,
				     "swap %u, port %u", swap, n);
			cr_expect_eq(a->serial, n % 3 ? (int)n : -1, "swap %u, port %u", swap, n);
		}
		release(&j);
	}
}

/* In one file the order of lines is the truth, however many share a second. */
Test(attempt, one_portless_file_keeps_its_order_within_a_second)
{
	struct joined j;
	struct line line = {.client = "10.0.0.9", .type = "AXFR"};

	scene_init(&j.scene);
	for (unsigned i = 0; i < 5; i++) {
		lines_unbound(&j.scene.log, &line);
		lines_reply(&j.scene.log, &line, "REFUSED", 0);
	}
	lines_unbound(&j.scene.log, &line);
	join(&j);
	cr_assert_eq(j.attempts.count, 6);
	for (size_t i = 0; i < 5; i++)
		cr_expect_eq(j.attempts.all[i].outcome, OUTCOME_REFUSED, "attempt %zu", i);
	cr_expect_eq(j.attempts.all[5].outcome, OUTCOME_UNKNOWN);
	release(&j);
}

Test(attempt, timeless_lines_are_joined_by_what_they_say)
{
	struct joined j;
	struct line line = transfer;

	scene_init(&j.scene);
	line.at = LINES_NOTIME;
	for (unsigned i = 0; i < 5; i++) {
		line.port = 5000 + i;
		line.stream = 0;
		lines_query(&j.scene.log, &line);
		line.stream = 1;
		if (i % 2)
			lines_denied(&j.scene.log, &line);
		else
			lines_started(&j.scene.log, &line, "AXFR", -1, i);
	}
	join(&j);
	cr_assert_eq(j.attempts.count, 5);
	for (size_t i = 0; i < 5; i++) {
		cr_expect_eq(j.attempts.all[i].time, TIME_NONE);
		cr_expect_eq(j.attempts.all[i].outcome, (j.attempts.all[i].port - 5000) % 2
								? OUTCOME_REFUSED
								: OUTCOME_GRANTED);
	}
	release(&j);
}

/* The same lines, read by other threads: the tally's maps have other keys each time. */
Test(attempt, the_join_is_the_same_every_time)
{
	struct joined first;

	scene_init(&first.scene);
	for (unsigned i = 0; i < 400; i++) {
		struct line line = transfer;
		line.port = 4000 + i % 4;
		line.stream = i % 2;
		line.at = i / 100;
		switch (i * 7 % 5) {
		case 0:
			lines_query(&first.scene.log, &line);
			break;
		case 1:
			lines_denied(&first.scene.log, &line);
			break;
		case 2:
			lines_started(&first.scene.log, &line, "AXFR", -1, i);
			break;
		case 3:
			lines_broken(&first.scene.log, &line);
			break;
		default:
			lines_ended(&first.scene.log, &line, "AXFR", i, i);
		}
	}
	join(&first);
	for (int round = 0; round < 20; round++) {
		struct tally tally;
		struct attempts again;
		tally_init(&tally, &first.scene.harness.settings);
		harness_add(&first.scene.harness, &tally, &first.scene.log, NULL);
		tally_settle(&tally);
		attempts_join(&again, &tally);
		cr_assert_eq(again.count, first.attempts.count);
		for (size_t i = 0; i < again.count; i++) {
			const struct attempt *a = &again.all[i], *b = &first.attempts.all[i];
			cr_expect(a->port == b->port && a->time == b->time && a->last == b->last &&
					  a->outcome == b->outcome && a->serial == b->serial &&
					  a->event_count == b->event_count,
				  "attempt %zu", i);
		}
		attempts_release(&again);
		tally_release(&tally);
	}
	release(&first);
}
