#include "scenarios/read/texts.h"

#include <string.h>

#include "sim/base/memory.h"

struct kept_text {
	char *file, *text;
	size_t length;
	size_t *starts; /* offset of each line; made when a line is first asked for */
	size_t lines;
};

struct source_texts {
	struct kept_text **items;
	size_t count, capacity;
};

struct source_texts *source_texts_new(void)
{
	return MEMORY_NEW(struct source_texts);
}

const char *source_texts_add(struct source_texts *t, const char *file, char *text, size_t length)
{
	struct kept_text *kept = MEMORY_NEW(struct kept_text);
	*kept = (struct kept_text){.file = memory_string(file), .text = text, .length = length};
	MEMORY_ROOM(t->items, t->count, t->capacity);
	t->items[t->count++] = kept;
	return kept->file;
}

const char *source_texts_name(struct source_texts *t, const char *file)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->items[i]->file, file) == 0)
			return t->items[i]->file;
	return source_texts_add(t, file, NULL, 0);
}

static struct kept_text *source_texts_find(const struct source_texts *t, const char *file)
{
	for (size_t i = 0; file && i < t->count; i++)
		if (t->items[i]->text && strcmp(t->items[i]->file, file) == 0)
			return t->items[i];
	return NULL;
}

static void kept_text_index(struct kept_text *kept)
{
	size_t capacity = 0;
	MEMORY_ROOM(kept->starts, kept->lines, capacity);
	/* A byte-order mark is no part of the first line. */
	kept->starts[kept->lines++] = kept->length >= 3 && memcmp(kept->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	for (size_t i = 0; i + 1 < kept->length; i++) {
		if (kept->text[i] != '\n')
			continue;
		MEMORY_ROOM(kept->starts, kept->lines, capacity);
		kept->starts[kept->lines++] = i + 1;
	}
}

const char *source_texts_line(void *ctx, const char *file, int line)
{
	if (!ctx)
		return NULL;
	struct kept_text *kept = source_texts_find(ctx, file);
	if (!kept || line < 1)
		return NULL;
	if (!kept->starts)
		kept_text_index(kept);
	return (size_t)line <= kept->lines ? kept->text + kept->starts[line - 1] : NULL;
}

void source_texts_free(struct source_texts *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++) {
		memory_free(t->items[i]->file);
		memory_free(t->items[i]->text);
		memory_free(t->items[i]->starts);
		memory_free(t->items[i]);
	}
	memory_free(t->items);
	memory_free(t);
}
