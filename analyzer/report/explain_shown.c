/* The only door through which addresses, names and findings come onto a page of explain. */
#include "report/explain_parts.h"
#include "report/redact.h"

const char *
explain_ip(struct explain *explain, const struct ip *ip, char out[IP_TEXT])
{
	if (!explain->redactor)
		return ip_print(ip, out);
	struct ip pseudonym = redact_ip(explain->redactor, ip);
	return ip_print(&pseudonym, out);
}

const char *
explain_prefix(struct explain *explain, const struct prefix *prefix, char out[PREFIX_TEXT])
{
	if (!explain->redactor)
		return prefix_print(prefix, out);
	struct prefix pseudonym = redact_prefix(explain->redactor, prefix);
	return prefix_print(&pseudonym, out);
}

struct str
explain_text(struct explain *explain, struct str text)
{
	return explain->redactor && text.n ? redact_text(explain->redactor, text) : text;
}

const struct finding *
explain_shown(struct explain *explain, const struct finding *finding)
{
	const struct findings *findings = explain->input->findings;

	if (!explain->redactor)
		return finding;
	if (!explain->shown) {
		explain->shown = arena_alloc(&explain->arena,
					     (findings->count + 1) * sizeof(*explain->shown));
		for (size_t i = 0; i < findings->count; i++) {
			explain->shown[i] = findings->all[i];
			redact_finding(explain->redactor, &explain->arena, explain->input->redact,
				       &explain->shown[i]);
		}
	}
	return &explain->shown[finding - findings->all];
}
