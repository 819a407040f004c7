#include "report/attack.h"

static const struct tactic {
	const char *id, *name, *key;
} recon = {"TA0043", "Reconnaissance", "reconnaissance"},
  discovery = {"TA0007", "Discovery", "discovery"},
  control = {"TA0011", "Command and Control", "command-and-control"},
  impact = {"TA0040", "Impact", "impact"};

static const struct technique {
	const char *id, *name;
	const struct tactic *tactic;
} techniques[] = {
	{"T1018", "Remote System Discovery", &discovery},
	{"T1046", "Network Service Discovery", &discovery},
	{"T1071", "Application Layer Protocol", &control},
	{"T1071.004", "DNS", &control},
	{"T1482", "Domain Trust Discovery", &discovery},
	{"T1498", "Network Denial of Service", &impact},
	{"T1498.002", "Reflection Amplification", &impact},
	{"T1590", "Gather Victim Network Information", &recon},
	{"T1590.001", "Domain Properties", &recon},
	{"T1590.002", "DNS", &recon},
	{"T1590.005", "IP Addresses", &recon},
	{"T1592", "Gather Victim Host Information", &recon},
	{"T1592.002", "Software", &recon},
	{"T1595", "Active Scanning", &recon},
	{"T1595.001", "Scanning IP Blocks", &recon},
	{"T1595.002", "Vulnerability Scanning", &recon},
	{"T1595.003", "Wordlist Scanning", &recon},
};

static const struct technique *
find(struct str id)
{
	for (size_t i = 0; i < sizeof(techniques) / sizeof(techniques[0]); i++)
		if (str_eq(str_of(techniques[i].id), id))
			return &techniques[i];
	return NULL;
}

struct attack
attack_of(struct str id)
{
	size_t dot = str_index(id, '.');
	struct str parent = dot == SIZE_MAX ? id : str_make(id.p, dot);
	const struct technique *whole = find(parent), *part = find(id);
	const struct tactic *tactic = part ? part->tactic : whole ? whole->tactic : &recon;
	struct attack attack = {
		.technique = parent,
		.technique_name = whole ? str_of(whole->name) : parent,
		.tactic = str_of(tactic->id),
		.tactic_name = str_of(tactic->name),
		.tactic_key = str_of(tactic->key),
	};

	if (dot != SIZE_MAX) {
		attack.subtechnique = id;
		attack.subtechnique_name = part ? str_of(part->name) : id;
	}
	return attack;
}
