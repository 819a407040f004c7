#include "record/wrapper.h"

#include <criterion/criterion.h>

#include "examples.h"

Test(record_wrapper, every_wrapper_is_taken_off)
{
	static const struct {
		const char *line, *rest, *host;
		enum wrapper_tag tag;
		const char *pid;
	} rows[] = {
		{"client x", "client x", NULL, TAG_NONE, NULL},
		{"Nov 13 10:59:46 keira named[2075772]: X y", "X y", "keira", TAG_NAMED, "2075772"},
		{"Nov  3 10:59:46 keira named: X y", "X y", "keira", TAG_NAMED, NULL},
		{"<30>Oct 4 10:18:07 a1.foo.com 89.160.20.112 named[10750]: X", "X", "a1.foo.com",
		 TAG_NAMED, "10750"},
		{"<30> Oct 4 10:18:07 h named[1]: X", "X", "h", TAG_NAMED, "1"},
		{"<30>named[1]: X", "X", NULL, TAG_NAMED, "1"},
		{"2014-07-14T14:00:02.814490-04:00 arrakis unbound: [2541:0] info: X",
		 "[2541:0] info: X", "arrakis", TAG_UNBOUND, NULL},
		{"2024-08-30 10:58:03 AdGuard unbound[122]: [1725008283] unbound[122:0] X",
		 "[1725008283] unbound[122:0] X", "AdGuard", TAG_UNBOUND, "122"},
		{"dnsserver-1  | 2025-11-05T09:06:57.356281+00:00 dnsserver named[19]: X", "X",
		 "dnsserver", TAG_NAMED, "19"},
		{"\x1b[36mdns-1  |\x1b[0m 23-Nov-2026 16:38:00.839 X", "23-Nov-2026 16:38:00.839 X",
		 NULL, TAG_NONE, NULL},
		{"Apr 17 22:20:29 hostj named[312]: [ID 295310 daemon.notice] security: X",
		 "security: X", "hostj", TAG_NAMED, "312"},
		{"<165>1 2003-10-11T22:14:15.003Z ns1 named 77 ID47 [a b=\"x]\\\"y\"][c] "
		 "\xef\xbb\xbfX",
		 "X", "ns1", TAG_NAMED, "77"},
		{"<165>1 - - unbound - - - X", "X", NULL, TAG_UNBOUND, NULL},
		{"<165>1 2003-10-11T22:14:15.003Z ns1 sshd 77 - - X", "X", "ns1", TAG_FOREIGN,
		 "77"},
		{"1725008283.123456 ns1 named[5]: X", "X", "ns1", TAG_NAMED, "5"},
		{"Nov 13 10:59:46 relay Nov 13 10:59:45 ns1 named[5]: X", "X", "ns1", TAG_NAMED,
		 "5"},
		{"<30>Nov 13 10:59:46 <30>Nov 13 10:59:45 ns1 named[5]: X", "X", "ns1", TAG_NAMED,
		 "5"},
		{"Nov 13 10:59:46 ns1 queries: info: client X", "queries: info: client X", "ns1",
		 TAG_NONE, NULL},
		{"Oct 23 02:06:39 security: info: X", "security: info: X", NULL, TAG_NONE, NULL},
		{"Nov 13 10:59:46 ns1 postfix/smtpd[9]: X", "X", "ns1", TAG_FOREIGN, "9"},
		{"Nov 13 10:59:46 ns1 name[464]: X", "X", "ns1", TAG_FOREIGN, "464"},
		{"Nov 13 10:59:46 ns1 named-pkcs11[4]: X", "X", "ns1", TAG_NAMED, "4"},
		{"Nov 13 10:59:46 ns1 namedropper[4]: X", "X", "ns1", TAG_FOREIGN, "4"},
		{"Nov 13 10:59:46 ns1 app: named[1]: X", "ns1 app: named[1]: X", NULL, TAG_NONE,
		 NULL},
		{"Nov 13 10:59:46 ns1 my: [7:0] info: X", "[7:0] info: X", "ns1", TAG_FOREIGN,
		 NULL},
		{"Nov 13 10:59:46 ns1 app[5]: Nov 13 10:59:45 ns1 named[1]: X",
		 "Nov 13 10:59:45 ns1 named[1]: X", "ns1", TAG_FOREIGN, "5"},
		{"mai 04 10:56:07 ns1 named[5]: X", "X", "ns1", TAG_NAMED, "5"},
		{"2026-11-23T16:38:00.839 client @0x7fd1 127.0.0.1#1: X",
		 "client @0x7fd1 127.0.0.1#1: X", NULL, TAG_NONE, NULL},
		{"2026-11-23T16:38:00.839 client 127.0.0.1#1/key k: X",
		 "client 127.0.0.1#1/key k: X", NULL, TAG_NONE, NULL},
		{"Nov 13 10:59:46 client named[5]: X", "X", "client", TAG_NAMED, "5"},
		{"", "", NULL, TAG_NONE, NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct wrapper wrapper;
		wrapper_read(str_of(rows[i].line), &wrapper);
		cr_expect(str_eq(wrapper.rest, str_of(rows[i].rest)), "row %zu: \"%.*s\"", i,
			  STR_ARG(wrapper.rest));
		cr_expect(str_eq(wrapper.host, str_of(rows[i].host)), "row %zu: \"%.*s\"", i,
			  STR_ARG(wrapper.host));
		cr_expect(str_eq(wrapper.pid, str_of(rows[i].pid)), "row %zu: \"%.*s\"", i,
			  STR_ARG(wrapper.pid));
		cr_expect_eq(wrapper.tag, rows[i].tag, "row %zu: %d", i, (int)wrapper.tag);
	}
}

/* Every wrapper around every example changes nothing but host and, where it is surer, time. */
Test(record_wrapper, a_wrapped_line_says_what_the_line_said)
{
	static const char *const named[] = {
		"Nov 13 10:59:46 keira named[2075772]: ",
		"<30>Nov  3 10:59:46 keira named[2]: ",
		"box-1  | ",
		"2026-11-23T16:38:00+00:00 keira named[2]: ",
		"<165>1 2026-11-23T16:38:00Z keira named 77 - - ",
		"1725008283.123456 keira named[5]: ",
	};
	struct bench bench;
	struct record plain, record;
	char line[2048];

	bench_init(&bench, "UTC");
	for (size_t w = 0; w < sizeof(named) / sizeof(*named); w++)
		for (size_t i = 0; i < bind_example_count; i++) {
			const char *text = bind_examples[i].line;
			if (strstr(text, "named["))
				continue;
			snprintf(line, sizeof(line), "%s%s", named[w], text);
			bench_parse(&bench, text, &plain);
			bench_parse(&bench, line, &record);
			cr_expect_eq(record.kind, plain.kind, "%s", line);
			cr_expect_eq(record.action, plain.action, "%s", line);
			cr_expect(str_eq(record.qname, plain.qname), "%s", line);
			cr_expect(str_eq(record.message, plain.message), "%s", line);
			cr_expect(memcmp(&record.client, &plain.client, sizeof(plain.client)) == 0);
			cr_expect(record.time != TIME_NONE || w == 2, "%s", line);
		}
	bench_release(&bench);
}
