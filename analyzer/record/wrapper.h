/*
 * What others put around a server's line: docker compose, syslog (RFC 3164, RFC 5424, ISO
 * times, <pri>), journald, Solaris. FORMATS.md 1.1. Nothing in here is chosen by a client of
 * the nameserver, except that other programs on the same machine may log what they like:
 * hence the tag decides.
 */
#ifndef RECORD_WRAPPER_H
#define RECORD_WRAPPER_H

#include "record/stamp.h"

enum wrapper_tag {
	TAG_NONE,  /* no program named */
	TAG_NAMED, /* BIND */
	TAG_UNBOUND,
	TAG_FOREIGN, /* another program, or Unbound under a name of the operator's choice */
};

struct wrapper {
	struct str rest;    /* the server's own text */
	struct stamp stamp; /* the best of the wrapper's times; empty text for none */
	struct str host;    /* empty for none */
	enum wrapper_tag tag;
	struct str program; /* the tag's name; empty for none */
	struct str pid;     /* of the tag, digits; empty for none */
};

/* Takes the wrapper off `line`. Without one, `rest` is the line itself. */
void wrapper_read(struct str line, struct wrapper *wrapper);

#endif
