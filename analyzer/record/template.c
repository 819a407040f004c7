#include "record/template.h"

#include <limits.h>

#include "record/take.h"

_Static_assert(TEMPLATE_HEAD % BLOCK_BYTES == 0, "a head is compared in whole blocks");
_Static_assert(TEMPLATE_TAILS == 256, "tail_place() gives eight bits");
_Static_assert(TEMPLATE_HEAD + TAKE_POINTER_MOST + 1 + IP_TEXT + sizeof("#65535 (") +
			       2 * TAKE_NAME_MOST + TEMPLATE_MIDDLE + TEMPLATE_TAIL +
			       TEMPLATE_ANSWER <
		       TEMPLATE_LINE,
	       "a line may be longer than told");

/* The time of a stamp that lies in the minute kept: `p` is where its digits begin. */
static inline int64_t
time_at(struct template_minute *minute, const char *p)
{
	uint64_t word = digits_at(p);

	if (minute->is_epoch) {
		if (word != minute->word) { /* many lines are of one second */
			minute->word = word;
			minute->time = minute->start + (int64_t)digits_value(word) * 1000;
		}
		return minute->time;
	}
	/* "SS.mmm": the point goes, zeros come before it. */
	word = (word & 0xffff) << 24 | (word & minute->fraction) << 16;
	return minute->start + digits_value(word);
}

/* Whether the line begins as the template does, in the minute kept. */
static inline bool
has_head(const struct templates *templates, const struct line_template *model,
	 const struct reading *r)
{
	size_t blocks = (model->head_n + BLOCK_BYTES - 1u) / BLOCK_BYTES;

	return r->n >= (size_t)model->head_n + BLOCK_BYTES &&
	       model->stamp_n == templates->minute.n &&
	       block_fits(r->p, model->low, model->more, blocks * BLOCK_BYTES);
}

/* Of a tail of n bytes: that and which lines it ends. */
static inline size_t
tail_key(size_t n, unsigned family)
{
	return n << 8 | family;
}

/* Which of the tails one is kept as. */
static inline size_t
tail_place(const char *p, size_t n, unsigned family)
{
	uint64_t h = tail_key(n, family), word = 0;

	if (n >= sizeof(word)) {
		for (size_t i = 0; i + sizeof(word) < n; i += sizeof(word)) {
			memcpy(&word, p + i, sizeof(word));
			h = (h << 23 | h >> 41) ^ word;
		}
		memcpy(&word, p + n - sizeof(word), sizeof(word));
	} else {
		for (size_t i = 0; i < n; i++)
			word = word << 8 | (unsigned char)p[i];
	}
	return ((h << 23 | h >> 41) ^ word) * 0x9e3779b97f4a7c15u >> 56;
}

/* How long the part of a line behind its name is that `tails` keeps. */
static inline size_t
tail_length(const struct reading *r, enum template_layout layout)
{
	return layout == LAYOUT_UNBOUND_ANSWER ? take_question_length(r) : r->n - r->at;
}

/* What the tail of n bytes tells; NULL where it is not known. */
static inline const struct template_tail *
take_tail(const struct templates *templates, const struct line_template *model, struct reading *r,
	  size_t n)
{
	const struct template_tail *tail;

	if (n == 0 || n > TEMPLATE_TAIL)
		return NULL;
	tail = &templates->tails[tail_place(r->p + r->at, n, model->family)];
	if (tail->key != tail_key(n, model->family) || !block_same(tail->text, r->p + r->at, n))
		return NULL;
	r->at += n;
	return tail;
}

static inline void
set_tail(const struct template_tail *tail, struct record *record)
{
	record->qtype = tail->qtype;
	record->qclass = tail->qclass;
	record->rcode = tail->rcode;
	record->answers = tail->answers;
	record->flags = tail->flags;
	record->flags_known = tail->flags_known;
	record->server = tail->server;
}

