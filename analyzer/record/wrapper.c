#include "record/wrapper.h"

#include "record/bind.h"
#include "record/scan.h"

enum {
	WORD_MAX = 255, /* a host name or tag is not longer */
	LAYERS_MAX = 3, /* a container's line around two relayed syslog headers */
	CONTAINER_MAX = 128,
};

static bool
is_word_character(char c)
{
	char lower = str_lower(c);

	return (lower >= 'a' && lower <= 'z') || scan_is_digit(c) || c == '-' || c == '_' ||
	       c == '.';
}

/* The word at the start, up to a blank; empty when it is longer than any host or tag. */
static struct str
first_word(struct str s)
{
	size_t n = 0;

	while (n < s.n && n <= WORD_MAX && s.p[n] != ' ')
		n++;
	return n > WORD_MAX ? str_make(s.p, 0) : str_make(s.p, n);
}

/* Colours that docker compose puts around container names: ESC [ digits and ; m. */
static void
skip_colour(struct str *s)
{
	while (s->n > 2 && s->p[0] == '\x1b' && s->p[1] == '[') {
		size_t n = 2;
		while (n < s->n && n < 16 && (scan_is_digit(s->p[n]) || s->p[n] == ';'))
			n++;
		if (n >= s->n || s->p[n] != 'm')
			return;
		*s = str_skip(*s, n + 1);
	}
}

/* `dnsserver-1  | ` */
static void
take_container(struct str *s)
{
	struct str rest = *s;
	size_t n = 0;

	skip_colour(&rest);
	while (n < rest.n && n < CONTAINER_MAX && is_word_character(rest.p[n]))
		n++;
	if (n == 0 || n >= rest.n || rest.p[n] != ' ')
		return;
	rest = str_skip(rest, n);
	scan_blanks(&rest);
	if (rest.n < 2 || rest.p[0] != '|')
		return;
	rest = str_skip(rest, 1);
	skip_colour(&rest);
	if (rest.n == 0 || rest.p[0] != ' ')
		return;
	rest = str_skip(rest, 1);
	skip_colour(&rest);
	*s = rest;
}

/* `<30>`, perhaps with a blank. */
static bool
take_priority(struct str *s)
{
	struct str rest = *s;
	uint64_t priority;

	if (!scan_take(&rest, STR("<")) || !str_take_number(&rest, 1023, &priority) ||
	    !scan_take(&rest, STR(">")))
		return false;
	scan_take(&rest, STR(" "));
	*s = rest;
	return true;
}

/* True for "named", "named-pkcs11", "named9": the program, not another word that begins so. */
static bool
is_program(struct str name, struct str program)
{
	if (name.n < program.n || !str_eq_nocase(str_make(name.p, program.n), program))
		return false;
	char next = name.n > program.n ? name.p[program.n] : '-';
	return next == '-' || next == '_' || next == '.' || next == '@' || scan_is_digit(next);
}

static enum wrapper_tag
tag_of(struct str program)
{
	if (is_program(program, STR("named")) || is_program(program, STR("bind")))
		return TAG_NAMED;
	return is_program(program, STR("unbound")) ? TAG_UNBOUND : TAG_FOREIGN;
}

/* The offset of the program's pid in `name[123]`, or SIZE_MAX. `word` has no ":". */
static size_t
pid_of(struct str word)
{
	size_t n = word.n;

	if (n < 4 || word.p[n - 1] != ']')
		return SIZE_MAX;
	for (n--; n && scan_is_digit(word.p[n - 1]); n--)
		;
	return n > 1 && n < word.n - 1 && word.p[n - 1] == '[' ? n : SIZE_MAX;
}

/*
 * `named[123]: `, `unbound: `. A word without pid is only believed to be a tag where it names
 * a server, or stands before Unbound's own `[pid:tid] `: "security: " is none.
 */
static bool
take_tag(struct str *s, struct wrapper *wrapper)
{
	struct str word = first_word(*s);

	if (word.n < 2 || word.p[word.n - 1] != ':')
		return false;
	struct str rest = str_skip(*s, word.n), program = str_make(word.p, word.n - 1);
	size_t pid = pid_of(program);
	struct str digits = {0};
	scan_blanks(&rest);
	if (pid != SIZE_MAX) {
		digits = str_make(program.p + pid, program.n - pid - 1);
		program.n = pid - 1;
	}
	for (size_t i = 0; i < program.n; i++)
		if (!is_word_character(program.p[i]) && (pid == SIZE_MAX || program.p[i] == ':'))
			return false;
	enum wrapper_tag tag = tag_of(program);
	if (pid == SIZE_MAX && tag == TAG_FOREIGN &&
	    !(rest.n > 1 && rest.p[0] == '[' && scan_is_digit(rest.p[1])))
		return false;
	wrapper->tag = tag;
	wrapper->program = program;
	wrapper->pid = digits;
	*s = rest;
	return true;
}

static bool
is_host(struct str word)
{
	if (word.n == 0 || word.p[word.n - 1] == ':')
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (!is_word_character(word.p[i]) &&
		    (word.p[i] == '\0' || !strchr(":/@%+", word.p[i])))
			return false;
	return true;
}

/* `[ID 295310 daemon.notice] ` */
static void
skip_solaris(struct str *s)
{
	struct str rest = *s;
	uint64_t id;

	if (!scan_take(&rest, STR("[ID ")) || !str_take_number(&rest, UINT32_MAX, &id) ||
	    !scan_take(&rest, STR(" ")))
		return;
	struct str word = first_word(rest);
	if (word.n == 0 || word.p[word.n - 1] != ']')
		return;
	*s = str_skip(rest, word.n);
	scan_blanks(s);
}

