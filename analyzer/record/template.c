#include "record/template.h"

#include "record/block.h"
#include "record/scan.h"

enum {
	NAME_MOST = 63, /* so short that no label and no name in it can be too long */
	POINTER_MOST = 16,
	SECONDS_MOST = 9,
};

/* A line while it is read: all offsets from its first byte. */
struct reading {
	const char *p;
	size_t n, at;
	size_t name_end; /* where it was first written */
	struct str qname;
};

/* One to `most` digits; false where there is none or one more follows. */
static inline bool
take_digits(struct reading *r, unsigned most, uint32_t *out)
{
	uint32_t value = 0;
	size_t at = r->at, end = at + most < r->n ? at + most : r->n;

	for (; at < end && scan_is_digit(r->p[at]); at++)
		value = value * 10 + (uint32_t)(r->p[at] - '0');
	if (at == r->at || (at < r->n && scan_is_digit(r->p[at])))
		return false;
	r->at = at;
	*out = value;
	return true;
}

static inline bool
take_byte(struct reading *r, char c)
{
	if (r->at >= r->n || r->p[r->at] != c)
		return false;
	r->at++;
	return true;
}

/* True while a whole block of the line is left to look at. */
static inline bool
has_block(const struct reading *r)
{
	return r->n - r->at >= BLOCK_BYTES;
}

/* The number of one to three digits before p[end], from p[at] on; 256 where it is none. */
static inline uint32_t
octet_of(const char *p, unsigned at, unsigned end)
{
	unsigned digits = end - at;
	uint32_t value = (uint32_t)(p[end - 1] - '0');

	if (digits - 1 > 2 || (digits > 1 && p[at] == '0'))
		return 256;
	if (digits > 1)
		value += (uint32_t)(p[end - 2] - '0') * 10;
	if (digits > 2)
		value += (uint32_t)(p[at] - '0') * 100;
	return value > 255 ? 256 : value;
}

/* `192.0.2.17` and the byte `end`, which lie in the block before them. */
static inline bool
take_v4(struct reading *r, char end, struct ip *ip)
{
	const char *p = r->p + r->at;
	uint32_t others = ~block_digits(block_at(p)) & BLOCK_ALL;
	uint32_t all = 0;

	for (unsigned i = 0, at = 0; i < 4; i++) {
		if (others == 0)
			return false;
		unsigned stop = (unsigned)__builtin_ctz(others);
		if (stop == at || p[stop] != (i < 3 ? '.' : end))
			return false;
		uint32_t octet = octet_of(p, at, stop);
		all |= octet;
		ip->b[12 + i] = (uint8_t)octet;
		others &= others - 1;
		at = stop + 1;
		if (i == 3)
			r->at += at;
	}
	if (all > 255)
		return false;
	memset(ip->b, 0, 10);
	ip->b[10] = ip->b[11] = 0xff;
	return true;
}

/* The address up to the byte `end`. */
static inline bool
take_address(struct reading *r, char end, struct ip *ip)
{
	size_t from = r->at;

	if (has_block(r) && take_v4(r, end, ip))
		return true;
	for (r->at = from; r->at < r->n && r->at - from < IP_TEXT && r->p[r->at] != end; r->at++)
		;
	return ip_parse(str_make(r->p + from, r->at - from), ip) && take_byte(r, end);
}

/* What a name's bytes are, up to NAME_MOST + 1 of them: bit 0 is the first. */
struct name_masks {
	uint64_t bytes, dots; /* bytes: dots too */
};

/* One byte as block_name() takes it. */
static inline bool
is_name_byte(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26 || scan_is_digit(c) || c == '-' || c == '_' ||
	       c == '.';
}

static inline struct name_masks
name_masks(const char *p, size_t n)
{
	struct name_masks masks = {0, 0};
	size_t at = 0;

	for (; at + BLOCK_BYTES <= n && at <= NAME_MOST; at += BLOCK_BYTES) {
		struct block_name block = block_name(block_at(p + at));
		masks.bytes |= (uint64_t)(block.bytes | block.dots) << at;
		masks.dots |= (uint64_t)block.dots << at;
		if ((block.bytes | block.dots) != BLOCK_ALL)
			return masks;
	}
	for (; at < n && at <= NAME_MOST && is_name_byte(p[at]); at++) {
		masks.bytes |= 1ULL << at;
		masks.dots |= (uint64_t)(p[at] == '.') << at;
	}
	return masks;
}

