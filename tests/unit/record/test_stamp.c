#include "record/stamp.h"

#include <criterion/criterion.h>

enum { HAS_YEAR = 1, HAS_ZONE = 2, IS_ABSENT = 4, IS_INVALID = 8 };

typedef bool take_function(struct str *s, struct stamp *stamp);

static const struct {
	take_function *take;
	const char *text;
	size_t length;    /* 0: not this form */
	const char *time; /* as if UTC; year 2000 where none is told; "" for none */
	unsigned flags;
} rows[] = {
	{stamp_take_bind, "23-Nov-2026 16:38:00.839 x", 24, "2026-11-23T16:38:00.839Z", HAS_YEAR},
	{stamp_take_bind, "4-Aug-2021 00:20:26.964 x", 23, "2021-08-04T00:20:26.964Z", HAS_YEAR},
	{stamp_take_bind, "23-Nov-2026 16:38:00 x", 20, "2026-11-23T16:38:00.000Z", HAS_YEAR},
	{stamp_take_bind, "99-Bad-9999 99:99:99.999 x", 24, "", HAS_YEAR | IS_ABSENT},
	{stamp_take_bind, "31-Feb-2026 16:38:00.839 x", 24, "", HAS_YEAR | IS_INVALID},
	{stamp_take_bind, "23-Nov-1960 16:38:00.839 x", 24, "", HAS_YEAR | IS_INVALID},
	{stamp_take_bind, "23-Nov-2026 16:38", 0, "", 0},
	{stamp_take_bind, "23-Nov-2026 16:38:00.839", 24, "2026-11-23T16:38:00.839Z", HAS_YEAR},
	{stamp_take_bind, "23-Nov-2026 16:38:00.839x", 0, "", 0},
	{stamp_take_bind, "23-Nox-2026 16:38:00.839 x", 0, "", 0},
	{stamp_take_bind, "2026-11-23T16:38:00 x", 0, "", 0},
	{stamp_take_iso, "2026-11-23T16:38:00.839 x", 23, "2026-11-23T16:38:00.839Z", HAS_YEAR},
	{stamp_take_iso, "2026-11-23T16:38:00.839Z x", 24, "2026-11-23T16:38:00.839Z",
	 HAS_YEAR | HAS_ZONE},
	{stamp_take_iso, "2026-11-23T16:38:00+0200 x", 24, "2026-11-23T14:38:00.000Z",
	 HAS_YEAR | HAS_ZONE},
	{stamp_take_iso, "2026-11-23T16:38:00.123456-05:30 x", 32, "2026-11-23T22:08:00.123Z",
	 HAS_YEAR | HAS_ZONE},
	{stamp_take_iso, "2026-11-23 16:38:00,839 x", 23, "2026-11-23T16:38:00.839Z", HAS_YEAR},
	{stamp_take_iso, "2026-13-23T16:38:00 x", 19, "", HAS_YEAR | IS_INVALID},
	{stamp_take_iso, "1969-12-31T23:59:59Z x", 20, "", HAS_YEAR | HAS_ZONE | IS_INVALID},
	{stamp_take_iso, "9999-12-31T23:59:59-01:00 x", 25, "", HAS_YEAR | HAS_ZONE | IS_INVALID},
	{stamp_take_iso, "2026-11-23T16:38:00+25:00 x", 0, "", 0},
	{stamp_take_iso, "2026-11-23T16:38:0", 0, "", 0},
	{stamp_take_syslog, "Nov 23 16:38:00 x", 15, "2000-11-23T16:38:00.000Z", 0},
	{stamp_take_syslog, "Nov  3 16:38:00 x", 15, "2000-11-03T16:38:00.000Z", 0},
	{stamp_take_syslog, "Nov 03 16:38:00 x", 15, "2000-11-03T16:38:00.000Z", 0},
	{stamp_take_syslog, "Nov 3 16:38:00 x", 14, "2000-11-03T16:38:00.000Z", 0},
	{stamp_take_syslog, "Feb 29 16:38:00 x", 15, "2000-02-29T16:38:00.000Z", 0},
	{stamp_take_syslog, "Feb 30 16:38:00 x", 15, "", IS_INVALID},
	{stamp_take_syslog, "mai 04 10:56:07 x", 15, "", IS_ABSENT},
	{stamp_take_syslog, "M\xc3\xa4rz 04 10:56:07 x", 17, "", IS_ABSENT},
	{stamp_take_syslog, "janv. 04 10:56:07 x", 17, "", IS_ABSENT},
	{stamp_take_syslog, "Nov 23 25:38:00 x", 15, "", IS_INVALID},
	{stamp_take_syslog, "Nov 23 16:38", 0, "", 0},
	{stamp_take_syslog, "client 192.0.2.1#53: query", 0, "", 0},
	{stamp_take_epoch, "[1551441121] x", 12, "2019-03-01T11:52:01.000Z", HAS_YEAR | HAS_ZONE},
	{stamp_take_epoch, "[253402300800] x", 14, "", HAS_YEAR | HAS_ZONE | IS_INVALID},
	{stamp_take_epoch, "[99999999999999999999] x", 0, "", 0},
	{stamp_take_epoch, "[7:0] x", 0, "", 0},
	{stamp_take_unix, "1551441121.123456 x", 17, "2019-03-01T11:52:01.123Z",
	 HAS_YEAR | HAS_ZONE},
	{stamp_take_unix, "1551441121 x", 0, "", 0},
	{stamp_take_unix, "192.000000 x", 0, "", 0},
};

