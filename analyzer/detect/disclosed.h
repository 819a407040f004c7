/*
 * Which providers somebody learned about who asked a zone's records (detect/providers.h): the
 * mail host, the cloud, the services that a domain uses.
 */
#ifndef DETECT_DISCLOSED_H
#define DETECT_DISCLOSED_H

#include "detect/build.h"
#include "detect/detector.h"

/* Those to which the asked names point by themselves: DKIM selectors, verification names. */
void disclosed_asked(const struct detect_input *input, const struct pair *pair, struct arena *arena,
		     struct text_list *providers);
/* Those that records of the pair's zone name, where a zone file tells them. */
void disclosed_answers(const struct detect_input *input, const struct pair *pair,
		       struct arena *arena, struct text_list *providers);

#endif
