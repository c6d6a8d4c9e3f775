#include "scenarios/read/runtimes.h"

#include <string.h>

enum { LONG_AGO = 1 };

/* Supported ones first, newest first, so that a suggestion is one that can be deployed. Dates: Lambda Developer Guide, "Lambda runtimes",
 * as of November 2026. */
#define RUNTIMES(R)                                                                                                                \
	R("nodejs24.x", 20280430)                                                                                                  \
	R("nodejs22.x", 20270430)                                                                                                  \
	R("python3.14", 20290630)                                                                                                  \
	R("python3.13", 20290630)                                                                                                  \
	R("python3.12", 20281031) R("python3.11", 20270630) R("java25", 20290630) R("java21", 20290630) R("java17", 20270630)      \
		R("java17.al2023", 0) R("java11.al2023", 0) R("java8.al2023", 0) R("java11", 20270630) R("java8.al2", 20270630) R( \
			"dotnet10", 20281114) R("ruby4.0", 20290331) R("ruby3.4", 20280331) R("ruby3.3", 20270331)                 \
			R("provided.al2023", 20290630) R("python3.10", 20261031) R("dotnet9", 20261110) R("dotnet8", 20261110)     \
				R("provided.al2", LONG_AGO) R("nodejs20.x", LONG_AGO) R("nodejs18.x", LONG_AGO) R("nodejs16.x",    \
	                                                                                                          LONG_AGO)        \
					R("nodejs14.x", LONG_AGO) R("nodejs12.x", LONG_AGO) R("nodejs10.x",                        \
	                                                                                      LONG_AGO) R("nodejs8.10", LONG_AGO)  \
						R("nodejs6.10", LONG_AGO) R("nodejs4.3", LONG_AGO) R("nodejs4.3-edge", LONG_AGO)   \
							R("nodejs", LONG_AGO) R("python3.9", LONG_AGO) R("python3.8", LONG_AGO) R( \
								"python3.7", LONG_AGO) R("python3.6",                              \
	                                                                                 LONG_AGO) R("python2.7", LONG_AGO)        \
								R("java8", LONG_AGO) R("dotnet7", LONG_AGO) R("dotnet6", LONG_AGO) \
									R("dotnet5.0", LONG_AGO) R("dotnetcore3.1", LONG_AGO)      \
										R("dotnetcore2.1", LONG_AGO) R("dotnetcore2.0",    \
	                                                                                                       LONG_AGO)           \
											R("dotnetcore1.0", LONG_AGO) R("ruby3.2",  \
	                                                                                                               LONG_AGO)   \
												R("ruby2.7",                       \
	                                                                                          LONG_AGO) R("ruby2.5", LONG_AGO) \
													R("go1.x", LONG_AGO)       \
														R("provided",      \
	                                                                                                          LONG_AGO)

static const struct runtime runtimes[] = {
#define RUNTIME(name, date) {name, date},
	RUNTIMES(RUNTIME)
#undef RUNTIME
};

static const char *const names[] = {
#define RUNTIME(name, date) name,
	RUNTIMES(RUNTIME)
#undef RUNTIME
};

const struct runtime *runtime_find(const char *name)
{
	for (size_t i = 0; i < sizeof runtimes / sizeof *runtimes; i++)
		if (strcmp(runtimes[i].name, name) == 0)
			return &runtimes[i];
	return NULL;
}

enum runtime_family runtime_family_of(const char *name)
{
	static const struct {
		const char *prefix;
		enum runtime_family family;
	} families[] = {
		{"python", RUNTIME_PYTHON}, {"nodejs", RUNTIME_NODE}, {"java", RUNTIME_JAVA},         {"dotnet", RUNTIME_DOTNET},
		{"ruby", RUNTIME_RUBY},     {"go", RUNTIME_GO},       {"provided", RUNTIME_PROVIDED},
	};
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		size_t length = strlen(families[i].prefix);
		bool version = name[length] == '\0' || name[length] == '.' || (name[length] >= '0' && name[length] <= '9') ||
		               families[i].family == RUNTIME_DOTNET;
		if (strncmp(name, families[i].prefix, length) == 0 && version)
			return families[i].family;
	}
	return RUNTIME_UNKNOWN;
}

bool runtime_runs(enum runtime_family family)
{
	return family == RUNTIME_PYTHON || family == RUNTIME_NODE || family == RUNTIME_PROVIDED;
}

const char *const *runtime_names(size_t *count)
{
	*count = sizeof names / sizeof *names;
	return names;
}
