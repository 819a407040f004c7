#include "traffic.h"

#include <stdio.h>

enum { TEXT = 3072 };

static const char *const types[] = {"A",   "AAAA",   "MX",  "TXT", "SOA",   "NS",
				    "PTR", "TYPE65", "ANY", "CAA", "NSEC3", "SRV"};

/* One line in the making. */
struct draw {
	uint64_t r;
	char time[80]; /* with the blank behind it; may be empty */
	unsigned long long ms;
	unsigned source, name, port;
	const char *type, *flags;
	unsigned traffic;
};

static void
hostile_name(const struct draw *draw, char *out, size_t size)
{
	static const char *const names[] = {
		"2001:db8::1:",
		"\\000.www.example.com",
		"x\\.y\\\\.example.com",
		"client\\032@0x1\\032192.0.2.1#53.example.com",
		"'x/AXFR/IN'\\032denied.example.com",
		"query:.example.com",
		"\\027[31mred.example.com",
		"=cmd|'/c'!A1.example.com",
		".",
		"a",
		"WwW.eXaMpLe.CoM",
		"0.example.com",
	};
	size_t n = 0;

	if (draw->name % 16 < 12) {
		snprintf(out, size, "%s", names[draw->name % 16]);
		return;
	}
	for (int label = 0; label < 4; label++) { /* 1,003 characters */
		for (int i = 0; i < (label < 3 ? 63 : 61); i++)
			n += (size_t)snprintf(out + n, size - n, "\\%03u", draw->name % 4);
		n += (size_t)snprintf(out + n, size - n, "%s", label < 3 ? "." : "");
	}
}

static void
ordinary_name(const struct draw *draw, char *out, size_t size)
{
	static const char *const fronts[] = {"www", "mail",  "xk7q%uzzv", "host-%u", "_sip._tcp",
					     "n%u", "a.b%u", "%u",        "vpn",     "dev%u"};
	char front[64];

	snprintf(front, sizeof(front), fronts[draw->name % 10], draw->name);
	snprintf(out, size, "%s.z%u.example.%s", front, draw->name % 5,
		 draw->name % 3 ? "com" : "net");
}

static void
bind_query(const struct draw *draw, char *out, const char *name, const char *view, const char *tail)
{
	snprintf(out, TEXT,
		 "%squeries: info: client @0x1 192.0.2.%u#%u%s (%s): %squery: %s IN %s %s "
		 "(198.51.100.1)%s",
		 draw->time, draw->source, draw->port, draw->r >> 50 & 1 ? "" : "/key k1", name,
		 view, name, draw->type, draw->flags, tail);
}

static uint32_t
transfer_line(const struct draw *draw, char *out)
{
	unsigned zone = draw->source % 7;

	switch (draw->r >> 33 & 7) {
	case 0:
	case 1:
		snprintf(out, TEXT,
			 "%squeries: info: client @0x1 192.0.2.%u#%u (z%u.example.com): query: "
			 "z%u.example.com IN %s -T (198.51.100.1)",
			 draw->time, draw->source, draw->port, zone, zone,
			 draw->r >> 40 & 1 ? "AXFR" : "IXFR");
		return 0;
	case 2:
		snprintf(out, TEXT,
			 "%ssecurity: error: client @0x1 192.0.2.%u#%u (z%u.example.com): zone "
			 "transfer 'z%u.example.com/AXFR/IN' denied",
			 draw->time, draw->source, draw->port, zone, zone);
		return 1;
	case 3:
		snprintf(out, TEXT,
			 "%sxfer-out: info: client @0x1 192.0.2.%u#%u (z%u.example.com): bad zone "
			 "transfer request: 'z%u.example.com/IN': non-authoritative zone (NOTAUTH)",
			 draw->time, draw->source, draw->port, zone, zone);
		return 1;
	case 4:
	case 5:
		snprintf(out, TEXT,
			 "%sxfer-out: info: client @0x1 192.0.2.%u#%u (z%u.example.com): transfer "
			 "of 'z%u.example.com/IN': AXFR started (serial %u)",
			 draw->time, draw->source, draw->port, zone, zone, draw->name);
		return 1;
	case 6:
		snprintf(out, TEXT,
			 "%sxfer-out: info: client @0x1 192.0.2.%u#%u (z%u.example.com): transfer "
			 "of 'z%u.example.com/IN': AXFR ended: 1 messages, %u records, %u bytes, "
			 "0.001 secs (4315000 bytes/sec) (serial %u)",
			 draw->time, draw->source, draw->port, zone, zone, draw->name,
			 draw->name * 27, draw->name);
		return 1;
	default:
		snprintf(out, TEXT,
			 "%sxfer-out: error: client @0x1 192.0.2.%u#%u (z%u.example.com): transfer "
			 "of 'z%u.example.com/IN': send: connection reset",
			 draw->time, draw->source, draw->port, zone, zone);
		return 1;
	}
}

