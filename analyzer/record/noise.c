#include "record/noise.h"

#include "base/ip.h"
#include "record/codes.h"
#include "record/qname.h"

/* GENERAL: words with which other programs begin lines as well. */
#define GENERAL(begins, what)                            \
	{                                                \
		{begins, sizeof(begins) - 1}, what, true \
	}
#define NOISE(begins, what)                               \
	{                                                 \
		{begins, sizeof(begins) - 1}, what, false \
	}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* `quiet`: lines without a client part tell nothing of clients, whatever they say. */
static const struct category {
	struct str name;
	bool quiet;
} categories[] = {
	{{"queries", 7}, false},
	{{"rate-limit", 10}, false},
	{{"query-errors", 12}, false},
	{{"security", 8}, false},
	{{"xfer-out", 8}, false},
	{{"responses", 9}, false},
	{{"update", 6}, false},
	{{"update-security", 15}, false},
	{{"notify", 6}, true},
	{{"client", 6}, true},
	{{"resolver", 8}, true},
	{{"lame-servers", 12}, true},
	{{"edns-disabled", 13}, true},
	{{"general", 7}, true},
	{{"default", 7}, true},
	{{"dnssec", 6}, true},
	{{"network", 7}, true},
	{{"zoneload", 8}, true},
	{{"xfer-in", 7}, true},
	{{"config", 6}, true},
	{{"database", 8}, true},
	{{"dispatch", 8}, true},
	{{"delegation-only", 15}, true},
	{{"rpz", 3}, true},
	{{"rpz-passthru", 12}, true},
	{{"cname", 5}, true},
	{{"spill", 5}, true},
	{{"nsid", 4}, true},
	{{"serve-stale", 11}, true},
	{{"trust-anchor-telemetry", 22}, true},
	{{"dnstap", 6}, true},
	{{"sslkeylog", 9}, true},
	{{"drop", 4}, true},
	{{"unmatched", 9}, true},
};

