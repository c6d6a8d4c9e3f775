# weir: build, test, install. Everything is built under $(BUILD); the sources stay clean.
#   make demo     from nothing to a simulated report       make check   all tests        make help   the rest
VERSION := 0.1.0
BUILD   ?= build
# V=1 shows the whole commands.
V       ?=
say      = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)'; )
PREFIX  ?= /usr/local
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)

ifeq ($(origin CC),default)
CC      := gcc
endif
AR      := gcc-ar
OPT     ?= -O3
# The program is optimised as a whole, which makes a run a tenth faster; tests link the same objects one by one.
LTO     ?= -flto=auto -ffat-lto-objects
SAN     ?=
WERROR  ?= -Werror

STANDARD := -std=gnu17
# The same bytes on every processor: no fused multiply-add the source did not ask for.
STANDARD += -ffp-contract=off
STANDARD += -pthread
# A crash of a released binary can still be read.
STANDARD += -g

# The usual suspects: unused things, missing cases, signed comparisons.
WARN := -Wall
WARN += -Wextra
# An inner name that hides an outer one is read wrongly sooner or later.
WARN += -Wshadow
# `f()` declares no parameters checked by anybody.
WARN += -Wstrict-prototypes
# What is not in a header is static.
WARN += -Wmissing-prototypes
# Time and money are exact integers: no value may change on its way without a cast that says so.
WARN += -Wconversion
# String literals are const.
WARN += -Wwrite-strings
# Stack use is known when it is compiled.
WARN += -Wvla
# A misspelt macro is not 0.
WARN += -Wundef
# A format string is a literal, or its function says format(printf).
WARN += -Wformat=2
# Arithmetic on void pointers belongs to no standard.
WARN += -Wpointer-arith
WARN += $(WERROR)

# Tests: suites are found by name (no prototypes), and compare plain numbers.
WARN_TEST := -Wno-missing-prototypes -Wno-conversion -Wno-sign-conversion -Wno-float-conversion

LIBRARIES := gsl sqlite3 yaml-0.1 jansson libmicrohttpd
PKG_CFLAGS := $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null)
# libcsv has no .pc file.
PKG_LIBS   := $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null) -lcsv -lm

CPPFLAGS_ALL = -I. -I$(BUILD)/gen -D_GNU_SOURCE -DWEIR_VERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL   = $(STANDARD) $(OPT) $(SAN) $(WARN) $(CFLAGS)
LDFLAGS_ALL  = -pthread $(SAN) $(LDFLAGS)
# Objects hold both, so a test links in a moment.
PLAIN       := -fno-lto

# --- what there is -------------------------------------------------------------------------------------------------------------
# Handlers of the gallery and of the runtimes are not part of the program.
under = $(sort $(shell find $(1) -name '*.c' -not -path 'scenarios/gallery/*' -not -path 'models/handler/runtimes/*' 2>/dev/null))
LAYERS   := sim models scenarios reports
SRC      := $(foreach layer,$(LAYERS),$(call under,$(layer))) $(sort $(wildcard tools/*.c))
OBJ       = $(SRC:%.c=$(BUILD)/obj/%.o)
of        = $(filter $(BUILD)/obj/$(1)/%,$(OBJ))
# Tools first, sim last: each archive needs only those right of it.
ARCHIVES  = $(BUILD)/libtools.a $(BUILD)/libreports.a $(BUILD)/libscenarios.a $(BUILD)/libmodels.a $(BUILD)/libsim.a $(BUILD)/libembedded.a

# What unit tests and test programs share.
SUPPORT_SRC := $(sort $(wildcard tests/support/*.c))
UNIT_SRC := $(sort $(wildcard tests/unit/*.c))
SUITES   := $(sort $(patsubst tests/unit/test_%.c,%,$(wildcard tests/unit/test_*.c)))
# Programs with a main of their own, one a file; tests/<folder>/run, or else tools/check, runs them.
PROGRAM_SRC := $(sort $(wildcard tests/theory/*.c tests/faults/*.c tests/handlers/*.c))
PROGRAMS     = $(PROGRAM_SRC:%.c=$(BUILD)/%)
# What several of them share.
SUPPORT_OBJ := $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard tests/support/*.c)))
FUZZERS  := $(sort $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c)))
REPLAYS   = $(FUZZERS:%=$(BUILD)/tests/fuzz/replay_%)
# weir-rules(7) is made from the rules.
MAN      := $(sort $(patsubst tools/man/%.scd,$(BUILD)/man/%,$(wildcard tools/man/*.scd)) $(BUILD)/man/weir-rules.7)
GALLERY  := $(sort $(patsubst %/Makefile,%,$(wildcard scenarios/gallery/*/Makefile)))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deps demo check check-unit check-programs fuzzers fresh proof bench asan ubsan tsan fuzz lint format install uninstall clean help \
	$(GALLERY) FORCE

