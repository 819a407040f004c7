/* The "findings" array of the JSON report. */
#ifndef REPORT_JSON_FINDINGS_H
#define REPORT_JSON_FINDINGS_H

#include "detect/finding.h"
#include "report/json_writer.h"
#include "report/summary.h"

/* One of summary->findings as an object; `key` as in json_writer.h; `examples` evidence lines. */
void json_finding(struct json *json, const char *key, const struct summary *summary,
		  const struct finding *finding, size_t examples);
/* "country", "asn" and "network", null where nobody knows. */
void json_place(struct json *json, const struct place *place);
/* "name": [strings]. */
void json_strings(struct json *json, const char *key, const struct str *items, size_t count);
/* An address, null when it is none. */
void json_address(struct json *json, const char *key, const struct ip *ip);
/* A count that may be unknown: null when negative. */
void json_number_or_null(struct json *json, const char *key, int64_t value);

#endif
