#include "record/template.h"

#include <limits.h>

#include "record/take.h"

_Static_assert(TEMPLATE_HEAD % BLOCK_BYTES == 0, "a head is compared in whole blocks");
_Static_assert(TEMPLATE_TAILS == 256, "tail_hash() gives eight bits");
_Static_assert(TEMPLATE_HEAD + TAKE_POINTER_MOST + 1 + IP_TEXT + sizeof("#65535 (") +
			       2 * TAKE_NAME_MOST + TEMPLATE_MIDDLE + TEMPLATE_TAIL +
			       TEMPLATE_ANSWER <
		       TEMPLATE_LINE,
	       "a line may be longer than told");
_Static_assert((int)TAKE_BEHIND >= (int)TEMPLATE_TAIL, "a tail is looked at in whole");

/* Bytes to look at where a line is read, which may be the longest. */
enum { ROOM = TEMPLATE_LINE + TAKE_BEHIND };

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
has_head(const struct templates *templates, const struct line_template *model, const char *line)
{
	return model->stamp_n == templates->minute.n &&
	       block_fits(line, model->low, model->more, model->head_blocks);
}

/* Of a tail of n bytes: that and which lines it ends. */
static inline size_t
tail_key(size_t n, unsigned family)
{
	return n << 8 | family;
}

/*
 * Two numbers of eight bits, at the top and behind it, from a tail's first bytes, and from all n
 * of them at p: which of the tails it is kept as, and which where that is another one.
 */
static inline uint64_t
tail_hash(struct wide first, const char *p, size_t n, unsigned family)
{
	uint64_t words[2];

	if (n > WIDE_BYTES)
		first.high = block_xor(first.high, block_at(p + n - BLOCK_BYTES));
	block_words(block_xor(first.low, block_turned(first.high)), words);
	return ((words[0] << 23 | words[0] >> 41) ^ words[1] ^ tail_key(n, family)) *
	       0x9e3779b97f4a7c15u;
}

static inline size_t
tail_place(uint64_t hash)
{
	return hash >> 56;
}

static inline size_t
tail_place_else(uint64_t hash)
{
	return hash >> 48 & 0xff;
}

static inline bool
is_tail(const struct template_tail *tail, struct wide first, const char *p, size_t n,
	unsigned family)
{
	return tail->key == tail_key(n, family) &&
	       wide_alike(first, wide_at(tail->text)) == WIDE_ALL &&
	       (n <= WIDE_BYTES ||
		block_same(tail->text + WIDE_BYTES, p + WIDE_BYTES, n - WIDE_BYTES));
}

/* How long the part of a line behind its name is that `tails` keeps. */
static inline size_t
tail_length(const char *p, struct wide first, enum template_layout layout)
{
	return layout == LAYOUT_UNBOUND_ANSWER ? take_question_length(first)
					       : take_line_length(p, first);
}

/* What the tail of n bytes tells, which begins as told; NULL where it is not known. */
static inline const struct template_tail *
take_tail(const struct templates *templates, const struct line_template *model, struct reading *r,
	  size_t n, struct wide first)
{
	const struct template_tail *tail;
	const char *p = r->p;

	if (n - 1 >= TEMPLATE_TAIL - 1)
		return NULL;
	first = wide_first(first, n < WIDE_BYTES ? n : WIDE_BYTES);
	uint64_t hash = tail_hash(first, p, n, model->family);
	r->p += n;
	tail = &templates->tails[tail_place(hash)];
	if (is_tail(tail, first, p, n, model->family))
		return tail;
	tail = &templates->tails[tail_place_else(hash)];
	return is_tail(tail, first, p, n, model->family) ? tail : NULL;
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

/* What no template tells. */
static void
set_plain(struct record *record)
{
	record->is_plain = true;
	record->action = ACTION_NONE;
	record->transfer = TRANSFER_UNKNOWN;
	record->defect = DEFECT_NONE;
	record->key = (struct str){NULL, 0};
	record->reason = (struct str){NULL, 0};
	record->ecs = (struct prefix){0};
	record->has_ecs = false;
	record->serial = record->serial_from = -1;
	record->messages = record->records = record->bytes = -1;
}

/* What is the same in all lines of a template. */
static inline void
set_model(const struct line_template *model, const char *line, struct record *record)
{
	if (!record->is_plain)
		set_plain(record);
	record->kind = model->kind;
	record->category = str_make(line + model->category.at, model->category.n);
	record->host = str_make(line + model->host.at, model->host.n);
}

/* Whether the full parser has told what set_plain() does not. */
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
	    !take_text(r, model->middle, model->middle_n) || !take_name_again(r))
		return false;
	struct wide first = wide_at(r->p);
	size_t n = take_line_length(r->p, first);
	if (!(tail = take_tail(templates, model, r, n, first)))
		return false;
	r->end = r->p;
	set_model(model, r->line, record);
	set_tail(tail, record);
	take_told(record, -1, -1, -1);
	record->port = (int32_t)port;
	record->qname = r->qname;
	record->view = str_make(r->name_end + model->view.at, model->view.n);
	const char *message = r->name_end + model->message_at;
	record->message = str_make(message, (size_t)(r->end - message));
	return true;
}

static inline bool
read_unbound(const struct templates *templates, const struct line_template *model,
	     struct reading *r, struct record *record)
{
	const struct template_tail *tail;

	if (!take_address(r, ' ', &record->client) || !take_name(r, ' ', true))
		return false;
	struct wide first = wide_at(r->p);
	if (!(tail = take_tail(templates, model, r, tail_length(r->p, first, model->layout),
			       first)))
		return false;
	r->end = r->p;
	if (model->layout == LAYOUT_UNBOUND)
		take_told(record, -1, -1, -1);
	else if (!take_answer(r, record))
		return false;
	set_model(model, r->line, record);
	set_tail(tail, record);
	record->port = -1;
	record->qname = r->qname;
	record->view = (struct str){NULL, 0};
	const char *message = r->line + model->head_n;
	record->message = str_make(message, (size_t)(r->end - message));
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