all: $(BUILD)/weir $(GALLERY) $(MAN) ## the program, its manual pages and the gallery's handlers

# --- generated ------------------------------------------------------------------------------------------------------------------
# Written only when the text changes, so that what depends on it is rebuilt only then.
define update
@mkdir -p $(@D)
@printf '%s\n' $(1) > $@.$$$$ && if cmp -s $@.$$$$ $@; then rm $@.$$$$; else mv $@.$$$$ $@; fi
endef

# A change of compiler or flags rebuilds everything.
$(BUILD)/gen/flags: FORCE
	$(call update,'$(subst ','\'',$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LTO))')

$(BUILD)/gen/suites.def: FORCE
	$(call update,$(foreach suite,$(SUITES),'SUITE($(suite))'))

# The files named in tools/embed.list become part of the program.
$(BUILD)/gen/embedded.h $(BUILD)/gen/embedded.S &: tools/embed tools/embed.list $(shell sed -n 's/^\([^\# \t][^ \t]*\)[ \t].*/\1/p' tools/embed.list)
	$(call say,embed,$(BUILD)/gen)tools/embed tools/embed.list $(BUILD)/gen

# --- compile and link ------------------------------------------------------------------------------------------------------------
$(BUILD)/obj/%.o: %.c $(BUILD)/gen/flags | $(BUILD)/gen/embedded.h
	@mkdir -p $(@D)
	$(call say,cc,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LTO) -MMD -MP -c $< -o $@

$(BUILD)/obj/tests/%.o: tests/%.c $(BUILD)/gen/flags $(BUILD)/gen/suites.def | $(BUILD)/gen/embedded.h
	@mkdir -p $(@D)
	$(call say,cc,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(WARN_TEST) -MMD -MP -c $< -o $@

$(BUILD)/obj/embedded.o: $(BUILD)/gen/embedded.S
	@mkdir -p $(@D)
	$(call say,as,$<)$(CC) -c $< -o $@

$(BUILD)/libembedded.a: $(BUILD)/obj/embedded.o
	@$(AR) rcsD $@.$$$$ $^ && mv $@.$$$$ $@

define archive
$(BUILD)/lib$(1).a: $(call of,$(1)) $(BUILD)/gen/list-$(1)
	@$(AR) rcsD $$@.$$$$$$$$ $$(filter %.o,$$^) && mv $$@.$$$$$$$$ $$@
# Sources that come or go rebuild the archive.
$(BUILD)/gen/list-$(1): FORCE
	$$(call update,$(call of,$(1)))
endef
$(foreach layer,$(LAYERS) tools,$(eval $(call archive,$(layer))))

$(BUILD)/libsupport.a: $(SUPPORT_SRC:%.c=$(BUILD)/obj/%.o)
	@$(AR) rcsD $@.$$$$ $^ && mv $@.$$$$ $@

$(BUILD)/weir: $(ARCHIVES)
	$(call say,link,$@)$(CC) $(STANDARD) $(OPT) $(LTO) $(LDFLAGS_ALL) $(ARCHIVES) $(PKG_LIBS) -o $@

# Every test case counts its open descriptors: see tests/unit/runner.c.
$(BUILD)/unit: $(UNIT_SRC:%.c=$(BUILD)/obj/%.o) $(BUILD)/libsupport.a $(ARCHIVES)
	$(call say,link,$@)$(CC) $(PLAIN) $(LDFLAGS_ALL) -Wl,--wrap=tcase_create $(filter %.o,$^) $(BUILD)/libsupport.a $(ARCHIVES) $(shell pkg-config --libs check 2>/dev/null) $(PKG_LIBS) -o $@

$(PROGRAMS): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(SUPPORT_OBJ) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,link,$@)$(CC) $(PLAIN) $(LDFLAGS_ALL) $(filter %.o,$^) $(ARCHIVES) $(PKG_LIBS) -o $@

$(REPLAYS): $(BUILD)/tests/fuzz/replay_%: $(BUILD)/obj/tests/fuzz/replay.o $(BUILD)/obj/tests/fuzz/fuzz_%.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,link,$@)$(CC) $(PLAIN) $(LDFLAGS_ALL) $(filter %.o,$^) $(ARCHIVES) $(PKG_LIBS) -o $@

# The yardstick of `make bench` is plain -O2, whatever weir is built with.
$(BUILD)/bare: tests/bench/bare.c
	@mkdir -p $(@D)
	$(call say,link,$@)$(CC) -std=gnu17 -O2 $< -lm -o $@

