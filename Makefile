# digtrail: build, test, install. Two commands do all the set-up on a fresh Debian machine:
#	make run	installs what is missing, builds, analyses samples/, prints the report
#	make test	the same, then every test
# V=1 shows the commands. A developer's own settings go into config.mk (ignored by git).

PROG    := digtrail
VERSION := 0.1.0
O       ?= build
PREFIX  ?= /usr/local
sysconfdir ?= /etc
DESTDIR ?=
CFLAGS  ?= -O3 -g
PYTHON  ?= python3
-include config.mk

PKGS          := libpcre2-8 zlib yaml-0.1 sqlite3 jansson libpsl libxxhash nettle
OPTIONAL_PKGS := libisal libzstd liblzma ldns libmaxminddb libseccomp ncursesw

PKG_CONFIG ?= pkg-config
exist       = $(shell for p in $1; do $(PKG_CONFIG) --exists $$p 2>/dev/null && echo $$p; done)
missing    := $(filter-out $(call exist,$(PKGS)),$(PKGS))
have       := $(call exist,$(OPTIONAL_PKGS))
# Debian's mimalloc has no file for pkg-config. In the program only, and not beside a sanitizer.
MIMALLOC   ?= $(if $(SAN),,$(shell $(CC) -xc -include mimalloc.h -c -o /dev/null /dev/null 2>/dev/null && echo mimalloc))
have       += $(MIMALLOC)
# -DHAVE_LIBZSTD and the like: read only by the one file that wraps the library.
have_flags := $(foreach p,$(have),-DHAVE_$(shell echo $(p) | tr a-z A-Z))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wwrite-strings -Wvla -Wformat=2 -Wundef -Wno-format-nonliteral -fno-common
# Where it was built is not in the program: the same source gives the same bytes (make reproducible).
PLACE   := -ffile-prefix-map=$(CURDIR)=.
HARDEN  := -fPIE -fstack-protector-strong -fstack-clash-protection
HARDEN_LD := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
FORTIFY := $(if $(findstring -O0,$(CFLAGS)),,-D_FORTIFY_SOURCE=2)

override CPPFLAGS += -Ianalyzer -D_POSIX_C_SOURCE=200809L -DVERSION='"$(VERSION)"' \
	$(if $(SAN),-DRELEASE_ALL) -DDATADIR='"$(PREFIX)/share/$(PROG)"' -DSYSCONFDIR='"$(sysconfdir)"' -DBUILT_WITH='"$(have)"' $(have_flags) \
	$(shell $(PKG_CONFIG) --cflags $(PKGS) $(have:mimalloc=) 2>/dev/null)
ALL_CFLAGS  = -std=c11 $(WARN) $(PLACE) $(HARDEN) $(if $(SAN),$(SAN),$(FORTIFY)) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD) $(SAN) $(LDFLAGS)
LDLIBS     += $(shell $(PKG_CONFIG) --libs $(PKGS) $(have:mimalloc=) 2>/dev/null) -lpthread -lm

