#include "record/bind_fields.h"

#include "record/qname.h"
#include "record/scan.h"

enum record_kind
bind_defect(struct record *record, enum record_defect defect)
{
	record->defect = (uint8_t)defect;
	return RECORD_MALFORMED;
}

enum record_defect
bind_quoted(struct str *s, struct str *inner)
{
	if (s->n == 0)
		return DEFECT_TRUNCATED;
	if (s->p[0] != '\'')
		return DEFECT_SYNTAX;
	bool at_end = str_index(*s, ' ') == SIZE_MAX;
	struct str word = str_skip(scan_word(s), 1);
	if (word.n && word.p[word.n - 1] == ':')
		word.n--;
	if (word.n == 0 || word.p[word.n - 1] != '\'')
		return at_end ? DEFECT_TRUNCATED : DEFECT_SYNTAX;
	*inner = str_make(word.p, word.n - 1);
	return DEFECT_NONE;
}

bool
bind_set_name(struct str name, struct record *record)
{
	if (!qname_is_valid(name))
		return false;
	record->qname = qname_trim_dot(name);
	return true;
}

enum record_defect
bind_name(struct str *s, const struct bind_client *client, struct record *record)
{
	struct str known = client->name;

	if (known.n && s->n > known.n && s->p[known.n] == ' ' && scan_begins(*s, known)) {
		*s = str_skip(*s, known.n); /* record->qname is set already */
		scan_blanks(s);
		return DEFECT_NONE;
	}
	size_t n = qname_span(*s);
	if (n != SIZE_MAX && n > 0 && n < s->n && s->p[n] == ' ') {
		record->qname = qname_trim_dot(str_make(s->p, n));
		*s = str_skip(*s, n);
		scan_blanks(s);
		return DEFECT_NONE;
	}
	if (str_index(*s, ' ') != SIZE_MAX)
		return DEFECT_NAME;
	if (known.n == 0 || !str_starts(known, *s))
		return DEFECT_TRUNCATED;
	*s = str_skip(*s, s->n);
	return DEFECT_NONE;
}

bool
bind_split_last(struct str inner, struct str *name, struct str *a)
{
	size_t i = inner.n;

	while (i && inner.p[i - 1] != '/')
		i--;
	if (i == 0)
		return false;
	*name = str_make(inner.p, i - 1);
	*a = str_skip(inner, i);
	return true;
}

bool
bind_split(struct str inner, struct str *name, struct str *a, struct str *b)
{
	struct str front;

	return bind_split_last(inner, &front, b) && bind_split_last(front, name, a);
}

bool
bind_is_cut(struct str s, struct str text)
{
	return s.n < text.n && str_starts(text, s);
}
