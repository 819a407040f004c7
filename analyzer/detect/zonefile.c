#include "detect/zonefile.h"

#include "record/record.h"

static const struct {
	int32_t type;
	unsigned kind;
} kinds[] = {
	{TYPE_TXT, ZONEFILE_TXT}, {TYPE_SPF, ZONEFILE_SPF},     {TYPE_MX, ZONEFILE_MX},
	{TYPE_NS, ZONEFILE_NS},   {TYPE_CNAME, ZONEFILE_CNAME}, {TYPE_SRV, ZONEFILE_SRV},
	{TYPE_CAA, ZONEFILE_CAA},
};

unsigned
zonefile_text_of_type(int32_t type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type)
			return kinds[i].kind;
	return 0;
}

#ifndef HAVE_LDNS

int
zonefile_read(const char *path, const struct zonefile_hint *hint, const struct zonefile_sink *sink,
	      struct zonefile_result *result, struct err *err)
{
	(void)hint;
	(void)sink;
	*result = (struct zonefile_result){.changed = TIME_NONE};
	return err_set(err,
		       "%s: this digtrail was built without ldns and cannot read zone files: "
		       "install libldns-dev and build it again",
		       path);
}

bool
zonefile_is_available(void)
{
	return false;
}

#else

#include <ldns/ldns.h>
#include <sys/stat.h>

#include "base/xalloc.h"
#include "detect/generate.h"
#include "detect/ownername.h"
#include "detect/zonetext.h"
#include "record/codes.h"

enum {
	PATH_BYTES = 1024,
	INCLUDE_DEPTH = 8,
	INCLUDES_MAX = 1000,     /* of one zone, all together */
	GENERATED_MAX = 1 << 20, /* names from $GENERATE, of one zone */
	NOTES_MAX = 3,           /* of one zone; the others are only counted */
};

/* A zone while it is read. Only the views' memory is its own. */
struct zone_reader {
	const struct zonefile_sink *sink;
	const struct zonefile_hint *hint;
	struct zonefile_result *result;
	struct str zone;   /* empty until the SOA record was read */
	struct str origin; /* what relative names are below; empty: not known */
	struct str owner;  /* of the last record; empty: there was none */
	char zone_text[QNAME_TEXT_MAX], origin_text[QNAME_TEXT_MAX], owner_text[QNAME_TEXT_MAX];
	char token[QNAME_TEXT_MAX]; /* the last owner as it was written, with its origin */
	size_t token_n;
	ldns_rdf *origin_rdf; /* of `origin`; NULL until it is needed */
	bool origin_is_told;  /* by the file, not by the hint */
	bool stopped;
	unsigned depth, includes;
	uint64_t generated, outside, broken;
	struct err *err;
};

static void
note(struct zone_reader *zone, const char *path, uint64_t line, const char *text)
{
	if (zone->broken++ < NOTES_MAX)
		zone->sink->note(zone->sink->context, path, line, text);
	zone->result->partial = true;
}

static void
set_origin(struct zone_reader *zone, struct str origin)
{
	memmove(zone->origin_text, origin.p, origin.n);
	zone->origin = str_make(zone->origin_text, origin.n);
	ldns_rdf_deep_free(zone->origin_rdf);
	zone->origin_rdf = NULL;
	zone->token_n = 0;
}

/* A name as it is written in the file, made absolute, into `out`; the empty view if it is none. */
static struct str
read_name(const struct zone_reader *zone, struct str word, char *out)
{
	char text[2 * QNAME_TEXT_MAX + 2];
	struct str name = {NULL, 0};
	ldns_rdf *rdf = NULL;
	size_t n = word.n;

	if (word.n == 0 || word.n >= QNAME_TEXT_MAX)
		return name;
	if (str_eq(word, STR("@")) && zone->origin.n)
		return str_make(memcpy(out, zone->origin.p, zone->origin.n), zone->origin.n);
	memcpy(text, word.p, n);
	text[n] = '\0';
	if (!ldns_dname_str_absolute(text)) {
		if (zone->origin.n == 0)
			return name;
		text[n++] = '.';
		if (!str_eq(zone->origin, STR("."))) {
			memcpy(text + n, zone->origin.p, zone->origin.n);
			n += zone->origin.n;
		}
		text[n] = '\0';
	}
	if (ldns_str2rdf_dname(&rdf, text) == LDNS_STATUS_OK)
		name = ownername_of_wire(ldns_rdf_data(rdf), ldns_rdf_size(rdf), out);
	ldns_rdf_deep_free(rdf);
	return name;
}

