/*
 * SRV sweeps: the services of a zone tried one after the other. Clients ask for the one or
 * two services they use (DETECTION.md 14.9: at most 2 owners, attacks 11 to 74). A
 * member of a Windows domain asks for a dozen names, but of few applications: the directory's
 * own, which do not count, and perhaps telephony and mail.
 */
#include "detect/build.h"
#include "detect/scan.h"
#include "detect/service.h"

enum { OWNERS = 8, OWNERS_MANY = 20, APPLICATIONS = 3 };

/* Distinct service names asked with type SRV, estimated; 0 when they are of few applications. */
static double
owners_of(const struct tally *tally, const struct pair *pair)
{
	struct pair_class names = pair_class(pair, NAME_SERVICE);
	const struct pair_name *name;
	struct str applications[APPLICATIONS];
	size_t count = 0;
	double asked = 0;

	if (names.names.count == 0)
		return 0;
	for (uint32_t i = 0; (name = sample_next(&names.names, &pair_name_type, &i)) != NULL;) {
		struct str text = texts_get(&tally->texts, name->text);
		if (!(name->types & type_bit(TYPE_SRV)))
			continue;
		asked++;
		if (!service_is_directory(text))
			service_add(applications, &count, APPLICATIONS, text);
	}
	if (count < APPLICATIONS)
		return 0;
	return asked * (double)sample_distinct(&names.names, &pair_name_type) / names.names.count;
}

static void
report(const struct detect_input *input, struct findings *out, const struct pair *const *pairs,
       size_t count, double most)
{
	struct finding *finding = build_from_pairs(out, input, pairs, count);

	finding_term(out, finding, "service names asked", most, OWNERS, 45);
	if (most >= OWNERS_MANY)
		finding_term(out, finding, "a whole list of services", most, OWNERS_MANY, 10);
	if (count > 1)
		finding_term(out, finding, "zones", (double)count, 2, 5);
	finding->level = level_of_score(finding->score);
	for (size_t i = 0; i < count; i++) {
		build_answered(out, finding, input, pairs[i]);
		build_reconstructed_class(out, finding, input, pairs[i], NAME_SERVICE);
	}
	finding->title = build_text(&out->arena, "Services of %.*s were tried",
				    STR_ARG(texts_get(&input->tally->texts, pairs[0]->key.zone)));
	finding->next = STR("Check which service names exist; those hosts are known now.");
	finding->lookalikes = STR("a Windows client that uses three other services beside its "
				  "domain, SIP and XMPP phones, DNS-SD");
	build_attack(out, finding, finding->internal ? "T1018" : "T1590.002");
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct ground *ground = &input->scans->ground;

	for (size_t first = 0, count = 0;
	     ground_seek(ground, 0, 1 << NAME_SERVICE, &first, &count);) {
		const struct pair *found[64];
		double most = 0;
		size_t n = 0;
		for (size_t i = first; i < first + count && n < 64; i++) {
			bool asked = ground->briefs[i].classes >> NAME_SERVICE & 1;
			double owners = asked ? owners_of(input->tally, ground_pair(ground, i)) : 0;
			if (owners < OWNERS)
				continue;
			most = owners > most ? owners : most;
			found[n++] = ground_pair(ground, i);
		}
		if (n)
			report(input, out, found, n, most);
	}
}

extern const struct detector detector_srv;
const struct detector detector_srv = {
	.name = "srv",
	.kind = "srv-sweep",
	.run = run,
};
