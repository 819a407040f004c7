#include <criterion/criterion.h>

#include "cli/filename.h"

Test(filename, server_is_what_names_no_kind_of_log)
{
	static const struct {
		const char *path, *server;
	} rows[] = {
		{"bind-queries.log.1.gz", "bind"},
		{"bind-xfer.log", "bind"},
		{"bind-rate-limit.log.2.gz", "bind"},
		{"bind-query-errors.log", "bind"},
		{"bind-recursive-queries.log", "bind-recursive"},
		{"bind-recursive-queries.log-2026031006.gz", "bind-recursive"},
		{"unbound-office.log-2026031006.gz", "unbound-office"},
		{"unbound-isp1-syslog.log.gz", "unbound-isp1"},
		{"/var/log/named/queries.log", "named"},
		{"/var/log/named//queries.log.3", "named"},
		{"/var/log/query.log", "dns"},
		{"/srv/ns1/named-log", "ns1"},
		{"/srv/ns1/xfer-out.log.xz", "ns1"},
		{"queries.log", "dns"},
		{"-", "dns"},
		{"", "dns"},
		{"/", "dns"},
		{".log", "dns"},
		{"named.log", "named"},
		{"ns2_query_log.20260310", "ns2"},
		{"ns2.query.log-20260310.zst", "ns2"},
		{"ns2-2026-03-10.log.gz", "ns2"},
		{"NS3-Queries.log", "NS3"},
		{"192.0.2.1.log.1", "192.0.2.1"},
		{"queryable.log", "queryable"},
		{"catalog-logs.log", "catalog"},
	};
	char out[FILENAME_SERVER];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_str_eq(filename_server(rows[i].path, out), rows[i].server, "%s: %s",
				 rows[i].path, out);
}

Test(filename, long_names_are_cut_and_stay_terminated)
{
	char path[4096], out[FILENAME_SERVER];

	for (size_t step = 1; step < 300; step += 97) {
		memset(path, 'x', sizeof(path) - 1);
		path[sizeof(path) - 1] = '\0';
		for (size_t i = step; i < sizeof(path) - 1; i += step + 1)
			path[i] = '-';
		cr_expect_lt(strlen(filename_server(path, out)), FILENAME_SERVER);
	}
}

Test(filename, date_is_one_that_a_calendar_has)
{
	static const struct {
		const char *path;
		int year, month, day;
	} rows[] = {
		{"q.log-20260310", 2026, 3, 10},
		{"q.log-2026031006.gz", 2026, 3, 10},
		{"q-2025-12-31.log", 2025, 12, 31},
		{"q.log.20260310235959123", 2026, 3, 10},
		{"20240101/q.log", 0, 0, 0},
		{"q.log-1773128400", 0, 0, 0},
		{"q.log-20261310", 0, 0, 0},
		{"q.log-20260230", 0, 0, 0},
		{"q-2026-1-1.log", 0, 0, 0},
		{"q.log.1", 0, 0, 0},
		{"q-2025-", 0, 0, 0},
		{"12345678-20260310", 2026, 3, 10},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct civil date = {0};
		bool found = filename_date(rows[i].path, &date);
		cr_expect_eq(found, rows[i].year != 0, "%s", rows[i].path);
		cr_expect(!found || (date.year == rows[i].year && date.month == rows[i].month &&
				     date.day == rows[i].day),
			  "%s", rows[i].path);
	}
}
