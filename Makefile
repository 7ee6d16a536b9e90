# SPDX-License-Identifier: Apache-2.0
# Build, run and test Cohelm. `make help` lists the targets; all of them work in any directory given as BUILD and VAR.

SHELL := /bin/bash
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD ?= build
VAR ?= var
SANITIZE ?=
PREFIX ?= /usr/local
PYTHON ?= /usr/bin/python3
export BUILD VAR PYTHON

# Parallel unless the caller says otherwise.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += --no-builtin-rules --no-print-directory

# ---- what is installed by `make setup` (Debian 12 and 13) ----

BUILD_PACKAGES := gcc libc6-dev pkg-config libulfius-dev libmicrohttpd-dev libjansson-dev libpq-dev libjwt-dev \
	libcurl4-gnutls-dev libssl-dev zlib1g-dev python3 python3-yaml
PACKAGES := $(BUILD_PACKAGES) postgresql python3-venv curl ca-certificates util-linux procps
CHECK_PACKAGES := $(PACKAGES) clang clang-format clang-tidy cppcheck

# ---- sources ----

GEN := $(BUILD)/gen
LIBRARIES := libulfius libmicrohttpd jansson libpq libjwt libcurl libcrypto zlib
CONTRACT := $(shell find openapi sql/queries sql/migrations sql/seed/frameworks | grep -v __pycache__)
SOURCES := $(wildcard service/*.c service/decide/*.c service/operations/*.c)
HEADERS := $(wildcard service/*.h service/decide/*.h service/operations/*.h)
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))

# The compiler of the contract says by what it writes which files there are, so make reads their names from a
# makefile that it remakes first. Only for goals that compile: the others must work before anything is installed.
GOALS := $(or $(MAKECMDGOALS),all)
ifneq ($(filter all lib units install check-tidy $(BUILD)/%,$(GOALS)),)
include $(GEN)/sources.mk
endif

OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(GENERATED:%.c=$(GEN)/%.o)
LIBRARY_OBJECTS := $(filter-out $(BUILD)/service/main.o,$(OBJECTS))

# ---- flags ----

CPPFLAGS += -D_GNU_SOURCE -Iservice -I$(GEN) $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null)
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Werror
CFLAGS += -std=c11 $(WARNINGS) -g -fstack-protector-strong -fPIE -pthread
LDFLAGS += -pie -pthread -Wl,--as-needed,-z,relro,-z,now
LDLIBS += $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null) -lm
ifeq ($(SANITIZE),)
CFLAGS += -O2
CPPFLAGS += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
else
# gcc warns of what only its own instrumentation makes possible.
CFLAGS += -O1 -fno-omit-frame-pointer -Wno-error -fsanitize=$(SANITIZE)
LDFLAGS += -fsanitize=$(SANITIZE)
endif

# ---- build (V=1 shows the commands; LENIENT=1 leaves out operations that are not written yet) ----

Q := $(if $(V),,@)
COMPILE = $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP

.PHONY: all lib units help setup setup-build setup-check run test asan tsan bench bench-scale bench-tally bench-votes compare conformance faults fuzz image install clean
.DELETE_ON_ERROR:

all: $(BUILD)/cohelm ## build build/cohelm (BUILD=, CC=gcc|clang, SANITIZE=address,undefined|thread)

lib: $(BUILD)/libcohelm.a

units: $(UNITS)

# The statuses of an operation follow from the problems that its handler names.
$(GEN)/sources.mk: $(CONTRACT) $(wildcard service/operations/*.[ch])
	@mkdir -p $(@D)
	$(PYTHON) -B openapi/compile.py --out $(GEN) $(if $(LENIENT),--lenient)
	$(PYTHON) -B openapi/embed.py $(GEN) migration=sql/migrations framework=sql/seed/frameworks docs=openapi/docs
	@cd $(GEN) && echo GENERATED := *.gen.c >sources.mk

$(BUILD)/service/%.o: service/%.c | $(GEN)/sources.mk
	@mkdir -p $(@D)
	@echo "cc $<"
	$(Q)$(COMPILE) -c $< -o $@

$(GEN)/%.gen.o: $(GEN)/%.gen.c
	@echo "cc $<"
	$(Q)$(COMPILE) -c $< -o $@

# Made anew each time, so that no object of a file that is gone stays inside.
$(BUILD)/libcohelm.a: $(LIBRARY_OBJECTS)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/cohelm: $(BUILD)/service/main.o $(BUILD)/libcohelm.a
	@echo "ld $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

$(BUILD)/tests/unit/%: tests/unit/%.c tests/unit/test.h $(BUILD)/libcohelm.a
	@mkdir -p $(@D)
	@echo "cc $<"
	$(Q)$(COMPILE) $(LDFLAGS) $< $(BUILD)/libcohelm.a $(LDLIBS) -o $@

$(BUILD)/tests/%: tests/%.c $(BUILD)/libcohelm.a
	@mkdir -p $(@D)
	@echo "cc $<"
	$(Q)$(COMPILE) $(LDFLAGS) $< $(BUILD)/libcohelm.a $(LDLIBS) -o $@

-include $(OBJECTS:.o=.d) $(UNITS:=.d) $(wildcard $(BUILD)/tests/bench/*.d $(BUILD)/tests/compare/*.d)

# ---- machine ----

# $(call install,packages): installs those of the Debian packages that are missing, and says which.
define install
missing=$$(for p in $(1); do dpkg-query -W -f='$${db:Status-Status}\n' $$p 2>/dev/null | grep -qx installed || echo $$p; done); \
[ -n "$$missing" ] || exit 0; \
echo "installing what is missing:" $$missing; \
command -v apt-get >/dev/null || { echo "no apt-get here: install the like of these packages yourself" >&2; exit 1; }; \
as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
[ -z "$$as_root" ] || command -v sudo >/dev/null || { echo "run as root: apt-get install" $$missing >&2; exit 1; }; \
$$as_root apt-get update -q && \
$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing </dev/null
endef

setup: ## install the Debian packages that building, running and testing need (root or sudo; only what is missing)
	@$(call install,$(PACKAGES))

setup-build: # what the image is made with
	@$(call install,$(BUILD_PACKAGES))

setup-check: setup
	@$(call install,$(CHECK_PACKAGES))

# ---- run ----

# Service and cluster end together, the service first. Settings of the environment win.
define RUN
set -euo pipefail
state=$$(mkdir -p "$$VAR/run" && cd "$$VAR/run" && pwd)
export COHELM_LISTEN=$${COHELM_LISTEN:-127.0.0.1:8080} COHELM_ADMIN_LISTEN=$${COHELM_ADMIN_LISTEN:-127.0.0.1:8081}
export COHELM_PUBLIC_URL=$${COHELM_PUBLIC_URL:-http://$$COHELM_LISTEN} COHELM_KEY_FILE=$${COHELM_KEY_FILE:-$$state/key.pem}
export COHELM_LOG=$${COHELM_LOG:-info} # requests are many lines, and the token to paste should stay in sight
service=
trap 'status=$$?; [ -z "$$service" ] || wait $$service || true; [ -z "$${own:-}" ] || tests/cluster stop "$$state"; exit $$status' EXIT
trap '[ -z "$$service" ] || kill $$service 2>/dev/null' INT TERM HUP
if [ -z "$${DATABASE_URL:-}" ]; then
    own=1
    tests/cluster start "$$state" >/dev/null
    export DATABASE_URL=$$(tests/cluster url "$$state" service)
    migrator=$$(tests/cluster url "$$state" owner)
fi
DATABASE_URL=$${migrator:-$${MIGRATE_DATABASE_URL:-$$DATABASE_URL}} "$$BUILD/cohelm" migrate
coproc SERVICE { exec "$$BUILD/cohelm" serve; }
service=$$SERVICE_PID
read -r -u "$${SERVICE[0]}" || exit 1 # it says where it listens, or why it can't
if [ -n "$${DEMO:-}" ]; then sql/seed/demo; fi
token=$$("$$BUILD/cohelm" token --subject operator --name Operator --ttl 12h)
printf '\nCohelm     %s\nDocuments  %s/docs\n\nexport TOKEN=%s\ncurl -s -H "Authorization: Bearer $$TOKEN" %s/v1/me\n\nCtrl-C stops it.\n' \
    "$$COHELM_PUBLIC_URL" "$$COHELM_PUBLIC_URL" "$$token" "$$COHELM_PUBLIC_URL"
wait $$service || true
endef

run: export SCRIPT = $(RUN)
run: setup ## serve on 127.0.0.1:8080 from a private cluster below var/run (DEMO=1 seeds; DATABASE_URL replaces the cluster)
	@$(MAKE) all
	@exec bash -c "$$SCRIPT"

# ---- tests and checks ----

VENV ?= $(VAR)/venv
export VENV

$(VENV)/.installed: tests/requirements.txt
	@rm -rf $(@D) && mkdir -p $(dir $(@D))
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

$(VAR)/compare/.installed: tests/compare/requirements.txt
	@rm -rf $(@D) && mkdir -p $(dir $(@D))
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

.PHONY: venv
venv: $(VENV)/.installed

test: setup ## run all tests against a private cluster below var/test; ends with `N passed, N failed`
	@$(MAKE) all units venv
	@tests/run

CHECKS := format spdx banned contract compilers tidy cppcheck schema
.PHONY: check $(CHECKS:%=check-%) schema

check: setup-check ## formatting, static analysis, both compilers, contract and schema; ends with `N passed, N failed`
	@passed=0; failed=0; \
	for c in $(CHECKS); do \
		if $(MAKE) check-$$c; then echo "ok $$c"; passed=$$((passed + 1)); \
		else echo "not ok $$c"; failed=$$((failed + 1)); fi; \
	done; \
	echo "$$passed passed, $$failed failed"; [ $$failed = 0 ]

C_FILES = $(SOURCES) $(HEADERS) $(wildcard tests/*/*.c tests/*/*.h)

check-format:
	@clang-format --dry-run -Werror $(C_FILES)

check-spdx:
	@tests/check spdx

check-banned:
	@tests/check banned

check-contract:
	@$(PYTHON) -B openapi/compile.py --check --out $(GEN)

check-compilers:
	@$(MAKE) -s all units CC=gcc
	@$(MAKE) -s all units CC=clang BUILD=$(BUILD)/clang

# One process a file: the analyzer takes what it saw of va_list in one file into the next.
check-tidy: $(GEN)/sources.mk
	@printf '%s\n' $(SOURCES) | xargs -P $(shell nproc) -n 1 sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$$@" \
		-- $(CPPFLAGS) -std=c11 2>/dev/null' tidy

check-cppcheck:
	@cppcheck -q -j $(shell nproc) --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=varFuncNullUB --error-exitcode=1 -D_GNU_SOURCE -Iservice $(SOURCES)

check-schema:
	@$(MAKE) -s all
	@tests/check schema

schema: ## write sql/schema.sql from the migrations
	@$(MAKE) -s all
	@tests/check schema --write

asan: setup ## run the unit, API and matrix tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) all units BUILD=$(BUILD)/asan SANITIZE=address,undefined
	@$(MAKE) venv
	@BUILD=$(BUILD)/asan VAR=$(VAR)/asan tests/run unit api matrix

tsan: setup ## run the API and matrix tests under ThreadSanitizer
	@$(MAKE) all BUILD=$(BUILD)/tsan SANITIZE=thread
	@$(MAKE) venv
	@BUILD=$(BUILD)/tsan VAR=$(VAR)/tsan tests/run api matrix

fuzz: setup-check ## a minute of fuzzing for each target
	@$(call install,libclang-rt-$$(clang -dumpversion | cut -d. -f1)-dev)
	@tests/fuzz/run

bench: setup ## speed against limits and peers; writes tests/bench/RESULTS.md
	@$(call install,wrk $$(command -v go >/dev/null || echo golang-go) $$(command -v npm >/dev/null || echo nodejs npm))
	@$(MAKE) all venv
	@tests/bench/run --write $(ARGS)

bench-scale: setup ## reading among ten million decisions and among ten thousand; writes tests/bench/RESULTS_SCALE.md
	@$(call install,wrk)
	@$(MAKE) all venv
	@$(VENV)/bin/python -B tests/bench/scale.py --write $(ARGS)

conformance: setup ## schema-driven tests, linters, generated clients and a browser over the served document
	@$(call install,jq chromium $$(command -v npm >/dev/null || echo nodejs npm))
	@$(MAKE) all venv
	@tests/conformance/run

bench-votes: setup ## what decisions of large electorates cost; writes tests/bench/RESULTS_VOTES.md
	@$(MAKE) all
	@$(VENV)/bin/python -B tests/bench/votes.py --write $(ARGS)

bench-tally: setup ## speed and memory of counting, against votelib; writes tests/bench/RESULTS_TALLY.md
	@$(MAKE) all $(BUILD)/tests/bench/tally_count $(VAR)/compare/.installed
	@$(VAR)/compare/bin/python -B tests/bench/tally.py $(ARGS)

compare: setup ## 100,000 random profiles counted by votelib and pref_voting too (half an hour; ARGS="--profiles 2000")
	@$(MAKE) $(BUILD)/tests/compare/tally_lines $(VAR)/compare/.installed
	@$(VAR)/compare/bin/python -B tests/compare/compare.py $(ARGS)

faults: setup ## database stopped, process killed, pool exhausted
	@$(MAKE) all venv
	@tests/faults/run

# ---- delivery ----

image: ## build the container image
	docker build --file service/Dockerfile --tag cohelm .

install: $(BUILD)/cohelm ## install the binary, its manual page and the systemd unit (PREFIX, DESTDIR)
	install -D -m 755 $(BUILD)/cohelm $(DESTDIR)$(PREFIX)/bin/cohelm
	install -D -m 644 service/cohelm.1 $(DESTDIR)$(PREFIX)/share/man/man1/cohelm.1
	install -D -m 644 service/cohelm.service $(DESTDIR)$(PREFIX)/lib/systemd/system/cohelm.service

clean: ## remove what was built (not var/)
	rm -rf $(BUILD)

help: ## list the targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS=$$'\t' read -r target about; do printf '  %-12s %s\n' "$$target" "$$about"; done
