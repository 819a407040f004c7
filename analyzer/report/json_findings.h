/* The "findings" array of the JSON report. */
#ifndef REPORT_JSON_FINDINGS_H
#define REPORT_JSON_FINDINGS_H

#include "detect/finding.h"
#include "report/json_writer.h"

/* One finding as an object; `key` as in json_writer.h. At most `examples` evidence lines. */
void json_finding(struct json *json, const char *key, const struct finding *finding,
		  size_t examples);
/* "name": [strings]. */
void json_strings(struct json *json, const char *key, const struct str *items, size_t count);
/* An address, null when it is none. */
void json_address(struct json *json, const char *key, const struct ip *ip);
/* A count that may be unknown: null when negative. */
void json_number_or_null(struct json *json, const char *key, int64_t value);

#endif
