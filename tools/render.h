/* render: shows a result and writes its report; the last step of `weir run` and all of `weir report`. */
#ifndef TOOLS_RENDER_H
#define TOOLS_RENDER_H

#include "tools/options.h"

/* Opens the result at `result` (a folder or a results.sqlite), writes the report into `folder`, then prints: with --json the summary as JSON
 * and nothing else, otherwise the summary for people (not with --quiet) and the report's path, bare, as the last line. The exit status. */
int render_result(const char *result, const char *folder, const struct options *o);

#endif