/* What is the same in all lines of a template: most of it is not told. */
static inline void
set_model(const struct line_template *model, const struct reading *r, struct record *record)
{
	record->kind = model->kind;
	record->action = ACTION_NONE;
	record->transfer = TRANSFER_UNKNOWN;
	record->defect = DEFECT_NONE;
	record->key = (struct str){NULL, 0};
	record->reason = (struct str){NULL, 0};
	record->ecs = (struct prefix){0};
	record->has_ecs = false;
	record->serial = record->serial_from = -1;
	record->messages = record->records = record->bytes = -1;
	record->category = str_make(r->p + model->category.at, model->category.n);
	record->host = str_make(r->p + model->host.at, model->host.n);
}

/* Whether the full parser has told what set_model() does not. */
static bool
tells_more(const struct record *record)
{
	return record->action != ACTION_NONE || record->transfer != TRANSFER_UNKNOWN ||
	       record->defect != DEFECT_NONE || record->key.n || record->reason.n ||
	       record->has_ecs || record->ecs.bits || record->serial != -1 ||
	       record->serial_from != -1 || record->messages != -1 || record->records != -1 ||
	       record->bytes != -1;
}

/* `r` stands behind the head. */
static inline bool
read_bind(const struct templates *templates, const struct line_template *model, struct reading *r,
	  struct record *record)
{
	const struct template_tail *tail;
	uint32_t port;

	if ((model->pointer && !take_pointer(r)) || !take_address(r, '#', &record->client) ||
	    !take_port(r, &port) || !take_name(r, ')', false) ||
	    !take_text(r, model->middle, model->middle_n) || !take_text(r, r->qname.p, r->qname.n))
		return false;
	take_line_end(r, TEMPLATE_TAIL);
	if (!(tail = take_tail(templates, model, r, r->n - r->at)))
		return false;
	const char *name_end = r->p + r->name_end;
	set_model(model, r, record);
	set_tail(tail, record);
	take_told(record, -1, -1, -1);
	record->port = (int32_t)port;
	record->qname = r->qname;
	record->view = str_make(name_end + model->view.at, model->view.n);
	record->message =
		str_make(name_end + model->message_at, r->n - r->name_end - model->message_at);
	return true;
}

static inline bool
read_unbound(const struct templates *templates, const struct line_template *model,
	     struct reading *r, struct record *record)
{
	const struct template_tail *tail;

	if (!take_address(r, ' ', &record->client) || !take_name(r, ' ', true))
		return false;
	take_line_end(r, TEMPLATE_TAIL + TEMPLATE_ANSWER);
	if (!(tail = take_tail(templates, model, r, tail_length(r, model->layout))))
		return false;
	if (model->layout == LAYOUT_UNBOUND)
		take_told(record, -1, -1, -1);
	else if (!take_answer(r, record))
		return false;
	set_model(model, r, record);
	set_tail(tail, record);
	record->port = -1;
	record->qname = r->qname;
	record->view = (struct str){NULL, 0};
	record->message = str_make(r->p + model->head_n, r->n - model->head_n);
	return true;
}

/* By bytes, since an index would be multiplied anew for each member that is looked at. */
static inline const struct line_template *
template_at(const struct templates *templates, uint16_t place)
{
	return (const void *)((const char *)templates->all + place);
}

/* `r` stands at its begin. */
static inline bool
read_like(struct templates *templates, const struct line_template *model, struct reading *r,
	  struct record *record)
{
	struct template_minute *minute = &templates->minute;

	if (!has_head(templates, model, r))
		return false;
	record->time = time_at(minute, r->p + model->stamp_at + minute->digits_at);
	r->at = model->head_n;
	return model->layout == LAYOUT_BIND ? read_bind(templates, model, r, record)
					    : read_unbound(templates, model, r, record);
}

