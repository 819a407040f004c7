/* Service names (RFC 2782): which application they are of. */
#ifndef DETECT_SERVICE_H
#define DETECT_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* True for what members of a Windows domain ask to find and activate themselves in it. */
bool service_is_directory(struct str name);
/* True for a question for the domain controllers, which only the directory holds. */
bool service_is_domain_controller(struct str name);
/*
 * Adds the application of a service name, unless it is there or the list is full: its first
 * label up to a digit or a dash, the kinds of one protocol as one ("_sips" is of "_sip").
 * Views of `name`.
 */
void service_add(struct str *applications, size_t *count, size_t most, struct str name);

#endif
