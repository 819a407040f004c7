/* How a source went about it: over time, how fast, in which order, with what, for what. */
#include "detect/disclosed.h"
#include "detect/ledger.h"
#include "detect/tool.h"
#include "record/codes.h"
#include "report/explain_parts.h"
#include "report/phrase.h"

enum { COLUMNS = 60, TOOLS = 8, NAMES_LEAST = 8, SECOND = 1000, MINUTE = 60 * SECOND };

/* New names by time: from samples, each standing for as many as its class has. */
struct course {
	int64_t first, last; /* of the sampled names; TIME_NONE */
	double names;        /* distinct, of all zones */
	size_t sampled;
	int64_t step; /* milliseconds of a column */
	double columns[COLUMNS + 1];
};

static void
add_name(struct course *course, const struct pair_name *name, double weight)
{
	int64_t time = moment_time(name->moment);

	if (time == TIME_NONE)
		return;
	course->sampled++;
	course->names += weight;
	if (course->step) {
		course->columns[(time - course->first) / course->step] += weight;
		return;
	}
	course->first = course->first == TIME_NONE || time < course->first ? time : course->first;
	course->last = course->last == TIME_NONE || time > course->last ? time : course->last;
}

static void
add_names(struct course *course, const struct ground *ground, size_t first, size_t count)
{
	course->sampled = 0;
	course->names = 0;
	for (size_t i = first; i < first + count; i++)
		for (size_t c = 0; c < NAME_CLASSES; c++) {
			struct pair_class names = pair_class(ground_pair(ground, i), c);
			const struct pair_name *name;
			if (c == NAME_APEX || names.names.count == 0)
				continue;
			double weight = (double)sample_distinct(&names.names, &pair_name_type) /
					names.names.count;
			for (uint32_t j = 0;
			     (name = sample_next(&names.names, &pair_name_type, &j)) != NULL;)
				add_name(course, name, weight);
		}
}

static void
say_duration(struct buf *line, int64_t milliseconds)
{
	enum { HOUR = 60 * MINUTE, DAY = 24 * HOUR };
	static const struct {
		int64_t unit;
		const char *name;
	} units[] = {{DAY, "day"}, {HOUR, "hour"}, {MINUTE, "minute"}, {SECOND, "second"}};
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(units[0]) && milliseconds < 2 * units[i].unit)
		i++;
	phrase_counted(line, (uint64_t)((milliseconds + units[i].unit / 2) / units[i].unit),
		       units[i].name);
}

/* Round columns where they are long, so that one can say what they are. */
static int64_t
column_length(int64_t span)
{
	static const int64_t lengths[] = {1,   2,   5,    10,   15,   30,    60,    120,  300,
					  600, 900, 1800, 3600, 7200, 14400, 28800, 86400};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		if (span / (lengths[i] * SECOND) < COLUMNS)
			return lengths[i] * SECOND;
	return span / COLUMNS + 1;
}

static void
print_chart(struct explain *explain, const char *label, const uint64_t *values, size_t count,
	    int64_t start, int64_t step)
{
	struct buf *line = &explain->text.line;
	struct page *page = explain->text.page;

	page_to(page, 2);
	page_styled(page, PAGE_FAINT, str_of(label));
	page_to(page, EXPLAIN_INDENT);
	page_bars(page, values, count);
	page_end(page);
	buf_add_text(line, "from ");
	phrase_time(line, start);
	buf_add_text(line, ", a column is ");
	say_duration(line, step);
	explain_row(explain, "");
}

/* Requests at all servers; nothing where they came within one or two slots. */
static void
print_requests(struct explain *explain, const struct ip *address)
{
	const struct tally *tally = explain->tally;
	struct slots slots = {0};
	uint64_t values[COLUMNS] = {0};

	for (uint32_t i = 0; i < tally->settings->server_count; i++) {
		const struct source *source = sources_find(tally, address, i);
		if (source)
			slots_merge(&slots, &source->slots);
	}
	size_t busy = slots_count(&slots);
	uint32_t first = busy ? slots_at(&slots, 0).key : 0;
	uint32_t count = busy ? slots_at(&slots, busy - 1).key - first + 1 : 0;
	uint32_t each = count ? (count + COLUMNS - 1) / COLUMNS : 1;
	for (size_t i = 0; i < busy; i++)
		values[(slots_at(&slots, i).key - first) / each] += slots_at(&slots, i).count;
	int64_t length = (int64_t)SLOT_MS << slots.shift;
	if (count > 2)
		print_chart(explain, "requests", values, (count + each - 1) / each,
			    (int64_t)first * length, length * each);
	slots_release(&slots);
}

static void
print_timeline(struct explain *explain, const struct course *course)
{
	uint64_t values[COLUMNS + 1] = {0};
	size_t count = (size_t)((course->last - course->first) / course->step) + 1;

	for (size_t i = 0; i < count; i++)
		values[i] = (uint64_t)(course->columns[i] + (course->columns[i] > 0));
	print_chart(explain, "new names", values, count, course->first, course->step);
}

