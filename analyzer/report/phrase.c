#include "report/phrase.h"

#include <inttypes.h>
#include <math.h>

#include "report/escape.h"

enum { COUNT_TEXT = 32 };

/* Digits in groups of three. Returns the length. */
static size_t
print_count(uint64_t n, char out[COUNT_TEXT])
{
	char digits[COUNT_TEXT];
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, n), written = 0;

	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			out[written++] = ',';
		out[written++] = digits[i];
	}
	out[written] = '\0';
	return written;
}

void
phrase_count(struct buf *out, uint64_t n)
{
	char text[COUNT_TEXT];

	print_count(n, text);
	buf_add_text(out, text);
}

void
phrase_counted(struct buf *out, uint64_t n, const char *noun)
{
	phrase_count(out, n);
	buf_printf(out, " %s%s", noun, n == 1 ? "" : "s");
}

void
phrase_value(struct buf *out, double value)
{
	enum { SCALE = 100 };

	if (!isfinite(value) || fabs(value) > 9e13) {
		buf_add_char(out, '?');
		return;
	}
	/* In whole numbers, so that no locale writes a comma. */
	/* An estimate of hundreds has no hundredths. */
	if (fabs(value) >= SCALE)
		value = round(value);
	int64_t scaled = llround(value * SCALE);
	uint64_t size = (uint64_t)llabs(scaled), rest = size % SCALE;
	if (scaled < 0)
		buf_add_char(out, '-');
	phrase_count(out, size / SCALE);
	if (rest > 0)
		buf_printf(out, rest % 10 ? ".%02u" : ".%.1u",
			   (unsigned)(rest % 10 ? rest : rest / 10));
}

void
phrase_short_count(struct buf *out, uint64_t n, size_t width)
{
	static const char units[] = "kMGTPE";
	char text[COUNT_TEXT];

	if (print_count(n, text) <= width) {
		buf_add_text(out, text);
		return;
	}
	for (size_t i = 0; units[i]; i++) {
		n /= 1000;
		if (print_count(n, text) + 1 <= width || !units[i + 1]) {
			buf_printf(out, "%s%c", text, units[i]);
			return;
		}
	}
}

void
phrase_share(struct buf *out, uint64_t part, uint64_t whole)
{
	if (whole == 0) {
		buf_add_char(out, '-');
		return;
	}
	double share = 100.0 * (double)part / (double)whole;
	if (part > 0 && share < 1)
		buf_add_text(out, "<1%");
	else if (part < whole && share > 99)
		buf_add_text(out, ">99%");
	else
		buf_printf(out, "%.0f%%", share);
}

void
phrase_bytes(struct buf *out, uint64_t n)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	enum { EXACT_BELOW = 1000 * 1000 };

	if (n < EXACT_BELOW) {
		phrase_counted(out, n, "byte");
		return;
	}
	/* In tenths and whole numbers, so that no locale writes a comma. */
	uint64_t unit = 1024;
	size_t i = 0;
	while (n / unit >= 1024 && i + 1 < sizeof(units) / sizeof(units[0])) {
		unit *= 1024;
		i++;
	}
	buf_printf(out, "%" PRIu64 ".%" PRIu64 " %s", n / unit, n % unit / (unit / 10 + 1),
		   units[i]);
}

void
phrase_name(struct buf *out, struct str name, size_t max)
{
	enum { NAME_LIMIT = 8192, MARK = 3 };
	struct buf safe;

	buf_init(&safe, NAME_LIMIT);
	escape_text(&safe, name);
	if (safe.n <= max || max <= MARK) {
		buf_add(out, safe.p, safe.n < max ? safe.n : max);
	} else {
		/* The end of a name says whose it is: it gets the larger half. */
		size_t head = (max - MARK) / 3, tail = max - MARK - head;
		buf_add(out, safe.p, head);
		buf_add_text(out, "...");
		buf_add(out, safe.p + safe.n - tail, tail);
	}
	buf_release(&safe);
}