/* Sets the owner from its word; the one before stays where it is the same, or none is given. */
static bool
set_owner(struct zone_reader *zone, struct str word)
{
	char text[QNAME_TEXT_MAX];

	if (word.n == 0 || (word.n == zone->token_n && memcmp(word.p, zone->token, word.n) == 0))
		return zone->owner.n > 0;
	struct str name = read_name(zone, word, text);
	if (name.n == 0)
		return false;
	memcpy(zone->owner_text, name.p, name.n);
	zone->owner = str_make(zone->owner_text, name.n);
	memcpy(zone->token, word.p, word.n);
	zone->token_n = word.n;
	return true;
}

/* The strings of TXT and SPF, or one of CAA's, behind what is there. */
static void
add_string(struct buf *out, const ldns_rdf *rdf, bool counted)
{
	const uint8_t *data = ldns_rdf_data(rdf);
	size_t n = ldns_rdf_size(rdf), skip = counted && n > 0;

	if (n - skip > out->limit - out->n)
		n = out->limit - out->n + skip;
	if (n > skip)
		buf_add(out, data + skip, n - skip);
}

/* The data of a record as the sink wants them. */
static void
add_data(const ldns_rr *rr, unsigned kind, struct buf *out)
{
	size_t count = ldns_rr_rd_count(rr);
	char name[QNAME_TEXT_MAX];

	if (kind == ZONEFILE_CAA) {
		if (count != 3)
			return;
		add_string(out, ldns_rr_rdf(rr, 1), true);
		buf_add_char(out, ' ');
		add_string(out, ldns_rr_rdf(rr, 2), false);
	} else if (kind == ZONEFILE_TXT || kind == ZONEFILE_SPF) {
		for (size_t i = 0; i < count; i++)
			add_string(out, ldns_rr_rdf(rr, i), true);
	} else if (count > 0) {
		/* The name is the last field of each of these types. */
		const ldns_rdf *rdf = ldns_rr_rdf(rr, count - 1);

		if (ldns_rdf_get_type(rdf) == LDNS_RDF_TYPE_DNAME)
			buf_add_str(out, ownername_of_wire(ldns_rdf_data(rdf), ldns_rdf_size(rdf),
							   name));
	}
}

static ldns_rdf *
origin_of(struct zone_reader *zone)
{
	char text[QNAME_TEXT_MAX + 2];

	if (!zone->origin_rdf && zone->origin.n) {
		memcpy(text, zone->origin.p, zone->origin.n);
		text[zone->origin.n] = '\0';
		zone->origin_rdf = ldns_dname_new_frm_str(text);
	}
	return zone->origin_rdf;
}

static void
tell_text(struct zone_reader *zone, const struct zonetext_record *record, unsigned kind)
{
	struct buf line, out;
	ldns_rr *rr = NULL;

	buf_init(&line, ZONETEXT_ENTRY_MAX);
	buf_init(&out, ZONEFILE_TEXT_MAX);
	/* The owner is known already: the root stands for it. */
	buf_printf(&line, ". 0 IN %.*s ", STR_ARG(record->type));
	if (buf_add_str(&line, record->rdata) &&
	    ldns_rr_new_frm_str(&rr, line.p, 0, origin_of(zone), NULL) == LDNS_STATUS_OK)
		add_data(rr, kind, &out);
	if (out.n)
		zone->sink->text(zone->sink->context, zone->owner, kind, buf_str(&out));
	ldns_rr_free(rr);
	buf_release(&line);
	buf_release(&out);
}

/*
 * True for records whose owner is no name of the zone, or has another record anyway: the
 * names of NSEC3 are hashes, and RRSIG and NSEC stand beside what they sign.
 */
static bool
is_signing(int32_t type)
{
	return type == TYPE_NSEC3 || type == TYPE_NSEC || type == TYPE_RRSIG;
}

