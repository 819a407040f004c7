#include "lines.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static const char * or (const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

struct front {
	char time[40], client[256];
};

/* "10-Mar-2026 00:00:00.000 " and "client @0x7f 192.0.2.1#4000/key k (name): " */
static const struct front *
front_of(const struct line *line, struct front *front)
{
	const char *name = or (line->name, "example.com");

	front->time[0] = '\0';
	if (line->at != LINES_NOTIME) {
		struct civil c = timestamp_civil(LINES_START + line->at);
		snprintf(front->time, sizeof(front->time), "%02d-%s-%04d %02d:%02d:%02d.%03d ",
			 c.day, c.month == 3 ? "Mar" : "Apr", c.year, c.hour, c.minute, c.second,
			 c.millisecond);
	}
	snprintf(front->client, sizeof(front->client), "client @0x7f %s#%u%s%s (%.180s)",
		 line->client, line->port ? line->port : 4000, line->key ? "/key " : "",
		 or (line->key, ""), name);
	return front;
}

void
lines_query(struct harness_log *log, const struct line *line)
{
	struct front front;
	const char *type = or (line->type, "A"), *class_ = "IN";

	if (strncmp(type, "CH ", 3) == 0) {
		class_ = "CH";
		type += 3;
	}
	front_of(line, &front);
	harness_log_add(log, line->stream,
			"%squeries: info: %s: query: %s %s %s %s (198.51.100.53)", front.time,
			front.client, or (line->name, "example.com"), class_, type,
			or (line->flags, "-E(0)"));
}

static void
transfer_line(struct harness_log *log, const struct line *line, const char *severity,
	      const char *what)
{
	struct front front;

	front_of(line, &front);
	harness_log_add(log, line->stream, "%sxfer-out: %s: %s: transfer of '%s/IN': %s",
			front.time, severity, front.client, or (line->name, "example.com"), what);
}

void
lines_denied(struct harness_log *log, const struct line *line)
{
	struct front front;

	front_of(line, &front);
	harness_log_add(log, line->stream, "%ssecurity: error: %s: zone transfer '%s/%s/IN' denied",
			front.time, front.client, or (line->name, "example.com"),
			or (line->type, "AXFR"));
}

void
lines_notauth(struct harness_log *log, const struct line *line)
{
	struct front front;

	front_of(line, &front);
	harness_log_add(log, line->stream,
			"%sxfer-out: info: %s: bad zone transfer request: '%s/IN': "
			"non-authoritative zone (NOTAUTH)",
			front.time, front.client, or (line->name, "example.com"));
}

void
lines_started(struct harness_log *log, const struct line *line, const char *style, long long from,
	      long long serial)
{
	char what[128], signature[64] = "";

	if (line->key)
		snprintf(signature, sizeof(signature), ": TSIG %s", line->key);
	if (from >= 0)
		snprintf(what, sizeof(what), "%s started%s (serial %lld -> %lld)", style, signature,
			 from, serial);
	else
		snprintf(what, sizeof(what), "%s started%s (serial %lld)", style, signature,
			 serial);
	transfer_line(log, line, "info", what);
}

void
lines_ended(struct harness_log *log, const struct line *line, const char *style, long long records,
	    long long serial)
{
	char what[160];

	snprintf(what, sizeof(what),
		 "%s ended: 1 messages, %lld records, %lld bytes, 0.001 secs (4315000 bytes/sec) "
		 "(serial %lld)",
		 style, records, records * 27, serial);
	transfer_line(log, line, "info", what);
}

void
lines_broken(struct harness_log *log, const struct line *line)
{
	transfer_line(log, line, "error", "send: connection reset");
}

void
lines_current(struct harness_log *log, const struct line *line)
{
	transfer_line(log, line, "info", "IXFR poll up to date");
}

void
lines_failed(struct harness_log *log, const struct line *line, const char *rcode)
{
	struct front front;
	const char *name = or (line->name, "example.com");

	front_of(line, &front);
	harness_log_add(log, line->stream,
			"%squery-errors: info: %s: query failed (%s) for %s/IN/%s at query.c:5708",
			front.time, front.client, rcode, name, or (line->type, "A"));
}

void
lines_limited(struct harness_log *log, const struct line *line)
{
	struct front front;

	front_of(line, &front);
	harness_log_add(log, line->stream,
			"%srate-limit: info: %s: would rate limit drop NXDOMAIN response to "
			"192.0.2.0/24 for example.com  (72cb3017)",
			front.time, front.client);
}

void
lines_response(struct harness_log *log, const struct line *line, const char *rcode)
{
	struct front front;

	front_of(line, &front);
	harness_log_add(log, line->stream,
			"%sresponses: info: %s: response: %s IN %s %s 1 0 1 +E(0)K (198.51.100.53)",
			front.time, front.client, or (line->name, "example.com"),
			or (line->type, "A"), rcode);
}

void
lines_notify(struct harness_log *log, const struct line *line)
{
	struct front front;

	front_of(line, &front);
	*strstr(front.client, " (") = '\0'; /* a NOTIFY line has no (qname) */
	harness_log_add(log, line->stream, "%snotify: info: %s: received notify for zone '%s'",
			front.time, front.client, or (line->name, "example.com"));
}

void
lines_transfer(struct harness_log *log, const struct line *line, long long serial)
{
	struct line next = *line;

	next.type = or (line->type, "AXFR");
	next.flags = or (line->flags, "-T");
	lines_query(log, &next);
	next.at += next.at == LINES_NOTIME ? 0 : SECOND;
	lines_started(log, &next, "AXFR", -1, serial);
	next.at += next.at == LINES_NOTIME ? 0 : SECOND;
	lines_ended(log, &next, "AXFR", 160, serial);
}

