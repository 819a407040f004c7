/*
 * struct allow_list: what the operator expects and wants to see as suppressed: monitoring, an
 * ordered scan, a partner. Entries say kind, zone, actor, why and until when:
 *
 *	- kind: brute-force          # or any
 *	  zone: example.com          # or "*"
 *	  actor: 192.0.2.7           # an address, a network, or key:NAME
 *	  reason: yearly test, ticket 4711
 *	  until: 2026-04-30          # to the end of that day, UTC
 *
 * An entry suppresses a finding only where all of the finding lies within it. An entry with a
 * mistake, or one so wide that it would hide everything, is left out and said: nothing is
 * hidden by accident.
 */
#ifndef DETECT_ALLOW_H
#define DETECT_ALLOW_H

#include "base/err.h"
#include "detect/finding.h"

enum {
	ALLOW_BITS_V4 = 8,  /* a shorter IPv4 prefix is too wide */
	ALLOW_BITS_V6 = 16, /* and so is a shorter IPv6 one */
	ALLOW_SOON_DAYS = 14,
};

struct allow_entry {
	struct str file; /* as given */
	unsigned line;
	struct str kind; /* empty: any */
	struct str zone; /* folded; empty: any */
	struct str key;  /* TSIG key of the actor; empty: not by key */
	bool has_prefix;
	struct prefix prefix; /* of the actor */
	struct str reason;
	int64_t until; /* the first moment at which it holds no more */
};

/* One mistake in an allow-list: where, and what to do about it. */
struct allow_error {
	struct str file;
	unsigned line; /* 0: the whole file */
	char text[256];
};

/* A zeroed struct is empty. */
struct allow_list {
	struct arena arena;
	size_t count, capacity;
	struct allow_entry *all;
	size_t error_count, error_capacity;
	struct allow_error *errors;
};

void allow_release(struct allow_list *list);
/*
 * Adds the entries of a file. Mistakes go to list->errors and the entry they are in is left
 * out; -1 with err only when the file cannot be read.
 */
int allow_load(struct allow_list *list, const char *path, struct err *err);
/* The same from a text; `file` names it. */
void allow_read(struct allow_list *list, struct str text, const char *file);

enum allow_state {
	ALLOW_IN_FORCE,
	ALLOW_ENDS_SOON, /* in force, and ends within ALLOW_SOON_DAYS */
	ALLOW_EXPIRED,
	ALLOW_UNDATED, /* the log tells no time: nobody knows whether it has ended */
};
/* `now` is the log's last time, TIME_NONE when it has none. */
enum allow_state allow_state(const struct allow_entry *entry, int64_t now);
/* Whether all of the finding lies within the entry, whatever the entry's state. */
bool allow_covers(const struct allow_entry *entry, const struct finding *finding);
/* The first entry in force that covers the finding, or NULL. */
const struct allow_entry *allow_find(const struct allow_list *list, const struct finding *finding,
				     int64_t now);

#endif
