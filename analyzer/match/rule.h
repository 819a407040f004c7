/*
 * Sigma rules (https://sigmahq.io/docs/basics/rules.html) as data: what a report needs to
 * name a match. How a condition is compiled is match/'s own business.
 */
#ifndef MATCH_RULE_H
#define MATCH_RULE_H

#include "base/arena.h"
#include "base/err.h"

enum level { LEVEL_INFORMATIONAL, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL, LEVELS };
extern const char *const level_names[LEVELS];

enum correlation_type {
	CORRELATION_NONE,
	CORRELATION_EVENT_COUNT,
	CORRELATION_VALUE_COUNT,
	CORRELATION_TEMPORAL
};

struct rule_body; /* compiled detection and condition; private to match/ */

struct rule {
	struct str id, name, title, description, status, file; /* name: for correlations */
	enum level level;
	size_t tag_count;
	struct str *tags; /* "attack.t1590.002"; "digtrail.KIND": evidence for that detector */
	size_t reference_count, falsepositive_count;
	struct str *references, *falsepositives;
	struct rule_body *body; /* NULL for a correlation */
	/* What it needs of a log, to say when it can never match. */
	bool needs_rcode, needs_flags, needs_port, needs_request, needs_action;
	bool needs_line; /* keywords: asked about every line */
	bool never;      /* asks for something that no nameserver's query log holds (an answer) */
	/* Only feeds correlations, which name it without `generate: true`: no finding of its own. */
	bool silent;
	/* Examples from the rule file's `x-digtrail` section, for `digtrail rules test`. */
	size_t must_match_count, must_not_match_count;
	struct str *must_match, *must_not_match;
};

/* A Sigma correlation; evaluated in detect/ on the tally's slots. */
enum { CORRELATION_RULES_MAX = 16, CORRELATION_GROUP_MAX = 4 };

struct correlation {
	struct rule rule; /* metadata; body is NULL */
	enum correlation_type type;
	size_t rule_count;
	uint16_t rules[CORRELATION_RULES_MAX]; /* indices into ruleset->rules */
	size_t group_count;
	struct str group_by[CORRELATION_GROUP_MAX]; /* field names as in the rule file */
	struct str value_field;                     /* value_count */
	int64_t timespan;                           /* milliseconds */
	uint64_t minimum, maximum;                  /* condition: minimum <= n <= maximum */
};

struct patterns; /* compiled regular expressions; private to match/ */
struct dispatch; /* which rules can match which record; private to match/ */
struct pending;  /* names of rules that correlations wait for; private to match/ */

struct ruleset {
	struct arena arena;
	size_t count, capacity;
	struct rule *rules;
	size_t correlation_count, correlation_capacity;
	struct correlation *correlations;
	uint64_t fingerprint; /* of all rule files' content */
	bool jit;             /* false: the interpreter runs the patterns */
	struct patterns *patterns;
	struct dispatch *dispatch;
	struct pending *pending;
};

void ruleset_init(struct ruleset *ruleset);
void ruleset_release(struct ruleset *ruleset);

/* One mistake in a rule file: where, what, how to mend it. */
struct rule_error {
	struct str file;
	unsigned line;
	bool note; /* worth knowing; the rule is kept */
	char text[256];
};
struct rule_errors {
	size_t count, capacity;
	size_t notes;              /* of `count` */
	struct rule_error *errors; /* their views live in the ruleset's arena */
};
void rule_errors_release(struct rule_errors *errors);

/*
 * Loads a file, or all .yml and .yaml of a directory and those below it in name order. Mistakes go to `errors` and the
 * rule they are in is left out; -1 with err only when the path cannot be read.
 */
int ruleset_load(struct ruleset *ruleset, const char *path, struct rule_errors *errors,
		 struct err *err);
/* Resolves correlations and compiles; call once after the last load. `jit` false forces the interpreter. */
void ruleset_finish(struct ruleset *ruleset, bool jit, struct rule_errors *errors);
/*
 * The value of field `field` (any published alias) of a record as text in `out`, or an empty
 * view where the record has none. For correlations' group-by.
 */
struct record;
struct name;
struct str rule_field_value(const struct record *record, const struct name *name, struct str server,
			    struct str field, char *out, size_t size);

#endif