	if (!has_head(templates, model, r->line))
		return false;
	record->time = time_at(minute, r->line + model->stamp_at + minute->digits_at);
	r->p = r->line + model->head_n;
	return model->layout == LAYOUT_BIND ? read_bind(templates, model, r, record)
					    : read_unbound(templates, model, r, record);
}

/* A view into the text at `from`, as one into the same text at `to`. */
static struct str
moved(struct str view, const char *from, const char *to)
{
	return view.n ? str_make(to + (view.p - from), view.n) : (struct str){NULL, 0};
}

/* Where there may be less to look at than ROOM: a copy is read. */
static __attribute__((noinline)) size_t
read_short(struct templates *templates, struct str text, struct record *record)
{
	char room[ROOM] = {0};

	memcpy(room, text.p, text.n);
	room[text.n] = '\n';
	size_t n = template_read(templates, str_make(room, ROOM), record);
	if (n == SIZE_MAX)
		return n;
	record->qname = moved(record->qname, room, text.p);
	record->view = moved(record->view, room, text.p);
	record->host = moved(record->host, room, text.p);
	record->message = moved(record->message, room, text.p);
	record->category = moved(record->category, room, text.p);
	return n;
}

size_t
template_read(struct templates *templates, struct str text, struct record *record)
{
	if (text.n < ROOM)
		return read_short(templates, text, record);
	for (unsigned i = 0; i < templates->count; i++) {
		uint16_t place = templates->order[i];
		const struct line_template *model = template_at(templates, place);
		struct reading r = {.line = text.p};
		if (!read_like(templates, model, &r, record))
			continue;
		if (i > 0) {
			memmove(templates->order + 1, templates->order, i * sizeof(place));
			templates->order[0] = place;
		}
		templates->last = (uint8_t)model->layout;
		return (size_t)(r.end - r.line);
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

	r->p = r->line + model->head_n;
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
	size_t first = (size_t)(r->p - r->line);
	size_t second = (size_t)(line->record->message.p - line->text.p) + word;
	if (second < first || second - first > TEMPLATE_MIDDLE)
		return false;
	model->middle_n = (uint16_t)(second - first);
	memcpy(model->middle, r->p, model->middle_n);
	r->p = r->line + second;
	/* The second name may begin like the first one and go on. */
	return take_name_again(r) && str_eq(line->record->qname, r->qname);
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
	struct wide first = wide_at(r->p);
	size_t n = tail_length(r->p, first, model->layout);

	if (n == 0 || n >= TEMPLATE_TAIL)
		return;
	rest.p += n;
	if (model->layout == LAYOUT_UNBOUND_ANSWER && !take_answer(&rest, &answer))
		return; /* a destination, say, that other lines with this tail have not */
	first = wide_first(first, n < WIDE_BYTES ? n : WIDE_BYTES);
	uint64_t hash = tail_hash(first, r->p, n, model->family);
	struct template_tail *tail = &templates->tails[tail_place(hash)];
	if (tail->key && templates->tails[tail_place_else(hash)].key == 0)
		tail = &templates->tails[tail_place_else(hash)];
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
	memcpy(tail->text, r->p, n);
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
	const char *text = line->text.p, *name_end = text + (r->name_end - r->line);

	if (!find_view(record->category, text, model->head_n, &model->category) ||
	    !find_view(record->host, text, model->head_n, &model->host) ||
	    record->message.p + record->message.n != text + line->text.n)
		return false;
	if (line->unbound)
		return record->view.n == 0 && record->message.p == text + model->head_n;
	if (record->message.p < name_end || record->message.p > name_end + model->middle_n)
		return false;
	model->message_at = (uint16_t)(record->message.p - name_end);
	return find_view(record->view, name_end, model->middle_n, &model->view);
}

void
template_learn(struct templates *templates, const struct template_line *line)
{
	struct line_template made = {.layout = layout_of(line), .kind = line->record->kind};
	char room[ROOM] = {0};
	struct reading r = {.line = room};

	/* The full parser has gone on to another minute: what it knows of this one may be gone. */
	if (templates->minute.local != line->minute)
		templates->minute = (struct template_minute){0};
	if (made.layout == LAYOUT_NONE || line->stamp.n == 0 || line->stamp.p < line->text.p ||
	    line->stamp.p >= line->text.p + TEMPLATE_HEAD || line->text.n > TEMPLATE_LINE)
		return;
	/* Of no reader, or one that it has cut otherwise: a line's end is known by what is learnt. */
	if (str_index(line->text, '\n') != SIZE_MAX || line->text.p[line->text.n - 1] == '\0')
		return;
	memcpy(room, line->text.p, line->text.n);
	room[line->text.n] = '\n';
	made.stamp_at = (uint16_t)(line->stamp.p - line->text.p);
	made.stamp_n = (uint16_t)line->stamp.n;
	if (!find_head(line, &made) || made.stamp_at + made.stamp_n > made.head_n ||
	    !find_tail(line, &made, &r) || !find_views(line, &made, &r))
		return;
	memcpy(made.low, room, made.head_n);
	made.head_blocks = (uint16_t)((made.head_n + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES);
	memset(made.more + made.head_n, UCHAR_MAX, sizeof(made.more) - made.head_n);
	made.family = family_of(&made);
	keep(templates, &made);
	learn_minute(&templates->minute, line);
	learn_tail(templates, line, &made, &r);
	spread_minute(templates);
}