SRC  := $(sort $(wildcard analyzer/*/*.c))
HDR  := $(sort $(wildcard analyzer/*/*.h))
MAIN := analyzer/cli/main.c
OBJ  := $(SRC:%.c=$O/%.o)
LIB  := $O/libanalyzer.a
UNIT := $(sort $(wildcard tests/unit/*.c tests/unit/*/*.c))
UNIT_HDR := $(sort $(wildcard tests/unit/*.h tests/unit/*/*.h))
FUZZ := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_ALL := $(sort $(wildcard tests/fuzz/*.[ch]))
FUZZ_NAMES := $(FUZZ:tests/fuzz/fuzz_%.c=%)
SANITIZE := -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all

# `say WHAT,FILE` prints a short line where V=1 would show the command.
Q   := $(if $(V),,@)
say  = $(if $(V),@:,@printf '  %-7s %s\n' $1 $2)
# A recursive make asks pkg-config anew, and uses all processors unless told otherwise.
remake = $(MAKE) --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 1))

.PHONY: sandbox hardening fleet recipes fleet-cost spark-test state nightly transfers variants formats consumers browser all deps deps-run deps-test deps-lint deps-deb deps-lab deps-fleet deps-spark run test check unit golden golden-update rules schema \
	manual scripts asan fuzz fuzz-long replay valgrind bench memory accuracy accuracy-check accuracy-record night \
	robustness samples lint check-headers check-layers check-limits check-format check-cppcheck check-tidy \
	install dist deb deb-test systemd-test clean format FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $O/$(PROG)

# What each target needs beyond make and a compiler stands in scripts/deps.
deps:
	@scripts/deps run test lint lab
deps-run:
	@scripts/deps run
deps-test:
	@scripts/deps run test
deps-lint:
	@scripts/deps run test lint
deps-bench:
	@scripts/deps run bench
deps-deb:
	@scripts/deps run test deb
deps-fleet:
	@scripts/deps fleet
deps-spark:
	@scripts/deps spark
	@$(MAKE) --no-print-directory $(SPARK).done
deps-lab:
	@scripts/deps run test lab

RUN_ARGS ?= $(sort $(wildcard samples/*/))
run: deps-run
	+@$(remake) all
	@DIGTRAIL_DATADIR=$(CURDIR)/patterns $O/$(PROG) $(RUN_ARGS)

# Everything that decides how an object is compiled; rewritten only when it changes.
export FLAGS_TEXT = $(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LDLIBS)
$O/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$FLAGS_TEXT" | cmp -s - $@ || printf '%s\n' "$$FLAGS_TEXT" >$@

$O/$(PROG): $O/$(MAIN:.c=.o) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(MIMALLOC:%=-l%) $(LDLIBS)

# Style and script of the HTML report become arrays, so that a page needs no other file.
ASSETS := $O/assets/page.css.o $O/assets/page.js.o
$O/assets/%.c: analyzer/report/%
	@mkdir -p $(@D)
	$(Q){ echo '#include "report/assets.h"'; echo 'const char $(subst .,_,$*)[] = {'; \
		od -An -v -td1 $< | sed 's/  */,/g; s/^,//; s/$$/,/'; echo '0};'; \
		echo 'const size_t $(subst .,_,$*)_size = sizeof($(subst .,_,$*)) - 1;'; } >$@
$O/assets/%.o: $O/assets/%.c $O/flags
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(filter-out $O/$(MAIN:.c=.o),$(OBJ)) $(ASSETS)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) qcsD $@ $^

$O/unit: $(UNIT:%.c=$O/%.o) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS) -lcriterion

$O/%.o: %.c $O/flags
	$(if $(missing),$(error Not found by pkg-config: $(missing). Run "make deps"))
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Whatever is configured on this machine is no part of a test.
export DIGTRAIL_CONFIG := /dev/null

# A program in build/asan does not find patterns/ beside it.
unit rules schema consumers browser valgrind bench accuracy fuzz replay: export DIGTRAIL_DATADIR := $(CURDIR)/patterns

# Tests. `check` is `test` without the look at what is installed.
test: deps-test
	+@$(remake) $O/$(PROG) $O/unit
	@$(MAKE) --no-print-directory check
	@echo "All tests passed."

check: unit golden replay rules schema manual scripts sandbox hardening faults-few evasion transfers variants formats consumers browser state fleet

unit: $O/unit
	$(Q)$O/unit $(UNIT_ARGS)

golden: $O/$(PROG)
	$(Q)tests/golden/run $O/$(PROG)

golden-update: $O/$(PROG)
	$(Q)tests/golden/run --update $O/$(PROG)

# The shipped rules' and log formats' own examples.
rules: $O/$(PROG)
	$(Q)$O/$(PROG) rules check
	$(Q)$O/$(PROG) rules test
	$(Q)$O/$(PROG) formats test

# The JSON report of every sample against its schema.
schema: $O/$(PROG)
	$(Q)$(PYTHON) scripts/schema.py $O/$(PROG)