/* Tells of one name with a record; counts those outside the zone, as servers ignore them. */
static void
tell(struct zone_reader *zone, int32_t type)
{
	const struct zonefile_sink *sink = zone->sink;

	if (!qname_is_below(zone->owner, zone->zone))
		zone->outside++;
	else if (!is_signing(type) && !sink->record(sink->context, zone->owner, type))
		zone->stopped = true;
	zone->result->partial |= zone->stopped;
}

static const char first_is_no_soa[] = "the first record is no SOA: not a zone file";

static int
refuse(struct zone_reader *zone, const char *path, const char *why)
{
	return err_set(zone->err, "%s: %s", path, why);
}

/* The first record must be the SOA: it names the zone. */
static int
begin(struct zone_reader *zone, const char *path, int32_t type)
{
	if (type != TYPE_SOA)
		return refuse(zone, path, first_is_no_soa);
	if (zone->hint->certain && !str_eq(zone->hint->origin, zone->owner))
		return err_set(zone->err, "%s: holds the zone %.*s, not %.*s", path,
			       STR_ARG(zone->owner), STR_ARG(zone->hint->origin));
	memcpy(zone->zone_text, zone->owner.p, zone->owner.n);
	zone->zone = str_make(zone->zone_text, zone->owner.n);
	/* What the server took for the origin at the start was the zone's name. */
	if (!zone->origin_is_told)
		set_origin(zone, zone->zone);
	if (!zone->sink->begin(zone->sink->context, zone->zone))
		return refuse(zone, path, "holds one more version of a zone than are kept");
	return 0;
}

/* An entry that is no record: the file may be something else altogether. */
static int
refuse_entry(struct zone_reader *zone, const char *path, uint64_t line, bool is_record)
{
	if (zone->zone.n) {
		note(zone, path, line, "is no record that can be understood");
		return 0;
	}
	if (is_record && !zone->origin.n)
		return refuse(zone, path,
			      "neither the file nor its name says which zone it holds: "
			      "give --zone-file NAME=FILE");
	return err_set(zone->err, "%s: line %llu is no record: not a zone file", path,
		       (unsigned long long)line);
}

static int
read_record(struct zone_reader *zone, const char *path, const struct zonetext_entry *entry)
{
	struct zonetext_record record;
	bool is_record = zonetext_split(entry->text, &record);

	if (!is_record || !set_owner(zone, record.owner))
		return refuse_entry(zone, path, entry->line, is_record);
	int32_t type = type_parse(record.type);
	if (!zone->zone.n && begin(zone, path, type) != 0)
		return -1;
	tell(zone, type);
	unsigned kind = zonefile_text_of_type(type);
	if (kind && !zone->stopped && qname_is_below(zone->owner, zone->zone) &&
	    zone->sink->wants(zone->sink->context, zone->owner, kind))
		tell_text(zone, &record, kind);
	return 0;
}

static void
read_generate(struct zone_reader *zone, const char *path, const struct zonetext_entry *entry,
	      struct str text)
{
	char out[GENERATE_TEXT_MAX];
	struct generate generate;
	struct str word;

	if (!generate_parse(&generate, text)) {
		note(zone, path, entry->line, "is no $GENERATE that can be understood");
		return;
	}
	int32_t type = type_parse(generate.type);
	while (!zone->stopped && zone->generated < GENERATED_MAX &&
	       generate_next(&generate, out, &word)) {
		zone->generated++;
		if (!set_owner(zone, word))
			break;
		tell(zone, type);
		if (!zone->stopped)
			continue;
		return;
	}
	if (zone->generated == GENERATED_MAX && generate_left(&generate))
		note(zone, path, entry->line, "generates more names than are read of one zone");
	else if (generate_left(&generate))
		note(zone, path, entry->line, "generates what is no name");
}

static int read_file(struct zone_reader *zone, const char *path);

/* What an included file must not change for the file that includes it. */
struct place {
	char origin[QNAME_TEXT_MAX], owner[QNAME_TEXT_MAX];
	size_t origin_n, owner_n;
	bool origin_is_told;
};

