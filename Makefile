# Builds one static binary with several names, and everything around it. `make help` lists the targets.

PORT ?= 9190
DURATION ?= 300

# What this machine runs, and what `make publish` builds for: RID=... on the command line goes before it.
HOST_RID := $(if $(filter aarch64 arm64,$(shell uname -m)),linux-arm64,linux-x64)
RID := $(HOST_RID)
LINKER := $(shell command -v gcc >/dev/null && echo gcc || echo clang)

SOURCES := $(shell find src -type f -not -path '*/obj/*' -not -path 'src/EchoNative.Trace/*') \
	Directory.Build.props Directory.Packages.props global.json
# Its sources are its own, and what it compiles of the command line.
TRACE_SOURCES := $(shell find src/EchoNative.Trace -type f -not -path '*/obj/*') src/EchoNative/Cli/ArgumentReader.cs \
	src/EchoNative/Cli/Command.cs $(wildcard src/EchoNative/Options/*.cs) \
	Directory.Build.props Directory.Packages.props global.json
PUBLISHED := artifacts/publish/EchoNative/release_$(HOST_RID)/echo-native

VERSION := $(shell sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)

# What the binary is called beside its own name.
LINKS := bin/echo-server bin/echo-client bin/echo-bench
LINK_NAMES := $(notdir $(LINKS))

# Where `make install` puts things. DESTDIR stands before all of them, for those who make packages.
DESTDIR ?=
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d

# What Debian calls the package of a tool that is missing.
PACKAGE_gcc := gcc
PACKAGE_strace := strace
PACKAGE_script := bsdutils
PACKAGE_cmp := diffutils
PACKAGE_readelf := binutils
PACKAGE_bash := bash
PACKAGE_gdb := gdb
PACKAGE_systemd-socket-activate := systemd
PACKAGE_tcpserver := ucspi-tcp
PACKAGE_inetd := openbsd-inetd
PACKAGE_xinetd := xinetd (beside another super-server: see .ci/run)
PACKAGE_socat := socat
PACKAGE_chromium := chromium
PACKAGE_chromedriver := chromium-driver
PACKAGE_ip := iproute2
PACKAGE_prlimit := util-linux
PACKAGE_setpriv := util-linux
PACKAGE_git := git
PACKAGE_dpkg-buildpackage := dpkg-dev
PACKAGE_dh := debhelper
PACKAGE_lintian := lintian
PACKAGE_mandoc := mandoc
PACKAGE_man := man-db
PACKAGE_zsh := zsh
PACKAGE_fish := fish
PACKAGE_systemd-analyze := systemd
PACKAGE_unshare := util-linux
PACKAGE_aarch64-linux-gnu-gcc := gcc-aarch64-linux-gnu libc6-dev-arm64-cross
PACKAGE_aarch64-linux-gnu-objcopy := binutils-aarch64-linux-gnu
PACKAGE_qemu-aarch64-static := qemu-user-static

# $(call need,TOOL): one line that names the tool and the command that installs it.
need = PATH="$$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v $(1) >/dev/null || { echo "$(1) is missing: apt-get install $(PACKAGE_$(1))" >&2; exit 1; }

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

.PHONY: all
all: bin/echo-native $(LINKS) ## build bin/echo-native with the links echo-server, echo-client and echo-bench

bin/echo-native: $(SOURCES) | build-tools
	@echo "building bin/echo-native"
	@dotnet publish src/EchoNative --configuration Release --runtime $(HOST_RID) \
		-p:CppCompilerAndLinker=$(LINKER) -nologo -verbosity:quiet
	@mkdir -p bin
	@install -m 755 $(PUBLISHED) bin/echo-native

$(LINKS): | bin/echo-native
	@ln -sf echo-native $@

# The managed engine for whatever system has the .NET runtime: dotnet bin/portable/echo-native.dll server 9190
.PHONY: portable
portable: bin/portable/echo-native.dll ## build bin/portable/echo-native.dll, which `dotnet` runs on every system .NET runs on

bin/portable/echo-native.dll: $(SOURCES) | dotnet-sdk
	@echo "building bin/portable"
	@dotnet publish src/EchoNative --configuration Release -p:Portable=true -nologo -verbosity:quiet
	@rm -rf bin/portable
	@mkdir -p bin/portable
	@cp -R artifacts/portable/publish/EchoNative/release/. bin/portable/
	@touch $@

# For other systems. The tool chain for native code links for the system it runs on and no other: what it can't make is
# the same program for the runtime that is installed there, beside a launcher.
LAUNCHER_RIDS := win-x64 osx-arm64 osx-x64
LAUNCHER_FOLDER := artifacts/portable/publish/EchoNative/release_$(RID)

.PHONY: publish
publish: publish-$(RID) ## build for RID: linux-x64 and linux-arm64 as native code, win-x64, osx-arm64 and osx-x64 for the runtime there

.PHONY: publish-$(HOST_RID)
publish-$(HOST_RID): all
	@echo "native code for $(HOST_RID): bin/echo-native"

.PHONY: $(addprefix publish-,$(LAUNCHER_RIDS))
$(addprefix publish-,$(LAUNCHER_RIDS)): dotnet-sdk
	@echo "native AOT does not cross operating systems: building for the .NET runtime on $(RID)"
	@dotnet publish src/EchoNative --configuration Release --runtime $(RID) -p:Portable=true -nologo -verbosity:quiet
	@echo "for $(RID), where .NET 10 is installed: $(LAUNCHER_FOLDER)"

.PHONY: dotnet-sdk
dotnet-sdk:
	@command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^10\.' \
		|| { echo "the .NET 10 SDK is missing: apt-get install dotnet-sdk-10.0" >&2; exit 1; }

.PHONY: build-tools
build-tools: dotnet-sdk
	@command -v gcc >/dev/null || command -v clang >/dev/null \
		|| { echo "gcc is missing: apt-get install gcc" >&2; exit 1; }

.PHONY: install
install: all ## install below PREFIX (/usr/local): binary, links, man pages, completions, systemd units
	@install -d -m 755 "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(MANDIR)/man1" "$(DESTDIR)$(UNITDIR)" \
		"$(DESTDIR)$(BASHDIR)" "$(DESTDIR)$(ZSHDIR)" "$(DESTDIR)$(FISHDIR)"
	@install -m 755 bin/echo-native "$(DESTDIR)$(BINDIR)"
	@install -m 644 man/*.1 "$(DESTDIR)$(MANDIR)/man1"
	@install -m 644 completions/echo-native.bash "$(DESTDIR)$(BASHDIR)/echo-native"
	@install -m 644 completions/echo-native.zsh "$(DESTDIR)$(ZSHDIR)/_echo-native"
	@install -m 644 completions/*.fish "$(DESTDIR)$(FISHDIR)"
	@install -m 644 systemd/echo-server.socket "$(DESTDIR)$(UNITDIR)"
	@install -m 644 systemd/echo-server.service.in "$(DESTDIR)$(UNITDIR)/echo-server.service"
	@sed -i 's|@BINDIR@|$(BINDIR)|' "$(DESTDIR)$(UNITDIR)/echo-server.service"
	@for link in $(LINK_NAMES); do \
		ln -sf echo-native "$(DESTDIR)$(BINDIR)/$$link" && ln -sf echo-native "$(DESTDIR)$(BASHDIR)/$$link" || exit; done

.PHONY: uninstall
uninstall: ## remove what `make install` with the same PREFIX and DESTDIR has installed
	@for name in echo-native $(LINK_NAMES); do \
		rm -f "$(DESTDIR)$(BINDIR)/$$name" "$(DESTDIR)$(MANDIR)/man1/$$name.1" \
			"$(DESTDIR)$(BASHDIR)/$$name" "$(DESTDIR)$(FISHDIR)/$$name.fish" || exit; done
	@rm -f "$(DESTDIR)$(ZSHDIR)/_echo-native" "$(DESTDIR)$(UNITDIR)/echo-server.socket" \
		"$(DESTDIR)$(UNITDIR)/echo-server.service"

# The package is built in a copy of the tree, with the binary that is there already: dpkg-buildpackage leaves its
# results beside the folder it works in, and the tools that a checkout has been used with leave theirs in it.
DEB_ARCH := $(if $(filter linux-arm64,$(HOST_RID)),arm64,amd64)
DEB := artifacts/deb/echo-native_$(VERSION)_$(DEB_ARCH).deb
DEB_TREE := artifacts/deb/echo-native-$(VERSION)
PACKAGED := $(shell find man completions systemd debian -type f) docs/log-schema.json Makefile README.md CHANGELOG.md LICENSE

.PHONY: deb
deb: $(DEB) ## build a Debian package of the binary: artifacts/deb/*.deb

$(DEB): bin/echo-native $(PACKAGED) | deb-tools
	@echo "building $(DEB)"
	@rm -rf artifacts/deb
	@mkdir -p $(DEB_TREE)
	@tar -cf - --exclude=./.git --exclude=./artifacts --exclude=./TestResults . | tar -xf - -C $(DEB_TREE)
	@cd $(DEB_TREE) && dpkg-buildpackage --build=binary --no-check-builddeps --no-pre-clean --unsigned-changes \
		>../build.log 2>&1 || { cat ../build.log >&2; exit 1; }
	@rm -rf $(DEB_TREE)

.PHONY: deb-tools
deb-tools:
	@$(call need,dpkg-buildpackage)
	@$(call need,dh)

# What git has of the commit and nothing else: no time, no owner, no mask of this machine.
.PHONY: dist
dist: dist-tools ## make the tarball of the commit that is checked out, the same bytes everywhere: artifacts/dist/*.tar.gz
	@git diff --quiet HEAD || echo "what is not committed is not in the tarball" >&2
	@mkdir -p artifacts/dist
	@git -c tar.umask=0022 -c core.autocrlf=false archive --format=tar --prefix=echo-native-$(VERSION)/ HEAD \
		| gzip --no-name --best >artifacts/dist/echo-native-$(VERSION).tar.gz
	@echo "artifacts/dist/echo-native-$(VERSION).tar.gz"

.PHONY: dist-tools
dist-tools:
	@$(call need,git)

# The root file system of the container image: see Dockerfile.
.PHONY: rootfs
rootfs: all ## lay out the root file system of the container image: artifacts/rootfs
	@rm -rf artifacts/rootfs
	@install -d -m 755 artifacts/rootfs/bin
	@install -m 755 bin/echo-native artifacts/rootfs/bin/echo-native
	@for link in $(LINK_NAMES); do ln -s echo-native artifacts/rootfs/bin/$$link; done

.PHONY: run
run: all ## build and start the server on PORT (9190)
	@exec bin/echo-server $(PORT)

.PHONY: demo
demo: all ## run three clients at once through a server of their own, and show who said what
	@docs/demo

bin/echo-trace: $(TRACE_SOURCES) | build-tools
	@echo "building bin/echo-trace"
	@dotnet publish src/EchoNative.Trace --configuration Release -nologo -verbosity:quiet
	@mkdir -p bin
	@install -m 755 src/EchoNative.Trace/echo-trace bin/echo-trace

.PHONY: trace
trace: all bin/echo-trace trace-tools ## record three clients at once with strace, and draw trace.svg and trace.html
	@docs/record-trace trace.log 3 bin/echo-server 0
	@bin/echo-trace trace.log

# A server with the faults of the usual listing.
CARELESS_C := artifacts/trace/careless-server

$(CARELESS_C): tests/c/careless-server.c Makefile | build-tools
	@mkdir -p artifacts/trace
	@$(LINKER) -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wconversion -Werror -o $@ $<

.PHONY: docs
docs: all bin/echo-trace $(CARELESS_C) trace-tools ## record runs, and draw the pictures of docs/trace
	@docs/draw-traces

.PHONY: trace-tools
trace-tools:
	@$(call need,bash)
	@$(call need,strace)

# The tests compare with it what is the same on every machine.
STATIC_C := artifacts/bench/echo-server-static

.PHONY: test
test: all portable bin/echo-trace $(STATIC_C) $(CARELESS_C) $(DEB) rootfs test-tools soak-tools test-trace-tools package-tools ## run all tests; the last line counts them
	@tests/run UnitTests ProcessTests SyscallTests TraceTests PackageTests

.PHONY: test-unit
test-unit: test-tools ## run the tests of the pure parts and of the wrappers
	@tests/run UnitTests

.PHONY: test-process
test-process: all portable $(STATIC_C) test-tools soak-tools ## run the tests that drive the published binary
	@tests/run ProcessTests

.PHONY: test-syscall
test-syscall: all test-tools ## run the tests that watch system calls and make them fail
	@tests/run SyscallTests

.PHONY: test-trace
test-trace: all bin/echo-trace $(STATIC_C) $(CARELESS_C) test-trace-tools ## run the tests that look at what echo-trace draws
	@tests/run TraceTests

.PHONY: test-faults
test-faults: all test-tools ## make every system call fail in every way it may, and deliver signals there; writes docs/faults.md
	@dotnet run --project tests/EchoNative.Faults --configuration Release

.PHONY: soak
soak: all soak-tools ## five minutes (DURATION seconds) of disorder: clients that misbehave, children killed, limits hit
	@dotnet run --project tests/EchoNative.Soak --configuration Release -- $(DURATION)

.PHONY: test-package
test-package: all $(DEB) rootfs test-tools package-tools ## run the tests of what is installed: pages, completions, package, units
	@tests/run PackageTests

# The binary for arm64, cross-built, and what the tests start in its place: a script for the emulator. No handler of
# binfmt_misc is registered. See docs/arm64.md.
ARM64 := artifacts/arm64
ARM64_PUBLISHED := artifacts/publish/EchoNative/release_linux-arm64/echo-native
ARM64_LINKS := $(addprefix $(ARM64)/bin/,$(LINK_NAMES))

$(ARM64)/echo-native: $(SOURCES) | build-tools test-arm64-tools
	@echo "building $@"
	@dotnet publish src/EchoNative --configuration Release --runtime linux-arm64 \
		-p:CppCompilerAndLinker=aarch64-linux-gnu-gcc -p:ObjCopyName=aarch64-linux-gnu-objcopy -nologo -verbosity:quiet
	@mkdir -p $(ARM64)
	@install -m 755 $(ARM64_PUBLISHED) $@

# The program counts the threads of its process and refuses to fork with more than two; the emulator has one of its own,
# which is no thread of the program. Files below sysroot/ take the place of those that the program asks for, so it counts two.
$(ARM64)/bin/echo-native: tests/arm64-emulated $(ARM64)/echo-native
	@mkdir -p $(ARM64)/bin $(ARM64)/sysroot/proc/self/task/main $(ARM64)/sysroot/proc/self/task/finalizer
	@sed 's|@ARM64@|$(CURDIR)/$(ARM64)|g' $< >$@
	@chmod 755 $@

$(ARM64_LINKS): | $(ARM64)/bin/echo-native
	@ln -sf echo-native $@

ifneq ($(HOST_RID),linux-arm64)
.PHONY: publish-linux-arm64
publish-linux-arm64: $(ARM64)/echo-native
	@echo "native code for linux-arm64: $<"
endif

.PHONY: arm64
arm64: $(ARM64)/echo-native ## cross-build the binary for arm64: artifacts/arm64/echo-native

.PHONY: test-arm64
test-arm64: $(ARM64)/bin/echo-native $(ARM64_LINKS) $(STATIC_C) test-tools soak-tools test-arm64-tools ## run the tests that drive the binary with the one for arm64, under an emulator
	@ECHO_NATIVE_BIN=$(CURDIR)/$(ARM64)/bin ECHO_NATIVE_TIMEOUT_SECONDS=600 \
	ECHO_NATIVE_EXPECTED_ERROR='echo-server: seccomp() error: Function not implemented (serving without a filter of system calls)' \
		tests/run --without tests/arm64-not-shown Arm64Tests ProcessTests

.PHONY: test-arm64-tools
test-arm64-tools:
	@$(call need,aarch64-linux-gnu-gcc)
	@$(call need,aarch64-linux-gnu-objcopy)
	@$(call need,qemu-aarch64-static)
	@test -e /usr/aarch64-linux-gnu/lib/libc.a \
		|| { echo "the C library for arm64 is missing: apt-get install libc6-dev-arm64-cross" >&2; exit 1; }

.PHONY: package-tools
package-tools: deb-tools dist-tools
	@$(call need,bash)
	@$(call need,fish)
	@$(call need,ip)
	@$(call need,lintian)
	@$(call need,man)
	@$(call need,mandoc)
	@$(call need,systemd-analyze)
	@$(call need,unshare)
	@$(call need,zsh)
	@test -e /usr/share/bash-completion/bash_completion \
		|| { echo "bash-completion is missing: apt-get install bash-completion" >&2; exit 1; }

.PHONY: forks
forks: all ## serve a million connections, a child for each, and look at how every one ended
	@tests/forks

.PHONY: test-tools
test-tools: build-tools
	@$(call need,gcc)
	@$(call need,strace)
	@$(call need,gdb)
	@$(call need,script)
	@$(call need,readelf)
	@$(call need,systemd-socket-activate)
	@$(call need,tcpserver)
	@$(call need,inetd)
	@$(call need,xinetd)

.PHONY: test-trace-tools
test-trace-tools: trace-tools
	@$(call need,gcc)
	@$(call need,socat)
	@$(call need,tcpserver)
	@$(call need,chromium)
	@$(call need,chromedriver)

.PHONY: soak-tools
soak-tools: build-tools
	@$(call need,ip)
	@$(call need,prlimit)
	@$(call need,setpriv)

# The C programs of the benchmark. The servers differ in how they are linked and how they echo.
BENCH_C := artifacts/bench
CFLAGS_BENCH := -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wconversion -Werror
SERVER_C := bench/c/echo-server.c bench/c/line.c
BENCH_PROGRAMS := $(addprefix $(BENCH_C)/,echo-server-dynamic echo-server-static echo-server-splice \
	echo-server-forkless start-time)

$(BENCH_C)/echo-server-dynamic: $(SERVER_C) bench/c/echo-copy.c
$(BENCH_C)/echo-server-static: $(SERVER_C) bench/c/echo-copy.c
$(BENCH_C)/echo-server-splice: $(SERVER_C) bench/c/echo-splice.c
$(BENCH_C)/echo-server-forkless: $(SERVER_C) bench/c/echo-copy.c
$(BENCH_C)/start-time: bench/c/start-time.c
$(BENCH_C)/echo-server-static $(BENCH_C)/echo-server-splice $(BENCH_C)/echo-server-forkless: LDFLAGS_BENCH := -static-pie
$(BENCH_C)/echo-server-forkless: CPPFLAGS_BENCH := -DFORK=0

$(BENCH_PROGRAMS): bench/c/echo.h bench/c/line.h Makefile | bench-tools
	@mkdir -p $(BENCH_C)
	@$(LINKER) $(CPPFLAGS_BENCH) $(CFLAGS_BENCH) $(LDFLAGS_BENCH) -o $@ $(filter %.c,$^)

.PHONY: bench-tools
bench-tools: build-tools
	@$(call need,bash)

.PHONY: bench
bench: all $(BENCH_PROGRAMS) ## measure side by side with C, socat and others, and write bench/results/latest.*
	@dotnet run --project bench/EchoNative.Benchmark --configuration Release

.PHONY: bench-quick
bench-quick: all $(BENCH_PROGRAMS) ## the same in less than a minute: fewer and shorter rounds, so rougher
	@dotnet run --project bench/EchoNative.Benchmark --configuration Release -- --quick

.PHONY: lint
lint: lint-format lint-analyzers lint-house ## check the format, the analyzers' findings and the house rules

.PHONY: lint-format
lint-format: build-tools
	@dotnet format EchoNative.sln --verify-no-changes --exclude artifacts

.PHONY: lint-analyzers
lint-analyzers: build-tools
	@dotnet build EchoNative.sln -nologo -verbosity:quiet -clp:NoSummary

.PHONY: lint-house
lint-house:
	@tests/house-rules

.PHONY: format
format: build-tools ## format all C# files
	@dotnet format EchoNative.sln --exclude artifacts

.PHONY: clean
clean: ## remove everything that was built
	@rm -rf bin artifacts

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