/* Where the category is printed, only the strict ones above need these. */
static const struct noise bind_messages[] = {
	/* Start, configuration, stop: bin/named/main.c, server.c, config.c. */
	NOISE("starting BIND ", "start"),
	NOISE("running on ", "start"),
	NOISE("built with ", "start"),
	NOISE("built by ", "start"),
	NOISE("running as: ", "start"),
	NOISE("compiled by ", "start"),
	NOISE("compiled with ", "start"),
	NOISE("linked to ", "start"),
	GENERAL("-------------------------", "start"),
	NOISE("BIND 9 is maintained by ", "start"),
	NOISE("Inc. (ISC), a non-profit ", "start"),
	NOISE("corporation.  Support and training ", "start"),
	NOISE("available at https://www.isc.org/support", "start"),
	NOISE("DNSSEC algorithms: ", "start"),
	NOISE("DS algorithms: ", "start"),
	NOISE("HMAC algorithms: ", "start"),
	NOISE("TKEY mode ", "start"),
	NOISE("adjusted limit on open files ", "start"),
	GENERAL("found ", "start"),
	GENERAL("using ", "start"),
	NOISE("using default UDP/", "network"),
	NOISE("stopping statistics channel on ", "stop"),
	NOISE("stopping command channel on ", "stop"),
	NOISE("reloading configuration ", "control"),
	NOISE("reloading zones ", "control"),
	NOISE("shutting down: flushing changes", "stop"),
	NOISE("freezing zone '", "control"),
	NOISE("thawing zone '", "control"),
	NOISE("flushing caches in ", "control"),
	NOISE("flushing cache in ", "control"),
	NOISE("flushing name '", "control"),
	NOISE("flushing tree '", "control"),
	NOISE("cancel_refresh: ", "zones"),
	NOISE("all zones loaded", "zones"),
	GENERAL("running", "start"),
	NOISE("not using config file logging statement", "configuration"),
	GENERAL("shutting down", "stop"),
	GENERAL("exiting", "stop"),
	GENERAL("stopping ", "stop"),
	NOISE("loading configuration ", "configuration"),
	NOISE("load_configuration: ", "configuration"),
	GENERAL("loading zones", "zones"),
	NOISE("reading built-in trust anchors ", "configuration"),
	NOISE("looking for GeoIP2 databases ", "configuration"),
	NOISE("opened GeoIP2 database ", "configuration"),
	NOISE("GEO-IP2 ", "configuration"),
	NOISE("the initial working directory ", "configuration"),
	NOISE("the working directory is ", "configuration"),
	NOISE("change directory to ", "configuration"),
	NOISE("generating session key for dynamic DNS", "configuration"),
	NOISE("sizing zone task pool ", "configuration"),
	NOISE("set up managed keys zone ", "configuration"),
	GENERAL("set maximum ", "configuration"),
	GENERAL("configuring ", "configuration"),
	GENERAL("initializing ", "configuration"),
	GENERAL("creating ", "configuration"),
	GENERAL("setting up ", "configuration"),
	NOISE("binding control channel", "control"),
	GENERAL("couldn't ", "configuration"),
	GENERAL("could not ", "configuration"),
	GENERAL("unable to ", "configuration"),
	GENERAL("none:", "configuration"),
	NOISE("max-cache-size ", "configuration"),
	NOISE("'max-cache-size ", "configuration"),
	NOISE("checking logging configuration ", "configuration"),
	NOISE("now using logging configuration ", "configuration"),
	NOISE("logging channel ", "configuration"),
	GENERAL("channel '", "configuration"),
	NOISE("isc_log_open '", "log file"),
	NOISE("isc_stdio_open '", "log file"),
	NOISE("isc_file_isplainfile ", "log file"),
	NOISE("automatic empty zone: ", "zones"),
	NOISE("automatic ipv4only zone", "zones"),
	GENERAL("option '", "configuration"),
	GENERAL("directory '", "configuration"),
	NOISE("managed-keys-directory ", "configuration"),
	NOISE("new-zones-directory ", "configuration"),
	GENERAL("disabling ", "configuration"),
	NOISE("stale-answer-client-timeout ", "configuration"),
	NOISE("statistics channel listening on ", "statistics"),
	NOISE("statistics channels ", "statistics"),
	NOISE("command channel listening on ", "control"),
	NOISE("received control channel command ", "control"),
	NOISE("rejecting restricted control channel ", "control"),
	NOISE("rejected command channel message ", "control"),
	NOISE("invalid command from ", "control"),
	NOISE("unknown control channel command ", "control"),
	NOISE("error sending command response ", "control"),
	NOISE("freeing control connection", "control"),
	NOISE("allocate new control connection", "control"),
	NOISE("processing control channel ", "control"),
	GENERAL("reloading ", "control"),
	NOISE("scheduled loading new zones", "control"),
	NOISE("any newly configured zones are now loaded", "control"),
	NOISE("any newly defined zones are now loaded", "control"),
	NOISE("loading new zones ", "control"),
	GENERAL("flushing ", "control"),
	NOISE("flush tree ", "control"),
	NOISE("flush name ", "control"),
	NOISE("fixing cache ", "control"),
	NOISE("debug level is now ", "control"),
	NOISE("query logging is now ", "control"),
	NOISE("dumpdb ", "control"),
	NOISE("dumpstats ", "control"),
	NOISE("dumprecursing ", "control"),
	NOISE("dumpsecroots ", "control"),
	NOISE("dumping all zones", "control"),
	GENERAL("freezing ", "control"),
	GENERAL("thawing ", "control"),
	GENERAL("sync: ", "control"),
	NOISE("added NTA ", "control"),
	NOISE("removed NTA ", "control"),
	NOISE("refreshing managed keys ", "control"),
	NOISE("destroying managed-keys ", "control"),
	NOISE("forcing zone maintenance", "control"),
	NOISE("deleting zone ", "control"),
	NOISE("added new zone ", "control"),
	GENERAL("new zone ", "control"),
	NOISE("adding zone ", "control"),
	NOISE("loading NZD ", "configuration"),
	NOISE("NZD database ", "configuration"),
	GENERAL("validation ", "control"),
	NOISE("serve-stale ", "control"),
	NOISE("the zone is ", "control"),
	NOISE("The following files were in use ", "control"),
	GENERAL("Key ", "dnssec"),
	GENERAL("rndc ", "control"),
	NOISE("signing records ", "dnssec"),
	NOISE("reusing existing cache", "configuration"),
	NOISE("cache cannot be reused ", "configuration"),
	NOISE("updated RPZ policy", "policy zone"),
	NOISE("catz: ", "catalog zone"),
	NOISE("rpz: ", "policy zone"),
	NOISE("dlz_dlopen", "database"),
	NOISE("Registering DLZ", "database"),
	NOISE("Unregistering DLZ", "database"),
	GENERAL("Loading '", "database"),
	NOISE("loading plugin ", "plugin"),
	NOISE("unloading plugin ", "plugin"),
	NOISE("registering plugin ", "plugin"),
	GENERAL("registering '", "plugin"),
	GENERAL("failed to ", "failure"),
	NOISE("recursive-clients ", "configuration"),
	GENERAL("ignoring ", "configuration"),
	NOISE("obtaining root key ", "dnssec"),
	/* Network: lib/ns/interfacemgr.c, lib/isc/netmgr. */
	NOISE("listening on ", "network"),
	NOISE("no longer listening on ", "network"),
	NOISE("interface iteration failed", "network"),
	NOISE("automatic interface scanning ", "network"),
	NOISE("route_", "network"),
	NOISE("omitting ", "network"),
	NOISE("updating TLS context ", "network"),
	GENERAL("TLS ", "network"),
	NOISE("connecting TCP socket", "network"),
	NOISE("dropping source port zero packet ", "network"),
	GENERAL("socket: ", "network"),
	GENERAL("accept(", "network"),
	NOISE("Accepting TCP connection failed", "network"),
	NOISE("recvmsg: ", "network"),
	NOISE("sendmsg: ", "network"),
	NOISE("internal_send: ", "network"),
	NOISE("clientmgr ", "network"),
	/* Zones and DNSSEC: lib/dns/zone.c, master.c, update.c, dnssec.c. */
	NOISE("zone ", "zones"),
	NOISE("managed-keys-zone", "zones"),
	NOISE("client-side ", "zones"),
	NOISE("dns_master_load: ", "zones"),
	NOISE("dns_rdata_fromtext: ", "zones"),
	NOISE("dns_zone_", "zones"),
	NOISE("zone_", "zones"),
	NOISE("refresh_callback", "zones"),
	NOISE("soa_query", "zones"),
	NOISE("queue_soa_query", "zones"),
	NOISE("keymgr: ", "dnssec"),
	NOISE("DNSKEY ", "dnssec"),
	GENERAL("Fetching ", "dnssec"),
	GENERAL("Removing ", "dnssec"),
	GENERAL("CDS ", "dnssec"),
	NOISE("CDNSKEY ", "dnssec"),
	NOISE("dnssec-policy ", "dnssec"),
	GENERAL("KSK ", "dnssec"),
	NOISE("managed-keys", "dnssec"),
	NOISE("trust-anchor", "dnssec"),
	NOISE("validating ", "dnssec"),
	NOISE("no valid ", "dnssec"),
	NOISE("insecurity proof failed", "dnssec"),
	NOISE("got insecure response", "dnssec"),
	NOISE("must be secure", "dnssec"),
	NOISE("broken trust chain", "resolver"),
	/* Transfers in: lib/dns/xfrin.c. With a client part they are transfers out. */
	NOISE("transfer of '", "transfer in"),
	GENERAL("0x", "transfer in"),
	/* Resolving: lib/dns/resolver.c, adb.c; categories resolver, lame-servers, edns-disabled, cname. */
	NOISE("lame server resolving ", "lame server"),
	NOISE("lame server on ", "lame server"),
	GENERAL("error (", "lame server"),
	NOISE("unexpected RCODE (", "lame server"),
	NOISE("network unreachable resolving ", "resolver"),
	NOISE("host unreachable resolving ", "resolver"),
	NOISE("connection refused resolving ", "resolver"),
	NOISE("timed out resolving ", "resolver"),
	NOISE("FORMERR resolving ", "resolver"),
	NOISE("SERVFAIL resolving ", "resolver"),
	NOISE("SERVFAIL unexpected RCODE resolving ", "resolver"),
	NOISE("REFUSED resolving ", "resolver"),
	NOISE("REFUSED unexpected RCODE resolving ", "resolver"),
	NOISE("NOTIMP resolving ", "resolver"),
	NOISE("NOTAUTH ", "resolver"),
	NOISE("success resolving ", "resolver"),
	NOISE("failure resolving ", "resolver"),
	NOISE("broken trust chain resolving ", "resolver"),
	NOISE("operation canceled resolving ", "resolver"),
	NOISE("end of file resolving ", "resolver"),
	NOISE("DNS format error from ", "resolver"),
	NOISE("skipping nameserver ", "resolver"),
	NOISE("resolver priming query complete", "resolver"),
	NOISE("checkhints: ", "resolver"),
	NOISE("sending query for ", "resolver"),
	NOISE("clients-per-query ", "resolver"),
	NOISE("too many timeouts resolving ", "resolver"),
	NOISE("shut down hung fetch while resolving ", "resolver"),
	NOISE("exceeded time limit ", "resolver"),
	NOISE("fetch: ", "resolver"),
	NOISE("fetch completed ", "resolver"),
	NOISE("fctx 0x", "resolver"),
	NOISE("QNAME minimization", "resolver"),
	NOISE("missing expected cookie ", "resolver"),
	NOISE("enforced delegation-only ", "resolver"),
	NOISE("spilled due to ", "resolver"),
	NOISE("received unexpected answer", "resolver"),
	/* Requests without a client part: trust-anchor-telemetry, rpz, rate limiting's own table. */
	NOISE("trust-anchor-telemetry '", "telemetry"),
	NOISE("increase from ", "rate limit table"),
	NOISE("consider limiting ", "rate limit"),
	NOISE("dns_rrl_", "rate limit"),
	GENERAL("rpz", "policy zone"),
	NOISE("received NSID ", "resolver"),
	NOISE("writing journal ", "update"),
};