static struct place *
keep_place(const struct zone_reader *zone)
{
	struct place *place = xmalloc(sizeof(*place));

	memcpy(place->origin, zone->origin_text, sizeof(place->origin));
	memcpy(place->owner, zone->owner_text, sizeof(place->owner));
	place->origin_n = zone->origin.n;
	place->owner_n = zone->owner.n;
	place->origin_is_told = zone->origin_is_told;
	return place;
}

/* Goes back there; frees it. A zone that began in the included file stays begun. */
static void
take_place(struct zone_reader *zone, struct place *place)
{
	if (place->origin_n || !zone->zone.n)
		set_origin(zone, str_make(place->origin, place->origin_n));
	memcpy(zone->owner_text, place->owner, sizeof(place->owner));
	zone->owner = str_make(zone->owner_text, place->owner_n);
	zone->origin_is_told = place->origin_is_told;
	free(place);
}

/*
 * Finds an included file. Servers look from the directory they run in, which the file does not
 * tell: the directory of the including file and those above it are tried.
 */
static bool
find_include(const char *from, struct str name, char *path)
{
	size_t n = strlen(from);
	struct stat status;

	if (name.n == 0)
		return false;
	if (name.p[0] == '/')
		n = 0;
	do {
		while (n && from[n - 1] != '/')
			n--;
		int length = snprintf(path, PATH_BYTES, "%.*s%.*s", (int)n, from, STR_ARG(name));
		if (length > 0 && length < PATH_BYTES && stat(path, &status) == 0 &&
		    S_ISREG(status.st_mode))
			return true;
		while (n && from[n - 1] == '/')
			n--;
	} while (n);
	return false;
}

/* A word without its quotes. */
static struct str
unquote(struct str word)
{
	if (word.n >= 2 && word.p[0] == '"' && word.p[word.n - 1] == '"')
		return str_make(word.p + 1, word.n - 2);
	return word;
}

static int
read_include(struct zone_reader *zone, const char *path, const struct zonetext_entry *entry,
	     struct str text)
{
	char found[PATH_BYTES], name[QNAME_TEXT_MAX], reason[sizeof(zone->err->text) + 16];
	struct str file = unquote(zonetext_word(&text)), word = zonetext_word(&text);

	if (zone->depth >= INCLUDE_DEPTH || zone->includes >= INCLUDES_MAX ||
	    !find_include(path, file, found)) {
		note(zone, path, entry->line,
		     zone->depth >= INCLUDE_DEPTH     ? "includes too deeply"
		     : zone->includes >= INCLUDES_MAX ? "includes too many files"
						      : "includes a file that is not there");
		return 0;
	}
	zone->includes++;
	struct place *place = keep_place(zone);
	struct str below = read_name(zone, word, name);
	if (below.n) {
		set_origin(zone, below);
		zone->origin_is_told = true;
	}
	int status = read_file(zone, found);
	/* RFC 1035 5.1: after it, the including file goes on as if nothing had been. */
	take_place(zone, place);
	if (status == 0 || !zone->zone.n)
		return status;
	snprintf(reason, sizeof(reason), "includes %s", zone->err->text);
	note(zone, path, entry->line, reason);
	return 0;
}

static int
read_directive(struct zone_reader *zone, const char *path, const struct zonetext_entry *entry)
{
	char name[QNAME_TEXT_MAX];
	struct str text = entry->text, word = zonetext_word(&text);

	if (str_eq_nocase(word, STR("$INCLUDE")))
		return read_include(zone, path, entry, text);
	if (str_eq_nocase(word, STR("$ORIGIN"))) {
		struct str origin = read_name(zone, zonetext_word(&text), name);

		if (!origin.n) {
			note(zone, path, entry->line, "is no $ORIGIN that can be understood");
			return 0;
		}
		set_origin(zone, origin);
		zone->origin_is_told = true;
	} else if (str_eq_nocase(word, STR("$GENERATE"))) {
		if (zone->zone.n)
			read_generate(zone, path, entry, text);
		else
			return refuse(zone, path, first_is_no_soa);
	} else if (!str_eq_nocase(word, STR("$TTL")) && !str_eq_nocase(word, STR("$DATE"))) {
		note(zone, path, entry->line, "is a directive that is not known");
	}
	return 0;
}