# Only for clang: SAN has -fsanitize=fuzzer-no-link, the fuzzer's main comes in here.
fuzzers: $(FUZZERS:%=$(BUILD)/fuzz_%)
$(BUILD)/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(ARCHIVES)
	$(call say,link,$@)$(CC) $(PLAIN) $(LDFLAGS_ALL) -fsanitize=fuzzer $(filter %.o,$^) $(ARCHIVES) $(PKG_LIBS) -o $@

$(BUILD)/gen/weir-rules.7.scd: tools/ruleman models/rule.def
	@mkdir -p $(@D)
	@tools/ruleman models/rule.def > $@.$$$$ && mv $@.$$$$ $@ || { rm -f $@.$$$$; exit 1; }

make_page = SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-0} tools/manpage $< > $@.$$$$ && mv $@.$$$$ $@ || { rm -f $@.$$$$; exit 1; }
$(BUILD)/man/%: tools/man/%.scd tools/manpage
	@mkdir -p $(@D)
	@$(make_page)
$(BUILD)/man/%: $(BUILD)/gen/%.scd tools/manpage
	@mkdir -p $(@D)
	@$(make_page)

$(GALLERY):
	@$(MAKE) --no-print-directory -C $@

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# --- targets ---------------------------------------------------------------------------------------------------------------------
deps: ## install what building and running needs (apt-get, only what is missing)
	tools/deps build run

demo: ## from nothing to a report: install, build, measure a real handler, simulate
	@tools/deps build run
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@tools/demo $(BUILD)/weir

check: ## all tests; at most 12 minutes on 2 cores
	@tools/deps build run unit check
	@$(MAKE) --no-print-directory -j$(JOBS) all $(BUILD)/unit check-programs
	@BUILD=$(BUILD) tools/check

check-unit: $(BUILD)/unit ## the unit tests; SUITE="agenda histogram" picks some
	$(BUILD)/unit $(SUITE)

check-programs: $(PROGRAMS) $(REPLAYS)

fresh: ## a new Debian root: `make demo` and the unit tests in it; FRESH=full: all of `make check`
	@tools/deps fresh
	tools/fresh $(FRESH)

proof: ## everything at full size, sanitizers and bench too, resumable, at most an hour
	@tools/deps build run unit check bench
	@$(MAKE) --no-print-directory -j$(JOBS) all $(BUILD)/unit $(BUILD)/bare check-programs
	@BUILD=$(BUILD) tools/check --full

bench: ## the simulator against a bare loop, and its peak memory
	@tools/deps build bench
	@$(MAKE) --no-print-directory -j$(JOBS) $(BUILD)/weir $(BUILD)/bare
	@BUILD=$(BUILD) tests/bench/run

# The unit tests under a sanitizer, which makes them slower, in a build tree of their own.
sanitized = CK_TIMEOUT_MULTIPLIER=10 $(MAKE) --no-print-directory -j$(JOBS) BUILD=build-$@ LTO= OPT='-O1 -fno-omit-frame-pointer' SAN='$(1)' check-unit
asan: ## unit tests with the address and leak sanitizer
	@$(call sanitized,-fsanitize=address)
ubsan: ## unit tests with the undefined-behaviour sanitizer
	@$(call sanitized,-fsanitize=undefined -fno-sanitize-recover=all)
tsan: ## unit tests with the thread sanitizer
	@$(call sanitized,-fsanitize=thread)

fuzz: ## each fuzzer for FUZZ_SECONDS (60), growing its corpus; FUZZ="template csv" picks some
	@tools/deps build fuzz
	@BUILD=build-fuzz tests/fuzz/run $(FUZZ)

lint: ## the house rules; RULE=name runs one
	@tools/deps build unit check
	@$(MAKE) --no-print-directory -j$(JOBS) $(OBJ) $(BUILD)/unit check-programs
	@BUILD=$(BUILD) tools/lint $(RULE)

format: ## lay out every source as .clang-format says
	tools/format

install: all ## into PREFIX (/usr/local), DESTDIR in front
	install -D -m 755 $(BUILD)/weir $(DESTDIR)$(PREFIX)/bin/weir
	install -D -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/weir/LICENSE
	for page in $(MAN); do install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit 1; done
	mkdir -p $(DESTDIR)$(PREFIX)/share/weir $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	cp -R scenarios/gallery $(DESTDIR)$(PREFIX)/share/weir/
	$(BUILD)/weir completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/weir

uninstall: ## what install put there
	rm -rf $(DESTDIR)$(PREFIX)/bin/weir $(DESTDIR)$(PREFIX)/share/doc/weir $(DESTDIR)$(PREFIX)/share/weir
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/weir
	rm -f $(foreach page,$(notdir $(MAN)),$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(page)))/$(page))

clean: ## remove what was built
	rm -rf build build-*
	@for folder in $(GALLERY); do $(MAKE) --no-print-directory -C $$folder clean; done

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do printf '  %-12s %s\n' "$$name" "$$text"; done
