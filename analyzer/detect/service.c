#include "detect/service.h"

#include "record/qname.h"

bool
service_is_domain_controller(struct str name)
{
	return str_starts(name, STR("_")) && str_find(name, STR("._msdcs."), 0) != SIZE_MAX;
}

bool
service_is_directory(struct str name)
{
	static const struct str services[] = {
		{"_ldap", 5},    {"_kerberos", 9}, {"_kerberos-master", 16},
		{"_kpasswd", 8}, {"_gc", 3},       {"_vlmcs", 6},
	};
	struct str label = qname_first_label(name);

	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		if (str_eq(label, services[i]))
			return true;
	return service_is_domain_controller(name);
}

void
service_add(struct str *applications, size_t *count, size_t most, struct str name)
{
	enum { SAME = 4 }; /* "_sip" and "_sipinternal", "_xmpp-client" and "_xmpp-server" */
	struct str label = qname_first_label(name);
	size_t n = 0;

	while (n < label.n && n < SAME && label.p[n] != '-' &&
	       (label.p[n] < '0' || label.p[n] > '9'))
		n++;
	label.n = n;
	for (size_t i = 0; i < *count; i++)
		if (str_eq(applications[i], label))
			return;
	if (*count < most)
		applications[(*count)++] = label;
}