# The nightly memory from outside; `make nightly` rotates at every byte of a log, not every 17th,
# kills the program at random moments, uses logrotate, and plays 30 nights (five minutes).
state: $O/$(PROG)
	$(Q)STEP=17 tests/lab/test_state.py $O/$(PROG)
	$(Q)tests/lab/test_catalogue.py $O/$(PROG)
	$(Q)tests/lab/test_decisions.py $O/$(PROG)

nightly: $O/$(PROG)
	$(Q)tests/lab/test_state.py $O/$(PROG)
	$(Q)tests/lab/test_nights.py $O/$(PROG)
	$(Q)FULL=1 tests/lab/test_fleet.py $O/$(PROG)

# Many machines: parts of the logs, merged in any tree, are one run; fifty servers see what one cannot.
fleet: $O/$(PROG)
	$(Q)tests/lab/test_fleet.py $O/$(PROG)

# The recipes of docs/fleet.md on sshd and Slurm of our own (make deps-fleet).
recipes: $O/$(PROG)
	$(Q)tests/lab/test_recipes.py $O/$(PROG)

# make fleet-cost [FLEET_ARGS="--bytes 268435456 --sources 1000,100000"]: the figures of docs/fleet.md.
fleet-cost: $O/$(PROG) $O/bench/makelog
	$(Q)scripts/fleet-cost.py $O/$(PROG) $O/bench/makelog $(FLEET_ARGS)

# The Spark job on a local cluster, an executor killed, against one run. PySpark is pinned.
SPARK := build/spark/python
$(SPARK).done: packaging/spark/requirements.txt
	$(call say,PIP,$<)
	@rm -rf $(SPARK) && mkdir -p $(@D)
	$(Q)$(PYTHON) -m venv $(SPARK)
	$(Q)$(SPARK)/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@
spark-test: $O/$(PROG) deps-spark
	$(Q)$(SPARK)/bin/python packaging/spark/test_spark.py $O/$(PROG)

# Every option stands in the manual page, and the page is well-formed.
manual: $O/$(PROG)
	$(Q)scripts/manual $O/$(PROG)

# Lines of real nameservers, on loopback.
formats: $O/$(PROG)
	$(Q)tests/lab/test_formats $O/$(PROG)

# What judges reports: validators from PyPI and npm, installed once, pinned. Without a registry
# their checks are skipped, and say so.
TOOLS := build/tools
.PHONY: tools
tools: $(TOOLS)/python.done $(TOOLS)/npm.done
$(TOOLS)/python.done: tests/consumers/requirements.txt
	$(call say,PIP,$<)
	@rm -rf $(TOOLS)/python && mkdir -p $(TOOLS)
	$(Q){ $(PYTHON) -m venv $(TOOLS)/python && \
		$(TOOLS)/python/bin/pip install -q --disable-pip-version-check --no-deps -r $<; } \
		>$(TOOLS)/python.log 2>&1 || { rm -rf $(TOOLS)/python; tail -n 3 $(TOOLS)/python.log; }
	@touch $@
$(TOOLS)/npm.done: tests/consumers/package.json tests/consumers/package-lock.json
	$(call say,NPM,$<)
	@rm -rf $(TOOLS)/npm && mkdir -p $(TOOLS)/npm && cp $^ $(TOOLS)/npm/
	$(Q)cd $(TOOLS)/npm && npm ci --ignore-scripts --no-audit --no-fund >../npm.log 2>&1 || \
		{ rm -rf node_modules; tail -n 3 ../npm.log; }
	@touch $@

# Every format is read by what it is made for.
consumers: $O/$(PROG) tools
	$(Q)$(PYTHON) tests/consumers/check.py $O/$(PROG) $(TOOLS)

# The HTML report in headless Chromium.
browser: $O/$(PROG) tools
	$(Q)interpreter=$(TOOLS)/python/bin/python; [ -x $$interpreter ] || interpreter=$(PYTHON); \
	$$interpreter tests/browser/check.py $O/$(PROG) $(TOOLS) $(SCREENSHOTS)

