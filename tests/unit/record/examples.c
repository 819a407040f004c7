#include "examples.h"

#include <criterion/criterion.h>

#include "record/codes.h"

#define PTR "@0x7f5240182ea8 "

/* The lines of FORMATS.md 1 and 2, then those that only the grammar tells. */
const struct example bind_examples[] = {
	{.line = "Nov 13 10:59:46 keira named[2075772]: 19-Oct-2022 05:34:02.425 client "
		 "@0x7f65100ee4d8 104.219.136.31#3076 (example.com): query (cache) "
		 "'example.com/ANY/IN' denied",
	 .kind = RECORD_DENIED,
	 .action = ACTION_CACHE_DENIED,
	 .client = "104.219.136.31",
	 .port = 3076,
	 .qname = "example.com",
	 .type = "ANY",
	 .class_ = "IN",
	 .time = "2022-10-19T05:34:02.425Z",
	 .host = "keira"},
	{.line = "Oct 23 02:06:39 security: info: client @0x7f4e446fd6e8 192.0.2.8#53 "
		 "(example.io): query (cache) 'example.io/A/IN' denied",
	 .kind = RECORD_DENIED,
	 .action = ACTION_CACHE_DENIED,
	 .client = "192.0.2.8",
	 .port = 53,
	 .qname = "example.io",
	 .type = "A",
	 .class_ = "IN",
	 .category = "security",
	 .time = "2026-10-23T02:06:39.000Z"},
	{.line = "2026-11-23T16:38:00.839Z queries: info: client @0x7fd19b6e6098 "
		 "127.0.0.1#49848 (www.example.test): view ext: query: www.example.test IN A "
		 "+E(0)K (127.0.0.1)",
	 .kind = RECORD_QUERY,
	 .client = "127.0.0.1",
	 .port = 49848,
	 .qname = "www.example.test",
	 .type = "A",
	 .class_ = "IN",
	 .view = "ext",
	 .category = "queries",
	 .server = "127.0.0.1",
	 .flags = FLAG_RD | FLAG_EDNS | FLAG_COOKIE,
	 .flags_known = 0xff,
	 .time = "2026-11-23T16:38:00.839Z"},
	{.line = "23-Aug-2013 10:32:56.621 client 82.207.95.42#40278 (redginseng.com.ua): query "
		 "(cache) 'redginseng.com.ua/A/IN' denied",
	 .kind = RECORD_DENIED,
	 .action = ACTION_CACHE_DENIED,
	 .client = "82.207.95.42",
	 .port = 40278,
	 .qname = "redginseng.com.ua",
	 .type = "A",
	 .class_ = "IN",
	 .time = "2013-08-23T10:32:56.621Z"},
	{.line = "11-Aug-2013 03:36:11.372 error: client 1.2.3.4#52115: zone transfer "
		 "'domain.com/AXFR/IN' denied",
	 .kind = RECORD_DENIED,
	 .action = ACTION_TRANSFER_DENIED,
	 .client = "1.2.3.4",
	 .port = 52115,
	 .qname = "domain.com",
	 .type = "AXFR",
	 .class_ = "IN",
	 .time = "2013-08-11T03:36:11.372Z"},
	{.line = "queries: client 192.168.102.189#58454: query: maps.googleapis.com IN A + "
		 "(192.168.102.2)",
	 .kind = RECORD_QUERY,
	 .client = "192.168.102.189",
	 .port = 58454,
	 .qname = "maps.googleapis.com",
	 .type = "A",
	 .class_ = "IN",
	 .category = "queries",
	 .server = "192.168.102.2",
	 .flags = FLAG_RD,
	 .flags_known = 0xff & ~(FLAG_COOKIE | FLAG_COOKIE_VALID)},
	{.line = "client 62.109.4.89#9334: view external: query (cache) './NS/IN' denied",
	 .kind = RECORD_DENIED,
	 .action = ACTION_CACHE_DENIED,
	 .client = "62.109.4.89",
	 .port = 9334,
	 .qname = ".",
	 .type = "NS",
	 .class_ = "IN",
	 .view = "external"},
	{.line = "client @0x7f599c018c70 111.111.111.1#13749/key "
		 "public-master-to-public-secondary (egbert.net): view red: query: egbert.net IN "
		 "SOA -SE(0)D (104.218.48.116)",
	 .kind = RECORD_QUERY,
	 .client = "111.111.111.1",
	 .port = 13749,
	 .qname = "egbert.net",
	 .type = "SOA",
	 .class_ = "IN",
	 .view = "red",
	 .key = "public-master-to-public-secondary",
	 .server = "104.218.48.116",
	 .flags = FLAG_SIGNED | FLAG_EDNS | FLAG_DO,
	 .flags_known = 0xff},
	{.line = "client 213.46.246.51#1890: query: tumtali.fegade.com IN A - (103.5.198.211)",
	 .kind = RECORD_QUERY,
	 .client = "213.46.246.51",
	 .port = 1890,
	 .qname = "tumtali.fegade.com",
	 .type = "A",
	 .class_ = "IN",
	 .server = "103.5.198.211"},
	{.line = "client 10.187.195.186#40441: query: banister.paars.tld IN A -EDC "
		 "(10.226.134.25)",
	 .kind = RECORD_QUERY,
	 .client = "10.187.195.186",
	 .port = 40441,
	 .qname = "banister.paars.tld",
	 .type = "A",
	 .class_ = "IN",
	 .server = "10.226.134.25",
	 .flags = FLAG_EDNS | FLAG_DO | FLAG_CD,
	 .flags_known = 0xff & ~(FLAG_COOKIE | FLAG_COOKIE_VALID)},
	{.line = "12-Mar-2025 07:33:00.092 client @0x7f1288007640 172.16.114.11#49574 "
		 "(a1.attack2.com): query: a1.attack2.com IN A -E(0)TDCV (172.16.114.18)",
	 .kind = RECORD_QUERY,
	 .client = "172.16.114.11",
	 .port = 49574,
	 .qname = "a1.attack2.com",
	 .type = "A",
	 .class_ = "IN",
	 .server = "172.16.114.18",
	 .flags = FLAG_EDNS | FLAG_TCP | FLAG_DO | FLAG_CD | FLAG_COOKIE | FLAG_COOKIE_VALID,
	 .flags_known = 0xff,
	 .time = "2025-03-12T07:33:00.092Z"},
	{.line = "12-Jan-2024 10:38:21.100 info: client @0x7f5240182ea8 173.194.96.194#35977 "
		 "(5E82b4E1-D45982B4-8A44602B.tA6.ch): query: 5E82b4E1-D45982B4-8A44602B.tA6.ch "
		 "IN A -E(0)DC (207.154.207.150) [ECS 2a01:4f8:1c0c:4000::/56/0]",
	 .kind = RECORD_QUERY,
	 .client = "173.194.96.194",
	 .port = 35977,
	 .qname = "5E82b4E1-D45982B4-8A44602B.tA6.ch",
	 .type = "A",
	 .class_ = "IN",
	 .server = "207.154.207.150",
	 .ecs = "2a01:4f8:1c0c:4000::/56",
	 .time = "2024-01-12T10:38:21.100Z"},
	{.line = "client @0x729bf5c26000 10.53.0.1#35976 (example.test): query: example.test IN A "
		 "+E(0)K (10.53.0.1#53)",
	 .kind = RECORD_QUERY,
	 .client = "10.53.0.1",
	 .port = 35976,
	 .qname = "example.test",
	 .type = "A",
	 .class_ = "IN",
	 .server = "10.53.0.1"},
	{.line = "queries: info: client 192.0.2.1#1024: view external: query: . IN NS -",
	 .kind = RECORD_QUERY,
	 .client = "192.0.2.1",
	 .port = 1024,
	 .qname = ".",
	 .type = "NS",
	 .class_ = "IN",
	 .view = "external",
	 .category = "queries",
	 .flags_known = FLAG_RD | FLAG_EDNS | FLAG_SIGNED},
	/* responselog (9.20.3) is not in Debian 12: built from the grammar. */
	{.line = "client @0x7f8b2c0 10.1.2.3#5353 (ok.example): response: ok.example IN A NOERROR "
		 "1 1 1 +E(0)K (127.0.0.1)",
	 .kind = RECORD_RESPONSE,
	 .client = "10.1.2.3",
	 .port = 5353,
	 .qname = "ok.example",
	 .type = "A",
	 .class_ = "IN",
	 .rcode = "NOERROR",
	 .server = "127.0.0.1"},
	{.line = "client @0x7f8b2c0 10.1.2.3#5354 (nx.example): view internal: response: "
		 "nx.example IN TXT NXDOMAIN 0 1 1 +E(0)K (127.0.0.1)",
	 .kind = RECORD_RESPONSE,
	 .client = "10.1.2.3",
	 .port = 5354,
	 .qname = "nx.example",
	 .type = "TXT",
	 .class_ = "IN",
	 .rcode = "NXDOMAIN",
	 .view = "internal",
	 .server = "127.0.0.1"},
	{.line = "query-errors: info: client @0x7fd19e66a098 127.0.0.1#39334 (other.org): view "
		 "ext: query failed (REFUSED) for other.org/IN/A at query.c:5708",
	 .kind = RECORD_QUERY_ERROR,
	 .client = "127.0.0.1",
	 .port = 39334,
	 .qname = "other.org",
	 .type = "A",
	 .class_ = "IN",
	 .rcode = "REFUSED",
	 .reason = "REFUSED",
	 .category = "query-errors",
	 .view = "ext"},
	{.line = "4-Aug-2021 00:20:26.964 query-errors: info: client @0x7f4de00aa050 "
		 "77.125.168.17#6672 (pizzaseo.com): query failed (REFUSED) for "
		 "pizzaseo.com/IN/RRSIG at ../../../bin/named/query.c:6980",
	 .kind = RECORD_QUERY_ERROR,
	 .client = "77.125.168.17",
	 .port = 6672,
	 .qname = "pizzaseo.com",
	 .type = "RRSIG",
	 .class_ = "IN",
	 .rcode = "REFUSED",
	 .reason = "REFUSED",
	 .category = "query-errors",
	 .time = "2021-08-04T00:20:26.964Z"},
	{.line = "client " PTR
		 "192.0.2.1#5: query failed (timed out) for 0/25.2.0.192.in-addr.arpa "
		 "at query.c:5708",
	 .kind = RECORD_QUERY_ERROR,
	 .client = "192.0.2.1",
	 .port = 5,
	 .qname = "0/25.2.0.192.in-addr.arpa",
	 .reason = "timed out"},
	{.line = "03-Nov-2022 13:34:52.235 security: error: client @0x7fb04c007328 ::1#62449 "
		 "(example.com): zone transfer 'example.com/AXFR/IN' denied",
	 .kind = RECORD_DENIED,
	 .action = ACTION_TRANSFER_DENIED,
	 .client = "::1",
	 .port = 62449,
	 .qname = "example.com",
	 .type = "AXFR",
	 .class_ = "IN",
	 .category = "security",
	 .time = "2022-11-03T13:34:52.235Z"},
	{.line = "06-Feb-2025 10:32:43.895 security: info: client @0x7fcb602f4168 "
		 "192.168.1.1#44717 (wr_test): query (cache) 'wr_test/A/IN' denied "
		 "(allow-query-cache did not match)",
	 .kind = RECORD_DENIED,
	 .action = ACTION_CACHE_DENIED,
	 .client = "192.168.1.1",
	 .port = 44717,
	 .qname = "wr_test",
	 .type = "A",
	 .class_ = "IN",
	 .category = "security",
	 .reason = "allow-query-cache did not match",
	 .time = "2025-02-06T10:32:43.895Z"},
	{.line = "Aug 27 16:58:31 vhost1-ua named[29206]: client 176.9.92.38#42592 "
		 "(simmarket.com.ua): bad zone transfer request: 'simmarket.com.ua/IN': "
		 "non-authoritative zone (NOTAUTH)",
	 .kind = RECORD_DENIED,
	 .action = ACTION_TRANSFER_BAD,
	 .client = "176.9.92.38",
	 .port = 42592,
	 .qname = "simmarket.com.ua",
	 .class_ = "IN",
	 .rcode = "NOTAUTH",
	 .reason = "non-authoritative zone (NOTAUTH)",
	 .host = "vhost1-ua",
	 .time = "2026-08-27T16:58:31.000Z"},
	{.line = "Aug 29 15:33:13 ns3 named[464]: client 217.148.39.3#1036: query (cache) denied",
	 .kind = RECORD_DENIED,
	 .action = ACTION_CACHE_DENIED,
	 .client = "217.148.39.3",
	 .port = 1036,
	 .host = "ns3",
	 .time = "2026-08-29T15:33:13.000Z"},
	{.line = "security: info: client " PTR "192.0.2.1#5 (a.example): query 'a.example/A/IN' "
		 "denied",
	 .kind = RECORD_DENIED,
	 .action = ACTION_QUERY_DENIED,
	 .client = "192.0.2.1",
	 .port = 5,
	 .qname = "a.example",
	 .type = "A",
	 .class_ = "IN",
	 .category = "security"},
	{.line = "client " PTR "192.0.2.1#5 (a.example): query-on denied",
	 .kind = RECORD_DENIED,
	 .action = ACTION_QUERY_DENIED,
	 .client = "192.0.2.1",
	 .port = 5,
	 .qname = "a.example"},
	{.line = "client " PTR "192.0.2.1#5 (a.example): zone transfer 'a.example/IN' denied",
	 .kind = RECORD_DENIED,
	 .action = ACTION_TRANSFER_DENIED,
	 .client = "192.0.2.1",
	 .port = 5,
	 .qname = "a.example",
	 .class_ = "IN"},
	{.line = "security: debug 3: client " PTR "192.0.2.1#5 (a.example): query 'a.example/A/IN' "
		 "approved",
	 .kind = RECORD_OTHER,
	 .action = ACTION_APPROVED,
	 .client = "192.0.2.1",
	 .port = 5,
	 .qname = "a.example",
	 .type = "A",
	 .class_ = "IN",
	 .category = "security"},
	{.line = "xfer-out: warning: AXFR request denied: quota reached",
	 .kind = RECORD_DENIED,
	 .action = ACTION_TRANSFER_DENIED,
	 .type = "AXFR",
	 .reason = "quota reached",
	 .category = "xfer-out"},
	{.line = "06-Jul-2022 15:08:51.261 xfer-out: info: client @0x7fecbc0b0700 "
		 "192.0.2.2#36121/key example-transfer-key (example.com): transfer of "
		 "'example.com/IN': AXFR started: TSIG example-transfer-key (serial 2022070603)",
	 .kind = RECORD_TRANSFER,
	 .action = ACTION_TRANSFER_STARTED,
	 .transfer = TRANSFER_AXFR,
	 .client = "192.0.2.2",
	 .port = 36121,
	 .qname = "example.com",
	 .type = "AXFR",
	 .class_ = "IN",
	 .key = "example-transfer-key",
	 .flags = FLAG_SIGNED,
	 .flags_known = FLAG_SIGNED,
	 .category = "xfer-out",
	 .serial = 2022070603,
	 .time = "2022-07-06T15:08:51.261Z"},
	{.line = "16-Apr-2026 12:09:11.702 client @0x7ffffa436000 127.0.0.1#55256 (.): transfer of "
		 "'./IN': AXFR ended: 79 messages, 24872 records, 1320233 bytes, 0.052 secs "
		 "(25389096 bytes/sec) (serial 2026041600)",
	 .kind = RECORD_TRANSFER,
	 .action = ACTION_TRANSFER_ENDED,
	 .transfer = TRANSFER_AXFR,
	 .client = "127.0.0.1",
	 .port = 55256,
	 .qname = ".",
	 .type = "AXFR",
	 .class_ = "IN",
	 .serial = 2026041600,
	 .messages = 79,
	 .records = 24872,
	 .bytes = 1320233,
	 .time = "2026-04-16T12:09:11.702Z"},
	{.line = "client " PTR "192.0.2.2#3 (a.example): view v: transfer of 'a.example/IN': "
		 "AXFR-style IXFR started: TSIG k (serial 5 -> 9)",
	 .kind = RECORD_TRANSFER,
	 .action = ACTION_TRANSFER_STARTED,
	 .transfer = TRANSFER_AXFR_STYLE,
	 .client = "192.0.2.2",
	 .port = 3,
	 .qname = "a.example",
	 .type = "IXFR",
	 .class_ = "IN",
	 .view = "v",
	 .key = "k",
	 .serial_from = 5,
	 .serial = 9},
	{.line = "client 192.0.2.2#3: transfer of 'a.example/IN': IXFR ended",
	 .kind = RECORD_TRANSFER,
	 .action = ACTION_TRANSFER_ENDED,
	 .transfer = TRANSFER_IXFR,
	 .client = "192.0.2.2",
	 .port = 3,
	 .qname = "a.example",
	 .type = "IXFR",
	 .class_ = "IN"},
	{.line = "client " PTR
		 "192.0.2.2#3 (a.example): transfer of 'a.example/IN': IXFR poll up to "
		 "date",
	 .kind = RECORD_TRANSFER,
	 .action = ACTION_TRANSFER_CURRENT,
	 .transfer = TRANSFER_POLL,
	 .client = "192.0.2.2",
	 .port = 3,
	 .qname = "a.example",
	 .type = "IXFR",
	 .class_ = "IN"},
	{.line = "client " PTR
		 "192.0.2.2#3 (a.example): transfer of 'a.example/IN': IXFR version not "
		 "in journal, falling back to AXFR",
	 .kind = RECORD_TRANSFER,
	 .action = ACTION_TRANSFER_FALLBACK,
	 .client = "192.0.2.2",
	 .port = 3,
	 .qname = "a.example",
	 .type = "IXFR",
	 .class_ = "IN"},
	{.line = "client " PTR
		 "192.0.2.2#3 (a.example): transfer of 'a.example/IN': send: connection "
		 "reset",
	 .kind = RECORD_TRANSFER,
	 .action = ACTION_TRANSFER_FAILED,
	 .client = "192.0.2.2",
	 .port = 3,
	 .qname = "a.example",
	 .class_ = "IN",
	 .reason = "send: connection reset"},
	{.line = "rate-limit: info: client " PTR "203.0.113.20#4 (am.example.com): view external: "
		 "would rate limit slip NXDOMAIN response to 203.0.113.0/24 for example.com  "
		 "(16dc92c9)",
	 .kind = RECORD_RATE_LIMITED,
	 .action = ACTION_RATE_SLIP,
	 .client = "203.0.113.20",
	 .port = 4,
	 .qname = "am.example.com",
	 .rcode = "NXDOMAIN",
	 .view = "external",
	 .category = "rate-limit"},
	{.line = "client 1.2.3.4#57114       (testhost.example.com): rate limit drop response to "
		 "1.2.3.0/24 for testhost.example.com IN A  (3ee9836b)",
	 .kind = RECORD_RATE_LIMITED,
	 .action = ACTION_RATE_DROP,
	 .client = "1.2.3.4",
	 .port = 57114,
	 .qname = "testhost.example.com",
	 .type = "A",
	 .class_ = "IN"},
	{.line = "client " PTR "192.0.2.1#5 (x): rate limit drop SERVFAIL error response to "
		 "192.0.2.0/24",
	 .kind = RECORD_RATE_LIMITED,
	 .action = ACTION_RATE_DROP,
	 .client = "192.0.2.1",
	 .port = 5,
	 .qname = "x",
	 .rcode = "SERVFAIL"},
	{.line = "limit NXDOMAIN responses to 192.0.2.0/24 for example.com  (00000000)",
	 .kind = RECORD_RATE_LIMITED,
	 .action = ACTION_RATE_LIMIT,
	 .rcode = "NXDOMAIN"},
	{.line = "23-Nov-2026 17:08:53.211 rate-limit: info: *would stop limiting responses to "
		 "2001:db8::/56 for (?)",
	 .kind = RECORD_RATE_LIMITED,
	 .action = ACTION_RATE_LIMIT,
	 .category = "rate-limit",
	 .time = "2026-11-23T17:08:53.211Z"},
	{.line = "Dec 31 00:01:31 valhalla named[7885]: client 192.168.1.231#1142: update "
		 "'hayaletgemi.edu/IN' denied",
	 .kind = RECORD_UPDATE,
	 .action = ACTION_UPDATE_DENIED,
	 .client = "192.168.1.231",
	 .port = 1142,
	 .qname = "hayaletgemi.edu",
	 .class_ = "IN",
	 .host = "valhalla",
	 .time = "2025-12-31T00:01:31.000Z"},
	{.line = "client " PTR "192.0.2.1#5/key ddns-key: view external: signer \"ddns-key\" "
		 "approved",
	 .kind = RECORD_UPDATE,
	 .action = ACTION_APPROVED,
	 .client = "192.0.2.1",
	 .port = 5,
	 .view = "external",
	 .key = "ddns-key"},
	{.line = "client " PTR "192.0.2.1#5/key ddns-key: view external: updating zone "
		 "'example.com/IN': adding an RR at 'dyn1.example.com' A 192.0.2.2",
	 .kind = RECORD_UPDATE,
	 .action = ACTION_UPDATE_DONE,
	 .client = "192.0.2.1",
	 .port = 5,
	 .view = "external",
	 .key = "ddns-key",
	 .qname = "example.com",
	 .class_ = "IN",
	 .reason = "adding an RR at 'dyn1.example.com' A 192.0.2.2"},
	{.line = "notify: client 192.168.25.111#27324: view internet: received notify for zone "
		 "'stare.impulsions.tld': TSIG 'illusion'",
	 .kind = RECORD_OTHER,
	 .action = ACTION_NOTIFY_RECEIVED,
	 .client = "192.168.25.111",
	 .port = 27324,
	 .qname = "stare.impulsions.tld",
	 .key = "illusion",
	 .view = "internet",
	 .category = "notify"},
	{.line = "rpz: info: client " PTR "192.0.2.1#5 (a.example): rpz QNAME NXDOMAIN rewrite "
		 "a.example/A/IN via a.example.rpz",
	 .kind = RECORD_OTHER,
	 .action = ACTION_LOCAL_ZONE,
	 .client = "192.0.2.1",
	 .port = 5,
	 .qname = "a.example",
	 .category = "rpz",
	 .reason = "QNAME NXDOMAIN rewrite a.example/A/IN via a.example.rpz"},
	/* 9.20.3 puts S behind E(0); 9.21.2 writes the zone of local time: from the grammar. */
	{.line = "2026-11-23T18:38:00.839+02:00 queries: info: client " PTR "fe80::1%2#7/key k. "
		 "(a.example): query: a.example TYPE65280 IN +",
	 .kind = RECORD_MALFORMED,
	 .defect = DEFECT_CLASS,
	 .client = "fe80::1",
	 .port = 7,
	 .qname = "a.example",
	 .key = "k.",
	 .category = "queries",
	 .time = "2026-11-23T16:38:00.839Z"},
	{.line = "2026-11-23T18:38:00.839+02:00 queries: info: client " PTR "::ffff:192.0.2.1#7 "
		 "(a.example): query: a.example CLASS17 TYPE65280 -E(0)STV (192.0.2.53#53)",
	 .kind = RECORD_QUERY,
	 .client = "192.0.2.1",
	 .port = 7,
	 .qname = "a.example",
	 .type = "TYPE65280",
	 .class_ = "CLASS17",
	 .server = "192.0.2.53",
	 .flags = FLAG_EDNS | FLAG_SIGNED | FLAG_TCP | FLAG_COOKIE | FLAG_COOKIE_VALID,
	 .flags_known = 0xff,
	 .category = "queries",
	 .time = "2026-11-23T16:38:00.839Z"},
	/* 9.1 had no flags. */
	{.line = "client 192.0.2.1#1024: query: a.example IN AAAA",
	 .kind = RECORD_QUERY,
	 .client = "192.0.2.1",
	 .port = 1024,
	 .qname = "a.example",
	 .type = "AAAA",
	 .class_ = "IN"},
	{.line = "client " PTR "(no-peer): view _default: query: a.example IN A + (192.0.2.53)",
	 .kind = RECORD_QUERY,
	 .qname = "a.example",
	 .type = "A",
	 .class_ = "IN",
	 .view = "_default",
	 .server = "192.0.2.53"},
	{.line = "client @0x1: query failed (SERVFAIL) for a.example/IN/A at query.c:1",
	 .kind = RECORD_QUERY_ERROR,
	 .qname = "a.example",
	 .type = "A",
	 .class_ = "IN",
	 .rcode = "SERVFAIL",
	 .reason = "SERVFAIL"},
};
const size_t bind_example_count = sizeof(bind_examples) / sizeof(*bind_examples);