/* Raw and map files begin with their format's number (BIND's lib/dns/masterdump.c). */
static int
refuse_binary(struct source *source, const char *path, struct err *err)
{
	struct str head = source_peek(source, 4);

	if (head.n < 4 || memcmp(head.p, "\0\0\0", 3) != 0)
		return 0;
	if (head.p[3] == 2 || head.p[3] == 3)
		return err_set(err,
			       "%s: is in BIND's %s format: make text of it with "
			       "named-compilezone -j -f %s -F text -o FILE ZONE %s",
			       path, head.p[3] == 2 ? "raw" : "map", head.p[3] == 2 ? "raw" : "map",
			       path);
	return err_set(err, "%s: is binary: not a zone file", path);
}

static struct source *
open_file(struct zone_reader *zone, const char *path)
{
	struct stat status;
	struct source *source = NULL;

	/* A pipe would be waited for, and a device may never end. */
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		err_set(zone->err, "%s: is no regular file", path);
	else
		source = source_open(path, zone->err);
	if (!source)
		return NULL;
	int64_t changed = (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
	if (zone->result->changed == TIME_NONE || changed > zone->result->changed)
		zone->result->changed = changed;
	return source;
}

/* A message that begins with a path, without it. */
static const char *
without_path(const char *text, const char *path)
{
	size_t n = strlen(path);

	return strncmp(text, path, n) == 0 && strncmp(text + n, ": ", 2) == 0 ? text + n + 2 : text;
}

static int
read_file(struct zone_reader *zone, const char *path)
{
	struct zonetext_entry entry;
	struct zonetext text;
	enum zonetext_result got;
	int status = 0;
	struct source *source = open_file(zone, path);

	if (!source)
		return -1;
	status = refuse_binary(source, path, zone->err);
	zonetext_init(&text, source);
	zone->depth++;
	while (status == 0 && !zone->stopped &&
	       (got = zonetext_next(&text, &entry)) != ZONETEXT_END) {
		if (got == ZONETEXT_ENTRY)
			status = entry.text.p[0] == '$' ? read_directive(zone, path, &entry)
							: read_record(zone, path, &entry);
		else if (zone->zone.n)
			note(zone, path, entry.line, entry.why);
		else
			status = err_set(zone->err, "%s: line %llu %s: not a zone file", path,
					 (unsigned long long)entry.line, entry.why);
	}
	if (status == 0 && !zone->stopped && source_end(source) != SOURCE_COMPLETE)
		note(zone, path, text.line, without_path(source_error(source)->text, path));
	zone->depth--;
	zonetext_release(&text);
	return status;
}

/* What was left out, in one line each. */
static void
tell_rest(struct zone_reader *zone, const char *path)
{
	const struct zonefile_sink *sink = zone->sink;
	char text[128];

	if (zone->broken > NOTES_MAX) {
		snprintf(text, sizeof(text), "%llu more places in the zone could not be read",
			 (unsigned long long)(zone->broken - NOTES_MAX));
		sink->note(sink->context, path, 0, text);
	}
	if (zone->outside) {
		snprintf(text, sizeof(text), "%llu records are outside the zone and were left out",
			 (unsigned long long)zone->outside);
		sink->note(sink->context, path, 0, text);
	}
}

int
zonefile_read(const char *path, const struct zonefile_hint *hint, const struct zonefile_sink *sink,
	      struct zonefile_result *result, struct err *err)
{
	struct zone_reader *zone = xcalloc(1, sizeof(*zone));

	*result = (struct zonefile_result){.changed = TIME_NONE};
	zone->sink = sink;
	zone->hint = hint;
	zone->result = result;
	zone->err = err;
	/* Somebody who says the zone says it better than the file's name. */
	zone->origin_is_told = hint->certain;
	set_origin(zone, hint->origin);
	int status = read_file(zone, path);
	if (status == 0 && !zone->zone.n)
		status = err_set(err, "%s: holds no record: not a zone file", path);
	if (status == 0)
		tell_rest(zone, path);
	ldns_rdf_deep_free(zone->origin_rdf);
	free(zone);
	return status;
}

bool
zonefile_is_available(void)
{
	return true;
}

#endif
