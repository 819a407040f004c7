#include <criterion/criterion.h>
#include <stdio.h>

#include "lines.h"

static const char *const services[] = {
	"_sip._udp",         "_sip._tcp",        "_sips._tcp",     "_xmpp-client._tcp",
	"_xmpp-server._tcp", "_ldap._tcp",       "_kerberos._tcp", "_kerberos._udp",
	"_kpasswd._tcp",     "_gc._tcp",         "_imap._tcp",     "_imaps._tcp",
	"_pop3._tcp",        "_submission._tcp", "_caldav._tcp",   "_carddav._tcp",
	"_h323cs._tcp",      "_stun._udp",       "_turn._udp",     "_jabber._tcp",
	"_http._tcp",        "_finger._tcp",     "_telnet._tcp",   "_whois._tcp",
};

static void
ask(struct scene *scene, const char *client, const char *front, const char *type, unsigned i)
{
	char name[128];

	snprintf(name, sizeof(name), "%s.example.com", front);
	lines_query(&scene->log,
		    &(struct line){.at = i * 100, .client = client, .name = name, .type = type});
}

Test(srv, a_list_of_services_is_a_sweep)
{
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 24; i++)
		ask(&scene, "203.0.113.5", services[i], "SRV", i);
	scene_play(&scene);
	const struct finding *f = scene_find(&scene, "srv-sweep", "203.0.113.5");
	cr_assert_not_null(f);
	cr_expect_eq(f->level, LEVEL_MEDIUM);
	cr_expect(finding_has_term(f, "a whole list"));
	cr_expect_eq(f->evidence_count, 10);
	scene_release(&scene);
}

Test(srv, services_of_a_domain_controller_and_a_phone_are_none)
{
	static const char *const windows[] = {
		"_ldap._tcp.dc._msdcs",     "_ldap._tcp.Default._sites.dc._msdcs",
		"_kerberos._tcp.dc._msdcs", "_ldap._tcp.pdc._msdcs",
		"_kerberos._tcp",           "_gc._tcp.Default._sites"};
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < 300; i++) {
		ask(&scene, "10.1.1.1", windows[i % 6], "SRV", i);
		ask(&scene, "10.1.1.2", services[i % 3], "SRV", i);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "srv-sweep"), 0);
	scene_release(&scene);
}

/* Fifteen names of a domain, its telephony and its mail are those of an ordinary office host. */
Test(srv, a_member_of_a_windows_domain_is_none)
{
	static const char *const usual[] = {
		"_ldap._tcp.dc._msdcs",
		"_ldap._tcp.Berlin._sites.dc._msdcs",
		"_kerberos._tcp.dc._msdcs",
		"_kerberos._tcp.Berlin._sites.dc._msdcs",
		"_ldap._tcp.pdc._msdcs",
		"_ldap._tcp.gc._msdcs",
		"_ldap._tcp",
		"_kerberos._tcp",
		"_kerberos._udp",
		"_kpasswd._tcp",
		"_kpasswd._udp",
		"_gc._tcp",
		"_gc._tcp.Berlin._sites",
		"_vlmcs._tcp",
		"_autodiscover._tcp",
		"_sip._tls",
		"_sipinternaltls._tcp",
	};
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		ask(&scene, "10.1.1.1", usual[i], "SRV", i);
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "srv-sweep"), 0);
	scene_release(&scene);
}

/* The shortest list of a tool that is known: nmap's dns-srv-enum. */
Test(srv, the_shortest_list_of_a_tool_is_a_sweep)
{
	static const char *const list[] = {
		"_gc._tcp",      "_autodiscover._tcp", "_kerberos._tcp",    "_kerberos._udp",
		"_kpasswd._tcp", "_kpasswd._udp",      "_ldap._tcp",        "_sip._udp",
		"_sip._tcp",     "_xmpp-server._tcp",  "_xmpp-client._tcp",
	};
	struct scene scene;

	scene_init(&scene);
	for (unsigned i = 0; i < sizeof(list) / sizeof(*list); i++)
		ask(&scene, "203.0.113.5", list[i], "SRV", i);
	scene_play(&scene);
	cr_expect_not_null(scene_find(&scene, "srv-sweep", "203.0.113.5"));
	scene_release(&scene);
}

/* Mail records stand below underscores too, and are TXT. */
Test(srv, selectors_and_challenges_are_none)
{
	struct scene scene;
	char front[64];

	scene_init(&scene);
	for (unsigned i = 0; i < 60; i++) {
		snprintf(front, sizeof(front), "s%u._domainkey", i);
		ask(&scene, "198.51.100.7", front, "TXT", i);
		snprintf(front, sizeof(front), "_acme-challenge.%s", lines_word(i));
		ask(&scene, "198.51.100.8", front, "TXT", i);
	}
	scene_play(&scene);
	cr_expect_eq(scene_count(&scene, "srv-sweep"), 0);
	scene_release(&scene);
}