/* lib/ns/client.c, query.c, update.c: behind a client part, but no request that can be counted. */
static const struct noise client_messages[] = {
	NOISE("request has invalid signature: ", "signature"),
	NOISE("request has valid signature", "signature"),
	NOISE("request is not signed", "signature"),
	NOISE("request is signed by ", "signature"),
	NOISE("request has a SIG(0) ", "signature"),
	NOISE("request failed: ", "failure"),
	NOISE("message parsing failed: ", "bad request"),
	NOISE("message class ", "bad request"),
	NOISE("invalid message class: ", "bad request"),
	NOISE("no matching view in class ", "bad request"),
	NOISE("dropped request: ", "dropped"),
	NOISE("dropped error (", "dropped"),
	NOISE("dropped error response", "dropped"),
	NOISE("error sending response: ", "network"),
	NOISE("send failed: ", "network"),
	NOISE("EDNS client-subnet option: ", "bad request"),
	NOISE("recursive-clients ", "quota"),
	NOISE("no more recursive clients", "quota"),
	NOISE("no more TCP clients", "quota"),
	NOISE("TCP client quota reached", "quota"),
	NOISE("servfail cache hit ", "cache"),
	NOISE("check-names ", "names"),
	NOISE("RFC 1918 response from Internet ", "resolver"),
	NOISE("serve-stale: ", "cache"),
	NOISE("DNS format error from ", "resolver"),
	NOISE("missing signature for ", "dnssec"),
	NOISE("query iterations limit reached", "failure"),
	NOISE("recursion available", "recursion"),
	NOISE("recursion not available", "recursion"),
	NOISE("using view ", "view"),
	NOISE("forwarding update for zone ", "update"),
	NOISE("try rpz ", "policy zone"),
	NOISE("rrl=", "rate limit"),
	NOISE("error: ", "failure"),
	NOISE("query_", "failure"),
	NOISE("unexpected return from ", "failure"),
	NOISE("set ede: ", "ede"),
	NOISE("root-key-sentinel-", "dnssec"),
	NOISE("already have ede", "ede"),
	NOISE("failed to ", "failure"),
	NOISE("could not ", "failure"),
};

