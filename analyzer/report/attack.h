/* Names of the MITRE ATT&CK techniques that findings carry. */
#ifndef REPORT_ATTACK_H
#define REPORT_ATTACK_H

#include "base/str.h"

/* Of the matrix whose names these are. */
#define ATTACK_VERSION "17"

struct attack {
	struct str technique, technique_name;       /* T1590 */
	struct str subtechnique, subtechnique_name; /* T1590.002; empty without */
	struct str tactic, tactic_name;             /* TA0043, Reconnaissance */
	struct str tactic_key;                      /* as the Navigator spells it: reconnaissance */
};

/* What is known of an id; names of an unknown one are its id, its tactic Reconnaissance. */
struct attack attack_of(struct str id);

#endif
