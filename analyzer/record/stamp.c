#include "record/stamp.h"

#include "record/scan.h"
#include "record/stamp_parts.h"

static const int64_t year_10000 = 253402300800000; /* the first time after year 9999 */

static int
two_digits(const char *p)
{
	unsigned tens = (unsigned char)(p[0] - '0'), ones = (unsigned char)(p[1] - '0');

	return tens <= 9 && ones <= 9 ? (int)(tens * 10 + ones) : -1;
}

static int
four_digits(const char *p)
{
	int high = two_digits(p), low = two_digits(p + 2);

	return high < 0 || low < 0 ? -1 : high * 100 + low;
}

int
stamp_month(const char *p)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (int i = 0; i < 12; i++)
		if (str_lower(p[0]) == names[i * 3] && str_lower(p[1]) == names[i * 3 + 1] &&
		    str_lower(p[2]) == names[i * 3 + 2])
			return i + 1;
	return 0;
}

/* "HH:MM:SS", 8 characters. */
static bool
read_clock(const char *p, struct civil *civil)
{
	civil->hour = two_digits(p);
	civil->minute = two_digits(p + 3);
	civil->second = two_digits(p + 6);
	return p[2] == ':' && p[5] == ':' && civil->hour >= 0 && civil->minute >= 0 &&
	       civil->second >= 0;
}

size_t
stamp_fraction(struct str s, struct civil *civil)
{
	size_t i = 1;
	int scale = 100;

	if (s.n < 2 || (s.p[0] != '.' && s.p[0] != ',') || !scan_is_digit(s.p[1]))
		return 0;
	for (; i < s.n && scan_is_digit(s.p[i]); i++) {
		civil->millisecond += (s.p[i] - '0') * scale;
		scale /= 10;
	}
	return i;
}

void
stamp_finish(struct stamp *stamp, int64_t offset)
{
	stamp->utc = TIME_NONE;
	if (!civil_is_valid(&stamp->civil)) {
		stamp->is_invalid = true;
		return;
	}
	if (!stamp->has_year)
		return;
	int64_t time = timestamp_make(&stamp->civil) - offset;
	/* A zone may move the first hours of 1970 before it: a day of grace without one. */
	if (time < (stamp->has_zone ? 0 : -86400000) || time >= year_10000)
		stamp->is_invalid = true;
	else if (stamp->has_zone)
		stamp->utc = time;
}

/* Takes `n` characters off as the stamp's text. They must be followed by a blank or the end. */
static bool
take_text(struct str *s, size_t n, struct stamp *stamp)
{
	if (n < s->n && s->p[n] != ' ')
		return false;
	stamp->text = str_make(s->p, n);
	*s = str_skip(*s, n);
	return true;
}

bool
stamp_take_bind(struct str *s, struct stamp *stamp)
{
	struct stamp made = {.has_year = true};
	size_t day = 2, n;

	if (s->n < 11)
		return false;
	if (s->p[1] == '-') /* edited by hand: one-digit day */
		day = 1;
	if (s->p[day] != '-' || s->p[day + 4] != '-' || s->n < day + 18)
		return false;
	const char *p = s->p;
	if (scan_begins(*s, STR("99-Bad-9999 99:99:99.999"))) { /* isc_time_formattimestamp() */
		made.is_absent = true;
		n = sizeof("99-Bad-9999 99:99:99.999") - 1;
	} else {
		made.civil.day = day == 2 ? two_digits(p) : scan_is_digit(p[0]) ? p[0] - '0' : -1;
		made.civil.month = stamp_month(p + day + 1);
		made.civil.year = four_digits(p + day + 5);
		if (made.civil.day < 0 || made.civil.month == 0 || made.civil.year < 0 ||
		    p[day + 9] != ' ' || !read_clock(p + day + 10, &made.civil))
			return false;
		n = day + 18;
		n += stamp_fraction(str_skip(*s, n), &made.civil);
		stamp_finish(&made, 0);
	}
	if (!take_text(s, n, &made))
		return false;
	*stamp = made;
	return true;
}

size_t
stamp_zone(struct str s, int64_t *offset)
{
	if (s.n && (s.p[0] == 'Z' || s.p[0] == 'z')) {
		*offset = 0;
		return 1;
	}
	if (s.n < 5 || (s.p[0] != '+' && s.p[0] != '-'))
		return 0;
	size_t colon = s.p[3] == ':';
	if (s.n < 5 + colon)
		return 0;
	int hour = two_digits(s.p + 1), minute = two_digits(s.p + 3 + colon);
	if (hour < 0 || minute < 0 || hour > 23 || minute > 59)
		return 0;
	*offset = (s.p[0] == '-' ? -1 : 1) * (int64_t)(hour * 60 + minute) * 60000;
	return 5 + colon;
}

