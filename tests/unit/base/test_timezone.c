#define _POSIX_C_SOURCE 200809L
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/timestamp.h"
#include "base/timezone.h"

/* `local` and `utc` as RFC 3339 without zone; "Z" is appended for reading. */
static int64_t
at(const char *text)
{
	char zoned[40];
	int64_t time;

	snprintf(zoned, sizeof(zoned), "%sZ", text);
	cr_assert(timestamp_parse(str_of(zoned), &time), "%s", text);
	return time;
}

Test(timezone, local_times_of_summer_and_winter)
{
	static const struct {
		const char *zone, *local, *first, *second; /* second: NULL unless it occurs twice */
	} rows[] = {
		{"Europe/Berlin", "2026-01-15T12:00:00", "2026-01-15T11:00:00", NULL},
		{"Europe/Berlin", "2026-07-15T12:00:00", "2026-07-15T10:00:00", NULL},
		/* The clock goes from 02:00 to 03:00 on 2026-03-29: the gap counts as winter time. */
		{"Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T00:59:59", NULL},
		{"Europe/Berlin", "2026-03-29T02:00:00", "2026-03-29T01:00:00", NULL},
		{"Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:00", NULL},
		{"Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00", NULL},
		{"Europe/Berlin", "2026-03-29T03:30:00", "2026-03-29T01:30:00", NULL},
		/* From 03:00 back to 02:00 on 2026-10-25: the hour before is there twice. */
		{"Europe/Berlin", "2026-10-25T01:59:59", "2026-10-24T23:59:59", NULL},
		{"Europe/Berlin", "2026-10-25T02:00:00", "2026-10-25T00:00:00",
		 "2026-10-25T01:00:00"},
		{"Europe/Berlin", "2026-10-25T02:59:59", "2026-10-25T00:59:59",
		 "2026-10-25T01:59:59"},
		{"Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00", NULL},
		/* West of Greenwich. */
		{"America/New_York", "2026-03-08T02:30:00", "2026-03-08T07:30:00", NULL},
		{"America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00",
		 "2026-11-01T06:30:00"},
		{"America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00:00", NULL},
		/* The southern summer. */
		{"Australia/Sydney", "2026-01-15T12:00:00", "2026-01-15T01:00:00", NULL},
		{"Australia/Sydney", "2026-07-15T12:00:00", "2026-07-15T02:00:00", NULL},
		{"Australia/Sydney", "2026-04-05T02:30:00", "2026-04-04T15:30:00",
		 "2026-04-04T16:30:00"},
		{"Australia/Sydney", "2026-10-04T02:30:00", "2026-10-03T16:30:00", NULL},
		{"Australia/Sydney", "2026-10-04T03:00:00", "2026-10-03T16:00:00", NULL},
		/* Half an hour of summer time. */
		{"Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00",
		 "2026-04-04T15:15:00"},
		{"Australia/Lord_Howe", "2026-04-05T01:15:00", "2026-04-04T14:15:00", NULL},
		/* No summer time, and odd minutes. */
		{"Asia/Kathmandu", "2026-07-15T12:00:00", "2026-07-15T06:15:00", NULL},
		{"UTC", "2026-07-15T12:00:00", "2026-07-15T12:00:00", NULL},
		{"+02:00", "2026-07-15T12:00:00", "2026-07-15T10:00:00", NULL},
		{"-09:30", "2026-07-15T12:00:00", "2026-07-15T21:30:00", NULL},
		{"+00:00", "1970-01-01T00:00:00", "1970-01-01T00:00:00", NULL},
		/* Another year than the one the machine is in. */
		{"Europe/Berlin", "1985-09-29T02:30:00", "1985-09-29T00:30:00",
		 "1985-09-29T01:30:00"},
		{"Europe/Berlin", "2037-10-25T02:30:00", "2037-10-25T00:30:00",
		 "2037-10-25T01:30:00"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct timezone_rules rules;
		struct err err = {""};
		cr_assert_eq(timezone_load(&rules, rows[i].zone, &err), 0, "%s", err.text);
		int64_t local = at(rows[i].local), first = at(rows[i].first);
		int64_t second = rows[i].second ? at(rows[i].second) : first;
		cr_expect_eq(timezone_to_utc(&rules, local, false), first, "row %zu: %s %s", i,
			     rows[i].zone, rows[i].local);
		cr_expect_eq(timezone_to_utc(&rules, local, true), second,
			     "row %zu: %s %s, second pass", i, rows[i].zone, rows[i].local);
		cr_expect_eq(timezone_is_folded(&rules, local), rows[i].second != NULL,
			     "row %zu: %s %s", i, rows[i].zone, rows[i].local);
		timezone_release(&rules);
	}
}

Test(timezone, every_utc_time_of_a_year_comes_back_from_its_local_time)
{
	struct timezone_rules rules;
	struct err err;
	size_t folded = 0;

	cr_assert_eq(timezone_load(&rules, "Europe/Berlin", &err), 0);
	for (int64_t utc = at("2026-01-01T00:00:00"); utc < at("2027-01-01T00:00:00");
	     utc += 600000) {
		bool summer = utc >= at("2026-03-29T01:00:00") && utc < at("2026-10-25T01:00:00");
		int64_t local = utc + (summer ? 7200000 : 3600000);
		bool second = timezone_is_folded(&rules, local) && !summer;
		folded += timezone_is_folded(&rules, local);
		cr_assert_eq(timezone_to_utc(&rules, local, second), utc, "%lld", (long long)utc);
	}
	cr_expect_eq(folded, 12, "one hour, twice, in steps of ten minutes");
	timezone_release(&rules);
}

Test(timezone, unknown_names_are_refused)
{
	static const char *const names[] = {
		"Europe/Atlantis", "",       "+2",    "+24:00", "+02:60", "+02:00x", "../etc",
		"/etc/localtime",  "Europe", "berlin"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct timezone_rules rules;
		struct err err = {""};
		cr_expect_eq(timezone_load(&rules, names[i], &err), -1, "%s", names[i]);
		cr_expect(strstr(err.text, names[i]) && strstr(err.text, "Europe/Berlin"),
			  "the message names it and a right one: %s", err.text);
		timezone_release(&rules);
	}
}

Test(timezone, loading_one_leaves_the_environment_as_it_was)
{
	struct timezone_rules rules;
	struct err err;

	setenv("TZ", "America/New_York", 1);
	cr_assert_eq(timezone_load(&rules, "Australia/Sydney", &err), 0);
	cr_expect_str_eq(getenv("TZ"), "America/New_York");
	timezone_release(&rules);
	cr_assert_eq(timezone_load(&rules, NULL, &err), 0);
	cr_expect_eq(timezone_to_utc(&rules, at("2026-01-15T12:00:00"), false),
		     at("2026-01-15T17:00:00"), "NULL is the zone of the machine");
	cr_expect_str_eq(rules.name, "America/New_York");
	timezone_release(&rules);
	unsetenv("TZ");
	cr_assert_eq(timezone_load(&rules, "Asia/Kathmandu", &err), 0);
	cr_expect_null(getenv("TZ"));
	timezone_release(&rules);
}
