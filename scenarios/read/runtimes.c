#include "scenarios/read/runtimes.h"

#include <string.h>

enum { LONG_AGO = 1 };

/* Supported ones first, newest first, so that a suggestion is one that can be deployed. Dates: Lambda Developer Guide, "Lambda runtimes",
 * as of November 2026. */
static const struct runtime runtimes[] = {
	{"nodejs24.x", 20280430},     {"nodejs22.x", 20270430},    {"python3.14", 20290630},      {"python3.13", 20290630},
	{"python3.12", 20281031},     {"python3.11", 20270630},    {"java25", 20290630},          {"java21", 20290630},
	{"java17", 20270630},         {"java17.al2023", 0},        {"java11.al2023", 0},          {"java8.al2023", 0},
	{"java11", 20270630},         {"java8.al2", 20270630},     {"dotnet10", 20281114},        {"ruby4.0", 20290331},
	{"ruby3.4", 20280331},        {"ruby3.3", 20270331},       {"provided.al2023", 20290630}, {"python3.10", 20261031},
	{"dotnet9", 20261110},        {"dotnet8", 20261110},       {"provided.al2", LONG_AGO},    {"nodejs20.x", LONG_AGO},
	{"nodejs18.x", LONG_AGO},     {"nodejs16.x", LONG_AGO},    {"nodejs14.x", LONG_AGO},      {"nodejs12.x", LONG_AGO},
	{"nodejs10.x", LONG_AGO},     {"nodejs8.10", LONG_AGO},    {"nodejs6.10", LONG_AGO},      {"nodejs4.3", LONG_AGO},
	{"nodejs4.3-edge", LONG_AGO}, {"nodejs", LONG_AGO},        {"python3.9", LONG_AGO},       {"python3.8", LONG_AGO},
	{"python3.7", LONG_AGO},      {"python3.6", LONG_AGO},     {"python2.7", LONG_AGO},       {"java8", LONG_AGO},
	{"dotnet7", LONG_AGO},        {"dotnet6", LONG_AGO},       {"dotnet5.0", LONG_AGO},       {"dotnetcore3.1", LONG_AGO},
	{"dotnetcore2.1", LONG_AGO},  {"dotnetcore2.0", LONG_AGO}, {"dotnetcore1.0", LONG_AGO},   {"ruby3.2", LONG_AGO},
	{"ruby2.7", LONG_AGO},        {"ruby2.5", LONG_AGO},       {"go1.x", LONG_AGO},           {"provided", LONG_AGO},
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
		if (strncmp(name, families[i].prefix, length) != 0)
			continue;
		/* "dotnetcore3.1" is .NET too; "gopher" is no Go. */
		if (families[i].family == RUNTIME_DOTNET || strchr(".0123456789", name[length]))
			return families[i].family;
	}
	return RUNTIME_UNKNOWN;
}

bool runtime_runs(enum runtime_family family)
{
	return family == RUNTIME_PYTHON || family == RUNTIME_NODE || family == RUNTIME_PROVIDED;
}

size_t runtime_names(const char **names)
{
	size_t count = sizeof runtimes / sizeof *runtimes;
	for (size_t i = 0; names && i < count; i++)
		names[i] = runtimes[i].name;
	return count;
}