/* The name up to the byte `end`, with its final dot where Unbound writes one. */
static inline bool
take_name(struct reading *r, char end, bool final_dot)
{
	struct name_masks masks = name_masks(r->p + r->at, r->n - r->at);

	if ((masks.bytes & 1) == 0 || masks.bytes == UINT64_MAX)
		return false;
	size_t n = (size_t)__builtin_ctzll(~masks.bytes);
	uint64_t dots = masks.dots & ((1ULL << n) - 1);
	/* A dot at the beginning, or after a dot. */
	if (r->at + n >= r->n || r->p[r->at + n] != end || dots & 1 || dots & dots << 1)
		return false;
	if ((dots >> (n - 1) & 1) != final_dot)
		return false;
	r->name_end = r->at + n;
	r->qname = str_make(r->p + r->at, n - final_dot);
	r->at += n;
	return true;
}

static inline bool
take_text(struct reading *r, const char *text, size_t n)
{
	if (r->n - r->at < n || !block_same(r->p + r->at, text, n))
		return false;
	r->at += n;
	return true;
}

/* `7f5240182ea8 ` */
static inline bool
take_pointer(struct reading *r)
{
	size_t end = r->at + POINTER_MOST < r->n ? r->at + POINTER_MOST : r->n;

	if (has_block(r))
		r->at += (size_t)__builtin_ctz(~block_hex(block_at(r->p + r->at)));
	else
		while (r->at < end && (scan_is_digit(r->p[r->at]) ||
				       (unsigned char)(r->p[r->at] - 'a') <= 'f' - 'a'))
			r->at++;
	return take_byte(r, ' ') && r->at < r->n && r->p[r->at] != ' ';
}

/* The time of a stamp that lies in the minute kept. */
static inline bool
read_time(const struct template_minute *minute, const char *p, int64_t *time)
{
	int64_t seconds = 0;

	if (minute->is_epoch) {
		for (size_t i = 1; i + 1 < minute->n; i++) {
			if (!scan_is_digit(p[i]))
				return false;
			seconds = seconds * 10 + (p[i] - '0');
		}
		*time = seconds * 1000;
		return p[0] == '[' && p[minute->n - 1] == ']';
	}
	size_t at = minute->seconds_at, end = at + 2;
	if (at == 0 || !block_same(p, minute->text, at))
		return false;
	unsigned tens = (unsigned char)(p[at] - '0'), ones = (unsigned char)(p[at + 1] - '0');
	if (tens > 5 || ones > 9)
		return false;
	int64_t ms = (tens * 10 + ones) * 1000, scale = 100;
	if (minute->fraction && p[end++] != minute->text[at + 2])
		return false;
	for (size_t i = 0; i < minute->fraction; i++, end++, scale /= 10) {
		if (!scan_is_digit(p[end]))
			return false;
		ms += (p[end] - '0') * scale;
	}
	*time = minute->start + ms;
	return block_same(p + end, minute->text + end, minute->n - end);
}

