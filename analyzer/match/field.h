/*
 * The fields a rule may ask for, under all names that published DNS rules use, and their
 * values in one record.
 */
#ifndef MATCH_FIELD_H
#define MATCH_FIELD_H

#include "names/names.h"
#include "record/codes.h"
#include "record/record.h"

enum field {
	FIELD_QUERY,     /* folded */
	FIELD_QUERY_RAW, /* as the log writes it */
	FIELD_LABEL,     /* the first label, folded */
	FIELD_LABEL_RAW, /* no name of its own: `label|cased` */
	FIELD_ZONE,
	FIELD_QUERY_LENGTH,
	FIELD_LABEL_COUNT,
	FIELD_TYPE,
	FIELD_CLASS,
	FIELD_RCODE,
	FIELD_SRC_IP,
	FIELD_SRC_PORT,
	FIELD_DST_IP,
	FIELD_ECS,
	FIELD_PROTO,
	FIELD_FLAGS,
	FIELD_ACTION,
	FIELD_VIEW,
	FIELD_KEY,
	FIELD_SERVER,
	FIELD_LINE,  /* the raw line: keywords */
	FIELD_NEVER, /* known from other sources of logs, absent from every query log */
	FIELDS
};

/* What a value of the field is, and so which tests it takes. */
enum field_kind { VALUE_TEXT, VALUE_CODE, VALUE_NUMBER, VALUE_ADDRESS, VALUE_FLAGS, VALUE_WORDS };

/* FIELDS when nobody uses that name. Letters compare without case. */
enum field field_find(struct str name);
const char *field_name(enum field field);
enum field_kind field_kind(enum field field);
/* True when its value follows from the folded name, type and class alone. */
bool field_is_of_name(enum field field);
/* The fields' own names, comma separated. */
const char *field_list(void);

/* A value of a coded field (type, class, rcode), as word or number; false when it is none. */
bool field_code(enum field field, struct str text, int32_t *out);
/* Flags as words ("rd", "tcp") or BIND's characters ("+", "-", "ET"); false when they are none. */
bool field_flags(struct str text, uint16_t *mask, uint16_t *want);

/*
 * One record's values, made when first asked for. Borrows everything it is given; no
 * allocation.
 */
struct field_values {
	const struct record *record;
	const struct name *name; /* NULL when the record has none */
	struct str server, line;
	uint32_t ready; /* bit per field whose text is made */
	struct str text[FIELDS];
	char code_text[3][CODE_TEXT];
	char ip_text[2][IP_TEXT];
	char ecs_text[PREFIX_TEXT];
	char number_text[3][24];
	char flags_text[12];
};

static inline void
field_values_init(struct field_values *values, const struct record *record, const struct name *name,
		  struct str server, struct str line)
{
	values->record = record;
	values->name = name;
	values->server = server;
	values->line = line;
	values->ready = 0;
}
/* As text; empty where the record does not tell. Of several words the first (see field_word). */
struct str field_text(struct field_values *values, enum field field);
/* The i-th word that FIELD_ACTION answers to; empty after the last. */
struct str field_word(const struct field_values *values, size_t i);
/* Of a code or number field; false where the record does not tell. */
bool field_number(const struct field_values *values, enum field field, int64_t *out);
/* Of an address field; false where the record does not tell. */
bool field_address(const struct field_values *values, enum field field, struct ip *out);
bool field_is_present(struct field_values *values, enum field field);

#endif
