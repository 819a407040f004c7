/*
 * struct stamp: a time as a log line writes it, before its zone and year are known. All forms
 * of FORMATS.md 1.1, 1.2 and 3.1; each take function reads one form at the start of a view.
 */
#ifndef RECORD_STAMP_H
#define RECORD_STAMP_H

#include "base/timestamp.h"
#include "base/timezone.h"

struct stamp {
	struct str text; /* as written, empty for no stamp */
	struct civil civil;
	int64_t utc;   /* where has_zone: the time itself, or TIME_NONE where it is no real time */
	bool has_year; /* false: RFC 3164, Unbound's log-time-ascii */
	bool has_zone; /* epoch seconds, "Z", "+02:00" */
	bool is_absent; /* a form that tells nothing: "99-Bad-9999", a month name in another language */
	bool is_invalid; /* no calendar has it, or it lies before 1970 or after 9999 */
};

/*
 * Each takes its form, without the blank after it, off `*s`; false and `*s` untouched where
 * something else stands there. A stamp that has the form but impossible fields is taken and
 * marked is_invalid.
 */
bool stamp_take_bind(struct str *s, struct stamp *stamp);   /* DD-Mon-YYYY HH:MM:SS.mmm */
bool stamp_take_iso(struct str *s, struct stamp *stamp);    /* YYYY-MM-DD(T| )HH:MM:SS… */
bool stamp_take_syslog(struct str *s, struct stamp *stamp); /* Mon DD HH:MM:SS */
bool stamp_take_epoch(struct str *s, struct stamp *stamp);  /* "[1551441121]" */
bool stamp_take_unix(struct str *s, struct stamp *stamp);   /* 1551441121.123456 */

/*
 * Reads all of `text` by a form: "iso", "bind", "syslog" (as above), "epoch" (seconds, with or
 * without brackets and a fraction), or one in strftime's words: %Y %m %d %e %b %H %I %M %S %p,
 * %f for a fraction of a second or nothing, %z for a zone or "UTC"; a blank stands for one or more, any
 * other character for itself. False where it has another form.
 */
bool stamp_read(struct str text, struct str form, struct stamp *stamp);
/* Whether stamp_read knows the form. */
bool stamp_form_is_valid(struct str form);

/*
 * The better of an inner and an outer stamp (either may be empty): a valid one before an
 * invalid one, then the one that tells more (zone, then year), then the inner one, which was
 * written by the server itself at the time of the event and not by a relay afterwards.
 */
const struct stamp *stamp_better(const struct stamp *inner, const struct stamp *outer);

/*
 * The year for a year-less stamp: the latest that puts it at or before `limit` (a local time),
 * at most eight years back, which only 29 February needs. 0 where there is none.
 */
int stamp_year(const struct civil *civil, int64_t limit);

#endif
