#include "base/timestamp.h"

#include <stdio.h>

enum { DAY_MS = 86400000 };

/* Days since 1970-01-01; years are counted from March so that the leap day comes last. */
static int64_t
days_from_civil(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

int64_t
timestamp_make(const struct civil *c)
{
	int64_t days = days_from_civil(c->year, c->month, c->day);

	return days * DAY_MS + ((c->hour * 60 + c->minute) * 60 + c->second) * (int64_t)1000 +
	       c->millisecond;
}

struct civil
timestamp_civil(int64_t time)
{
	int64_t days = time / DAY_MS, ms = time % DAY_MS;

	if (ms < 0) {
		ms += DAY_MS;
		days--;
	}
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	struct civil c = {
		.day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.hour = (int)(ms / 3600000),
		.minute = (int)(ms / 60000 % 60),
		.second = (int)(ms / 1000 % 60),
		.millisecond = (int)(ms % 1000),
	};
	c.year = (int)(year_of_era + era * 400 + (c.month <= 2));
	return c;
}

bool
civil_is_valid(const struct civil *c)
{
	static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (c->year < 0 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1)
		return false;
	bool leap = (c->year % 4 == 0 && c->year % 100 != 0) || c->year % 400 == 0;
	if (c->day > month_days[c->month - 1] + (c->month == 2 && leap))
		return false;
	return c->hour >= 0 && c->hour < 24 && c->minute >= 0 && c->minute < 60 && c->second >= 0 &&
	       c->second <= 60 && c->millisecond >= 0 && c->millisecond < 1000;
}

static void
put_digits(char *out, size_t n, int value)
{
	for (; n > 0; value /= 10)
		out[--n] = (char)('0' + value % 10);
}

const char *
timestamp_print(int64_t time, char out[TIME_TEXT])
{
	out[0] = '\0';
	if (time == TIME_NONE)
		return out;
	struct civil c = timestamp_civil(time);
	if (c.year < 0 || c.year > 9999) {
		snprintf(out, TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month,
			 c.day, c.hour, c.minute, c.second, c.millisecond);
		return out;
	}
	/* A report holds thousands of times, and printf takes long for one. */
	memcpy(out, "0000-00-00T00:00:00.000Z", 25);
	put_digits(out, 4, c.year);
	put_digits(out + 5, 2, c.month);
	put_digits(out + 8, 2, c.day);
	put_digits(out + 11, 2, c.hour);
	put_digits(out + 14, 2, c.minute);
	put_digits(out + 17, 2, c.second);
	put_digits(out + 20, 3, c.millisecond);
	return out;
}

static bool
take_digits(struct str *s, size_t n, int *out)
{
	int value = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		value = value * 10 + (s->p[i] - '0');
	}
	*s = str_skip(*s, n);
	*out = value;
	return true;
}

static bool
take_fraction(struct str *s, int *millisecond)
{
	int scale = 100;

	if (!str_take(s, STR(".")))
		return true;
	size_t digits = 0;
	for (; digits < s->n && s->p[digits] >= '0' && s->p[digits] <= '9'; digits++) {
		*millisecond += (s->p[digits] - '0') * scale;
		scale /= 10;
	}
	*s = str_skip(*s, digits);
	return digits > 0;
}

static bool
take_zone(struct str *s, int *minutes)
{
	int hour, minute, sign = 1;

	*minutes = 0;
	if (str_take(s, STR("Z")) || str_take(s, STR("z")))
		return true;
	if (str_take(s, STR("-")))
		sign = -1;
	else if (!str_take(s, STR("+")))
		return false;
	if (!take_digits(s, 2, &hour))
		return false;
	str_take(s, STR(":"));
	if (!take_digits(s, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*minutes = sign * (hour * 60 + minute);
	return true;
}

bool
timestamp_parse(struct str s, int64_t *out)
{
	struct civil c = {0};
	int zone = 0;

	if (!take_digits(&s, 4, &c.year) || !str_take(&s, STR("-")) ||
	    !take_digits(&s, 2, &c.month) || !str_take(&s, STR("-")) || !take_digits(&s, 2, &c.day))
		return false;
	if (s.n) {
		if (!str_take(&s, STR("T")) && !str_take(&s, STR(" ")) && !str_take(&s, STR("t")))
			return false;
		if (!take_digits(&s, 2, &c.hour) || !str_take(&s, STR(":")) ||
		    !take_digits(&s, 2, &c.minute) || !str_take(&s, STR(":")) ||
		    !take_digits(&s, 2, &c.second) || !take_fraction(&s, &c.millisecond) ||
		    !take_zone(&s, &zone) || s.n)
			return false;
	}
	if (!civil_is_valid(&c))
		return false;
	*out = timestamp_make(&c) - (int64_t)zone * 60000;
	return true;
}