static void
unbound_line(struct harness_log *log, const struct line *line, const char *tail)
{
	char time[32] = "";

	if (line->at != LINES_NOTIME)
		snprintf(time, sizeof(time), "[%lld] unbound",
			 (long long)(LINES_START + line->at) / 1000);
	harness_log_add(log, 2, "%s[7:0] info: %s %s. %s IN%s", time, line->client,
			or (line->name, "example.com"), or (line->type, "A"), tail);
}

void
lines_unbound(struct harness_log *log, const struct line *line)
{
	unbound_line(log, line, "");
}

void
lines_reply(struct harness_log *log, const struct line *line, const char *rcode, unsigned micros)
{
	char tail[64];

	snprintf(tail, sizeof(tail), " %s %u.%06u %d 64", rcode, micros / 1000000, micros % 1000000,
		 micros == 0);
	unbound_line(log, line, tail);
}

const char *
lines_word(size_t n)
{
	/* Enough for every test; frequency-ordered would be as good. */
	static const char *const words[] = {
		"admin",   "alpha",    "api",      "app",      "apps",       "assets",   "auth",
		"backup",  "beta",     "blog",     "build",    "cache",      "calendar", "cdn",
		"chat",    "citrix",   "cloud",    "cms",      "confluence", "cpanel",   "crm",
		"data",    "db",       "demo",     "dev",      "dns",        "docs",     "download",
		"email",   "exchange", "extranet", "files",    "firewall",   "forum",    "ftp",
		"gateway", "git",      "gitlab",   "grafana",  "help",       "home",     "host",
		"images",  "imap",     "internal", "intranet", "jenkins",    "jira",     "lab",
		"ldap",    "legacy",   "lists",    "login",    "logs",       "mail",     "manage",
		"media",   "mobile",   "monitor",  "mx",       "mysql",      "nagios",   "news",
		"ns",      "office",   "old",      "owa",      "partner",    "payment",  "pop",
		"portal",  "postgres", "private",  "prod",     "proxy",      "public",   "qa",
		"rdp",     "remote",   "repo",     "router",   "search",     "secure",   "server",
		"shop",    "sip",      "smtp",     "sql",      "ssh",        "sso",      "stage",
		"staging", "static",   "stats",    "status",   "store",      "support",  "svn",
		"sync",    "syslog",   "test",     "tools",    "upload",     "vault",    "video",
		"voip",    "vpn",      "web",      "webmail",  "wiki",       "www",      "zabbix",
	};

	return words[n % (sizeof(words) / sizeof(*words))];
}

const char *
lines_random(unsigned n, char out[32])
{
	static const char letters[] = "bcdfghjklmnpqrstvwxz0123456789";
	uint64_t state = n * 2654435761ULL + 1;

	for (int i = 0; i < 14; i++)
		out[i] = letters[harness_random(&state) % (sizeof(letters) - 1)];
	out[14] = '\0';
	return out;
}

void
scene_init(struct scene *scene)
{
	struct err err;

	scene->log = (struct harness_log){0};
	harness_init(&scene->harness);
	cr_assert_eq(
		names_add_wordlist(&scene->harness.names, "patterns/wordlists/labels.txt", &err), 0,
		"%s", err.text);
}

void
scene_play(struct scene *scene)
{
	tally_init(&scene->tally, &scene->harness.settings);
	harness_add(&scene->harness, &scene->tally, &scene->log, NULL);
	tally_settle(&scene->tally);
	findings_init(&scene->findings);
	detect_run(
		&(struct detect_input){.tally = &scene->tally, .settings = &scene->harness.detect},
		&scene->findings);
}

void
scene_release(struct scene *scene)
{
	findings_release(&scene->findings);
	tally_release(&scene->tally);
	harness_log_release(&scene->log);
	harness_release(&scene->harness);
}

static bool
is_of(const struct finding *finding, const char *kind, const char *actor)
{
	char text[IP_TEXT];

	if (!str_eq(finding->kind, str_of(kind)))
		return false;
	if (!actor)
		return true;
	return finding->address_count && strcmp(ip_print(&finding->addresses[0], text), actor) == 0;
}

const struct finding *
scene_find(const struct scene *scene, const char *kind, const char *actor)
{
	const struct finding *found = NULL;

	for (size_t i = 0; i < scene->findings.count; i++) {
		const struct finding *finding = &scene->findings.all[i];
		if (!is_of(finding, kind, actor))
			continue;
		cr_expect_null(found, "several findings of kind %s", kind);
		found = finding;
	}
	return found;
}

size_t
scene_count(const struct scene *scene, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < scene->findings.count; i++)
		n += is_of(&scene->findings.all[i], kind, NULL);
	return n;
}

int
scene_worst(const struct scene *scene)
{
	int worst = -1;

	for (size_t i = 0; i < scene->findings.count; i++)
		if (scene->findings.all[i].suppressed_by.n == 0 &&
		    (int)scene->findings.all[i].level > worst)
			worst = (int)scene->findings.all[i].level;
	return worst;
}

bool
finding_has_term(const struct finding *finding, const char *name)
{
	for (size_t i = 0; i < finding->term_count; i++)
		if (str_find(finding->terms[i].name, str_of(name), 0) != SIZE_MAX)
			return true;
	return false;
}