# The scripts that judge others are tested themselves.
scripts: $O/$(PROG)
	$(Q)tests/lab/test_accuracy.py
	$(Q)tests/lab/test_variants.py
	$(Q)tests/lab/test_lint
	$(Q)tests/lab/test_completions $O/$(PROG)
	$(Q)tests/lab/test_guide $O/$(PROG)
	$(Q)tests/lab/test_import.py $O/$(PROG)
	$(Q)tests/lab/test_wx $O/$(PROG)
	$(Q)tests/lab/test_search $O/$(PROG)
	$(Q)tests/lab/test_follow $O/$(PROG)
	$(Q)tests/lab/test_top $O/$(PROG)
	$(Q)tests/lab/test_signals $O/$(PROG)

# make soak [SECONDS=3600] [RATE=100000]: follow under load and many rotations; lines lost, memory.
.PHONY: soak
soak: $O/$(PROG)
	$(Q)tests/lab/soak_follow $O/$(PROG) --seconds $(or $(SECONDS),60) --rate $(or $(RATE),100000)

# Each thing that the sandbox takes is tried within it.
sandbox: $O/sandbox $O/$(PROG)
	$(Q)$O/sandbox
	$(Q)tests/lab/test_sandbox $O/$(PROG)
$O/sandbox: $O/tests/lab/sandbox.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# What somebody who knows digtrail may try in order not to be seen.
.PHONY: evasion
evasion: $O/$(PROG) $O/bench/makelog $O/bench/collide
	$(Q)tests/lab/test_evasion.py $O/$(PROG) $O/bench $(EVASIONS)

# What HARDEN and its kin ask for is in the program.
hardening: $O/$(PROG)
	$(Q)scripts/hardening $O/$(PROG) $O/flags

# One thing goes wrong, at every moment at which it can: a table of what was survived (ten minutes);
# `make check` tries every 31st moment.
.PHONY: faults faults-few
faults faults-few: $O/$(PROG) $O/inject.so
	$(Q)STEP=$(if $(filter faults-few,$@),31,1) tests/faults/run.py $O/$(PROG) $O/inject.so $(FAULTS)
$O/inject.so: tests/faults/inject.c $O/flags
	$(call say,LD,$@)
	$(Q)$(CC) -O1 -g -shared -fPIC -o $@ $<

