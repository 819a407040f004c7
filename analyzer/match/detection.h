/* Sigma's selections: maps, lists and keywords as trees of tests. */
#ifndef MATCH_DETECTION_H
#define MATCH_DETECTION_H

#include "match/build.h"

/*
 * The tree of one selection: a map (all of its fields), a list of maps (any of them), or
 * keywords on the raw line. NULL when it has mistakes; each is told.
 */
struct rule_node *detection_selection(struct build *build, const struct yaml_node *node);

#endif
