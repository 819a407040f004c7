#include "detect/internal.h"

#include "detect/build.h"

enum { INSIDE_POINTS = 25 };

/* Kinds of search; what merely shows a curious host stays as it is. */
static const struct {
	struct str kind;
	const char *attack; /* besides what the detector said; NULL */
} searches[] = {
	{{"brute-force", 11}, NULL},      {{"slow-enumeration", 16}, NULL},
	{{"permutation", 11}, NULL},      {{"ptr-sweep", 9}, "T1046"},
	{{"ptr6-walk", 9}, "T1046"},      {{"srv-sweep", 9}, "T1482"},
	{{"record-gathering", 16}, NULL}, {{"transfer", 8}, NULL},
};

void
internal_raise(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->all[i];
		/* A secondary may well be inside; and critical has nowhere to go. */
		if (!finding->internal || finding->role.n || finding->level >= LEVEL_HIGH)
			continue;
		for (size_t j = 0; j < sizeof(searches) / sizeof(*searches); j++) {
			if (!str_eq(finding->kind, searches[j].kind))
				continue;
			finding_term(findings, finding, "one of our own hosts", 1, 1,
				     INSIDE_POINTS);
			finding->level = level_of_score(finding->score);
			if (searches[j].attack)
				build_attack(findings, finding, searches[j].attack);
		}
	}
}
