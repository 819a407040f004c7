#include "cli/cmd_ack.h"

#include "cli/exit.h"
#include "store/told.h"

int
cmd_ack(const struct options *options)
{
	struct err err;

	if (options->operands.count != 1 || !options->state) {
		fputs("digtrail: ack needs a finding's id and --state\nTry 'digtrail help ack'.\n",
		      stderr);
		return EXIT_TROUBLE;
	}
	struct state *state = state_open(options->state, STATE_CHANGE, &err);
	if (!state) {
		fprintf(stderr, "digtrail: --state: %s\n", err.text);
		return EXIT_TROUBLE;
	}
	struct str reason = str_of(options->reason ? options->reason : "");
	int done = told_acknowledge(state, str_of(options->operands.items[0]), reason, &err);
	if (done < 0)
		fprintf(stderr, "digtrail: %s\n", err.text);
	else if (done == 0)
		fprintf(stderr, "digtrail: %s: no such finding was told\n",
			options->operands.items[0]);
	state_close(state);
	return done == 1 ? EXIT_ALL_READ : EXIT_TROUBLE;
}
