/*
 * One look at the beginning of a file: is it a log, of which program, in what time, and what
 * must be known to read its times.
 */
#ifndef CLI_LOOK_H
#define CLI_LOOK_H

#include "cli/listing.h"

enum { LOOK_HEAD = 4096 }; /* bytes kept to recognise copies */

enum look_result {
	LOOK_LOG,   /* `input` is filled, but for its server */
	LOOK_OTHER, /* no DNS log; `reason` says so */
	LOOK_ERROR, /* could not be read; noted as an error */
};

enum look_result look_at(struct plan *plan, const struct listing_file *file,
			 const struct plan_settings *settings, struct plan_input *input,
			 struct err *reason);

#endif
