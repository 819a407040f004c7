#include "detect/suppress.h"

#include "detect/allow.h"
#include "detect/build.h"

/* Kinds that rest on names which one source tried: behind a resolver that source is many. */
static bool
is_of_tried_names(struct str kind)
{
	return str_eq(kind, STR("brute-force")) || str_eq(kind, STR("slow-enumeration")) ||
	       str_eq(kind, STR("permutation"));
}

static bool
is_by_resolver(const struct detect_settings *settings, const struct finding *finding)
{
	for (size_t i = 0; i < finding->address_count; i++)
		if (!prefix_list_contains(settings->resolvers, settings->resolver_count,
					  &finding->addresses[i]))
			return false;
	return finding->address_count > 0;
}

void
suppress_expected(const struct detect_input *input, struct findings *findings)
{
	const struct detect_settings *settings = input->settings;
	int64_t now = detect_now(input->tally);

	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->all[i];
		if (finding->suppressed_by.n)
			continue;
		const struct allow_entry *entry =
			settings->allow ? allow_find(settings->allow, finding, now) : NULL;
		if (entry) {
			finding->suppressed_by = STR("allow");
			finding->suppressed_reason = build_text(&findings->arena, "%.*s (%.*s:%u)",
								STR_ARG(entry->reason),
								STR_ARG(entry->file), entry->line);
		} else if (is_of_tried_names(finding->kind) && is_by_resolver(settings, finding)) {
			finding->suppressed_by = STR("resolver");
			finding->suppressed_reason = STR("its clients ask; the zone axis still "
							 "counts it");
		}
	}
}
