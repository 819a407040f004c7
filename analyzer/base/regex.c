#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/xalloc.h"

/*
 * Steps of one attempt at one place in the subject. A pattern that doubles its work with
 * each byte stops after some 0.01 ms (PERFORMANCE.md 9); an honest one over a name of 1,004
 * characters stays far below.
 */
enum { MATCH_LIMIT = 10000, DEPTH_LIMIT = 10000, HEAP_LIMIT_KIB = 4096, NEST_LIMIT = 100 };
enum { JIT_STACK_MIN = 32 * 1024, JIT_STACK_MAX = 256 * 1024 };

struct regex {
	pcre2_code *code;
	size_t minimum;
	bool jit;
	bool has_first;
	unsigned char first[32];
};

struct regex_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

/* In PCRE2's C tables only ASCII letters have another case. */
static void
set_byte(unsigned char *bits, uint32_t byte)
{
	unsigned char c = (unsigned char)byte;

	bits[c / 8] |= (unsigned char)(1U << (c % 8));
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
		c ^= 0x20;
		bits[c / 8] |= (unsigned char)(1U << (c % 8));
	}
}

/*
 * PCRE2 tells first bytes only of patterns that are not anchored. Without its leading "^"
 * a pattern matches at the subject's start whatever it matched there before, and perhaps
 * more: what it can begin with is still a true bound.
 */
static void
learn_first(struct regex *regex, struct str pattern, uint32_t options, bool anchored)
{
	uint32_t all = 0, type = 0, unit = 0;
	const uint8_t *bitmap = NULL;
	int code;
	size_t offset;

	pcre2_pattern_info(regex->code, PCRE2_INFO_ALLOPTIONS, &all);
	if (!anchored) {
		if (!(all & PCRE2_ANCHORED) || pattern.n == 0 || pattern.p[0] != '^')
			return;
		pattern = str_skip(pattern, 1);
	}
	options &= ~(uint32_t)PCRE2_ANCHORED;
	pcre2_code *loose =
		pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, options, &code, &offset, NULL);
	if (!loose)
		return;
	pcre2_pattern_info(loose, PCRE2_INFO_FIRSTCODETYPE, &type);
	pcre2_pattern_info(loose, PCRE2_INFO_FIRSTBITMAP, &bitmap);
	if (type == 1) {
		pcre2_pattern_info(loose, PCRE2_INFO_FIRSTCODEUNIT, &unit);
		set_byte(regex->first, unit);
		regex->has_first = true;
	} else if (bitmap) {
		memcpy(regex->first, bitmap, sizeof(regex->first));
		regex->has_first = true;
	}
	pcre2_code_free(loose);
}

static uint32_t
options_of(unsigned flags)
{
	/* \C could split what it should not, and callouts need a function we do not have. */
	uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF;

	options |= flags & REGEX_CASELESS ? PCRE2_CASELESS : 0;
	options |= flags & REGEX_MULTILINE ? PCRE2_MULTILINE : 0;
	options |= flags & REGEX_DOTALL ? PCRE2_DOTALL : 0;
	options |= flags & REGEX_ANCHORED ? PCRE2_ANCHORED : 0;
	options |= flags & REGEX_WHOLE ? PCRE2_ENDANCHORED : 0;
	return options;
}

struct regex *
regex_compile(struct str pattern, unsigned flags, struct err *err)
{
	uint32_t options = options_of(flags), minimum = 0;
	size_t offset = 0;
	int code = 0;

	if (pattern.n > REGEX_PATTERN_MAX) {
		err_set(err, "pattern of %zu bytes is longer than %d", pattern.n,
			REGEX_PATTERN_MAX);
		return NULL;
	}
	if (!pattern.p)
		pattern.p = "";
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	if (context)
		pcre2_set_parens_nest_limit(context, NEST_LIMIT);
	pcre2_code *compiled =
		pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, options, &code, &offset, context);
	pcre2_compile_context_free(context);
	if (!compiled) {
		unsigned char text[128];
		if (pcre2_get_error_message(code, text, sizeof(text)) < 0)
			text[0] = '\0';
		err_set(err, "%s at offset %zu", (const char *)text, offset);
		return NULL;
	}
	struct regex *regex = xcalloc(1, sizeof(*regex));
	regex->code = compiled;
	pcre2_pattern_info(compiled, PCRE2_INFO_MINLENGTH, &minimum);
	regex->minimum = minimum;
	learn_first(regex, pattern, options, (flags & REGEX_ANCHORED) != 0);
	return regex;
}

void
regex_free(struct regex *regex)
{
	if (!regex)
		return;
	pcre2_code_free(regex->code);
	free(regex);
}

