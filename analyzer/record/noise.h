/*
 * The closed list of described messages that tell nothing of clients: RECORD_OTHER. Whatever
 * is not on it stays unknown, so that a new version's new message is noticed.
 */
#ifndef RECORD_NOISE_H
#define RECORD_NOISE_H

#include "base/str.h"

struct noise {
	struct str begins;
	const char *what; /* a word on what it is */
};

/* One of BIND's categories (lib/ns/log.c, lib/dns/log.c, bin/named/log.c). */
bool noise_is_category(struct str word);
/* A category whose lines without client part never tell of clients. */
bool noise_is_quiet_category(struct str category);
/*
 * A message of named without a client part. `certain`: time, tag or category show that named
 * wrote it; else only words that no other program begins a line with count.
 */
bool noise_is_bind(struct str message, bool certain);
/* A message behind a client part that is no request. */
bool noise_is_client_message(struct str message);
/* An "info" message of Unbound that is neither query nor reply. */
bool noise_is_unbound(struct str message);

#endif