static bool
take_time(struct str *s, struct stamp *stamp)
{
	char c = s->n ? s->p[0] : '\0';

	if (scan_is_digit(c))
		return stamp_take_iso(s, stamp) || stamp_take_unix(s, stamp);
	return c != 'c' && c != '[' && stamp_take_syslog(s, stamp);
}

/* True where the server's own text, or the header of a relay before it, begins here. */
static bool
begins_text(struct str s, bool after_host)
{
	struct stamp stamp;

	return bind_begins(s) || (after_host && take_time(&s, &stamp));
}

/* After a syslog time: `[host [host2]] [tag]`, or straight the server's own text. */
static void
take_origin(struct str *s, struct wrapper *wrapper)
{
	struct str rest = *s, host = {0};

	for (int words = 0; words < 3; words++) {
		if (words < 2 && begins_text(rest, words > 0)) {
			*s = rest;
			break;
		}
		if (take_tag(&rest, wrapper)) {
			skip_solaris(&rest);
			*s = rest;
			break;
		}
		struct str word = first_word(rest);
		if (words == 2 || !is_host(word))
			return;
		if (words == 0)
			host = word;
		rest = str_skip(rest, word.n);
		scan_blanks(&rest);
	}
	if (host.n)
		wrapper->host = host;
}

/* Structured data of RFC 5424 6.3: "-" or `[id name="value"]`, values with \" \\ \]. */
static bool
skip_structured_data(struct str *s)
{
	struct str rest = *s;
	bool quoted = false;
	size_t i = 0;

	if (scan_take(&rest, STR("-"))) {
		*s = rest;
		return true;
	}
	if (rest.n == 0 || rest.p[0] != '[')
		return false;
	for (; i < rest.n; i++) {
		if (quoted && rest.p[i] == '\\')
			i++;
		else if (rest.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && rest.p[i] == ']' && (i + 1 == rest.n || rest.p[i + 1] != '['))
			break;
	}
	if (i >= rest.n)
		return false;
	*s = str_skip(rest, i + 1);
	return true;
}

/* `1 time host app procid msgid sd [BOM]`, after `<pri>`; "-" is nil in every field. */
static bool
take_rfc5424(struct str *s, struct wrapper *wrapper, struct stamp *stamp)
{
	struct str rest = *s, words[4];

	if (!scan_take(&rest, STR("1 ")))
		return false;
	if (!stamp_take_iso(&rest, stamp) && !scan_take(&rest, STR("-")))
		return false;
	for (int i = 0; i < 4; i++) {
		scan_blanks(&rest);
		words[i] = first_word(rest);
		if (words[i].n == 0)
			return false;
		rest = str_skip(rest, words[i].n);
	}
	scan_blanks(&rest);
	if (!skip_structured_data(&rest))
		return false;
	scan_blanks(&rest);
	scan_take(&rest, STR("\xef\xbb\xbf"));
	if (!str_eq(words[0], STR("-")))
		wrapper->host = words[0];
	if (!str_eq(words[1], STR("-"))) {
		uint64_t pid;
		wrapper->tag = tag_of(words[1]);
		wrapper->program = words[1];
		wrapper->pid = str_number(words[2], UINT32_MAX, &pid) ? words[2] : (struct str){0};
	}
	*s = rest;
	return true;
}

/* One syslog header; false where there is none. */
static bool
take_layer(struct str *s, struct wrapper *wrapper)
{
	struct stamp stamp = {0};
	struct str rest = *s;
	bool priority = take_priority(&rest), found = false;

	if (priority && take_rfc5424(&rest, wrapper, &stamp)) {
		found = true;
	} else {
		if (priority && rest.n > 2 && rest.p[0] == '1' && rest.p[1] == ' ')
			rest = str_skip(rest, 2);
		found = take_time(&rest, &stamp);
		if (found) {
			scan_blanks(&rest);
			take_origin(&rest, wrapper);
		} else {
			found = take_tag(&rest, wrapper) || priority;
			skip_solaris(&rest);
		}
	}
	if (!found)
		return false;
	if (stamp.text.n)
		wrapper->stamp = *stamp_better(&stamp, &wrapper->stamp);
	*s = rest;
	return true;
}

/* The commonest beginnings of lines without wrapper, for speed: BIND's time, a client. */
static bool
begins_unwrapped(struct str s)
{
	if (s.n < 9)
		return false;
	if (scan_is_digit(s.p[0]))
		return scan_is_digit(s.p[1]) && s.p[2] == '-' && s.p[6] == '-';
	return memcmp(s.p, "client @0x", 9) == 0;
}

void
wrapper_read(struct str line, struct wrapper *wrapper)
{
	struct str rest = line;

	*wrapper = (struct wrapper){0};
	scan_take(&rest, STR("\xef\xbb\xbf"));
	if (begins_unwrapped(rest)) {
		wrapper->rest = rest;
		return;
	}
	take_container(&rest);
	/* A foreign program's text is never unwrapped further: it may hold anything. */
	for (int layer = 0; layer < LAYERS_MAX && wrapper->tag != TAG_FOREIGN; layer++)
		if (!take_layer(&rest, wrapper))
			break;
	wrapper->rest = rest;
}
