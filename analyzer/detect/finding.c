#include "detect/finding.h"

#include <stdlib.h>

#include "base/xalloc.h"

const char *const outcome_names[OUTCOMES] = {"", "granted", "refused", "failed", "unknown"};
const char *const direction_names[DIRECTIONS] = {"against-us", "by-our-client", "internal"};
const char *const finding_status_names[STATUSES] = {"new", "continuing", "escalated", "ended",
						    "history"};
const char *const oracle_names[ORACLES] = {"none",      "rcode",       "rate-limit",
					   "zone-file", "known-names", "catalogue"};

void
findings_init(struct findings *findings)
{
	*findings = (struct findings){0};
}

void
findings_release(struct findings *findings)
{
	free(findings->all);
	arena_release(&findings->arena);
	*findings = (struct findings){0};
}

void
findings_join(struct findings *findings, struct findings *from)
{
	size_t count = findings->count + from->count;

	if (from->count) {
		findings->all = xrealloc(findings->all, count, sizeof(*findings->all));
		memcpy(&findings->all[findings->count], from->all,
		       from->count * sizeof(*findings->all));
		findings->count = findings->capacity = count;
	}
	arena_join(&findings->arena, &from->arena);
	findings_release(from);
}

struct finding *
findings_add(struct findings *findings)
{
	if (findings->count == findings->capacity) {
		findings->capacity = findings->capacity ? findings->capacity * 2 : 16;
		findings->all = xrealloc(findings->all, findings->capacity, sizeof(*findings->all));
	}
	struct finding *finding = &findings->all[findings->count++];
	*finding = (struct finding){
		.spoofable = TRI_UNKNOWN,
		.first_seen = TIME_NONE,
		.last_seen = TIME_NONE,
		.first_reported = TIME_NONE,
	};
	return finding;
}

static int
compare_findings(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;

	if (left->score != right->score)
		return left->score > right->score ? -1 : 1;
	if (left->first_seen != right->first_seen)
		return left->first_seen < right->first_seen ? -1 : 1;
	return str_compare(left->id, right->id);
}

void
findings_sort(struct findings *findings)
{
	if (findings->count)
		qsort(findings->all, findings->count, sizeof(*findings->all), compare_findings);
}

void
finding_term(struct findings *findings, struct finding *finding, const char *name, double value,
	     double threshold, int points)
{
	struct term *terms =
		arena_alloc(&findings->arena, (finding->term_count + 1) * sizeof(*terms));

	if (finding->term_count)
		memcpy(terms, finding->terms, finding->term_count * sizeof(*terms));
	terms[finding->term_count++] =
		(struct term){arena_str(&findings->arena, str_of(name)), value, threshold, points};
	finding->terms = terms;
	finding->score += points;
	if (finding->score > 100)
		finding->score = 100;
	if (finding->score < 0)
		finding->score = 0;
}

enum level
level_of_score(int score)
{
	if (score >= 90)
		return LEVEL_CRITICAL;
	if (score >= 70)
		return LEVEL_HIGH;
	if (score >= 40)
		return LEVEL_MEDIUM;
	return score >= 20 ? LEVEL_LOW : LEVEL_INFORMATIONAL;
}