static uint32_t
other_line(const struct draw *draw, char *out)
{
	char name[256];

	ordinary_name(draw, name, sizeof(name));
	switch (draw->r >> 33 & 7) {
	case 0:
		snprintf(out, TEXT,
			 "%squeries: info: client @0x1 192.0.2.%u#%u (version.bind): query: "
			 "version.bind CH TXT + (198.51.100.1)",
			 draw->time, draw->source, draw->port);
		return 0;
	case 1:
		snprintf(out, TEXT,
			 "%srate-limit: info: client @0x1 192.0.2.%u#%u (%s): would rate limit "
			 "drop NXDOMAIN response to 192.0.2.0/24 for example.com  (72cb3017)",
			 draw->time, draw->source, draw->port, name);
		return 1;
	case 2:
		snprintf(out, TEXT,
			 "%squery-errors: info: client @0x1 192.0.2.%u#%u (%s): query failed "
			 "(REFUSED) for %s/IN/A at query.c:5708",
			 draw->time, draw->source, draw->port, name, name);
		return 1;
	case 3:
		snprintf(out, TEXT,
			 "%sresponses: info: client @0x1 192.0.2.%u#%u (%s): response: %s IN A %s "
			 "0 1 1 +E(0)K (198.51.100.1)",
			 draw->time, draw->source, draw->port, name, name,
			 draw->name % 2 ? "NXDOMAIN" : "NOERROR");
		return 1;
	case 4:
		snprintf(out, TEXT,
			 "%ssecurity: info: client @0x1 192.0.2.%u#%u (%s): query (cache) "
			 "'%s/A/IN' denied (allow-query-cache did not match)",
			 draw->time, draw->source, draw->port, name, name);
		return 1;
	case 5:
		snprintf(out, TEXT,
			 "%supdate-security: error: client @0x1 192.0.2.%u#%u: update "
			 "'example.com/IN' denied",
			 draw->time, draw->source, draw->port);
		return 1;
	case 6:
		snprintf(out, TEXT,
			 "%snotify: info: client @0x1 192.0.2.%u#%u: received notify for zone "
			 "'z%u.example.com'",
			 draw->time, draw->source, draw->port, draw->name % 7);
		return 1;
	default:
		snprintf(out, TEXT, "%szoneload: info: zone z%u.example.com/IN: loaded serial %u",
			 draw->time, draw->name % 7, draw->name);
		return 1;
	}
}

static uint32_t
broken_line(const struct draw *draw, char *out)
{
	switch (draw->r >> 33 & 3) {
	case 0:
		snprintf(out, TEXT, "a line %u that no server wrote", draw->name);
		return draw->name % 3;
	case 1:
		snprintf(out, TEXT,
			 "%squeries: info: client @0x1 192.0.2.%u#%u (n%u.example.com): query: "
			 "n%u.exa",
			 draw->time, draw->source, draw->port, draw->name, draw->name);
		return 0;
	case 2:
		snprintf(out, TEXT,
			 "%squeries: info: client @0x1 192.0.2.999#%u (a.example.com): query: "
			 "a.example.com IN A + (198.51.100.1)",
			 draw->time, draw->port);
		return 0;
	default:
		snprintf(out, TEXT,
			 "31-Feb-2026 10:00:00.000 queries: info: client @0x1 192.0.2.%u#%u "
			 "(a.example.com): query: a.example.com IN A + (198.51.100.1)",
			 draw->source, draw->port);
		return 0;
	}
}

static uint32_t
unbound_line(const struct draw *draw, char *out)
{
	static const char *const rcodes[] = {"NXDOMAIN", "NOERROR", "REFUSED", "SERVFAIL"};
	char name[256], time[40];

	ordinary_name(draw, name, sizeof(name));
	if (draw->traffic & TRAFFIC_TIMELESS && draw->name % 9 == 0)
		time[0] = '\0';
	else
		snprintf(time, sizeof(time), "[%llu] unbound", draw->ms / 1000);
	const char *type = draw->r % 97 == 0 ? "AXFR" : draw->type;
	if (draw->r >> 52 & 1)
		snprintf(out, TEXT, "%s[7:0] info: 10.0.%u.%u %s. %s IN", time, draw->source % 3,
			 draw->source, name, type);
	else
		snprintf(out, TEXT, "%s[7:0] info: 10.0.%u.%u %s. %s IN %s 0.0%u %u 64", time,
			 draw->source % 3, draw->source, name, type,
			 type[0] == 'A' && type[1] == 'X' ? "REFUSED" : rcodes[draw->name % 4],
			 draw->name % 2 ? 12345 : 0, draw->name % 2 ? 0 : 1);
	return 2;
}

