/*
 * For scripts/measure-names.py: reads labels, one a line, and prints for each the class that
 * digtrail gives it below a zone and the evidence that it is random.
 *	classify patterns/wordlists/labels.txt <labels
 */
#include <stdio.h>

#include "names/class.h"
#include "names/random.h"

int
main(int argc, char **argv)
{
	struct names names;
	struct err err;
	char line[512];

	names_init(&names, STR("measure"));
	if (argc != 2 || names_add_wordlist(&names, argv[1], &err) != 0)
		return 2;
	while (fgets(line, sizeof(line), stdin)) {
		struct str label = str_trim(str_of(line));
		char name[600], folded[QNAME_TEXT_MAX];
		int n = snprintf(name, sizeof(name), "%.*s.example.com", STR_ARG(label));
		struct str text = qname_fold(str_make(name, (size_t)n), folded);
		printf("%s %d\n", name_class_names[class_of(&names, text, label.n + 1)],
		       random_evidence(qname_first_label(text)));
	}
	names_release(&names);
	return 0;
}