const struct example unbound_examples[] = {
	{.line = "[1551441121] unbound[1:0] info: 127.0.0.1 cloudflare.com. A IN",
	 .kind = RECORD_QUERY,
	 .client = "127.0.0.1",
	 .qname = "cloudflare.com",
	 .type = "A",
	 .class_ = "IN",
	 .time = "2019-03-01T11:52:01.000Z"},
	{.line = "[1551441121] unbound[1:0] info: 127.0.0.1 cloudflare.com. A IN NOERROR 0.000000 "
		 "1 "
		 "64",
	 .kind = RECORD_RESPONSE,
	 .client = "127.0.0.1",
	 .qname = "cloudflare.com",
	 .type = "A",
	 .class_ = "IN",
	 .rcode = "NOERROR",
	 .time = "2019-03-01T11:52:01.000Z"},
	{.line = "Nov 05 23:30:33 unbound[12636:0] query: 192.168.1.5 wikipedia.org. A IN",
	 .kind = RECORD_QUERY,
	 .client = "192.168.1.5",
	 .qname = "wikipedia.org",
	 .type = "A",
	 .class_ = "IN",
	 .time = "2026-11-05T23:30:33.000Z"},
	{.line = "Nov 05 23:30:33 unbound[12636:0] reply: 192.168.1.5 wikipedia.org. A IN NOERROR "
		 "0.097209 0 47",
	 .kind = RECORD_RESPONSE,
	 .client = "192.168.1.5",
	 .qname = "wikipedia.org",
	 .type = "A",
	 .class_ = "IN",
	 .rcode = "NOERROR",
	 .time = "2026-11-05T23:30:33.000Z"},
	{.line = "May 20 16:29:19 black unbound: [79652:0] info: 192.168.10.8 s.marketwatch.com. "
		 "AAAA "
		 "IN NXDOMAIN 0.000000 1 35",
	 .kind = RECORD_RESPONSE,
	 .client = "192.168.10.8",
	 .qname = "s.marketwatch.com",
	 .type = "AAAA",
	 .class_ = "IN",
	 .rcode = "NXDOMAIN",
	 .host = "black",
	 .time = "2026-05-20T16:29:19.000Z"},
	/* log-time-iso (1.22) and log-destaddr (1.19.3) are not in Debian 12: from the grammar. */
	{.line = "2026-09-01T12:16:57.811+00:00 unbound[2137:0] reply: 10.20.30.33 "
		 "16ad8c.telemetry.example.org. TXT IN NXDOMAIN 0.034614 0 146",
	 .kind = RECORD_RESPONSE,
	 .client = "10.20.30.33",
	 .qname = "16ad8c.telemetry.example.org",
	 .type = "TXT",
	 .class_ = "IN",
	 .rcode = "NXDOMAIN",
	 .time = "2026-09-01T12:16:57.811Z"},
	{.line = "[96463:0] reply: 192.0.2.7 a.example. AXFR IN REFUSED 0.000000 1 34 on tcp "
		 "192.0.2.53 53",
	 .kind = RECORD_RESPONSE,
	 .client = "192.0.2.7",
	 .qname = "a.example",
	 .type = "AXFR",
	 .class_ = "IN",
	 .rcode = "REFUSED",
	 .server = "192.0.2.53",
	 .flags = FLAG_TCP,
	 .flags_known = FLAG_TCP},
	{.line = "[96463:0] info: 192.0.2.7 a.example. A IN NOTIMPL 0.000000 1 34 on udp "
		 "192.0.2.53 "
		 "53",
	 .kind = RECORD_RESPONSE,
	 .client = "192.0.2.7",
	 .qname = "a.example",
	 .type = "A",
	 .class_ = "IN",
	 .rcode = "NOTIMP",
	 .server = "192.0.2.53",
	 .flags_known = FLAG_TCP},
	{.line = "[96463:a] query: fd6b:d9cd:7613:4c33:301f:7ada:8457:a679 "
		 "www.msftconnecttest.com. "
		 "A IN",
	 .kind = RECORD_QUERY,
	 .client = "fd6b:d9cd:7613:4c33:301f:7ada:8457:a679",
	 .qname = "www.msftconnecttest.com",
	 .type = "A",
	 .class_ = "IN"},
	{.line = "[1795452229] unbound[21102:1] info: ::1 null TYPE0 CLASS0 REFUSED 0.000000 1 12",
	 .kind = RECORD_RESPONSE,
	 .client = "::1",
	 .rcode = "REFUSED",
	 .time = "2026-11-23T16:43:49.000Z"},
	{.line = "[1795452229] unbound[21102:1] info: 127.0.0.1 - - - FORMERR - - - ",
	 .kind = RECORD_RESPONSE,
	 .client = "127.0.0.1",
	 .rcode = "FORMERR",
	 .time = "2026-11-23T16:43:49.000Z"},
	{.line = "Nov 23 16:43:49 my dns[21103:1] query: 192.0.2.7 ?._tcp.a-b.example. HTTPS "
		 "CLASS17",
	 .kind = RECORD_QUERY,
	 .client = "192.0.2.7",
	 .qname = "?._tcp.a-b.example",
	 .type = "HTTPS",
	 .class_ = "CLASS17",
	 .time = "2026-11-23T16:43:49.000Z"},
	{.line = "Nov 23 16:43:49 ns1 resolver[77]: [77:0] info: 192.0.2.7 a.example. A IN",
	 .kind = RECORD_QUERY,
	 .client = "192.0.2.7",
	 .qname = "a.example",
	 .type = "A",
	 .class_ = "IN",
	 .host = "ns1",
	 .time = "2026-11-23T16:43:49.000Z"},
	{.line = "[46775:10] info: 16.172.in-addr.arpa. static 10.0.0.5@48801 "
		 "33.0.16.172.in-addr.arpa. PTR IN",
	 .kind = RECORD_OTHER,
	 .action = ACTION_LOCAL_ZONE,
	 .client = "10.0.0.5",
	 .qname = "33.0.16.172.in-addr.arpa",
	 .type = "PTR",
	 .class_ = "IN",
	 .reason = "static"},
	{.line = "[32550:0] info: rpz: applied [runtime_rules] google-analytics.com. rpz-passthru "
		 "127.0.0.1@43605 google-analytics.com. A IN",
	 .kind = RECORD_OTHER,
	 .action = ACTION_LOCAL_ZONE,
	 .client = "127.0.0.1",
	 .qname = "google-analytics.com",
	 .type = "A",
	 .class_ = "IN",
	 .reason = "rpz-passthru"},
	{.line = "[46775:6] error: SERVFAIL <res.dod.cdn.office.net. A IN>: all the configured "
		 "stub "
		 "or forward servers failed, at zone . from 162.159.36.20 upstream server timeout",
	 .kind = RECORD_OTHER},
	{.line = "[46775:6] info: received NOTIFY serial 7 for a.example. from 192.0.2.7 port 53",
	 .kind = RECORD_OTHER,
	 .action = ACTION_NOTIFY_RECEIVED,
	 .client = "192.0.2.7",
	 .qname = "a.example"},
	{.line = "[46775:6] notice: ip_ratelimit exceeded 192.0.2.7 5 www.a.example. IN A",
	 .kind = RECORD_RATE_LIMITED,
	 .action = ACTION_RATE_LIMIT,
	 .client = "192.0.2.7"},
};
const size_t unbound_example_count = sizeof(unbound_examples) / sizeof(*unbound_examples);

