/*
 * struct err: why an input or the environment failed, as one sentence for a person.
 * Filled by whoever returns -1 or NULL, printed only in cli/. A bad log line is data and
 * never comes here.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

struct err {
	char text[512]; /* terminated; empty when nothing failed */
};

/* Replaces the text; a longer one is cut. Returns -1 so that `return err_set(...)` reads well. */
int err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts "text: " before what is there. Returns -1. */
int err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
