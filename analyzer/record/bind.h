/*
 * BIND's messages, named 9.0 to 9.21: time, category, severity, client part, message.
 * FORMATS.md 1.2 and 2. The functions fill a cleared record and return its kind; UNKNOWN means
 * that the text is none of BIND's, whatever it is.
 */
#ifndef RECORD_BIND_H
#define RECORD_BIND_H

#include "record/record.h"
#include "record/stamp.h"

/* How sure it is that named wrote the line, before its message is read. */
enum bind_evidence {
	BIND_NO_EVIDENCE = 0,
	BIND_TIME_ONLY = 1, /* a time that other programs write as well */
	BIND_CERTAIN = 2,   /* named's syslog tag */
};

/*
 * `text` is what follows the wrapper. `stamp` is replaced by BIND's own time where the text
 * begins with one.
 */
enum record_kind bind_parse(struct str text, enum bind_evidence evidence, struct record *record,
			    struct stamp *stamp);
/* True where `text` begins like a BIND message: time, category, severity or client part. */
bool bind_begins(struct str text);

#endif
