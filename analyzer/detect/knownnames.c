#include "detect/knownnames.h"

#include <jansson.h>

#include "base/buf.h"
#include "detect/ownername.h"
#include "detect/zonefile.h"
#include "detect/zonetext.h"
#include "input/reader.h"
#include "record/codes.h"

/* Takes one octet of a quoted string (RFC 1035 5.1) off. */
static char
take_octet(struct str *text)
{
	char c = text->p[0];
	uint64_t octet;

	*text = str_skip(*text, 1);
	if (c != '\\' || text->n == 0)
		return c;
	if (text->n >= 3 && str_number(str_make(text->p, 3), 255, &octet)) {
		*text = str_skip(*text, 3);
		return (char)octet;
	}
	c = text->p[0];
	*text = str_skip(*text, 1);
	return c;
}

/* The strings of a TXT record, joined: quoted ones, or words. */
static void
join_strings(struct str rdata, struct buf *out)
{
	while (!out->full && rdata.n) {
		struct str word = zonetext_word(&rdata);

		if (word.n >= 2 && word.p[0] == '"' && word.p[word.n - 1] == '"')
			word = str_make(word.p + 1, word.n - 2);
		while (word.n && buf_add_char(out, take_octet(&word)))
			continue;
	}
}

static struct str
last_word(struct str rdata)
{
	struct str word = {NULL, 0}, last;

	while ((last = zonetext_word(&rdata)).n)
		word = last;
	return word;
}

/* CAA: flags, tag, value. */
static void
join_caa(struct str rdata, struct buf *out)
{
	zonetext_word(&rdata);
	buf_add_str(out, zonetext_word(&rdata));
	buf_add_char(out, ' ');
	join_strings(rdata, out);
}

static void
tell_text(const struct knownnames_sink *sink, struct str name, unsigned kind, struct str rdata)
{
	char target[QNAME_TEXT_MAX];
	struct buf out;

	buf_init(&out, ZONEFILE_TEXT_MAX);
	if (kind == ZONEFILE_CAA)
		join_caa(rdata, &out);
	else if (kind == ZONEFILE_TXT || kind == ZONEFILE_SPF)
		join_strings(rdata, &out);
	else
		buf_add_str(&out, ownername_of_text(last_word(rdata), target));
	if (out.n)
		sink->text(sink->context, name, kind, buf_str(&out));
	buf_release(&out);
}

static struct str
json_text(const json_t *value)
{
	return json_is_string(value) ? str_make(json_string_value(value), json_string_length(value))
				     : str_make(NULL, 0);
}

/* Some sensors note names that do not exist as well. */
static bool
tells_absence(struct str rdata)
{
	return str_eq_nocase(rdata, STR("NXDOMAIN"));
}

static bool
read_object(const struct knownnames_sink *sink, const json_t *object,
	    struct knownnames_result *result)
{
	char text[QNAME_TEXT_MAX];
	struct str name = ownername_of_text(json_text(json_object_get(object, "rrname")), text);
	const json_t *rdata = json_object_get(object, "rdata");
	unsigned kind =
		zonefile_text_of_type(type_parse(json_text(json_object_get(object, "rrtype"))));

	if (name.n == 0)
		return false;
	if (tells_absence(json_text(rdata)))
		return true;
	result->stopped = !sink->name(sink->context, name);
	result->names += !result->stopped;
	if (!kind || result->stopped)
		return true;
	if (json_is_string(rdata))
		tell_text(sink, name, kind, json_text(rdata));
	for (size_t i = 0; i < json_array_size(rdata); i++)
		tell_text(sink, name, kind, json_text(json_array_get(rdata, i)));
	return true;
}

/* A table's row, an address with a port, other JSON: names may hold these, but lists of them not. */
static bool
is_no_name(struct str line)
{
	static const char marks[] = ",:;\"'[]{}|<>";

	for (size_t i = 0; i < line.n; i++)
		if (memchr(marks, line.p[i], sizeof(marks) - 1))
			return true;
	return false;
}

static bool
read_line(const struct knownnames_sink *sink, struct str line, struct knownnames_result *result)
{
	char text[QNAME_TEXT_MAX];

	if (line.p[0] == '{') {
		json_t *object = json_loadb(line.p, line.n, 0, NULL);
		bool good = json_is_object(object) && read_object(sink, object, result);

		json_decref(object);
		return good;
	}
	struct str name = ownername_of_text(line, text);
	if (name.n == 0 || is_no_name(line))
		return false;
	result->stopped = !sink->name(sink->context, name);
	result->names += !result->stopped;
	return true;
}

/* Without white space and without a comment behind a blank, as in a list of hosts. */
static struct str
content_of(struct str line)
{
	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '{')
		return line;
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
			return str_trim(str_make(line.p, i));
	return line;
}

int
knownnames_read(const char *path, const struct knownnames_sink *sink,
		struct knownnames_result *result, struct err *err)
{
	struct source *source = source_open(path, err);
	struct reader reader;
	struct line line;
	int status = 0;

	*result = (struct knownnames_result){0};
	if (!source)
		return -1;
	reader_init(&reader, source, 0);
	while (!result->stopped && reader_next(&reader, &line)) {
		if (line.number == 1)
			str_take(&line.text, STR("\xef\xbb\xbf")); /* a byte order mark */
		struct str content = content_of(line.text);

		if (content.n == 0 || read_line(sink, content, result))
			continue;
		if (result->broken++ == 0)
			result->first_broken = line.number;
	}
	result->broken += reader.overlong;
	if (!result->stopped && source_end(source) != SOURCE_COMPLETE) {
		*err = *source_error(source);
		status = -1;
	}
	reader_release(&reader);
	source_close(source);
	return status;
}
