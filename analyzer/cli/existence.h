/* Loading what the operator says exists: --zone-file, --zone-dir, --known-names. */
#ifndef CLI_EXISTENCE_H
#define CLI_EXISTENCE_H

#include "cli/options.h"
#include "detect/oracle.h"

/*
 * *oracle becomes NULL when the options name nothing. What could not be read is said on
 * `messages`, and `faulty` set when it was named by itself; what could be read is kept. -1
 * with err for an option that makes no sense.
 */
int existence_load(struct oracle **oracle, const struct options *options, uint64_t memory,
		   FILE *messages, bool *faulty, struct err *err);
/* Says when a zone file changed after the log's last time. */
void existence_warn(const struct oracle *oracle, int64_t last, FILE *messages);

#endif
