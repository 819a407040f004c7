#include <criterion/criterion.h>

#include "detect/internal.h"

static struct finding *
add(struct findings *findings, const char *kind, int points, bool internal)
{
	struct finding *finding = findings_add(findings);

	finding->kind = str_of(kind);
	finding->internal = internal;
	finding_term(findings, finding, "base", 1, 1, points);
	finding->level = level_of_score(finding->score);
	return finding;
}

Test(internal, raises_searches_of_our_own_hosts_and_nothing_else)
{
	static const struct {
		const char *kind;
		int points;
		bool internal;
		enum level level;
	} rows[] = {
		{"ptr-sweep", 50, true, LEVEL_HIGH},
		{"ptr-sweep", 50, false, LEVEL_MEDIUM},
		{"brute-force", 45, true, LEVEL_HIGH},
		{"transfer", 20, true, LEVEL_MEDIUM},
		{"transfer", 95, true, LEVEL_CRITICAL},
		{"chaos", 25, true, LEVEL_LOW},
		{"not-recon", 10, true, LEVEL_INFORMATIONAL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct findings findings;
		findings_init(&findings);
		struct finding *finding =
			add(&findings, rows[i].kind, rows[i].points, rows[i].internal);
		internal_raise(&findings);
		cr_expect_eq(finding->level, rows[i].level, "row %zu: level %d", i, finding->level);
		cr_expect_eq(finding->level, level_of_score(finding->score), "row %zu", i);
		findings_release(&findings);
	}
}