size_t
template_read(struct templates *templates, struct str text, struct record *record)
{
	for (unsigned i = 0; i < templates->count; i++) {
		uint16_t place = templates->order[i];
		const struct line_template *model = template_at(templates, place);
		struct reading r = {.p = text.p, .n = text.n};
		if (!read_like(templates, model, &r, record))
			continue;
		if (i > 0) {
			memmove(templates->order + 1, templates->order, i * sizeof(place));
			templates->order[0] = place;
		}
		templates->last = (uint8_t)model->layout;
		return r.n;
	}
	return SIZE_MAX;
}

/* Where in a stamp the seconds stand: behind the second colon of HH:MM:SS. */
static size_t
seconds_of(struct str stamp)
{
	for (size_t i = 5; i + 1 < stamp.n; i++)
		if (stamp.p[i - 1] == ':' && stamp.p[i - 4] == ':' && scan_is_digit(stamp.p[i]) &&
		    scan_is_digit(stamp.p[i + 1]))
			return i;
	return 0;
}

/* `[1551441121]`: of ten or eleven digits, in this millennium and the next. */
static bool
is_epoch(struct str stamp)
{
	uint64_t seconds;

	return (stamp.n == 12 || stamp.n == 13) && stamp.p[0] == '[' &&
	       stamp.p[stamp.n - 1] == ']' &&
	       str_number(str_make(stamp.p + 1, stamp.n - 2), UINT64_MAX, &seconds);
}

/* Lets a byte of the minute's stamps be any digit up to `most`. */
static void
free_digit(struct template_minute *minute, size_t at, unsigned char most)
{
	minute->low[at] = '0';
	minute->more[at] = most;
}

/* The digits behind the seconds: all may change, three of them tell. */
static void
free_fraction(struct template_minute *minute, struct str stamp)
{
	size_t from = minute->digits_at + 2u;

	if (from >= stamp.n || (stamp.p[from] != '.' && stamp.p[from] != ','))
		return;
	for (size_t i = 1; from + i < stamp.n && scan_is_digit(stamp.p[from + i]); i++) {
		free_digit(minute, from + i, 9);
		if (i <= 3)
			minute->fraction |= UINT64_C(0xff) << (16 + 8 * i);
	}
}

static void
learn_minute(struct template_minute *minute, const struct template_line *line)
{
	struct str stamp = line->stamp;
	char text[TEMPLATE_STAMP + DIGITS_BYTES] = {0};

	*minute = (struct template_minute){0};
	if (stamp.n > TEMPLATE_STAMP || line->record->time == TIME_NONE)
		return;
	memcpy(minute->low, stamp.p, stamp.n);
	memcpy(text, stamp.p, stamp.n);
	minute->is_epoch = is_epoch(stamp);
	if (minute->is_epoch) {
		minute->digits_at = (uint8_t)(stamp.n - 1 - DIGITS_BYTES);
		for (size_t i = 0; i < DIGITS_BYTES; i++)
			free_digit(minute, minute->digits_at + i, 9);
	} else {
		minute->digits_at = line->stamp_is_steady ? (uint8_t)seconds_of(stamp) : 0;
		if (minute->digits_at == 0)
			return;
		free_digit(minute, minute->digits_at, 5);
		free_digit(minute, minute->digits_at + 1u, 9);
		free_fraction(minute, stamp);
	}
	minute->n = (uint8_t)stamp.n;
	minute->start = line->record->time - time_at(minute, text + minute->digits_at);
	minute->word = UINT64_MAX; /* no digits: the time above was counted from zero */
	minute->local = line->minute;
}

/* Puts the minute kept into the heads of the templates whose times are as long. */
static void
spread_minute(struct templates *templates)
{
	const struct template_minute *minute = &templates->minute;

	for (size_t i = 0; i < templates->count; i++) {
		struct line_template *model = &templates->all[i];
		if (model->stamp_n != minute->n)
			continue;
		memcpy(model->low + model->stamp_at, minute->low, minute->n);
		memcpy(model->more + model->stamp_at, minute->more, minute->n);
	}
}