/* Unbound at verbosity 1 to 4; its debug, notice, warning and error lines are known by their type. */
static const struct noise unbound_messages[] = {
	NOISE("start of service ", "start"),
	NOISE("service stopped ", "stop"),
	NOISE("server stats for thread ", "statistics"),
	NOISE("average recursion processing time ", "statistics"),
	NOISE("histogram of recursion processing times", "statistics"),
	NOISE("[25%]=", "statistics"),
	NOISE("lower(secs) upper(secs) recursions", "statistics"),
	NOISE("  ", "statistics"),
	NOISE("mesh has ", "statistics"),
	NOISE("mesh_run: ", "trace"),
	NOISE("control cmd: ", "control"),
	NOISE("DelegationPoint<", "trace"),
	NOISE("reply from <", "trace"),
	NOISE("query response was ", "trace"),
	NOISE("incoming scrubbed packet: ", "trace"),
	NOISE("prime trust anchor", "trace"),
	NOISE("priming ", "trace"),
	NOISE("resolving ", "trace"),
	NOISE("response for ", "trace"),
	NOISE("validation ", "validation"),
	NOISE("Validated ", "validation"),
	NOISE("Validate: ", "validation"),
	NOISE("validate(", "validation"),
	NOISE("Verified ", "validation"),
	NOISE("Could not establish ", "validation"),
	NOISE("failed to prime trust anchor", "validation"),
	NOISE("no signer, using ", "validation"),
	NOISE("adding trusted key ", "start"),
	NOISE("trust point ", "trust anchors"),
	NOISE("autotrust ", "trust anchors"),
	NOISE("generate keytag query ", "trust anchors"),
	NOISE("skipping ", "trace"),
	NOISE("sanitize: ", "trace"),
	NOISE("normalize: ", "trace"),
	NOISE("rpz: ", "policy zone"),
	NOISE("zonemd ", "auth zone"),
	NOISE("ZONEMD ", "auth zone"),
	NOISE("auth zone ", "auth zone"),
	NOISE("auth_zone ", "auth zone"),
	NOISE("auth-zone ", "auth zone"),
	NOISE("dnscrypt: ", "start"),
	NOISE("implicit transparent local-zone", "start"),
	NOISE("chased ", "trace"),
	NOISE("Capsforid: ", "trace"),
	NOISE("use the cache ", "cache"),
	NOISE("cache response", "cache"),
	NOISE("dump_", "control"),
	NOISE("attempt DS match ", "validation"),
	NOISE("attempt to ", "trace"),
	NOISE("Restart of ", "start"),
	NOISE("no config, using builtin root hints", "start"),
	NOISE("The following ", "trace"),
	NOISE("new target ", "trace"),
	NOISE("received reply", "trace"),
	NOISE("request ", "trace"),
	NOISE("tube msg", "trace"),
	NOISE("operate: ", "trace"),
	NOISE("configured ", "trace"),
	NOISE("scrub for ", "trace"),
	NOISE("0x20 ", "trace"),
	NOISE("NSEC", "validation"),
	NOISE("ratelimit ", "rate limit"),
	NOISE("querying for ", "trace"),
	NOISE("query took ", "trace"),
};

