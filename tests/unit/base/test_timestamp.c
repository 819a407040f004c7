#include <criterion/criterion.h>

#include "base/timestamp.h"

static const int64_t day = 86400000;

Test(timestamp, civil_and_back_for_every_day_of_the_calendar)
{
	int64_t time = timestamp_make(&(struct civil){.year = 1, .month = 1, .day = 1});
	int64_t end = timestamp_make(&(struct civil){.year = 9999, .month = 12, .day = 31});
	struct civil last = {0};

	for (; time <= end; time += 7 * day - 1234567) {
		struct civil c = timestamp_civil(time);
		cr_assert(civil_is_valid(&c), "%lld", (long long)time);
		cr_assert_eq(timestamp_make(&c), time, "%lld", (long long)time);
		cr_assert(c.year > last.year || (c.year == last.year && c.month >= last.month),
			  "runs backwards at %lld", (long long)time);
		last = c;
	}
}

Test(timestamp, known_days)
{
	static const struct {
		struct civil civil;
		int64_t time;
	} rows[] = {
		{{1970, 1, 1, 0, 0, 0, 0}, 0},
		{{1969, 12, 31, 23, 59, 59, 999}, -1},
		{{2000, 2, 29, 0, 0, 0, 0}, 951782400000},
		{{2026, 3, 10, 12, 34, 56, 789}, 1773146096789},
		{{2100, 3, 1, 0, 0, 0, 0}, 4107542400000},
		{{2038, 1, 19, 3, 14, 8, 0}, 2147483648000},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct civil c = timestamp_civil(rows[i].time);
		cr_expect_eq(timestamp_make(&rows[i].civil), rows[i].time, "row %zu", i);
		cr_expect_eq(memcmp(&c, &rows[i].civil, sizeof(c)), 0, "row %zu", i);
	}
}

Test(timestamp, what_no_calendar_has_is_not_valid)
{
	static const struct {
		struct civil civil;
		bool valid;
	} rows[] = {
		{{2024, 2, 29, 0, 0, 0, 0}, true},    {{2023, 2, 29, 0, 0, 0, 0}, false},
		{{1900, 2, 29, 0, 0, 0, 0}, false},   {{2000, 2, 29, 0, 0, 0, 0}, true},
		{{2024, 4, 31, 0, 0, 0, 0}, false},   {{2024, 0, 1, 0, 0, 0, 0}, false},
		{{2024, 13, 1, 0, 0, 0, 0}, false},   {{2024, 1, 0, 0, 0, 0, 0}, false},
		{{2024, 1, 1, 24, 0, 0, 0}, false},   {{2024, 1, 1, 0, 60, 0, 0}, false},
		{{2024, 1, 1, 23, 59, 60, 0}, true},  {{2024, 1, 1, 23, 59, 61, 0}, false},
		{{2024, 1, 1, 0, 0, 0, 1000}, false}, {{2024, 1, 1, -1, 0, 0, 0}, false},
		{{10000, 1, 1, 0, 0, 0, 0}, false},   {{-1, 1, 1, 0, 0, 0, 0}, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(civil_is_valid(&rows[i].civil), rows[i].valid, "row %zu", i);
}

Test(timestamp, prints_rfc_3339_with_milliseconds)
{
	char text[TIME_TEXT];

	cr_expect_str_eq(timestamp_print(1773146096789, text), "2026-03-10T12:34:56.789Z");
	cr_expect_str_eq(timestamp_print(-1, text), "1969-12-31T23:59:59.999Z");
	cr_expect_str_eq(timestamp_print(TIME_NONE, text), "");
	timestamp_print(INT64_MAX, text);
	cr_expect(strlen(text) < TIME_TEXT, "no time is too long for its text");
	timestamp_print(TIME_NONE + 1, text);
	cr_expect(strlen(text) < TIME_TEXT);
}

Test(timestamp, reads_rfc_3339_and_dates)
{
	static const struct {
		const char *text, *printed; /* NULL: refused */
	} rows[] = {
		{"2026-03-10", "2026-03-10T00:00:00.000Z"},
		{"2026-03-10T12:34:56Z", "2026-03-10T12:34:56.000Z"},
		{"2026-03-10t12:34:56z", "2026-03-10T12:34:56.000Z"},
		{"2026-03-10 12:34:56+00:00", "2026-03-10T12:34:56.000Z"},
		{"2026-03-10T12:34:56.7Z", "2026-03-10T12:34:56.700Z"},
		{"2026-03-10T12:34:56.789123456Z", "2026-03-10T12:34:56.789Z"},
		{"2026-03-10T12:34:56+02:00", "2026-03-10T10:34:56.000Z"},
		{"2026-03-10T12:34:56-0930", "2026-03-10T22:04:56.000Z"},
		{"2026-01-01T00:30:00+02:00", "2025-12-31T22:30:00.000Z"},
		{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
		{"2026-03-10T12:34:56", NULL}, /* a zone is needed */
		{"2026-03-10T12:34Z", NULL},
		{"2026-03-10T12:34:56.Z", NULL},
		{"2026-03-10T12:34:56Zx", NULL},
		{"2026-03-10T12:34:56+24:00", NULL},
		{"2026-03-10T12:34:56+02:60", NULL},
		{"2026-3-10", NULL},
		{"26-03-10", NULL},
		{"2026-02-30", NULL},
		{"2026-03-10T", NULL},
		{"2026-03-10Z", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[TIME_TEXT];
		int64_t time = 42;
		bool valid = timestamp_parse(str_of(rows[i].text), &time);
		cr_expect_eq(valid, rows[i].printed != NULL, "%s", rows[i].text);
		if (valid && rows[i].printed)
			cr_expect_str_eq(timestamp_print(time, text), rows[i].printed, "%s",
					 rows[i].text);
		if (!valid)
			cr_expect_eq(time, 42, "%s: a refusal writes nothing", rows[i].text);
	}
}
