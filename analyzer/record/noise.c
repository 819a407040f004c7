#include "record/noise.h"

#define NOISE(begins, what)                        \
	{                                          \
		{begins, sizeof(begins) - 1}, what \
	}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Words this long or longer no other program's line is expected to begin with. */
enum { TELLING_LENGTH = 14 };

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

/* Where the category is printed only the strict ones above need these. */
static const struct noise bind_messages[] = {
	/* Start, configuration, stop: bin/named/main.c, server.c. */
	NOISE("starting BIND ", "start"),
	NOISE("running on ", "start"),
	NOISE("built with ", "start"),
	NOISE("built by ", "start"),
	NOISE("running as: ", "start"),
	NOISE("compiled by ", "start"),
	NOISE("compiled with ", "start"),
	NOISE("linked to ", "start"),
	NOISE("-------------------------", "start"),
	NOISE("BIND 9 is maintained by ", "start"),
	NOISE("Inc. (ISC), a non-profit ", "start"),
	NOISE("corporation.  Support and training ", "start"),
	NOISE("available at https://www.isc.org/support", "start"),
	NOISE("DNSSEC algorithms: ", "start"),
	NOISE("DS algorithms: ", "start"),
	NOISE("HMAC algorithms: ", "start"),
	NOISE("TKEY mode ", "start"),
	NOISE("adjusted limit on open files ", "start"),
	NOISE("found ", "start"),
	NOISE("using ", "start"),
	NOISE("loading configuration from ", "configuration"),
	NOISE("reading built-in trust anchors ", "configuration"),
	NOISE("looking for GeoIP2 databases ", "configuration"),
	NOISE("the initial working directory is ", "configuration"),
	NOISE("the working directory is now ", "configuration"),
	NOISE("generating session key for dynamic DNS", "configuration"),
	NOISE("sizing zone task pool based on ", "configuration"),
	NOISE("set up managed keys zone for view ", "configuration"),
	NOISE("listening on ", "network"),
	NOISE("no longer listening on ", "network"),
	NOISE("none:", "configuration"),
	NOISE("all zones loaded", "zones"),
	NOISE("running", "start"),
	NOISE("shutting down", "stop"),
	NOISE("stopping command channel ", "stop"),
	NOISE("exiting", "stop"),
	NOISE("zone ", "zones"),
	NOISE("managed-keys-zone", "zones"),
	NOISE("keymgr: ", "dnssec"),
	NOISE("DNSKEY ", "dnssec"),
	NOISE("Fetching ", "dnssec"),
	/* Rate limiting's own table. */
	NOISE("increase from ", "rate limit table"),
	NOISE("transfer of '", "transfer in"),
};

static const struct noise client_messages[] = {
	NOISE("request has invalid signature: ", "signature"),
};

static const struct noise unbound_messages[] = {
	NOISE("start of service ", "start"),
	NOISE("service stopped ", "stop"),
	NOISE("server stats for thread ", "statistics"),
	NOISE("average recursion processing time ", "statistics"),
	NOISE("histogram of recursion processing times", "statistics"),
	NOISE("[25%]=", "statistics"),
	NOISE("lower(secs) upper(secs) recursions", "statistics"),
	NOISE(" ", "statistics"),
};

static bool
is_listed(const struct noise *list, size_t count, struct str message, size_t least)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].begins.n >= least && str_starts(message, list[i].begins))
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

bool
noise_is_bind(struct str message, bool certain)
{
	return is_listed(bind_messages, COUNT(bind_messages), message,
			 certain ? 0 : TELLING_LENGTH);
}

bool
noise_is_client_message(struct str message)
{
	return is_listed(client_messages, COUNT(client_messages), message, 0);
}

bool
noise_is_unbound(struct str message)
{
	return is_listed(unbound_messages, COUNT(unbound_messages), message, 0);
}
