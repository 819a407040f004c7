/*
 * struct record: what one log line says. Every str is a view into the line and lives as long
 * as it does. Unknown is not "no": what a line cannot tell has its own value (-1, TIME_NONE,
 * a bit missing from flags_known, an empty view).
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "base/buf.h"
#include "base/ip.h"
#include "base/str.h"
#include "base/timestamp.h"

/* Kinds of lines, in the order of the report's "lines" object. */
enum record_kind {
	RECORD_QUERY,
	RECORD_RESPONSE,
	RECORD_DENIED,
	RECORD_TRANSFER,
	RECORD_RATE_LIMITED,
	RECORD_QUERY_ERROR,
	RECORD_UPDATE,
	RECORD_OTHER,   /* on the closed list of described messages that tell nothing of clients */
	RECORD_UNKNOWN, /* no known message: a sign of format drift, or not a DNS log */
	RECORD_MALFORMED, /* began as a known message and broke its grammar: see `defect` */
	RECORD_KINDS
};

/* What exactly happened, where the kind alone does not say. */
enum record_action {
	ACTION_NONE,
	ACTION_QUERY_DENIED,    /* query 'n/t/c' denied */
	ACTION_CACHE_DENIED,    /* query (cache) 'n/t/c' denied */
	ACTION_TRANSFER_DENIED, /* zone transfer 'z/AXFR/IN' denied; AXFR request denied: quota */
	ACTION_TRANSFER_BAD,    /* bad zone transfer request: ... (NOTAUTH) */
	ACTION_TRANSFER_STARTED,
	ACTION_TRANSFER_ENDED,
	ACTION_TRANSFER_CURRENT,  /* IXFR poll up to date */
	ACTION_TRANSFER_FALLBACK, /* IXFR falls back to AXFR */
	ACTION_TRANSFER_FAILED,   /* send: connection reset, aborted, setting up failed */
	ACTION_APPROVED,          /* query, transfer or signer approved (debug) */
	ACTION_RATE_DROP,
	ACTION_RATE_SLIP,
	ACTION_RATE_LIMIT, /* burst line without a client part */
	ACTION_UPDATE_DENIED,
	ACTION_UPDATE_DONE,
	ACTION_NOTIFY_RECEIVED,
	ACTION_LOCAL_ZONE, /* Unbound local-zone, RPZ and response-ip actions */
	RECORD_ACTIONS
};

/* How a transfer was done. */
enum record_transfer {
	TRANSFER_UNKNOWN,
	TRANSFER_AXFR,
	TRANSFER_IXFR,
	TRANSFER_AXFR_STYLE, /* IXFR asked, whole zone sent */
	TRANSFER_POLL        /* IXFR poll response: nothing new */
};

/* Why a line is RECORD_MALFORMED. Names stand in record_defect_names, same order. */
enum record_defect {
	DEFECT_NONE,
	DEFECT_ADDRESS, /* the client is no address */
	DEFECT_NAME,    /* a name breaks the server's escaping, or is longer than DNS allows */
	DEFECT_TYPE,
	DEFECT_CLASS,
	DEFECT_RCODE,
	DEFECT_TIME,      /* a time that no calendar has */
	DEFECT_TRUNCATED, /* the line ends inside a field */
	DEFECT_SYNTAX,    /* known beginning, unknown continuation */
	DEFECT_OVERLONG,  /* longer than READER_LINE_MAX; counted by the reader, has no record */
	RECORD_DEFECTS
};

enum record_flag {
	FLAG_RD = 1 << 0, /* recursion desired */
	FLAG_TCP = 1 << 1,
	FLAG_EDNS = 1 << 2,
	FLAG_DO = 1 << 3,           /* DNSSEC OK */
	FLAG_CD = 1 << 4,           /* checking disabled */
	FLAG_COOKIE = 1 << 5,       /* a cookie was sent (BIND K or V) */
	FLAG_COOKIE_VALID = 1 << 6, /* it held the server's own valid part (BIND V) */
	FLAG_SIGNED = 1 << 7,       /* TSIG or SIG(0) */
};

