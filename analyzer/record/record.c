#include "record/record.h"

const char *const record_kind_names[RECORD_KINDS] = {
	[RECORD_QUERY] = "query",
	[RECORD_RESPONSE] = "response",
	[RECORD_DENIED] = "denied",
	[RECORD_TRANSFER] = "transfer",
	[RECORD_RATE_LIMITED] = "rate_limited",
	[RECORD_QUERY_ERROR] = "query_error",
	[RECORD_UPDATE] = "update",
	[RECORD_OTHER] = "other",
	[RECORD_UNKNOWN] = "unknown",
	[RECORD_MALFORMED] = "malformed",
};

const char *const record_defect_names[RECORD_DEFECTS] = {
	[DEFECT_NONE] = "none",     [DEFECT_ADDRESS] = "address",
	[DEFECT_NAME] = "name",     [DEFECT_TYPE] = "type",
	[DEFECT_CLASS] = "class",   [DEFECT_RCODE] = "rcode",
	[DEFECT_TIME] = "time",     [DEFECT_TRUNCATED] = "truncated",
	[DEFECT_SYNTAX] = "syntax", [DEFECT_OVERLONG] = "overlong",
};

const char *const record_action_names[RECORD_ACTIONS] = {
	[ACTION_NONE] = "none",
	[ACTION_QUERY_DENIED] = "query denied",
	[ACTION_CACHE_DENIED] = "query (cache) denied",
	[ACTION_TRANSFER_DENIED] = "transfer denied",
	[ACTION_TRANSFER_BAD] = "bad transfer request",
	[ACTION_TRANSFER_STARTED] = "transfer started",
	[ACTION_TRANSFER_ENDED] = "transfer ended",
	[ACTION_TRANSFER_CURRENT] = "transfer up to date",
	[ACTION_TRANSFER_FALLBACK] = "transfer falls back to AXFR",
	[ACTION_TRANSFER_FAILED] = "transfer failed",
	[ACTION_APPROVED] = "approved",
	[ACTION_RATE_DROP] = "rate limit drop",
	[ACTION_RATE_SLIP] = "rate limit slip",
	[ACTION_RATE_LIMIT] = "rate limit",
	[ACTION_UPDATE_DENIED] = "update denied",
	[ACTION_UPDATE_DONE] = "update done",
	[ACTION_NOTIFY_RECEIVED] = "notify received",
	[ACTION_LOCAL_ZONE] = "local zone",
};

void
record_clear(struct record *record)
{
	static const struct record untold = {
		.time = TIME_NONE,
		.port = -1,
		.qtype = TYPE_UNKNOWN,
		.qclass = CLASS_UNKNOWN,
		.rcode = RCODE_UNKNOWN,
		.answers = -1,
		.kind = RECORD_UNKNOWN,
		.cached = -1,
		.seconds_us = -1,
		.size = -1,
		.serial = -1,
		.serial_from = -1,
		.messages = -1,
		.records = -1,
		.bytes = -1,
	};

	*record = untold;
}
