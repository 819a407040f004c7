/*
 * What the options mean for the rooms below: names, rules, who is who, the plan and the
 * tally's settings, made in the order in which they need each other.
 */
#ifndef CLI_SETUP_H
#define CLI_SETUP_H

#include "cli/options.h"
#include "cli/plan.h"
#include "base/digest.h"
#include "detect/allow.h"
#include "detect/detector.h"
#include "detect/providers.h"
#include "report/summary.h"
#include "tally/tally.h"

struct setup {
	struct providers *providers; /* NULL where the data is not there */
	const struct options *options;
	struct arena arena;
	struct names names;
	struct ruleset rules;
	struct custom_formats formats; /* those shipped, and --log-format's own */
	struct plan plan;
	struct allow_list allow;
	struct detect_settings detect;
	struct tally_settings tally;
	struct logs *logs;            /* what earlier nights have read; NULL without a state */
	struct oracle *oracle;        /* NULL: nothing says what exists */
	uint64_t memory;              /* bytes */
	struct workers *workers;      /* as many as --jobs says */
	struct digest_key pseudonyms; /* made from the installation's key */
	/* How the logs in saved tallies were read; empty: as the options say. */
	struct str saved_role, saved_timezone;
	bool rules_are_faulty; /* a rule was left out: exit status 2 */
	bool zones_are_faulty; /* so was what says which names exist */
	bool allow_is_faulty;  /* so was an entry of an allow-list */
};

/* `logs` is borrowed; NULL without a state. Messages about rules and allow-lists go to `messages`. -1 with err for what ends the run. */
int setup_make(struct setup *setup, const struct options *options, struct logs *logs,
	       FILE *messages, struct err *err);
void setup_release(struct setup *setup);
/*
 * Makes the tally's settings those of these inputs and servers; their texts are borrowed. With
 * --save, servers of which other logs may say more are kept apart (server_info.apart).
 */
void setup_tally(struct setup *setup, const struct saved_input *inputs, size_t count,
		 const struct server_row *rows, size_t server_count);
/* No server is kept apart any more: for a tally that is judged. False when none was. */
bool setup_join_servers(struct setup *setup);
/* What --memory says, else a quarter of the machine, at most 1 GiB. Bytes. */
uint64_t setup_memory(const struct options *options);
/* What --jobs says, else one a processor. */
size_t setup_threads(const struct options *options);
/* How many threads may read, each with a tally of its own, in that memory; at least one. */
size_t setup_readers(const struct options *options);
/* The settings `role` and `log_timezone` as the report says them. */
struct str setup_role(const struct setup *setup);
struct str setup_timezone(const struct setup *setup);
/* The settings that shape the result, for the report. Rows live in the setup's arena. */
struct setting_row *setup_rows(struct setup *setup, size_t *count);

#endif