/* Those of the above that no other program's line is expected to begin with. */
static const struct noise telling_messages[] = {
	NOISE("starting BIND ", "start"),
	NOISE("automatic empty zone: ", "zones"),
	NOISE("managed-keys-zone", "zones"),
	NOISE("received control channel command ", "control"),
	NOISE("set up managed keys zone ", "configuration"),
	NOISE("transfer of '", "transfer in"),
	NOISE("lame server resolving '", "lame server"),
	NOISE("network unreachable resolving '", "resolver"),
	NOISE("connection refused resolving '", "resolver"),
	NOISE("timed out resolving '", "resolver"),
	NOISE("DNS format error from ", "resolver"),
	NOISE("resolver priming query complete", "resolver"),
	NOISE("trust-anchor-telemetry '", "telemetry"),
	NOISE("sizing zone task pool ", "configuration"),
};

/* ns_client_dumpmessage() at debug 1, log_dns_msg() at verbosity 4: lines without prefix. */
static const struct noise dump_lines[] = {
	NOISE(";; ->>HEADER<<- ", "message dump"),
	NOISE(";; flags: ", "message dump"),
	NOISE(";; QUESTION SECTION:", "message dump"),
	NOISE(";; ANSWER SECTION:", "message dump"),
	NOISE(";; AUTHORITY SECTION:", "message dump"),
	NOISE(";; ADDITIONAL SECTION:", "message dump"),
	NOISE(";; OPT PSEUDOSECTION:", "message dump"),
	NOISE(";; TSIG PSEUDOSECTION:", "message dump"),
	NOISE(";; SIG0 PSEUDOSECTION:", "message dump"),
	NOISE(";; ZONE SECTION:", "message dump"),
	NOISE(";; PREREQUISITE SECTION:", "message dump"),
	NOISE(";; UPDATE SECTION:", "message dump"),
	NOISE(";; MSG SIZE  rcvd: ", "message dump"),
	NOISE("; EDNS: version: ", "message dump"),
	NOISE("; COOKIE: ", "message dump"),
	NOISE("; CLIENT-SUBNET: ", "message dump"),
	NOISE("; NSID: ", "message dump"),
	NOISE("; EXPIRE: ", "message dump"),
	NOISE("; EDE: ", "message dump"),
	NOISE("; KEY-TAG: ", "message dump"),
	NOISE("; PAD", "message dump"),
	NOISE("; OPT=", "message dump"),
};