static inline size_t
tail_place(const char *p, size_t n, unsigned owner)
{
	uint64_t h = n * 31 + owner, word;

	for (size_t i = 0; i + 8 <= n; i += 8) {
		memcpy(&word, p + i, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	if (n >= 8) {
		memcpy(&word, p + n - 8, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15u;
	}
	for (size_t i = 0; n < 8 && i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 0x9e3779b97f4a7c15u;
	return (h >> 40) % TEMPLATE_TAILS;
}

/* How long the part of a line behind its name is that `tails` keeps. */
static inline size_t
tail_length(const struct reading *r, enum template_layout layout)
{
	size_t at = r->at, blanks = 0;

	if (layout != LAYOUT_UNBOUND_ANSWER)
		return r->n - r->at;
	for (; at < r->n && (r->p[at] != ' ' || ++blanks < 4); at++)
		; /* ` A IN NOERROR` */
	return at - r->at;
}

/* What the tail tells; NULL where it is not known. */
static inline const struct template_tail *
take_tail(const struct templates *templates, struct reading *r, unsigned owner)
{
	size_t n = tail_length(r, templates->all[owner].layout);
	const struct template_tail *tail;

	if (n == 0 || n > TEMPLATE_TAIL)
		return NULL;
	tail = &templates->tails[tail_place(r->p + r->at, n, owner)];
	if (tail->n != n || tail->owner != owner || !block_same(tail->text, r->p + r->at, n))
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

struct answer {
	int64_t seconds_us, size;
	int8_t cached;
};

/* ` 0.000966 0 45` at the end of the line. */
static inline bool
take_answer(struct reading *r, struct answer *answer)
{
	uint32_t seconds, micros, cached, size;
	size_t point;

	if (!take_byte(r, ' ') || !take_digits(r, SECONDS_MOST, &seconds) || !take_byte(r, '.'))
		return false;
	point = r->at;
	if (!take_digits(r, 6, &micros) || r->at - point != 6 || !take_byte(r, ' ') ||
	    !take_digits(r, 1, &cached) || cached > 1 || !take_byte(r, ' ') ||
	    !take_digits(r, SECONDS_MOST, &size) || r->at != r->n)
		return false;
	*answer = (struct answer){(int64_t)seconds * 1000000 + micros, size, (int8_t)cached};
	return true;
}

static inline void
set_answer(const struct answer *answer, struct record *record)
{
	record->seconds_us = answer->seconds_us;
	record->size = answer->size;
	record->cached = answer->cached;
}

/* A view of the template's line in this one: before the client at the same place, else behind the name. */
static inline void
move_view(struct str *view, uint32_t at, const struct line_template *model, const struct reading *r)
{
	if (view->n)
		view->p = r->p + (at <= model->head_n ? at : r->name_end + at - model->head_n);
}

static bool
read_like(struct templates *templates, unsigned index, struct str line, struct record *record)
{
	const struct line_template *model = &templates->all[index];
	struct reading r = {.p = line.p, .n = line.n, .at = model->head_n};
	size_t stamp_end = (size_t)model->stamp_at + model->stamp_n;
	bool bind = model->layout == LAYOUT_BIND;
	struct answer answer = {-1, -1, -1};
	struct ip client;
	int64_t time;
	uint32_t port = 0;

	if (line.n < model->head_n || model->stamp_n != templates->minute.n ||
	    !block_same(line.p + stamp_end, model->head + stamp_end, model->head_n - stamp_end) ||
	    !block_same(line.p, model->head, model->stamp_at) ||
	    !read_time(&templates->minute, line.p + model->stamp_at, &time))
		return false;
	if ((model->pointer && !take_pointer(&r)) || !take_address(&r, bind ? '#' : ' ', &client))
		return false;
	if (bind && (!take_digits(&r, 5, &port) || port > 65535 || !take_text(&r, " (", 2)))
		return false;
	if (!take_name(&r, bind ? ')' : ' ', !bind))
		return false;
	if (bind && (!take_text(&r, model->middle, model->middle_n) ||
		     !take_text(&r, r.qname.p, r.qname.n)))
		return false;
	const struct template_tail *tail = take_tail(templates, &r, index);
	if (!tail || (model->layout == LAYOUT_UNBOUND_ANSWER && !take_answer(&r, &answer)))
		return false;
	*record = model->record;
	set_tail(tail, record);
	set_answer(&answer, record);
	record->time = time;
	record->client = client;
	record->port = bind ? (int32_t)port : -1;
	record->qname = r.qname;
	move_view(&record->category, model->category_at, model, &r);
	move_view(&record->host, model->host_at, model, &r);
	move_view(&record->view, model->view_at, model, &r);
	move_view(&record->message, model->message_at, model, &r);
	record->message.n = (size_t)(line.p + line.n - record->message.p);
	return true;
}

enum template_layout
template_read(struct templates *templates, struct str line, struct record *record)
{
	for (unsigned i = 0; i < templates->count; i++) {
		uint8_t index = templates->order[i];
		if (!read_like(templates, index, line, record))
			continue;
		for (; i > 0; i--)
			templates->order[i] = templates->order[i - 1];
		templates->order[0] = index;
		return templates->all[index].layout;
	}
	return LAYOUT_NONE;
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

static void
learn_minute(struct template_minute *minute, const struct template_line *line)
{
	struct str stamp = line->stamp;

	*minute = (struct template_minute){0};
	if (stamp.n > TEMPLATE_STAMP || line->record->time == TIME_NONE)
		return;
	minute->n = (uint8_t)stamp.n;
	memcpy(minute->text, stamp.p, stamp.n);
	/* Ten or eleven digits: in this millennium and the next. */
	minute->is_epoch = stamp.p[0] == '[' && (stamp.n == 12 || stamp.n == 13);
	minute->seconds_at = line->stamp_is_steady ? (uint8_t)seconds_of(stamp) : 0;
	if (minute->seconds_at == 0)
		return;
	size_t at = minute->seconds_at + 2u, digits = 0;
	int64_t ms = ((stamp.p[at - 2] - '0') * 10 + stamp.p[at - 1] - '0') * 1000, scale = 100;
	if (at < stamp.n && (stamp.p[at] == '.' || stamp.p[at] == ','))
		for (at++; at + digits < stamp.n && scan_is_digit(stamp.p[at + digits]); digits++) {
			ms += (stamp.p[at + digits] - '0') * scale;
			scale /= 10;
		}
	minute->fraction = (uint8_t)digits;
	minute->start = line->record->time - ms;
	minute->local = line->minute;
}

static uint32_t
view_place(struct str view, const struct line_template *model, const struct reading *r)
{
	size_t at = (size_t)(view.p - r->p);

	if (view.n == 0 || at <= model->head_n)
		return view.n ? (uint32_t)at : 0;
	return (uint32_t)(at - r->name_end + model->head_n);
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
	    !take_digits(r, 5, &port) || !take_text(r, " (", 2) || !take_name(r, ')', false))
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
	if (record->has_ecs || record->key.n || record->reason.n || record->action != ACTION_NONE)
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

static bool
is_same(const struct line_template *a, const struct line_template *b)
{
	size_t end = (size_t)a->stamp_at + a->stamp_n;

	return a->layout == b->layout && a->pointer == b->pointer && a->head_n == b->head_n &&
	       a->middle_n == b->middle_n && a->stamp_at == b->stamp_at &&
	       a->stamp_n == b->stamp_n && memcmp(a->head, b->head, a->stamp_at) == 0 &&
	       memcmp(a->head + end, b->head + end, a->head_n - end) == 0 &&
	       memcmp(a->middle, b->middle, a->middle_n) == 0;
}

/* The index of a template like `made`, which takes the place of the oldest if it is new. */
static unsigned
keep(struct templates *templates, const struct line_template *made)
{
	unsigned index = 0;

	while (index < templates->count && !is_same(&templates->all[index], made))
		index++;
	if (index < templates->count)
		return index;
	if (templates->count < TEMPLATES) {
		templates->order[templates->count] = (uint8_t)templates->count;
		templates->count++;
	} else {
		index = templates->next;
		templates->next = (uint8_t)((index + 1) % TEMPLATES);
		for (size_t i = 0; i < TEMPLATE_TAILS; i++)
			if (templates->tails[i].owner == index)
				templates->tails[i].n = 0;
	}
	templates->all[index] = *made;
	return index;
}

static void
learn_tail(struct templates *templates, const struct template_line *line, const struct reading *r,
	   unsigned owner)
{
	const struct record *record = line->record;
	enum template_layout layout = templates->all[owner].layout;
	struct reading rest = *r;
	size_t n = tail_length(r, layout);

	if (n == 0 || n > TEMPLATE_TAIL)
		return;
	rest.at += n;
	if (layout == LAYOUT_UNBOUND_ANSWER && !take_answer(&rest, &(struct answer){0}))
		return; /* a destination, say, that other lines with this tail have not */
	struct template_tail *tail = &templates->tails[tail_place(r->p + r->at, n, owner)];
	*tail = (struct template_tail){
		.n = (uint8_t)n,
		.owner = (uint8_t)owner,
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

void
template_learn(struct templates *templates, const struct template_line *line)
{
	struct line_template made = {.layout = layout_of(line)};
	struct reading r = {.p = line->text.p, .n = line->text.n};

	/* The full parser has gone on to another minute: what it knows of this one may be gone. */
	if (templates->minute.local != line->minute)
		templates->minute = (struct template_minute){0};
	if (made.layout == LAYOUT_NONE || line->stamp.n == 0 || line->stamp.p < line->text.p ||
	    line->stamp.p >= line->text.p + TEMPLATE_HEAD)
		return;
	made.stamp_at = (uint16_t)(line->stamp.p - line->text.p);
	made.stamp_n = (uint16_t)line->stamp.n;
	made.record = *line->record;
	if (!find_head(line, &made) || made.stamp_at + made.stamp_n > made.head_n ||
	    !find_tail(line, &made, &r))
		return;
	memcpy(made.head, r.p, made.head_n);
	made.category_at = view_place(made.record.category, &made, &r);
	made.host_at = view_place(made.record.host, &made, &r);
	made.view_at = view_place(made.record.view, &made, &r);
	made.message_at = view_place(made.record.message, &made, &r);
	learn_minute(&templates->minute, line);
	learn_tail(templates, line, &r, keep(templates, &made));
}
