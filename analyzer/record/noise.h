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
	bool general;     /* other programs begin lines so as well */
};

/* How sure it is that named wrote a line, besides the words of its message. */
enum noise_evidence {
	NOISE_DOUBTFUL, /* nothing, or a time alone */
	NOISE_LIKELY,   /* a time and a severity, as other programs write them, too */
	NOISE_CERTAIN,  /* named's tag, its own form of time, or its category */
};

/* One of BIND's categories (lib/ns/log.c, lib/dns/log.c, bin/named/log.c). */
bool noise_is_category(struct str word);
/* A category whose lines without client part never tell of clients. */
bool noise_is_quiet_category(struct str category);
/*
 * A message of named without a client part. Without evidence only words count that no other
 * program begins a line with.
 */
bool noise_is_bind(struct str message, enum noise_evidence evidence);
/* A message behind a client part that is no request. */
bool noise_is_client_message(struct str message);
/* An "info" message of Unbound that is neither query nor reply. */
bool noise_is_unbound(struct str message);
/* A line of a dumped DNS message, which both servers write without any prefix. */
bool noise_is_dump(struct str line);

#endif