static uint32_t
query_line(const struct draw *draw, char *out)
{
	char name[1200];
	const char *view = draw->name % 11 ? "" : "view ext: ";
	const char *tail = draw->name % 13 ? "" : " [ECS 203.0.113.0/24/0]";

	if (draw->traffic & TRAFFIC_REVERSE && draw->r >> 34 & 1) {
		if (draw->name % 2)
			snprintf(name, sizeof(name), "%u.2.0.192.in-addr.arpa", draw->name % 256);
		else
			snprintf(name, sizeof(name), "%x.%x.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
				 draw->name % 16, draw->name / 16 % 16);
	} else if (draw->traffic & TRAFFIC_HOSTILE && draw->name % 5 == 0) {
		hostile_name(draw, name, sizeof(name));
	} else {
		ordinary_name(draw, name, sizeof(name));
	}
	bind_query(draw, out, name, view, tail);
	return 0;
}

static void
draw_time(struct draw *draw)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	char text[TIME_TEXT];

	if (draw->traffic & TRAFFIC_TIMELESS && draw->r >> 55 & 1) {
		draw->time[0] = '\0';
	} else if (draw->traffic & TRAFFIC_YEARLESS && draw->r >> 56 & 1) {
		struct civil c = timestamp_civil((int64_t)draw->ms);
		snprintf(draw->time, sizeof(draw->time),
			 "%s %2d %02d:%02d:%02d ns1 named[12]: ", months[c.month - 1], c.day,
			 c.hour, c.minute, c.second);
	} else {
		snprintf(draw->time, sizeof(draw->time), "%s ",
			 timestamp_print((int64_t)draw->ms, text));
	}
}

static void
plain_line(const struct draw *draw, char *out)
{
	unsigned r = (unsigned)(draw->r >> 32);

	snprintf(out, TEXT,
		 "%squeries: info: client @0x1 10.%u.%u.1#53 (d%u.test): query: d%u.test IN A "
		 "-E(0)D (198.51.100.1)",
		 draw->time, r % 200, r / 200 % 3, draw->name % 300, draw->name % 300);
}

static uint32_t
make_line(const struct draw *draw, char *out)
{
	unsigned kind = (unsigned)(draw->r % 50), traffic = draw->traffic;

	if (traffic == TRAFFIC_PLAIN) {
		plain_line(draw, out);
		return 0;
	}
	if (kind < 6 && traffic & TRAFFIC_TRANSFERS)
		return transfer_line(draw, out);
	if (kind < 14 && traffic & TRAFFIC_OTHER_KINDS)
		return other_line(draw, out);
	if (kind < 16 && traffic & TRAFFIC_BROKEN)
		return broken_line(draw, out);
	if (kind < 30 && traffic & TRAFFIC_UNBOUND)
		return unbound_line(draw, out);
	return query_line(draw, out);
}

void
traffic_make(struct harness_log *log, uint64_t seed, size_t lines, unsigned traffic)
{
	static const char *const flags[] = {"+E(0)K", "-E(0)TDC", "-", "-SE(0)V"};
	uint64_t state = seed * 2 + 1;
	unsigned long long ms = 1773100800000; /* 2026-03-10 */
	char text[TEXT];
	uint32_t stream = 0;

	for (size_t i = 0; i < lines; i++) {
		struct draw draw = {.r = harness_random(&state), .traffic = traffic};
		draw.name = (unsigned)(draw.r >> 8) % 3000;
		draw.source = (unsigned)((draw.r >> 20) % (draw.name % 4 ? 9 : 97));
		draw.port = 1000 + (unsigned)(draw.r >> 27) % 40;
		draw.type = types[(draw.r >> 24) % (sizeof(types) / sizeof(*types))];
		draw.flags = flags[draw.r >> 30 & 3];
		if (!(traffic & TRAFFIC_TIES) || draw.r >> 58 == 0)
			ms += (draw.r >> 40) % 2000;
		draw.ms = ms;
		draw_time(&draw);
		if (i == 0 || !(traffic & TRAFFIC_DUPLICATES) || (draw.r >> 36) % 5)
			stream = make_line(&draw, text);
		harness_log_add(log, stream, "%s", text);
	}
}