enum {
	TYPE_A = 1,
	TYPE_NS = 2,
	TYPE_CNAME = 5,
	TYPE_SOA = 6,
	TYPE_NULL = 10,
	TYPE_PTR = 12,
	TYPE_HINFO = 13,
	TYPE_MX = 15,
	TYPE_TXT = 16,
	TYPE_AAAA = 28,
	TYPE_SRV = 33,
	TYPE_NAPTR = 35,
	TYPE_DNAME = 39,
	TYPE_OPT = 41,
	TYPE_DS = 43,
	TYPE_SSHFP = 44,
	TYPE_RRSIG = 46,
	TYPE_NSEC = 47,
	TYPE_DNSKEY = 48,
	TYPE_NSEC3 = 50,
	TYPE_NSEC3PARAM = 51,
	TYPE_TLSA = 52,
	TYPE_CDS = 59,
	TYPE_CDNSKEY = 60,
	TYPE_SVCB = 64,
	TYPE_HTTPS = 65,
	TYPE_SPF = 99,
	TYPE_TKEY = 249,
	TYPE_TSIG = 250,
	TYPE_IXFR = 251,
	TYPE_AXFR = 252,
	TYPE_ANY = 255,
	TYPE_CAA = 257,
	TYPE_UNKNOWN = -1
};
enum {
	CLASS_IN = 1,
	CLASS_CH = 3,
	CLASS_HS = 4,
	CLASS_NONE = 254,
	CLASS_ANY = 255,
	CLASS_UNKNOWN = -1
};
enum {
	RCODE_NOERROR = 0,
	RCODE_FORMERR = 1,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	RCODE_REFUSED = 5,
	RCODE_NOTAUTH = 9,
	RCODE_UNKNOWN = -1
};

struct record {
	int64_t time;     /* UTC milliseconds, TIME_NONE */
	struct ip client; /* all zero when the line has none */
	struct ip server; /* address the query came to; all zero when not told */
	int32_t port;     /* -1 */
	int32_t qtype;    /* TYPE_UNKNOWN */
	int32_t qclass;   /* CLASS_UNKNOWN */
	int32_t rcode;    /* RCODE_UNKNOWN */
	int32_t answers;  /* records in the answer section (BIND's response lines), -1 */
	uint16_t flags;   /* enum record_flag */
	uint16_t flags_known;
	uint8_t kind;     /* enum record_kind */
	int8_t cached;    /* Unbound: answered at once; -1 */
	struct str qname; /* as the log writes it, escapes kept, final dot removed; root is "." */
	struct str view;
	struct str host;    /* of a syslog wrapper: the machine that wrote the line */
	struct str message; /* after wrapper, time, category and severity */
	struct str category;
	int64_t seconds_us; /* Unbound: time to answer in microseconds, -1 */
	int64_t size;       /* answer size in bytes, -1 */
	/*
	 * What no template tells (record/template.h). `is_plain`: all of it is "not told", and need
	 * not be written again where one is filled in; private to record/.
	 */
	bool is_plain;
	uint8_t action;   /* enum record_action */
	uint8_t transfer; /* enum record_transfer */
	uint8_t defect;   /* enum record_defect */
	bool has_ecs;
	struct prefix ecs; /* EDNS client subnet; bits 0 and no address when absent */
	struct str key;
	struct str reason;                /* text of a refusal, failure or update, for evidence */
	int64_t serial, serial_from;      /* transfers: -1 */
	int64_t messages, records, bytes; /* transfers: -1 */
};

/* All fields to "not told". */
void record_clear(struct record *record);
/* All that is told, for a test to compare: `query client=192.0.2.1 name=example.com type=A`. */
void record_describe(const struct record *record, struct buf *out);
/* "query", "rate_limited": the report's names. */
extern const char *const record_kind_names[RECORD_KINDS];
/* "address", "name": the report's reasons. */
extern const char *const record_defect_names[RECORD_DEFECTS];
/* "query denied", "transfer ended": for people. */
extern const char *const record_action_names[RECORD_ACTIONS];

#endif
