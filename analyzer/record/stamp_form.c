#include "record/scan.h"
#include "record/stamp_parts.h"

/* What is read of a form in strftime's words. */
struct form {
	struct stamp stamp;
	int64_t offset;         /* of %z, local minus UTC */
	bool afternoon, twelve; /* of %p and %I */
};

/* One or two digits; up to `most` where the form says so. */
static bool
take_number(struct str *s, size_t most, int *out)
{
	size_t n = 0;

	*out = 0;
	for (; n < most && n < s->n && scan_is_digit(s->p[n]); n++)
		*out = *out * 10 + (s->p[n] - '0');
	*s = str_skip(*s, n);
	return n > 0;
}

static bool
take_half(struct str *s, struct form *form)
{
	bool pm = s->n > 1 && str_lower(s->p[0]) == 'p', am = s->n > 1 && str_lower(s->p[0]) == 'a';

	if ((!pm && !am) || str_lower(s->p[1]) != 'm')
		return false;
	form->afternoon = pm;
	*s = str_skip(*s, 2);
	return true;
}

static bool
take_month_name(struct str *s, struct civil *civil)
{
	civil->month = s->n >= 3 ? stamp_month(s->p) : 0;
	*s = str_skip(*s, 3);
	return civil->month > 0;
}

static bool
take_zone(struct str *s, struct form *form)
{
	bool utc = scan_begins(*s, STR("UTC")) || scan_begins(*s, STR("GMT"));
	size_t n = utc ? 3 : stamp_zone(*s, &form->offset);

	form->stamp.has_zone = n > 0;
	*s = str_skip(*s, n);
	return n > 0;
}

static bool
take_directive(char directive, struct str *s, struct form *form)
{
	struct civil *civil = &form->stamp.civil;

	switch (directive) {
	case 'Y':
		form->stamp.has_year = true;
		return take_number(s, 4, &civil->year);
	case 'm':
		return take_number(s, 2, &civil->month);
	case 'b':
		return take_month_name(s, civil);
	case 'e':
		scan_blanks(s);
		return take_number(s, 2, &civil->day);
	case 'd':
		return take_number(s, 2, &civil->day);
	case 'I':
		form->twelve = true;
		return take_number(s, 2, &civil->hour);
	case 'H':
		return take_number(s, 2, &civil->hour);
	case 'M':
		return take_number(s, 2, &civil->minute);
	case 'S':
		return take_number(s, 2, &civil->second);
	case 'f':
		*s = str_skip(*s, stamp_fraction(*s, civil));
		return true;
	case 'p':
		return take_half(s, form);
	default:
		return take_zone(s, form);
	}
}

static bool
read_words(struct str text, struct str words, struct stamp *stamp)
{
	struct form form = {.stamp = {.civil = {.year = 2000}}};
	struct str s = text;

	for (size_t i = 0; i < words.n; i++) {
		if (words.p[i] == '%') {
			if (!take_directive(words.p[++i], &s, &form))
				return false;
		} else if (words.p[i] == ' ') {
			if (s.n == 0 || s.p[0] != ' ')
				return false;
			scan_blanks(&s);
		} else if (s.n == 0 || s.p[0] != words.p[i]) {
			return false;
		} else {
			s = str_skip(s, 1);
		}
	}
	if (s.n > 0)
		return false;
	if (form.twelve && (form.stamp.civil.hour < 1 || form.stamp.civil.hour > 12))
		return false;
	if (form.twelve)
		form.stamp.civil.hour = form.stamp.civil.hour % 12 + (form.afternoon ? 12 : 0);
	form.stamp.text = text;
	stamp_finish(&form.stamp, form.offset);
	*stamp = form.stamp;
	return true;
}

/* `1551441121`, `1551441121.123456`, `[1551441121]`. */
static bool
read_epoch(struct str *s, struct stamp *stamp)
{
	struct str rest = *s;
	struct stamp made = {.text = *s, .has_year = true, .has_zone = true, .utc = TIME_NONE};
	bool bracket = scan_take(&rest, STR("["));
	uint64_t seconds;

	if (!str_take_number(&rest, 99999999999, &seconds))
		return false;
	rest = str_skip(rest, stamp_fraction(rest, &made.civil));
	if (bracket && !scan_take(&rest, STR("]")))
		return false;
	made.is_invalid = seconds > 253402300799;
	if (!made.is_invalid)
		made.utc = (int64_t)seconds * 1000 + made.civil.millisecond;
	*stamp = made;
	*s = rest;
	return true;
}

static const struct {
	struct str name;
	bool (*take)(struct str *s, struct stamp *stamp);
} forms[] = {
	{{"iso", 3}, stamp_take_iso},
	{{"bind", 4}, stamp_take_bind},
	{{"syslog", 6}, stamp_take_syslog},
	{{"epoch", 5}, read_epoch},
};

bool
stamp_read(struct str text, struct str form, struct stamp *stamp)
{
	struct str rest = text;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (str_eq(forms[i].name, form))
			return forms[i].take(&rest, stamp) && rest.n == 0;
	return read_words(text, form, stamp);
}

bool
stamp_form_is_valid(struct str form)
{
	bool has_directive = false;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (str_eq(forms[i].name, form))
			return true;
	for (size_t i = 0; i < form.n; i++) {
		if (form.p[i] != '%')
			continue;
		if (++i == form.n || form.p[i] == '\0' || !strchr("YmbedIHMSfpz", form.p[i]))
			return false;
		has_directive = true;
	}
	return has_directive;
}