/* Where the client part begins: behind `client @0x`, `client ` or the message's first byte. */
static bool
find_head(const struct template_line *line, struct line_template *model)
{
	struct str text = line->text;
	size_t from = (size_t)(line->stamp.p - text.p) + line->stamp.n, at;

	if (line->unbound) {
		model->head_n = (uint16_t)(line->record->message.p - text.p);
		return line->record->message.p < text.p + TEMPLATE_HEAD;
	}
	at = str_find(text, STR("client "), from);
	if (at == SIZE_MAX || at + 10 > TEMPLATE_HEAD)
		return false;
	at += sizeof("client ") - 1;
	model->pointer = str_starts(str_skip(text, at), STR("@0x"));
	model->head_n = (uint16_t)(at + (model->pointer ? 3 : 0));
	return true;
}

/* Reads on to the tail, as read_like does, and keeps what stands between. */
static bool
find_tail(const struct template_line *line, struct line_template *model, struct reading *r)
{
	struct ip client;
	uint32_t port;

	r->at = model->head_n;
	if (line->unbound)
		return take_address(r, ' ', &client) && take_name(r, ' ', true);
	if ((model->pointer && !take_pointer(r)) || !take_address(r, '#', &client) ||
	    !take_port(r, &port) || !take_name(r, ')', false))
		return false;
	/* The view may hold what looks like a message (record/bind.c, take_view). */
	if (str_index(line->record->view, ':') != SIZE_MAX)
		return false;
	size_t word = line->record->kind == RECORD_QUERY ? sizeof("query: ") - 1
							 : sizeof("response: ") - 1;
	size_t second = (size_t)(line->record->message.p - r->p) + word;
	if (second < r->at || second - r->at > TEMPLATE_MIDDLE)
		return false;
	model->middle_n = (uint16_t)(second - r->at);
	memcpy(model->middle, r->p + r->at, model->middle_n);
	r->at = second;
	/* The second name may begin like the first one and go on. */
	return take_text(r, r->qname.p, r->qname.n) && str_eq(line->record->qname, r->qname);
}

static enum template_layout
layout_of(const struct template_line *line)
{
	const struct record *record = line->record;

	/* Which fields the seconds, say, are written in: a tail's fields hold for all its lines. */
	if (tells_more(record))
		return LAYOUT_NONE;
	if (record->kind != RECORD_QUERY && record->kind != RECORD_RESPONSE)
		return LAYOUT_NONE;
	if (!line->unbound)
		return LAYOUT_BIND;
	if (record->kind == RECORD_QUERY)
		return LAYOUT_UNBOUND;
	return record->size >= 0 && record->cached >= 0 && record->seconds_us >= 0
		       ? LAYOUT_UNBOUND_ANSWER
		       : LAYOUT_NONE;
}

/*
 * The lines whose tails tell the same: with a pointer, BIND is one that writes all flags it knows.
 */
static uint8_t
family_of(const struct line_template *model)
{
	return (uint8_t)(model->layout << 2 | model->pointer << 1 |
			 (model->kind == RECORD_RESPONSE));
}

static bool
is_same(const struct line_template *a, const struct line_template *b)
{
	size_t end = (size_t)a->stamp_at + a->stamp_n;

	return a->layout == b->layout && a->pointer == b->pointer && a->head_n == b->head_n &&
	       a->middle_n == b->middle_n && a->stamp_at == b->stamp_at &&
	       a->stamp_n == b->stamp_n && memcmp(a->low, b->low, a->stamp_at) == 0 &&
	       memcmp(a->low + end, b->low + end, a->head_n - end) == 0 &&
	       memcmp(a->middle, b->middle, a->middle_n) == 0;
}