void
phrase_text(struct buf *out, struct str text)
{
	while (text.n > 0) {
		size_t n = str_index(text, '\n');
		if (n == SIZE_MAX)
			n = text.n;
		escape_text(out, str_make(text.p, n));
		if (n < text.n)
			buf_add_char(out, '\n');
		text = str_skip(text, n + 1);
	}
}

void
phrase_level(struct buf *out, enum level level)
{
	for (const char *c = level_names[level]; *c; c++)
		buf_add_char(out, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
}

void
phrase_names(struct buf *out, const struct str *names, size_t known, uint64_t count, size_t shown)
{
	enum { NAME_MAX_SHOWN = 60 };

	if (count < known)
		count = known;
	if (shown > known)
		shown = known;
	/* "and 1 more" is no shorter than the name itself. */
	if (count == known && shown + 1 == known)
		shown = known;
	for (size_t i = 0; i < shown; i++) {
		if (i > 0)
			buf_add_text(out, i + 1 == count ? " and " : ", ");
		phrase_name(out, names[i], NAME_MAX_SHOWN);
	}
	if (count > shown) {
		buf_add_text(out, shown ? " and " : "");
		phrase_count(out, count - shown);
		buf_add_text(out, shown ? " more" : "");
	}
}

void
phrase_time(struct buf *out, int64_t time)
{
	struct civil c;

	if (time == TIME_NONE) {
		buf_add_text(out, "an unknown time");
		return;
	}
	c = timestamp_civil(time);
	buf_printf(out, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute,
		   c.second);
}

void
phrase_period(struct buf *out, int64_t first, int64_t last)
{
	phrase_time(out, first);
	if (first == TIME_NONE || last == TIME_NONE || last / 1000 == first / 1000)
		return;
	struct civil from = timestamp_civil(first), to = timestamp_civil(last);
	buf_add_text(out, " to ");
	if (from.year == to.year && from.month == to.month && from.day == to.day)
		buf_printf(out, "%02d:%02d:%02d", to.hour, to.minute, to.second);
	else
		phrase_time(out, last);
}

static void
add_address(struct buf *out, const struct ip *ip)
{
	char text[IP_TEXT];

	buf_add_text(out, ip_print(ip, text));
}

void
phrase_actor(struct buf *out, const struct finding *finding)
{
	enum { SHOWN = 2 };
	char prefix[PREFIX_TEXT];
	size_t n = finding->address_count, shown = n > SHOWN + 1 ? SHOWN : n;

	if (finding->has_prefix) {
		buf_add_text(out, prefix_print(&finding->prefix, prefix));
		if (n > 0) {
			buf_add_text(out, " (");
			phrase_count(out, n);
			buf_add_text(out, n == 1 ? " address)" : " addresses)");
		}
		return;
	}
	for (size_t i = 0; i < shown; i++) {
		if (i > 0)
			buf_add_text(out, i + 1 == n ? " and " : ", ");
		add_address(out, &finding->addresses[i]);
	}
	if (n > shown) {
		buf_add_text(out, " and ");
		phrase_count(out, n - shown);
		buf_add_text(out, " more");
	}
	if (n == 0 && finding->contributor_count > 0) {
		buf_add_text(out, "somebody behind ");
		phrase_counted(out, finding->contributor_count, "resolver");
	} else if (n == 0) {
		buf_add_text(out, "an unknown source");
	}
}

void
phrase_place(struct buf *out, const struct place *place)
{
	enum { NETWORK_SHOWN = 60 };
	const char *separator = "";

	if (place->country.n) {
		phrase_name(out, place->country, 8);
		separator = ", ";
	}
	if (place->asn) {
		buf_printf(out, "%sAS%u", separator, place->asn);
		separator = " ";
	}
	if (place->network.n) {
		buf_add_text(out, separator);
		phrase_name(out, place->network, NETWORK_SHOWN);
	}
}
