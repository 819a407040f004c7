/*
 * struct filter: which lines count, by the options of the group "Which lines count". Constant
 * while threads run; each has a filter_scratch. Several values of one option are alternatives;
 * different options must all hold. What a line does not tell matches nothing.
 */
#ifndef CLI_FILTER_H
#define CLI_FILTER_H

#include "base/regex.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "detect/finding.h"
#include "match/matcher.h"

struct filter {
	bool is_active;       /* something is asked for */
	int64_t since, until; /* inclusive; TIME_NONE: open */
	size_t source_count;
	struct prefix *sources;
	size_t zone_count;
	struct str *zones; /* folded; a name at or below one */
	size_t type_count;
	int32_t *types;
	size_t name_count;
	struct regex **names;
	size_t rule_count;
	uint16_t *rules; /* indices into the ruleset */
	bool *servers;   /* by index into plan.servers; NULL: any */
	/*
	 * Bytes that each line that matches holds (a client's address as BIND and Unbound write
	 * it); empty: none are sure. To be looked for before a line is parsed.
	 */
	char literal[IP_TEXT];
	size_t literal_length;
	/* Else, where all that is asked for begins or holds such bytes: one of them. NULL: none. */
	struct regex *literals;
	struct arena arena;
};

/*
 * From the options, in two steps; -1 with err. The first one, before logs are opened, makes the
 * patterns: no machine code can be made later. `now` is the logs' end for relative times (TIME_NONE
 * where nothing tells it).
 */
int filter_begin(struct filter *filter, const struct options *options, struct err *err);
int filter_end(struct filter *filter, const struct options *options, const struct plan *plan,
	       const struct ruleset *rules, int64_t now, struct err *err);
void filter_release(struct filter *filter);
/* Narrows to whom and what a finding tells of: its addresses, zones and times. */
void filter_by_finding(struct filter *filter, const struct finding *finding);
/* True where --since or --until count back from the logs' end. */
bool filter_is_relative(const struct options *options);
/* The options that are given, as they were: "--source 192.0.2.1 --zone example.com". */
void filter_describe(const struct options *options, struct buf *out);

/* In three steps, so that no line costs more than it must: by the record alone; */
bool filter_record(const struct filter *filter, const struct record *record);
/* by its name (NULL: none; never asked then), */
bool filter_name(const struct filter *filter, struct regex_scratch *scratch,
		 const struct name *name);
/* and by the rules that match. */
bool filter_rules(const struct filter *filter, const struct matches *matches);

static inline bool
filter_has_names(const struct filter *filter)
{
	return filter->zone_count || filter->name_count;
}

#endif