/* The most within any minute or column, and the longest stretch without a new name. */
static void
say_tempo(struct buf *line, const struct course *course)
{
	int64_t span = course->last - course->first;
	double most = 0;
	size_t pause = 0, longest = 0;

	phrase_counted(line, (uint64_t)(course->names + .5), "new name");
	buf_add_text(line, span < SECOND ? " within a second" : " in ");
	if (span < SECOND)
		return;
	say_duration(line, span);
	double rate = course->names * SECOND / (double)span;
	buf_add_text(line, ": ");
	phrase_value(line, rate >= 1 ? rate : rate * 60 >= 1 ? rate * 60 : rate * 3600);
	buf_printf(line, " a%s", rate >= 1 ? " second" : rate * 60 >= 1 ? " minute" : "n hour");
	for (size_t i = 0; i <= COLUMNS; i++) {
		most = course->columns[i] > most ? course->columns[i] : most;
		pause = course->columns[i] > 0 ? 0 : pause + 1;
		if (course->columns[i] > 0 || (int64_t)i * course->step > span)
			continue;
		longest = pause > longest ? pause : longest;
	}
	buf_add_text(line, "; at most ");
	phrase_count(line, (uint64_t)(most + .5));
	buf_add_text(line, " within ");
	say_duration(line, course->step);
	if (longest > 1) {
		buf_add_text(line, "; longest pause about ");
		say_duration(line, (int64_t)longest * course->step);
	}
}

static void
print_course(struct explain *explain, const struct ip *address)
{
	const struct ground *ground = &explain->input->scans->ground;
	struct course course = {.first = TIME_NONE, .last = TIME_NONE};
	size_t first, count = ground_find(ground, address, &first);

	add_names(&course, ground, first, count);
	if (course.sampled < NAMES_LEAST)
		return;
	course.step = column_length(course.last - course.first);
	add_names(&course, ground, first, count);
	if (course.last - course.first >= course.step)
		print_timeline(explain, &course);
	say_tempo(&explain->text.line, &course);
	explain_row(explain, "tempo");
}

/* Of the zone that stands first: whoever walks a list keeps its order. */
static void
say_order(struct explain *explain, const struct ledger *ledger)
{
	struct buf *line = &explain->text.line;
	const struct judgement *j = ledger->zone_count ? &ledger->zones[0].scan.judgement : NULL;

	if (!j || j->count == 0 || j->tau < 0)
		return;
	buf_add_text(line, "two judged names in ");
	phrase_name(line, explain_text(explain, j->zone_text), 60);
	buf_add_text(line, " came in the order of the alphabet in ");
	phrase_share(line, (uint64_t)(j->tau * 1000), 1000);
	buf_add_text(line, " of all cases (chance: 50%)");
}

static void
say_tools(struct buf *line, const struct tally *tally, const struct ip *address)
{
	struct tool_count tools[TOOLS];
	size_t count = tool_marks(tally, address, tools, TOOLS);

	for (size_t i = 0; i < count; i++) {
		buf_add_text(line, i ? ", " : "marks of ");
		phrase_name(line, tools[i].tool, 40);
		buf_add_text(line, " (");
		phrase_counted(line, tools[i].rules, "rule");
		buf_add_char(line, ')');
	}
}

/* Whether the source asked for a record that names a provider. */
static bool
asked_providers(const struct pair *pair)
{
	static const int32_t types[] = {TYPE_MX,    TYPE_NS,  TYPE_TXT, TYPE_SPF,
					TYPE_CNAME, TYPE_SRV, TYPE_CAA, TYPE_ANY};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (counts_of(&pair->types, type_key(types[i])))
			return true;
	return false;
}

static void
print_providers(struct explain *explain, const struct ip *address)
{
	const struct detect_input *detect = explain->input->detect;
	const struct ground *ground = &explain->input->scans->ground;
	struct text_list asked = {0}, answers = {0};
	struct arena arena = {0};
	size_t first, count = ground_find(ground, address, &first);
	struct buf *line = &explain->text.line;

	for (size_t i = first; i < first + count; i++) {
		disclosed_asked(detect, ground_pair(ground, i), &arena, &asked);
		if (asked_providers(ground_pair(ground, i)))
			disclosed_answers(detect, ground_pair(ground, i), &arena, &answers);
	}
	struct str *names = text_list_take(&asked, &arena);
	if (asked.count) {
		buf_add_text(line, "the asked names point to ");
		phrase_names(line, names, asked.count, asked.count, asked.count);
	}
	names = text_list_take(&answers, &arena);
	if (answers.count) {
		buf_add_text(line, line->n ? "; " : "");
		buf_add_text(line, "by the zone file the records of the zones it asked tell of ");
		phrase_names(line, names, answers.count, answers.count, answers.count);
	}
	explain_row(explain, "providers");
	arena_release(&arena);
}

void
explain_course(struct explain *explain, const struct ledger *ledger, const struct ip *address)
{
	print_requests(explain, address);
	print_course(explain, address);
	say_order(explain, ledger);
	explain_row(explain, "order");
	say_tools(&explain->text.line, explain->tally, address);
	explain_row(explain, "tools");
	print_providers(explain, address);
}
