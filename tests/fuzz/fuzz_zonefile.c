/*
 * Any bytes as a zone file, and as a list of known names: reading ends, names are valid, and
 * a name that was told exists.
 */
#include <stdlib.h>
#include <unistd.h>

#include "detect/oracle.h"
#include "help.h"

static void
check_text(void *context, struct str name, unsigned kind, struct str text)
{
	(void)context;
	if (!qname_is_valid(name) || kind == 0 || text.n == 0 || text.n > ZONEFILE_TEXT_MAX)
		abort();
}

static bool
begin(void *context, struct str origin)
{
	(void)context;
	return qname_is_valid(origin);
}

static bool
check_record(void *context, struct str owner, int32_t type)
{
	(void)type;
	if (!qname_is_valid(owner) || owner.n >= QNAME_TEXT_MAX)
		abort();
	return ++*(size_t *)context < 100000;
}

static bool
wants(void *context, struct str owner, unsigned kind)
{
	(void)context;
	(void)owner;
	return kind != 0;
}

static void
note(void *context, const char *path, uint64_t line, const char *text)
{
	(void)context;
	(void)line;
	if (!path || !text[0])
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char path[] = "/tmp/digtrail-fuzz-XXXXXX";
	size_t records = 0;
	const struct zonefile_sink sink = {&records, begin, check_record, wants, check_text, note};
	struct zonefile_result result;
	struct oracle *oracle = oracle_new();
	struct err err = {0};
	int fd = mkstemp(path);

	if (fd < 0 || (n && write(fd, data, n) != (ssize_t)n))
		abort();
	close(fd);
	if (zonefile_read(path, &(struct zonefile_hint){STR("example.com"), false}, &sink, &result,
			  &err) != 0 &&
	    err.text[0] == '\0')
		abort();
	oracle_limit(oracle, 1 << 20);
	oracle_add_zone_file(oracle, "example.com", path, &err);
	oracle_add_known_names(oracle, path, &err);
	oracle_judge(oracle, STR("www.example.com"), NULL);
	unlink(path);
	oracle_free(oracle);
	return 0;
}
