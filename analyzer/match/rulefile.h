/* One YAML document as a rule or a correlation of a ruleset. */
#ifndef MATCH_RULEFILE_H
#define MATCH_RULEFILE_H

#include "match/build.h"

/* Adds what the document says to the ruleset; mistakes go to build->errors. */
void rulefile_document(struct build *build, const struct yaml_node *document);

/* The parts that rules and correlations share: title, id, level and so on. */
void rulefile_metadata(struct build *build, const struct yaml_node *document, struct rule *rule);
/* True when a rule or correlation has that id already, and says so. */
bool rulefile_is_duplicate(struct build *build, const struct yaml_node *document,
			   const struct rule *rule);

#endif