bool
stamp_take_iso(struct str *s, struct stamp *stamp)
{
	struct stamp made = {.has_year = true};
	int64_t offset = 0;
	const char *p = s->p;

	if (s->n < 19 || p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != ' '))
		return false;
	made.civil.year = four_digits(p);
	made.civil.month = two_digits(p + 5);
	made.civil.day = two_digits(p + 8);
	if (made.civil.year < 0 || made.civil.month < 0 || made.civil.day < 0 ||
	    !read_clock(p + 11, &made.civil))
		return false;
	size_t n = 19 + stamp_fraction(str_skip(*s, 19), &made.civil);
	size_t zone = stamp_zone(str_skip(*s, n), &offset);
	made.has_zone = zone > 0;
	if (!take_text(s, n + zone, &made))
		return false;
	stamp_finish(&made, offset);
	*stamp = made;
	return true;
}

static bool
is_letter(char c)
{
	unsigned char lower = (unsigned char)str_lower(c);

	return (lower >= 'a' && lower <= 'z') || lower >= 0x80;
}

/* Length of a month in another language, as journald writes it: letters, perhaps a dot. */
static size_t
foreign_month(struct str s)
{
	size_t n = 0;

	while (n < s.n && n < 12 && is_letter(s.p[n]))
		n++;
	if (n < 2)
		return 0;
	return n < s.n && s.p[n] == '.' ? n + 1 : n;
}

bool
stamp_take_syslog(struct str *s, struct stamp *stamp)
{
	struct stamp made = {0};

	if (s->n < 14 || scan_is_digit(s->p[0]))
		return false;
	made.civil.month = s->p[3] == ' ' ? stamp_month(s->p) : 0;
	size_t n = made.civil.month ? 3 : foreign_month(*s);
	made.is_absent = made.civil.month == 0;
	if (n == 0 || n >= s->n || s->p[n] != ' ')
		return false;
	n++;
	if (n < s->n && s->p[n] == ' ')
		n++;
	for (int digits = 0; n < s->n && scan_is_digit(s->p[n]) && digits < 2; digits++)
		made.civil.day = made.civil.day * 10 + (s->p[n++] - '0');
	if (n + 9 > s->n || s->p[n] != ' ' || !scan_is_digit(s->p[n - 1]) ||
	    !read_clock(s->p + n + 1, &made.civil))
		return false;
	n += 9;
	n += stamp_fraction(str_skip(*s, n), &made.civil);
	made.civil.year = 2000; /* a leap year: 29 February is possible */
	if (!take_text(s, n, &made))
		return false;
	if (!made.is_absent)
		stamp_finish(&made, 0);
	*stamp = made;
	return true;
}

static void
set_epoch(struct stamp *stamp, uint64_t seconds, int millisecond)
{
	int64_t time = (int64_t)seconds * 1000 + millisecond;

	stamp->has_year = stamp->has_zone = true;
	stamp->is_invalid = time >= year_10000;
	stamp->utc = stamp->is_invalid ? TIME_NONE : time;
}

bool
stamp_take_epoch(struct str *s, struct stamp *stamp)
{
	struct stamp made = {0};
	struct str rest = *s;
	uint64_t seconds;

	if (!scan_take(&rest, STR("[")) || !str_take_number(&rest, 99999999999999, &seconds) ||
	    !scan_take(&rest, STR("]")))
		return false;
	set_epoch(&made, seconds, 0);
	if (!take_text(s, s->n - rest.n, &made))
		return false;
	*stamp = made;
	return true;
}

bool
stamp_take_unix(struct str *s, struct stamp *stamp)
{
	struct stamp made = {0};
	struct str rest = *s;
	uint64_t seconds;

	if (!str_take_number(&rest, 99999999999, &seconds) || s->n - rest.n < 9)
		return false;
	size_t fraction = stamp_fraction(rest, &made.civil);
	if (fraction != 7) /* journalctl -o short-unix writes microseconds */
		return false;
	set_epoch(&made, seconds, made.civil.millisecond);
	if (!take_text(s, s->n - rest.n + fraction, &made))
		return false;
	*stamp = made;
	return true;
}

static int
rank(const struct stamp *stamp)
{
	if (stamp->text.n == 0)
		return 0;
	if (stamp->is_absent)
		return 1;
	if (stamp->is_invalid)
		return 2;
	return 3 + stamp->has_year + stamp->has_zone;
}

const struct stamp *
stamp_better(const struct stamp *inner, const struct stamp *outer)
{
	return rank(inner) >= rank(outer) ? inner : outer;
}

int
stamp_year(const struct civil *civil, int64_t limit)
{
	struct civil made = *civil;
	int last = timestamp_civil(limit).year;

	for (made.year = last; made.year > last - 9 && made.year >= 1970; made.year--)
		if (civil_is_valid(&made) && timestamp_make(&made) <= limit)
			return made.year;
	return 0;
}
