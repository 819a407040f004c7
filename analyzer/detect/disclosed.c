#include "detect/disclosed.h"

#include "detect/oracle.h"
#include "detect/providers.h"
#include "detect/zonefile.h"
#include "record/codes.h"

void
disclosed_asked(const struct detect_input *input, const struct pair *pair, struct arena *arena,
		struct text_list *providers)
{
	const struct tally *tally = input->tally;
	size_t zone_length = texts_get(&tally->texts, pair->key.zone).n;

	for (size_t c = 0; input->providers && c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		const struct pair_name *name;
		if (c == NAME_APEX)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&names.names, &pair_name_type, &i)) != NULL;) {
			const char *found[4];
			struct str text = texts_get(&tally->texts, name->text);
			size_t front = text.n > zone_length ? text.n - zone_length - 1 : 0;
			size_t n = providers_of_name(input->providers, str_make(text.p, front),
						     found, 4);
			for (size_t k = 0; k < n; k++)
				text_list_add(providers, arena, str_of(found[k]));
		}
	}
}

struct disclosed {
	const struct detect_input *input;
	struct arena *arena;
	struct text_list *providers;
};

/* The type of a text that the oracle tells (enum zonefile_text). */
static int32_t
type_of_text(unsigned kind)
{
	static const int32_t types[] = {TYPE_TXT,   TYPE_SPF, TYPE_MX, TYPE_NS,
					TYPE_CNAME, TYPE_SRV, TYPE_CAA};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (zonefile_text_of_type(types[i]) == kind)
			return types[i];
	return TYPE_UNKNOWN;
}

static void
add_disclosed(void *context, struct str name, unsigned kind, struct str text)
{
	struct disclosed *disclosed = context;
	const char *found[8];
	size_t n =
		providers_of_text(disclosed->input->providers, type_of_text(kind), text, found, 8);

	(void)name;
	for (size_t i = 0; i < n; i++)
		text_list_add(disclosed->providers, disclosed->arena, str_of(found[i]));
}

void
disclosed_answers(const struct detect_input *input, const struct pair *pair, struct arena *arena,
		  struct text_list *providers)
{
	struct disclosed disclosed = {input, arena, providers};

	if (input->providers && input->oracle)
		oracle_texts(input->oracle, texts_get(&input->tally->texts, pair->key.zone), 0,
			     add_disclosed, &disclosed);
}