void
bench_init(struct bench *bench, const char *zone)
{
	struct err err = {{0}};

	cr_assert_eq(timezone_load(&bench->zone, zone, &err), 0, "%s", err.text);
	bench->settings = (struct parser_settings){.format = FORMAT_UNKNOWN, .zone = &bench->zone};
	cr_assert(timestamp_parse(STR("2026-11-30"), &bench->settings.anchor));
	parser_init(&bench->parser, &bench->settings);
}

void
bench_release(struct bench *bench)
{
	timezone_release(&bench->zone);
}

enum record_kind
bench_parse(struct bench *bench, const char *line, struct record *record)
{
	return parser_parse(&bench->parser, str_of(line), record);
}

static void
check_text(const char *field, const char *expected, struct str got, size_t row)
{
	cr_expect(str_eq(got, str_of(expected)), "row %zu: %s is \"%.*s\", not \"%s\"", row, field,
		  STR_ARG(got), expected ? expected : "");
}

static void
check_code(const char *field, int32_t expected, int32_t got, size_t row)
{
	cr_expect_eq(got, expected, "row %zu: %s is %d, not %d", row, field, (int)got,
		     (int)expected);
}

static void
check_address(const char *field, const char *expected, const struct ip *got, size_t row)
{
	char text[IP_TEXT];
	struct ip ip = {{0}};

	if (expected)
		cr_assert(ip_parse(str_of(expected), &ip));
	cr_expect(memcmp(&ip, got, sizeof(ip)) == 0, "row %zu: %s is %s, not %s", row, field,
		  ip_print(got, text), expected);
}