# Criterion passes a test that leaks: the sanitizers' logs are the verdict.
asan: deps-test
	@rm -rf $O/asan/log
	@mkdir -p $O/asan/log
	+@ASAN_OPTIONS=log_path=$(abspath $O)/asan/log/asan:detect_stack_use_after_return=1 \
	 UBSAN_OPTIONS=log_path=$(abspath $O)/asan/log/ubsan:print_stacktrace=1 \
	 $(remake) O=$O/asan CFLAGS='-O1 -g' SAN='$(SANITIZE)' $O/asan/$(PROG) $O/asan/unit
	+@ASAN_OPTIONS=log_path=$(abspath $O)/asan/log/asan:detect_stack_use_after_return=1 \
	 UBSAN_OPTIONS=log_path=$(abspath $O)/asan/log/ubsan:print_stacktrace=1 \
	 $(MAKE) --no-print-directory O=$O/asan CFLAGS='-O1 -g' SAN='$(SANITIZE)' unit golden rules
	@for log in $O/asan/log/*; do [ ! -e "$$log" ] || { cat $O/asan/log/*; exit 1; }; done
	@echo "Address and undefined-behaviour sanitizers found nothing."

# make fuzz [T=seconds for each target] [FUZZ_NAMES="parser tally"], two at a time; make
# fuzz-parser for one. With buffers so small that a short input crosses every boundary.
T ?= 20
FUZZ_HELP := $O/tests/fuzz/help.o $O/tests/fuzz/program.o
fuzz: deps-lint
	+@$(remake) O=$O/fuzz CC=clang CFLAGS='-O1 -g -DTINY_BUFFERS' SAN='-fsanitize=fuzzer-no-link,address,undefined' \
		$(FUZZ_NAMES:%=$O/fuzz/fuzz_%)
	@tests/fuzz/run $O/fuzz $T $(FUZZ_NAMES)
fuzz-long:
	+@$(MAKE) --no-print-directory fuzz T=600
fuzz-%:
	+@$(MAKE) --no-print-directory fuzz FUZZ_NAMES=$*

$O/fuzz_%: $O/tests/fuzz/fuzz_%.o $(FUZZ_HELP) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

# Seeds, and what fuzzing has found, once more, under the sanitizers and without clang.
replay: $O/$(PROG)
	+@$(remake) O=$O/replay CFLAGS='-O0 -g -DTINY_BUFFERS' SAN='$(SANITIZE)' $(FUZZ_NAMES:%=$O/replay/replay_%)
	$(Q)for name in $(FUZZ_NAMES); do \
		$O/replay/replay_$$name tests/fuzz/corpus/$$name 2>$O/replay/$$name.err || \
		{ tail -n 40 $O/replay/$$name.err; exit 1; }; done

$O/replay_%: $O/tests/fuzz/fuzz_%.o $O/tests/fuzz/replay.o $(FUZZ_HELP) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# With the C library's malloc: valgrind knows no other.
valgrind:
	+@$(remake) O=$O/valgrind MIMALLOC= $O/valgrind/$(PROG)
	$(Q)valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,possible \
		$O/valgrind/$(PROG) --no-sandbox --jobs 2 $(RUN_ARGS) >/dev/null

# make bench [BENCH_ARGS="--size 268435456 --sizes 1,4,16 --source-counts 1e3,1e5,1e7"]: speed and
# memory beside tools that only count lines; about ten minutes.
bench: $O/$(PROG) $O/bench/makelog $O/bench/readonly
	$(Q)scripts/bench.py --program $O/$(PROG) --tools $O/bench $(BENCH_ARGS)

# make memory [MEMORY_ARGS="--lines 120000000"]: --memory is kept under a flood of sources and names.
memory: $O/$(PROG) $O/bench/makelog
	$(Q)scripts/memory.py --program $O/$(PROG) --tools $O/bench $(MEMORY_ARGS)

# make floods [SCALE=1] [FLOODS="bombs files"]: what somebody may send to use digtrail up; limits are
# on memory. SCALE divides the large numbers (10).
.PHONY: floods
floods: $O/$(PROG) $O/bench/makelog $O/bench/collide
	$(Q)SCALE=$(or $(SCALE),10) scripts/floods.py $O/$(PROG) $O/bench $(FLOODS)

$O/bench/collide: $O/tests/bench/collide.o $(LIB)
$O/bench/makelog: $O/tests/bench/makelog.o
$O/bench/readonly: $O/tests/bench/readonly.o $(LIB)
$O/bench/makelog $O/bench/readonly $O/bench/collide:
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# make accuracy [SET="dir..."] [ACCURACY_ARGS=]: hits, false alarms, names before the alarm, beside
# public rules and without parts of the evidence, on labelled logs.
LAB ?= ../shared/lab
SET ?= $(LAB)/day
accuracy: all
	$(Q)$(PYTHON) scripts/accuracy.py --program $O/$(PROG) $(ACCURACY_ARGS) $(SET)

# Fails when a figure got worse than recorded. Without labelled logs only a small made night is
# compared, and that is said.
ACCURACY := tests/bench/accuracy.tsv
ACCURACY_SETS = $O/night/night $(wildcard $(LAB)/day $(LAB)/raw)
# Every transfer finding against the lines of the labelled logs.
transfers: $O/$(PROG)
	$(Q)if [ -d $(LAB) ]; then $(PYTHON) scripts/transfers.py $O/$(PROG) $(LAB)/day $(LAB)/raw; \
	else echo "transfers: there are no labelled logs at $(LAB): NOT COMPARED"; fi

# The layouts of one log give the findings of their original.
variants: $O/$(PROG)
	$(Q)$(PYTHON) scripts/variants.py --program $O/$(PROG) $(LAB)

accuracy-check accuracy-record: all
	$(Q)scripts/make-night.py $O/night --lines 50000 --no-installed --zones >/dev/null
	$(Q)[ -e $(LAB)/day/labels.tsv ] || echo "accuracy: there are no labelled logs at $(LAB): NOT COMPARED"
	$(Q)$(PYTHON) scripts/accuracy.py --program $O/$(PROG) --$(@:accuracy-%=%) $(ACCURACY) $(ACCURACY_SETS)

# make night [LINES=n] [SEED=n]: a hoster's night, made and measured (5,000,000 lines, 180 MB).
night: all
	scripts/make-night.py $O/large-night --lines $(or $(LINES),5000000) --seed $(or $(SEED),1)
	$(PYTHON) scripts/accuracy.py --program $O/$(PROG) --only tables --only split $O/large-night/night

# make robustness [SET=dir]: hits when lists are shuffled, diluted, slowed, spread, logs broken.
robustness: all
	$(Q)$(PYTHON) scripts/robustness.py --program $O/$(PROG) $(SET)

# Makes samples/ anew from the labelled logs.
samples:
	$(Q)scripts/make-samples.sh ../shared/lab

# Lint. Each header and each source leaves a stamp, so that only what changed is looked at.
lint: deps-lint
	+@$(remake) check-headers check-layers check-limits check-format check-cppcheck check-tidy
	@echo "Lint found nothing."

check-headers: $(HDR:%.h=$O/lint/%.h.ok)
$O/lint/%.h.ok: %.h $(HDR) $O/flags
	@mkdir -p $(@D)
	$(call say,HDR,$<)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -fsyntax-only -x c $<
	@touch $@

check-layers:
	$(Q)awk -f scripts/layers.awk $(SRC) $(HDR)

check-limits:
	$(Q)awk -f scripts/limits.awk $(SRC) $(HDR) $(UNIT) $(UNIT_HDR) $(FUZZ_ALL)

check-format:
	$(Q)clang-format --dry-run -Werror $(SRC) $(HDR) $(UNIT) $(UNIT_HDR) $(FUZZ_ALL)

# ctuuninitvar: a struct err is an output, filled by who is called.
check-cppcheck:
	@mkdir -p $O/lint/cppcheck
	$(call say,CPPCHK,analyzer)
	$(Q)cppcheck -q --std=c11 --error-exitcode=1 --inline-suppr --cppcheck-build-dir=$O/lint/cppcheck \
		--enable=warning,performance,portability --suppress=missingIncludeSystem \
		--suppress=ctuuninitvar -Ianalyzer -DVERSION='""' -DDATADIR='""' -DSYSCONFDIR='""' -DBUILT_WITH='""' $(have_flags) $(SRC)

check-tidy: $(SRC:%.c=$O/lint/%.c.ok)
$O/lint/%.c.ok: %.c $(HDR) .clang-tidy $O/flags
	@mkdir -p $(@D)
	$(call say,TIDY,$<)
	$(Q)clang-tidy --quiet --warnings-as-errors='*' $< -- $(CPPFLAGS) -std=c11 $(WARN) 2>$@.err || \
		{ grep -v 'warnings generated' $@.err; exit 1; }
	@touch $@

format:
	clang-format -i $(SRC) $(HDR) $(UNIT) $(UNIT_HDR) $(FUZZ_ALL)

# patterns/ becomes $(PREFIX)/share/digtrail: rules/, formats/, wordlists/, data/. Units and pages name
# the paths of this installation. An /etc/digtrail that is there stays as it is.
SHARE := $(DESTDIR)$(PREFIX)/share
adapt = sed 's|/usr/local/share|$(PREFIX)/share|g; s|/usr/bin/$(PROG)|$(PREFIX)/bin/$(PROG)|g; s|/etc/$(PROG)|$(sysconfdir)/$(PROG)|g'
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/man/man5 \
		$(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(sysconfdir)/cron.daily \
		$(DESTDIR)$(sysconfdir)/$(PROG)
	install -m 755 $O/$(PROG) $(DESTDIR)$(PREFIX)/bin/$(PROG)
	for page in docs/*.[15]; do \
		$(adapt) $$page >$(SHARE)/man/man$${page##*.}/$${page#docs/}; done
	cd patterns && find . -type f -exec install -D -m 644 {} $(SHARE)/$(PROG)/{} ';'
	install -D -m 644 packaging/completions/digtrail.bash $(SHARE)/bash-completion/completions/$(PROG)
	install -D -m 644 packaging/completions/_digtrail $(SHARE)/zsh/site-functions/_$(PROG)
	install -D -m 644 packaging/completions/digtrail.fish \
		$(SHARE)/fish/vendor_completions.d/$(PROG).fish
	for unit in packaging/systemd/*; do \
		$(adapt) $$unit >$(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit##*/}; done
	$(adapt) packaging/cron/digtrail >$(DESTDIR)$(sysconfdir)/cron.daily/$(PROG)
	chmod 755 $(DESTDIR)$(sysconfdir)/cron.daily/$(PROG)
	$(adapt) packaging/setup-user >$(SHARE)/$(PROG)/setup-user
	chmod 755 $(SHARE)/$(PROG)/setup-user
	[ -e $(DESTDIR)$(sysconfdir)/$(PROG)/digtrail.yml ] || \
		$(adapt) packaging/digtrail.yml >$(DESTDIR)$(sysconfdir)/$(PROG)/digtrail.yml