static bool
is_listed(const struct noise *list, size_t count, struct str message)
{
	for (size_t i = 0; i < count; i++)
		if (str_starts(message, list[i].begins))
			return true;
	return false;
}

static const struct category *
category_of(struct str word)
{
	for (size_t i = 0; i < COUNT(categories); i++)
		if (str_eq(word, categories[i].name))
			return &categories[i];
	return NULL;
}

bool
noise_is_category(struct str word)
{
	return category_of(word) != NULL;
}

bool
noise_is_quiet_category(struct str category)
{
	const struct category *found = category_of(category);

	return found && found->quiet;
}

/* `example.db:12: …`: lib/dns/master.c names the zone file and the line. */
static bool
is_file_position(struct str message)
{
	size_t colon = str_index(message, ':');
	uint64_t line;

	if (colon == SIZE_MAX || colon == 0 ||
	    str_index(str_make(message.p, colon), ' ') != SIZE_MAX)
		return false;
	message = str_skip(message, colon + 1);
	return str_take_number(&message, UINT32_MAX, &line) && str_starts(message, STR(": "));
}

/* `zone example.com/IN[/view][ (signed)]: …`, as every message about a zone begins. */
static bool
is_zone_message(struct str message)
{
	if (!str_take(&message, STR("zone ")))
		return false;
	size_t n = str_index(message, ' ');
	if (n != SIZE_MAX)
		message.n = n;
	return str_find(message, STR("/IN"), 0) != SIZE_MAX;
}

