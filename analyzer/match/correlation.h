/* Sigma correlations: `correlation:` documents and the rules they name. */
#ifndef MATCH_CORRELATION_H
#define MATCH_CORRELATION_H

#include "match/build.h"

/* The rules that a correlation names, until all files are loaded. */
struct pending_rule {
	struct str name;
	unsigned line;
};
struct pending {
	struct pending *next;
	struct str id; /* of the correlation */
	size_t count;
	struct pending_rule rules[CORRELATION_RULES_MAX];
	bool generate;
};

void correlation_read(struct build *build, const struct yaml_node *document);
/* Finds what every correlation names; one that names something unknown is left out. */
void correlation_resolve(struct ruleset *ruleset, struct rule_errors *errors);

#endif