static void
check_number(const char *field, int64_t expected, int64_t got, size_t row)
{
	cr_expect_eq(got, expected ? expected : -1, "row %zu: %s is %lld", row, field,
		     (long long)got);
}

void
example_check(const struct example *example, const struct record *record, size_t row)
{
	char time[TIME_TEXT], prefix[PREFIX_TEXT];

	cr_expect_eq(record->kind, example->kind, "row %zu: %s: %s", row,
		     record_kind_names[record->kind], example->line);
	cr_expect_eq(record->action, example->action, "row %zu: %s", row,
		     record_action_names[record->action]);
	cr_expect_eq(record->defect, example->defect, "row %zu: %s", row,
		     record_defect_names[record->defect]);
	cr_expect_eq(record->transfer, example->transfer, "row %zu", row);
	check_address("client", example->client, &record->client, row);
	check_address("server", example->server, &record->server, row);
	check_code("port", example->port ? example->port : -1, record->port, row);
	check_text("qname", example->qname, record->qname, row);
	check_text("view", example->view, record->view, row);
	check_text("key", example->key, record->key, row);
	check_text("reason", example->reason, record->reason, row);
	check_text("host", example->host, record->host, row);
	check_text("category", example->category, record->category, row);
	check_code("type", type_parse(str_of(example->type)), record->qtype, row);
	check_code("class", class_parse(str_of(example->class_)), record->qclass, row);
	check_code("rcode", rcode_parse(str_of(example->rcode)), record->rcode, row);
	check_text("time", example->time, str_of(timestamp_print(record->time, time)), row);
	if (example->flags_known) {
		check_code("flags", (int32_t)example->flags, record->flags, row);
		check_code("flags_known", (int32_t)example->flags_known, record->flags_known, row);
	}
	cr_expect_eq(record->has_ecs, example->ecs != NULL, "row %zu", row);
	if (record->has_ecs)
		check_text("ecs", example->ecs, str_of(prefix_print(&record->ecs, prefix)), row);
	check_number("serial", example->serial, record->serial, row);
	check_number("serial_from", example->serial_from, record->serial_from, row);
	check_number("messages", example->messages, record->messages, row);
	check_number("records", example->records, record->records, row);
	check_number("bytes", example->bytes, record->bytes, row);
}

void
examples_check(const struct example *examples, size_t count)
{
	struct bench bench;
	struct record record;

	bench_init(&bench, "UTC");
	for (size_t i = 0; i < count; i++) {
		enum record_kind kind = bench_parse(&bench, examples[i].line, &record);
		cr_expect_eq(kind, record.kind, "row %zu", i);
		example_check(&examples[i], &record, i);
	}
	bench_release(&bench);
}
