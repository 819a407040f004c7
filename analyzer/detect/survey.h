/*
 * One walk over the names of all zones, before anybody's pairs are looked at. Whatever can be told
 * of a name without them is told here, where each text is read once, and of a zone what saves
 * looking at its pairs.
 */
#ifndef DETECT_SURVEY_H
#define DETECT_SURVEY_H

#include "detect/ground.h"

/* Fills ground->parents, what single names tell in ground->marks, and ground->hints. */
void survey_make(struct ground *ground);

#endif
