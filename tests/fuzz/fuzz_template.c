/* A whole scenario from any bytes: template, then a workload file after a line "%%%". It is read, checked and stubbed; what the stub says
 * must be YAML again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/read/document.h"
#include "scenarios/read/scenarioread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char parting[] = "\n%%%\n";

struct input {
	const char *text, *workload;
	size_t length, workload_length;
};

static struct input cut(const uint8_t *data, size_t size)
{
	struct input in = {.text = (const char *)data, .length = size};
	const char *at = memmem(data, size, parting, sizeof parting - 1);
	if (at) {
		in.length = (size_t)(at - in.text);
		in.workload = at + sizeof parting - 1;
		in.workload_length = size - in.length - (sizeof parting - 1);
	}
	return in;
}

static void plainly(const struct input *in)
{
	static const char *const rates[] = {"Hello=20/s"}, *const sets[] = {"Hello.MemorySize=256",
	                                                                    "Hello.IdleReclaim={Policy: never}"};
	struct read_options options = {.rates = rates, .rate_count = 1, .sets = sets, .set_count = 2};
	struct scenario *s;
	struct diagnostics found = {0};
	struct source_texts *texts;
	int status = scenario_read_text(&options, in->text, in->length, in->workload, in->workload_length, &s, &found, &texts);
	if ((status == 0) != (s != NULL) || (status == 0) != (found.errors == 0))
		abort();
	struct textbuf out = {0};
	diagnostics_render(&found, source_texts_line, texts, &out);
	textbuf_fini(&out);
	scenario_free(s);
	diagnostics_fini(&found);
	source_texts_free(texts);
}

/* `stub` takes what `weir init` writes. */
static void reviewed(const struct input *in, bool careful, struct textbuf *stub)
{
	struct read_options options = {.traffic_optional = true};
	struct diagnostics found = {0};
	struct reading r;
	reading_init(&r, &options, &found);
	r.careful = careful;
	if (document_from_text(&r, "fuzz/template.yaml", in->text, in->length, in->workload, in->workload_length) == 0) {
		if (!careful)
			r.weir = NULL;
		reading_run(&r);
		if (careful)
			reading_check(&r);
		else if (found.errors == 0)
			reading_stub(&r, stub);
	}
	struct source_texts *texts = r.texts;
	reading_end(&r, false);
	diagnostics_fini(&found);
	source_texts_free(texts);
}

static void stub_is_yaml(const struct input *in, const struct textbuf *stub)
{
	struct read_options options = {.traffic_optional = true};
	struct scenario *s;
	struct diagnostics found = {0};
	struct source_texts *texts;
	scenario_read_text(&options, in->text, in->length, textbuf_text(stub), stub->length, &s, &found, &texts);
	for (size_t i = 0; i < found.count; i++) {
		const struct diagnostic *one = &found.items[i];
		bool of_stub = one->at.file && strcmp(one->at.file, "workload.yaml") == 0;
		if (of_stub && (strcmp(one->rule, "read/yaml") == 0 || strcmp(one->rule, "read/unknown-key") == 0))
			abort();
	}
	scenario_free(s);
	diagnostics_fini(&found);
	source_texts_free(texts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = cut(data, size);
	struct textbuf stub = {0};
	plainly(&in);
	reviewed(&in, true, NULL);
	reviewed(&in, false, &stub);
	if (stub.length)
		stub_is_yaml(&in, &stub);
	textbuf_fini(&stub);
	return 0;
}