bool
regex_jit(struct regex *regex)
{
	size_t size = 0;

	if (!regex->jit && pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE) == 0 &&
	    pcre2_pattern_info(regex->code, PCRE2_INFO_JITSIZE, &size) == 0)
		regex->jit = size > 0;
	return regex->jit;
}

bool
regex_has_jit(const struct regex *regex)
{
	return regex->jit;
}

static void *
allocate(size_t n, void *unused)
{
	(void)unused;
	return xmalloc(n);
}

static void
release(void *p, void *unused)
{
	(void)unused;
	free(p);
}

struct regex_scratch *
regex_scratch_new(void)
{
	/* One pair of offsets: groups are not asked for. */
	return regex_scratch_new_groups(0);
}

struct regex_scratch *
regex_scratch_new_groups(size_t groups)
{
	struct regex_scratch *scratch = xcalloc(1, sizeof(*scratch));
	pcre2_general_context *general = pcre2_general_context_create(allocate, release, NULL);

	scratch->data = pcre2_match_data_create((uint32_t)groups + 1, general);
	scratch->context = pcre2_match_context_create(general);
	pcre2_general_context_free(general);
	pcre2_set_match_limit(scratch->context, MATCH_LIMIT);
	pcre2_set_depth_limit(scratch->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(scratch->context, HEAP_LIMIT_KIB);
	/* NULL where the library has no JIT; PCRE2 then uses 32 KiB of the machine stack. */
	scratch->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
	pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
	return scratch;
}

void
regex_scratch_free(struct regex_scratch *scratch)
{
	if (!scratch)
		return;
	pcre2_match_data_free(scratch->data);
	pcre2_match_context_free(scratch->context);
	pcre2_jit_stack_free(scratch->stack);
	free(scratch);
}

enum regex_result
regex_match(const struct regex *regex, struct regex_scratch *scratch, struct str subject)
{
	PCRE2_SPTR p = (PCRE2_SPTR)(subject.p ? subject.p : "");
	int result;

	/* pcre2_jit_match skips the checks of pcre2_match and cannot fall back: it needs JIT code. */
	if (regex->jit)
		result = pcre2_jit_match(regex->code, p, subject.n, 0, 0, scratch->data,
					 scratch->context);
	else
		result = pcre2_match(regex->code, p, subject.n, 0, PCRE2_NO_JIT, scratch->data,
				     scratch->context);
	if (result >= 0)
		return REGEX_MATCH;
	return result == PCRE2_ERROR_NOMATCH ? REGEX_NO_MATCH : REGEX_LIMIT;
}

enum regex_result
regex_capture(const struct regex *regex, struct regex_scratch *scratch, struct str subject,
	      struct str *groups, size_t count)
{
	enum regex_result result = regex_match(regex, scratch, subject);
	const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(scratch->data);
	size_t pairs = pcre2_get_ovector_count(scratch->data);

	for (size_t i = 0; i < count && result == REGEX_MATCH; i++) {
		bool is_set = i < pairs && offsets[2 * i] != PCRE2_UNSET;
		groups[i] = is_set ? str_make(subject.p + offsets[2 * i],
					      offsets[2 * i + 1] - offsets[2 * i])
				   : (struct str){0};
	}
	return result;
}

const char *
regex_group(const struct regex *regex, size_t i, size_t *number)
{
	uint32_t count = 0, size = 0;
	const unsigned char *table = NULL;

	pcre2_pattern_info(regex->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(regex->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &table);
	if (i >= count || !table)
		return NULL;
	/* Each entry: the number in two bytes, then the terminated name. */
	table += i * size;
	*number = (size_t)table[0] << 8 | table[1];
	return (const char *)table + 2;
}

size_t
regex_minimum(const struct regex *regex)
{
	return regex->minimum;
}

const unsigned char *
regex_first_bytes(const struct regex *regex)
{
	return regex->has_first ? regex->first : NULL;
}

size_t
regex_required_bytes(const struct regex *regex, unsigned char out[2])
{
	uint32_t type = 0, unit = 0;
	size_t n = 0;

	pcre2_pattern_info(regex->code, PCRE2_INFO_FIRSTCODETYPE, &type);
	if (type == 1) {
		pcre2_pattern_info(regex->code, PCRE2_INFO_FIRSTCODEUNIT, &unit);
		out[n++] = (unsigned char)unit;
	}
	pcre2_pattern_info(regex->code, PCRE2_INFO_LASTCODETYPE, &type);
	if (type == 1) {
		pcre2_pattern_info(regex->code, PCRE2_INFO_LASTCODEUNIT, &unit);
		out[n++] = (unsigned char)unit;
	}
	return n;
}
