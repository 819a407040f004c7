#include "cli/filename.h"

#include "base/ip.h"

/* Words that name a kind of log and not a server. Two words stand before their parts. */
static const char *const kind_words[] = {
	"query-errors", "query-error", "rate-limit", "xfer-out", "xfer-in",   "lame-servers",
	"named-log",    "log",         "logs",       "queries",  "query",     "querylog",
	"errors",       "error",       "security",   "xfer",     "out",       "notify",
	"update",       "updates",     "rate",       "limit",    "ratelimit", "general",
	"default",      "client",      "lame",       "servers",  "syslog",    "dns",
	"debug",        "responses",   "response",   "replies",  "resolver",
};

static const char *const compressed_suffixes[] = {".gz", ".zst", ".xz"};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The part of a path after the last slash, slashes at the end left out. */
static struct str
base_name(struct str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/')
			return str_skip(path, i);
	return path;
}

/* What stands before the base name, without the slash between. */
static struct str
directory_name(struct str path)
{
	struct str base = base_name(path);
	size_t n = (size_t)(base.p - path.p);

	while (n > 0 && path.p[n - 1] == '/')
		n--;
	return str_make(path.p, n);
}

static bool
drop_suffix(struct str *s, struct str suffix)
{
	if (s->n <= suffix.n || !str_ends(*s, suffix))
		return false;
	s->n -= suffix.n;
	return true;
}

/* ".1", ".20260310", "-2026031006", "-2026-03-10": rotation by number or date. */
static bool
drop_rotation(struct str *s)
{
	size_t n = s->n, digits = 0;

	while (n > 0 && is_digit(s->p[n - 1])) {
		n--;
		digits++;
	}
	if (digits == 2 && n >= 8 && s->p[n - 1] == '-' && is_digit(s->p[n - 2]) &&
	    is_digit(s->p[n - 3]) && s->p[n - 4] == '-') {
		n -= 4;
		digits = 6;
		while (n > 0 && is_digit(s->p[n - 1])) {
			n--;
			digits++;
		}
		digits = digits == 10 ? 8 : 0;
	}
	if (digits == 0 || n < 2)
		return false;
	if (s->p[n - 1] != '.' && !((s->p[n - 1] == '-' || s->p[n - 1] == '_') && digits >= 8))
		return false;
	s->n = n - 1;
	return true;
}

/* Stops at an address: the last part of 192.0.2.1 is no rotation. */
static struct str
drop_suffixes(struct str s)
{
	struct ip ip;

	for (bool dropped = true; dropped && !ip_parse(s, &ip);) {
		dropped = drop_rotation(&s) || drop_suffix(&s, STR(".log")) ||
			  drop_suffix(&s, STR(".old"));
		for (size_t i = 0; i < sizeof(compressed_suffixes) / sizeof(char *); i++)
			dropped = drop_suffix(&s, str_of(compressed_suffixes[i])) || dropped;
	}
	return s;
}

static bool
is_separator(char c)
{
	return c == '-' || c == '_' || c == '.';
}

/* True when `s` begins with the word, its own hyphens standing for any separator. */
static bool
starts_with_word(struct str s, const char *word)
{
	size_t n = strlen(word);

	if (s.n < n || (s.n > n && !is_separator(s.p[n])))
		return false;
	for (size_t i = 0; i < n; i++)
		if (word[i] == '-' ? !is_separator(s.p[i]) : str_lower(s.p[i]) != word[i])
			return false;
	return true;
}

/* Length of the kind word at the front, or 0. */
static size_t
kind_word(struct str s)
{
	for (size_t i = 0; i < sizeof(kind_words) / sizeof(kind_words[0]); i++)
		if (starts_with_word(s, kind_words[i]))
			return strlen(kind_words[i]);
	return 0;
}

/* Writes the words that are left, joined by '-'; false when there is none. */
static bool
keep_words(struct str s, char out[FILENAME_SERVER])
{
	struct ip ip;
	size_t n = 0;

	if (ip_parse(s, &ip) && s.n < FILENAME_SERVER) {
		memcpy(out, s.p, s.n);
		out[s.n] = '\0';
		return true;
	}
	while (s.n > 0) {
		if (is_separator(*s.p)) {
			s = str_skip(s, 1);
			continue;
		}
		size_t length = kind_word(s);
		if (length == 0) {
			while (length < s.n && !is_separator(s.p[length]))
				length++;
			if (n + length + 2 > FILENAME_SERVER)
				break;
			if (n > 0)
				out[n++] = '-';
			memcpy(out + n, s.p, length);
			n += length;
		}
		s = str_skip(s, length);
	}
	out[n] = '\0';
	return n > 0;
}

const char *
filename_server(const char *path, char out[FILENAME_SERVER])
{
	struct str whole = str_of(path);

	if (strcmp(path, "-") == 0 || (!keep_words(drop_suffixes(base_name(whole)), out) &&
				       !keep_words(base_name(directory_name(whole)), out)))
		memcpy(out, "dns", 4);
	return out;
}

/* The number in the n digits at p. */
static int
number(const char *p, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++)
		value = value * 10 + (p[i] - '0');
	return value;
}

static bool
is_date(struct civil *date)
{
	return date->year >= 1990 && date->year < 2100 && civil_is_valid(date);
}

bool
filename_date(const char *path, struct civil *out)
{
	struct str s = base_name(str_of(path));

	for (size_t i = 0; i < s.n;) {
		size_t n = 0;
		while (i + n < s.n && is_digit(s.p[i + n]))
			n++;
		const char *p = s.p + i;
		/* 20260310, also with hour, minute, second or milliseconds behind. */
		if (n >= 8 && n <= 17) {
			*out = (struct civil){.year = number(p, 4),
					      .month = number(p + 4, 2),
					      .day = number(p + 6, 2)};
			if (is_date(out))
				return true;
		} else if (n == 4 && s.n - i >= 10 && p[4] == '-' && is_digit(p[5]) &&
			   is_digit(p[6]) && p[7] == '-' && is_digit(p[8]) && is_digit(p[9])) {
			*out = (struct civil){.year = number(p, 4),
					      .month = number(p + 5, 2),
					      .day = number(p + 8, 2)};
			if (is_date(out))
				return true;
		}
		i += n ? n : 1;
	}
	return false;
}