# A tarball of HEAD that comes out the same everywhere, proved by building and testing it.
DIST := $(PROG)-$(VERSION)
dist:
	@mkdir -p $O
	git archive --prefix=$(DIST)/ HEAD | gzip -9n >$O/$(DIST).tar.gz
	rm -rf $O/dist && mkdir -p $O/dist && tar -xzf $O/$(DIST).tar.gz -C $O/dist
	$(MAKE) --no-print-directory -C $O/dist/$(DIST) O=build PREFIX=/usr test
	$(MAKE) --no-print-directory -C $O/dist/$(DIST) O=build PREFIX=/usr DESTDIR=$(abspath $O)/dist/root install
	rm -rf $O/dist
	sha256sum $O/$(DIST).tar.gz

# Built twice from HEAD, in two places, at two times, by two users' settings: the same bytes.
.PHONY: reproducible
reproducible:
	@scripts/reproducible $O/reproducible $(REPRODUCIBLE)

# The Debian package, from this tree as it is, in $O/deb. Without its tests: `make test` runs them.
deb: deps-deb
	rm -rf $O/deb && mkdir -p $O/deb/$(DIST)
	tar -cf - --exclude=./build --exclude=./$O --exclude=./.git --exclude=./config.mk . | tar -xf - -C $O/deb/$(DIST)
	cp -r packaging/debian $O/deb/$(DIST)/
	cd $O/deb/$(DIST) && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS DEB_BUILD_OPTIONS="nocheck parallel=$(shell nproc)" \
		dpkg-buildpackage -us -uc -b -Pnocheck >../build.log 2>&1 || { tail -n 30 ../build.log; exit 1; }
	lintian --fail-on error,warning --tag-display-limit 0 --info $O/deb/*.changes
	@ls $O/deb/*.deb

# Installs it where there is only Debian's base and BIND, then Unbound, and runs a night.
deb-test: deb
	tests/lab/test_deb $O/deb/$(PROG)_*.deb

# The units under a real systemd in a container (systemd-nspawn).
systemd-test: deb
	tests/lab/test_systemd $O/deb/$(PROG)_*.deb

clean:
	rm -rf $O

-include $(OBJ:.o=.d) $(UNIT:%.c=$O/%.d) $(patsubst %.c,$O/%.d,$(filter %.c,$(FUZZ_ALL)))
