#include "scenarios/read/suggest.h"

#include "sim/base/memory.h"
#include "sim/base/nearname.h"
#include "sim/base/textbuf.h"

/* More names than anybody wants to read, and more than are worth searching (a template has at most 500 resources). */
enum { SUGGEST_LISTED = 30, SUGGEST_SEARCHED = 2000 };

bool suggest_name(struct diagnostics *found, const char *name, const char *const *names, size_t count)
{
	if (count == 0 || count > SUGGEST_SEARCHED || found->count >= DIAGNOSTIC_LIMIT)
		return false;
	const char *near = nearname_find(name, names, count);
	if (near) {
		diagnostic_hint(found, "did you mean '%s'?", near);
		return true;
	}
	if (count > SUGGEST_LISTED)
		return false;
	struct textbuf list = {0};
	for (size_t i = 0; i < count; i++)
		textbuf_printf(&list, "%s%s", i ? ", " : "", names[i]);
	diagnostic_hint(found, "known: %s", textbuf_text(&list));
	textbuf_fini(&list);
	return false;
}

bool suggest_key(struct diagnostics *found, const char *name, const struct node *map)
{
	if (!map || map->kind != NODE_MAP || map->count == 0)
		return false;
	const char **names = MEMORY_ARRAY(map->count, const char *);
	for (size_t i = 0; i < map->count; i++)
		names[i] = map->pairs[i].key->text;
	bool near = suggest_name(found, name, names, map->count);
	memory_free(names);
	return near;
}