/* Keeps a template that is new, in the place of the oldest where there is no other. */
static void
keep(struct templates *templates, const struct line_template *made)
{
	unsigned index = 0;

	while (index < templates->count && !is_same(&templates->all[index], made))
		index++;
	if (index < templates->count)
		return;
	if (templates->count < TEMPLATES) {
		templates->order[index] = (uint16_t)(index * sizeof(*templates->all));
		templates->count++;
	} else {
		index = templates->next;
		templates->next = (uint8_t)((index + 1) % TEMPLATES);
	}
	templates->all[index] = *made;
}

static void
learn_tail(struct templates *templates, const struct template_line *line,
	   const struct line_template *model, const struct reading *r)
{
	const struct record *record = line->record;
	struct reading rest = *r;
	struct record answer;
	size_t n = tail_length(r, model->layout);

	if (n == 0 || n > TEMPLATE_TAIL)
		return;
	rest.at += n;
	if (model->layout == LAYOUT_UNBOUND_ANSWER && !take_answer(&rest, &answer))
		return; /* a destination, say, that other lines with this tail have not */
	struct template_tail *tail = &templates->tails[tail_place(r->p + r->at, n, model->family)];
	*tail = (struct template_tail){
		.key = (uint16_t)tail_key(n, model->family),
		.flags = record->flags,
		.flags_known = record->flags_known,
		.qtype = record->qtype,
		.qclass = record->qclass,
		.rcode = record->rcode,
		.answers = record->answers,
		.server = record->server,
	};
	memcpy(tail->text, r->p + r->at, n);
}

/* A view within the n bytes from `from` on, or an empty one. */
static bool
find_view(struct str view, const char *from, size_t n, struct template_view *found)
{
	if (view.n == 0)
		return true;
	if (view.p < from || view.p + view.n > from + n)
		return false;
	*found = (struct template_view){(uint16_t)(view.p - from), (uint16_t)view.n};
	return true;
}

/* True where the views stand as read_bind() and read_unbound() put them. */
static bool
find_views(const struct template_line *line, struct line_template *model, const struct reading *r)
{
	const struct record *record = line->record;
	const char *name_end = r->p + r->name_end;

	if (!find_view(record->category, r->p, model->head_n, &model->category) ||
	    !find_view(record->host, r->p, model->head_n, &model->host) ||
	    record->message.p + record->message.n != r->p + r->n)
		return false;
	if (line->unbound)
		return record->view.n == 0 && record->message.p == r->p + model->head_n;
	if (record->message.p < name_end || record->message.p > name_end + model->middle_n)
		return false;
	model->message_at = (uint16_t)(record->message.p - name_end);
	return find_view(record->view, name_end, model->middle_n, &model->view);
}

void
template_learn(struct templates *templates, const struct template_line *line)
{
	struct line_template made = {.layout = layout_of(line), .kind = line->record->kind};
	struct reading r = {.p = line->text.p, .n = line->text.n};

	/* The full parser has gone on to another minute: what it knows of this one may be gone. */
	if (templates->minute.local != line->minute)
		templates->minute = (struct template_minute){0};
	if (made.layout == LAYOUT_NONE || line->stamp.n == 0 || line->stamp.p < line->text.p ||
	    line->stamp.p >= line->text.p + TEMPLATE_HEAD)
		return;
	/* Of no reader, or one that it has cut otherwise: a line's end is known by what is learnt. */
	if (str_index(line->text, '\n') != SIZE_MAX || line->text.p[line->text.n - 1] == '\0')
		return;
	made.stamp_at = (uint16_t)(line->stamp.p - line->text.p);
	made.stamp_n = (uint16_t)line->stamp.n;
	if (!find_head(line, &made) || made.stamp_at + made.stamp_n > made.head_n ||
	    !find_tail(line, &made, &r) || !find_views(line, &made, &r))
		return;
	memcpy(made.low, r.p, made.head_n);
	memset(made.more + made.head_n, UCHAR_MAX, sizeof(made.more) - made.head_n);
	made.family = family_of(&made);
	keep(templates, &made);
	learn_minute(&templates->minute, line);
	learn_tail(templates, line, &made, &r);
	spread_minute(templates);
}