bool
noise_is_bind(struct str message, enum noise_evidence evidence)
{
	if (evidence == NOISE_DOUBTFUL)
		return is_zone_message(message) ||
		       is_listed(telling_messages, COUNT(telling_messages), message);
	if (is_file_position(message))
		return true;
	for (size_t i = 0; i < COUNT(bind_messages); i++)
		if (str_starts(message, bind_messages[i].begins) &&
		    (evidence == NOISE_CERTAIN || !bind_messages[i].general ||
		     str_eq(message, bind_messages[i].begins)))
			return true;
	return false;
}

bool
noise_is_client_message(struct str message)
{
	return is_listed(client_messages, COUNT(client_messages), message);
}

/* The last three words of `s`, in order; false with fewer than four. */
static bool
last_words(struct str s, struct str words[3])
{
	for (int i = 2; i >= 0; i--) {
		size_t n = s.n;
		while (n && s.p[n - 1] != ' ')
			n--;
		words[i] = str_skip(s, n);
		if (n == 0 || words[i].n == 0)
			return false;
		s.n = n - 1;
	}
	return s.n > 0;
}

/*
 * `sending query: name. TYPE CLASS` and the like: log_nametypeclass() of util/net_help.c with
 * any text before it. An address in that text would be a client's: then it is not noise.
 */
static bool
is_trace(struct str message)
{
	struct str words[3], text = message;
	struct ip ip;

	if (!last_words(message, words) || words[0].p[words[0].n - 1] != '.' ||
	    type_parse(words[1]) < 0 || class_parse(words[2]) < 0)
		return false;
	text.n = (size_t)(words[0].p - message.p);
	while (text.n) {
		size_t n = str_index(text, ' ');
		struct str word = str_make(text.p, n == SIZE_MAX ? text.n : n);
		size_t end = str_index(word, '@');
		word.n = end == SIZE_MAX ? word.n : end;
		if (ip_parse(word, &ip))
			return false;
		text = str_skip(text, (n == SIZE_MAX ? text.n : n) + 1);
	}
	return true;
}

/* `13RDdc mod1 rep` of services/mesh.c mesh_log_list(): a state's number, flags, module. */
static bool
is_mesh_state(struct str message)
{
	uint64_t number;

	if (!str_take_number(&message, UINT32_MAX, &number))
		return false;
	while (message.n && ((message.p[0] | 0x20) >= 'a' && (message.p[0] | 0x20) <= 'z'))
		message = str_skip(message, 1);
	return str_starts(message, STR(" mod"));
}

bool
noise_is_unbound(struct str message)
{
	return is_listed(unbound_messages, COUNT(unbound_messages), message) ||
	       is_mesh_state(message) || is_trace(message);
}

/* `name.<TAB>[ttl<TAB>]CLASS<TAB>TYPE`: a record as both servers' message dumps print it. */
static bool
is_dumped_record(struct str line)
{
	uint64_t ttl;
	size_t n = str_index(line, '\t');

	if (n == SIZE_MAX || n == 0 || !qname_is_valid(str_make(line.p, n)) || line.p[n - 1] != '.')
		return false;
	line = str_skip(line, n);
	while (line.n && line.p[0] == '\t')
		line = str_skip(line, 1);
	if (str_take_number(&line, UINT32_MAX, &ttl) && !str_take(&line, STR("\t")))
		return false;
	n = str_index(line, '\t');
	return n != SIZE_MAX && class_parse(str_make(line.p, n)) >= 0;
}

bool
noise_is_dump(struct str line)
{
	if (is_listed(dump_lines, COUNT(dump_lines), line))
		return true;
	str_take(&line, STR(";"));
	return is_dumped_record(line);
}
