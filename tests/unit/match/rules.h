/* Rules from text, and records made by hand, for the tests of match/. */
#ifndef TEST_MATCH_RULES_H
#define TEST_MATCH_RULES_H

#include "match/matcher.h"

/* What a record of a test says; what is left out is not told. */
struct ask {
	const char *query; /* as the log writes it; NULL: none */
	const char *type, *class_, *rcode;
	const char *client, *server;
	int port;          /* 0: not told */
	const char *flags; /* BIND's letters; NULL: not told */
	enum record_kind kind;
	enum record_action action;
	const char *view, *key, *ecs, *line;
	bool no_request;
};

struct rules {
	struct ruleset ruleset;
	struct rule_errors errors;
	struct matcher *matcher;
	struct names names;
	struct namer *namer;
};

/* Loads `text` as the file "rules.yml" and finishes; mistakes are in rules->errors. */
void rules_open(struct rules *rules, const char *text, bool jit);
/* The same with a detection only: title, logsource and the rest are put before it. */
void rules_open_detection(struct rules *rules, const char *detection, bool jit);
void rules_close(struct rules *rules);
/* Bit i: rule i matches. */
uint32_t rules_ask(struct rules *rules, const struct ask *ask);
/* "3: text\n4: note: text\n": the mistakes, for comparing. Static storage of the caller. */
const char *rules_mistakes(const struct rules *rules, char *out, size_t size);

#endif
