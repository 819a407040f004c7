# digtrail: build, test, install. Two commands do all the set-up on a fresh Debian machine:
#	make run	installs what is missing, builds, analyses samples/, prints the report
#	make test	the same, then every test
# A developer's own settings go into config.mk (ignored by git).

PROG    := digtrail
VERSION := 0.1.0
O       ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
CFLAGS  ?= -O2 -g
-include config.mk

PKGS          := libpcre2-8 zlib yaml-0.1 sqlite3 jansson libpsl libxxhash
OPTIONAL_PKGS := libisal libzstd liblzma ldns libmaxminddb libseccomp ncursesw

PKG_CONFIG ?= pkg-config
have       := $(shell for p in $(OPTIONAL_PKGS); do $(PKG_CONFIG) --exists $$p 2>/dev/null && echo $$p; done)
# -DHAVE_LIBZSTD and the like: read only by the one file that wraps the library.
have_flags := $(foreach p,$(have),-DHAVE_$(shell echo $(p) | tr a-z A-Z))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wwrite-strings -Wvla -Wformat=2 -Wundef -Wno-format-nonliteral -fno-common
HARDEN  := -fPIE -fstack-protector-strong -fstack-clash-protection
HARDEN_LD := -pie -Wl,-z,relro,-z,now
FORTIFY := $(if $(findstring -O0,$(CFLAGS)),,-D_FORTIFY_SOURCE=2)

override CPPFLAGS += -Ianalyzer -D_POSIX_C_SOURCE=200809L -DVERSION='"$(VERSION)"' \
	-DDATADIR='"$(PREFIX)/share/$(PROG)"' -DBUILT_WITH='"$(have)"' $(have_flags) \
	$(shell $(PKG_CONFIG) --cflags $(PKGS) $(have) 2>/dev/null)
ALL_CFLAGS  = -std=c11 $(WARN) $(HARDEN) $(if $(SAN),$(SAN),$(FORTIFY)) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD) $(SAN) $(LDFLAGS)
LDLIBS     += $(shell $(PKG_CONFIG) --libs $(PKGS) $(have) 2>/dev/null) -lpthread -lm

SRC  := $(sort $(wildcard analyzer/*/*.c))
HDR  := $(sort $(wildcard analyzer/*/*.h))
MAIN := analyzer/cli/main.c
OBJ  := $(SRC:%.c=$O/%.o)
LIB  := $O/libanalyzer.a
UNIT := $(sort $(wildcard tests/unit/*.c tests/unit/*/*.c))

.PHONY: all deps run test unit golden asan fuzz bench accuracy lint install dist clean format
.DELETE_ON_ERROR:

all: $O/$(PROG)

$O/$(PROG): $O/$(MAIN:.c=.o) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIB): $(filter-out $O/$(MAIN:.c=.o),$(OBJ))
	rm -f $@
	$(AR) qcs $@ $^

$O/unit: $(UNIT:%.c=$O/%.o) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS) -lcriterion

$O/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

unit: $O/unit
	$O/unit $(UNIT_ARGS)

format:
	clang-format -i $(SRC) $(HDR) $(UNIT)

clean:
	rm -rf $O

-include $(shell find $O -name '*.d' 2>/dev/null)
