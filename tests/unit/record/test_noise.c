#include "record/noise.h"

#include <criterion/criterion.h>

#include "examples.h"

static void
check_kind(const char *const *lines, size_t count, enum record_kind kind)
{
	struct bench bench;
	struct record record;

	bench_init(&bench, "UTC");
	for (size_t i = 0; i < count; i++) {
		enum record_kind got = bench_parse(&bench, lines[i], &record);
		cr_expect_eq(got, kind, "row %zu: %s: %s", i, record_kind_names[got], lines[i]);
	}
	bench_release(&bench);
}

Test(record_noise, described_messages_are_other)
{
	static const char *const lines[] = {
		"",
		"  ",
		"23-Nov-2026 17:08:53.211 zoneload: info: managed-keys-zone/external: loaded "
		"serial 0",
		"23-Nov-2026 17:08:53.211 general: notice: running",
		"23-Nov-2026 17:08:53.211 running",
		"28-Feb-2000 15:05:32.863 general: notice: running",
		"Nov 23 17:08:53 ns1 named[25824]: "
		"----------------------------------------------------",
		"Nov 23 17:08:53 ns1 named[25824]: corporation.  Support and training for BIND 9 "
		"are ",
		"Nov 23 17:08:53 ns1 named[25824]: none:99: 'max-cache-size 90%' - setting to 1MB "
		"(out "
		"of 2MB)",
		"rate-limit: info: increase from 500 to 750 RRL entries with 503 bins; average "
		"search "
		"length 1.5",
		"xfer-in: info: 0x7f12345678: transfer of 'a.example/IN' from 192.0.2.1#53: "
		"Transfer "
		"status: success",
		"23-Nov-2026 17:08:53.211 transfer of 'a.example/IN/v' from 192.0.2.1#53: "
		"connected",
		"23-Nov-2026 17:08:53.211 zone a.example/IN: Transfer started.",
		"lame-servers: info: connection refused resolving 'a.example/A/IN': 192.0.2.1#53",
		"23-Nov-2026 17:08:53.211 REFUSED unexpected RCODE resolving 'a.example/A/IN': "
		"192.0.2.1#53",
		"23-Nov-2026 17:08:53.211 example.db:4: warning: '192.0.2.1': MX is an address",
		"trust-anchor-telemetry '_ta-4f66/IN' from 192.0.2.1",
		"security: notice: dropping source port zero packet from [64.211.251.254].0",
		"client: debug 1: client @0x7fc0a697e098 127.0.0.1#52199: ",
		"client: info: client @0x7fc0a697e098 127.0.0.1#52199: no more TCP clients: quota "
		"reached",
		";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id:  20000",
		";foo.\t\t\t\tCLASS17\tA",
		"a.example.\t300\tIN\tSOA\tns1.a.example. h.a.example. 1 2 3 4 5",
		"[1795453736] unbound[25909:0] notice: init module 0: validator",
		"[1795453736] unbound[25909:0] info: start of service (unbound 1.17.1).",
		"[1795453736] unbound[25909:0] info:    0.000000    0.000001 4",
		"[25909:0] info: [25%]=0.0001 median[50%]=0.0002 [75%]=0.003",
		"[25909:0] info: 0RDd mod1 rep a.example. A IN",
		"[25909:0] info: sending query: a.example. A IN",
		"[25909:0] info: reply from <example.> 192.0.2.1#53",
		"[25909:0] debug: anything at all",
	};

	check_kind(lines, sizeof(lines) / sizeof(*lines), RECORD_OTHER);
}

Test(record_noise, lines_of_others_are_unknown)
{
	static const char *const lines[] = {
		"Nov 23 17:08:53 ns1 sshd[123]: Invalid user admin from 1.2.3.4 port 22",
		"Nov 23 17:08:53 ns1 sshd[123]: client 1.2.3.4#53 (x.example): query: x.example IN "
		"A + "
		"(10.0.0.1)",
		"Nov 23 17:08:53 ns1 name[464]: client 1.2.3.4#53 (x.example): query: x.example IN "
		"A + "
		"(10.0.0.1)",
		"Nov 23 17:08:53 ns1 app: client 1.2.3.4#53 (x.example): query: x.example IN A + "
		"(10.0.0.1)",
		"Nov 23 17:08:53 ns1 app: named[1]: client 1.2.3.4#53 (x.example): query: "
		"x.example IN "
		"A + (10.0.0.1)",
		"Nov 23 17:08:53 ns1 app[5]: Nov 23 17:08:53 ns1 named[1]: client 1.2.3.4#53 "
		"(x.example): query: x.example IN A + (10.0.0.1)",
		"Nov 23 17:08:53 ns1 postfix/smtpd[55]: connect from unknown[1.2.3.4]",
		"Nov 23 17:08:53 ns1 kernel: [1234.5] eth0: link up",
		"Nov 23 17:08:53 ns1 systemd[1]: Started named.service.",
		"1.2.3.4 - - [23/Nov/2026:17:08:53 +0000] \"GET /query: x IN A + HTTP/1.1\" 200 5",
		"Jul 17 14:49:57 dnsmasq[15210]: query[A] server.example.com from 10.10.10.33",
		"{\"time\":\"2026-11-23T17:00:00Z\",\"msg\":\"client 1.2.3.4#53: query: x IN A "
		"+\"}",
		"client connected from 1.2.3.4",
		"clients: 5",
		"running",
		"exiting",
		"hello world",
		"2026-11-23T17:00:00 loading configuration from /etc/foo",
		"2026-11-23T17:00:00.123 info: found 3 things",
		"2026-11-23 17:00:00 INFO starting server",
		"network: up",
		"config: x",
		"\tindented text",
		"-- MARK --",
		"1616161616.123456\tCHhAvV\t10.0.0.1\t5353\t10.0.0.2\t53\tudp\t1\texample.com\t1",
		"23-Nov-2026 17:08:53.211 queries: info: a form that is not known",
		"[25909:0] info: a message that Unbound does not write",
		"[25909:0] info: client 192.0.2.1 a.example. A IN", /* a new form must be noticed */
	};

	check_kind(lines, sizeof(lines) / sizeof(*lines), RECORD_UNKNOWN);
}

Test(record_noise, transfers_in_are_never_transfers_out)
{
	struct bench bench;
	struct record record;

	bench_init(&bench, "UTC");
	bench_parse(&bench,
		    "xfer-in: info: transfer of 'a.example/IN' from 192.0.2.1#53: connected using "
		    "192.0.2.2#1",
		    &record);
	cr_expect_eq(record.kind, RECORD_OTHER);
	cr_expect_eq(record.action, ACTION_NONE);
	cr_expect(ip_is_none(&record.client));
	bench_release(&bench);
}