Test(record_stamp, every_form_is_taken_and_nothing_else)
{
	char text[TIME_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str s = str_of(rows[i].text);
		struct stamp stamp = {0};
		bool taken = rows[i].take(&s, &stamp);
		cr_expect_eq(taken, rows[i].length > 0, "row %zu: %s", i, rows[i].text);
		cr_expect_eq(s.n, strlen(rows[i].text) - rows[i].length, "row %zu", i);
		if (!taken)
			continue;
		cr_expect_eq(stamp.text.n, rows[i].length, "row %zu", i);
		cr_expect_eq(stamp.has_year, (rows[i].flags & HAS_YEAR) != 0, "row %zu", i);
		cr_expect_eq(stamp.has_zone, (rows[i].flags & HAS_ZONE) != 0, "row %zu", i);
		cr_expect_eq(stamp.is_absent, (rows[i].flags & IS_ABSENT) != 0, "row %zu", i);
		cr_expect_eq(stamp.is_invalid, (rows[i].flags & IS_INVALID) != 0, "row %zu", i);
		if (stamp.is_absent || stamp.is_invalid)
			continue;
		int64_t time = stamp.has_zone ? stamp.utc : timestamp_make(&stamp.civil);
		cr_expect_str_eq(timestamp_print(time, text), rows[i].time, "row %zu", i);
	}
}

Test(record_stamp, a_stamp_that_is_cut_anywhere_is_not_taken_or_valid)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t n = 0; n < rows[i].length; n++) {
			char cut[64];
			struct stamp stamp = {0};
			memcpy(cut, rows[i].text, n);
			struct str s = str_make(cut, n);
			if (rows[i].take(&s, &stamp))
				cr_expect_leq(stamp.text.n, n);
		}
}

Test(record_stamp, the_stamp_that_tells_more_wins_and_the_inner_one_a_tie)
{
	struct stamp none = {0}, syslog = {0}, bind = {0}, iso = {0}, bad = {0}, invalid = {0};
	struct str s;

	s = STR("Nov 23 16:38:00");
	cr_assert(stamp_take_syslog(&s, &syslog));
	s = STR("23-Nov-2026 16:38:00.839");
	cr_assert(stamp_take_bind(&s, &bind));
	s = STR("2026-11-23T16:38:00Z");
	cr_assert(stamp_take_iso(&s, &iso));
	s = STR("99-Bad-9999 99:99:99.999");
	cr_assert(stamp_take_bind(&s, &bad));
	s = STR("31-Feb-2026 16:38:00.839");
	cr_assert(stamp_take_bind(&s, &invalid));
	cr_expect_eq(stamp_better(&bind, &syslog), &bind);
	cr_expect_eq(stamp_better(&bind, &iso), &iso);
	cr_expect_eq(stamp_better(&syslog, &bind), &bind);
	cr_expect_eq(stamp_better(&none, &syslog), &syslog);
	cr_expect_eq(stamp_better(&bad, &syslog), &syslog);
	cr_expect_eq(stamp_better(&invalid, &syslog), &syslog);
	cr_expect_eq(stamp_better(&syslog, &syslog), &syslog);
}

Test(record_stamp, a_missing_year_is_the_latest_before_the_limit)
{
	static const struct {
		const char *limit;
		int month, day, year;
	} cases[] = {
		{"2026-12-01T00:00:00Z", 11, 30, 2026}, {"2026-01-02T00:00:00Z", 12, 31, 2025},
		{"2026-01-02T00:00:00Z", 1, 1, 2026},   {"2026-06-01T00:00:00Z", 2, 29, 2024},
		{"2024-02-28T00:00:00Z", 2, 29, 2020},  {"2100-06-01T00:00:00Z", 2, 29, 2096},
		{"1970-01-02T00:00:00Z", 2, 1, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct civil civil = {.month = cases[i].month, .day = cases[i].day};
		int64_t limit;
		cr_assert(timestamp_parse(str_of(cases[i].limit), &limit));
		cr_expect_eq(stamp_year(&civil, limit), cases[i].year, "row %zu", i);
	}
}
