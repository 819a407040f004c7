/* What a name looks like, by itself. */
#include "detect/traits.h"

#include <criterion/criterion.h>

#include "lines.h"

/* The traits of a name that the scene's tally may not hold: as one of an earlier night. */
static uint16_t
traits(const char *name, const char *zone, uint8_t class_)
{
	struct scene scene;
	struct texts texts;
	struct ground ground;

	scene_init(&scene);
	lines_query(&scene.log, &(struct line){.client = "192.0.2.1"});
	scene_play(&scene);
	ground_init(&ground, &(struct detect_input){.tally = &scene.tally,
						    .settings = &scene.harness.detect});
	texts_init(&texts, &scene.tally.settings->names->table_key);
	struct named named = {&texts, texts_hold(&texts, str_of(name)), str_of(zone), class_};
	uint16_t found = traits_of(&ground, &named);
	texts_release(&texts);
	ground_release(&ground);
	scene_release(&scene);
	return found;
}

Test(traits, tell_what_explains_a_name_and_what_it_is_for)
{
	static const struct {
		const char *name, *zone;
		uint8_t class_;
		unsigned traits;
	} rows[] = {
		{"www.example.com", "example.com", NAME_OTHER, EXPLAINED_NOT},
		{"a.b.example.com", "example.com", NAME_OTHER, EXPLAINED_NOT | TRAIT_DEEP},
		{"www.example.com", ".", NAME_OTHER, EXPLAINED_SUFFIX | TRAIT_DEEP},
		{"wpad.example.com", "example.com", NAME_WORDLIST, EXPLAINED_NOT | TRAIT_PROXY},
		{"_.example.com", "example.com", NAME_SERVICE, EXPLAINED_SERVICE | TRAIT_MINIMISED},
		{"_ldap._tcp.example.com", "example.com", NAME_SERVICE,
		 EXPLAINED_SERVICE | TRAIT_DEEP | TRAIT_TRANSPORT},
		{"lb._dns-sd._udp.example.com", "example.com", NAME_SERVICE,
		 EXPLAINED_SERVICE | TRAIT_DEEP | TRAIT_DNS_SD},
		{"4.3.2.1.example.com", "example.com", NAME_NUMBERED,
		 EXPLAINED_BLOCKLIST | TRAIT_DEEP},
		{"4.2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa", NAME_NUMBERED,
		 EXPLAINED_REVERSE},
		{"www.other.net.example.com", "example.com", NAME_OTHER,
		 EXPLAINED_SUFFIX | TRAIT_DEEP},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(traits(rows[i].name, rows[i].zone, rows[i].class_),
			     rows[i].traits | TRAIT_KNOWN, "%s", rows[i].name);
}
