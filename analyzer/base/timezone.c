#include "base/timezone.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/timestamp.h"
#include "base/xalloc.h"

static int64_t
offset_at(int64_t utc_ms)
{
	time_t t = (time_t)(utc_ms / 1000);
	struct tm tm;

	if (!localtime_r(&t, &tm))
		return 0;
	struct civil c = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
			  tm.tm_min,         tm.tm_sec,     0};
	return timestamp_make(&c) - utc_ms;
}

static void
add_change(struct timezone_rules *rules, int64_t at, int64_t offset)
{
	rules->changes = xrealloc(rules->changes, rules->count + 1, sizeof(*rules->changes));
	rules->changes[rules->count++] = (struct timezone_change){at, offset};
}

/* Steps through the years by a week and finds each change to the second by bisection. */
static void
read_changes(struct timezone_rules *rules)
{
	const int64_t week = 7 * 86400 * (int64_t)1000, end = 4102444800000; /* 2100-01-01 */
	int64_t offset = offset_at(0);

	add_change(rules, INT64_MIN, offset);
	for (int64_t at = 0; at < end; at += week) {
		if (offset_at(at + week) == offset)
			continue;
		int64_t low = at, high = at + week;
		while (high - low > 1000) {
			int64_t middle = low + (high - low) / 2000 * 1000;
			if (offset_at(middle) == offset)
				low = middle;
			else
				high = middle;
		}
		offset = offset_at(high);
		add_change(rules, high, offset);
	}
}

/* "+02:00" */
static bool
parse_fixed(const char *name, int64_t *offset)
{
	struct str s = str_of(name);
	uint64_t hour, minute;
	int64_t sign = str_take(&s, STR("-")) ? -1 : 1;

	if (sign > 0 && !str_take(&s, STR("+")))
		return false;
	if (!str_take_number(&s, 23, &hour) || !str_take(&s, STR(":")) ||
	    !str_number(s, 59, &minute))
		return false;
	*offset = sign * (int64_t)(hour * 60 + minute) * 60000;
	return true;
}

/* The C library takes any unknown name for UTC: ask the zone database itself. */
static bool
zone_exists(const char *name)
{
	char path[512];

	if (strcmp(name, "UTC") == 0)
		return true;
	if (name[0] == '/' || strstr(name, "..") || name[0] == '\0')
		return false;
	const char *root = getenv("TZDIR");
	snprintf(path, sizeof(path), "%s/%s", root ? root : "/usr/share/zoneinfo", name);
	FILE *file = fopen(path, "rb");
	char magic[4] = "";
	bool found = file && fread(magic, 1, 4, file) == 4 && memcmp(magic, "TZif", 4) == 0;
	if (file)
		fclose(file);
	return found;
}

int
timezone_load(struct timezone_rules *rules, const char *name, struct err *err)
{
	int64_t offset;

	*rules = (struct timezone_rules){0};
	if (name && parse_fixed(name, &offset)) {
		snprintf(rules->name, sizeof(rules->name), "%s", name);
		add_change(rules, INT64_MIN, offset);
		return 0;
	}
	if (name && !zone_exists(name))
		return err_set(err, "unknown time zone \"%s\" (try Europe/Berlin, UTC or +02:00)",
			       name);
	const char *before = getenv("TZ");
	char *saved = before ? xstrdup(before) : NULL;
	if (name)
		setenv("TZ", name, 1);
	tzset();
	read_changes(rules);
	snprintf(rules->name, sizeof(rules->name), "%s", name ? name : saved ? saved : tzname[0]);
	if (saved)
		setenv("TZ", saved, 1);
	else
		unsetenv("TZ");
	tzset();
	free(saved);
	return 0;
}

void
timezone_release(struct timezone_rules *rules)
{
	free(rules->changes);
	*rules = (struct timezone_rules){0};
}

/* Index of the change in force at UTC time `at`. */
static size_t
change_at(const struct timezone_rules *rules, int64_t at)
{
	size_t low = 0, high = rules->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (rules->changes[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The earlier and the later UTC time that read `local` on the clock. */
static void
candidates(const struct timezone_rules *rules, int64_t local, int64_t *first, int64_t *second)
{
	const int64_t day = 86400000;
	size_t before = change_at(rules, local - day), after = change_at(rules, local + day);

	*first = local - rules->changes[before].offset;
	*second = local - rules->changes[after].offset;
}

bool
timezone_is_folded(const struct timezone_rules *rules, int64_t local)
{
	int64_t first, second;

	candidates(rules, local, &first, &second);
	/* Both readings are real only when each lies on its own side of the change. */
	size_t after = change_at(rules, local + 86400000);
	return first < second && first < rules->changes[after].at &&
	       second >= rules->changes[after].at;
}

int64_t
timezone_to_utc(const struct timezone_rules *rules, int64_t local, bool second_pass)
{
	int64_t first, second;

	candidates(rules, local, &first, &second);
	if (first == second)
		return first;
	int64_t change = rules->changes[change_at(rules, local + 86400000)].at;
	if (first < second) /* the clock went back: both are real between the changes */
		return first >= change || (second_pass && second >= change) ? second : first;
	return second >= change ? second : first; /* the clock went forward */
}
