# Builds, runs and tests EchoNative. `make help` lists the targets. mk/ has the rest: packages, other systems, benchmarks.

PORT ?= 9190
DURATION ?= 300
RESTARTS ?= 30
# INSTALL=no: install nothing that is missing, but say what to install.
INSTALL ?= yes
export INSTALL

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# The system that the programs are built for; `make publish RID=...` takes another one.
HOST_RID := $(if $(filter aarch64 arm64,$(shell uname -m)),linux-arm64,linux-x64)
RID := $(HOST_RID)
VERSION := $(shell sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)
# Looked up when it is used: make may have installed it by then.
LINKER = $(shell command -v gcc || command -v clang)
HOST_TOOL_CHAIN = -p:CppCompilerAndLinker=$(notdir $(LINKER))

# The commit that --version names. This file changes only when the commit does, and then everything is built anew.
REVISION := $(shell tools/source-revision)
REVISION_FILE := artifacts/revision
ifneq ($(REVISION),$(shell cat $(REVISION_FILE) 2>/dev/null))
.PHONY: $(REVISION_FILE)
endif

BUILD_FILES := Directory.Build.props Directory.Packages.props global.json src/Directory.Build.targets $(REVISION_FILE)
SOURCES := $(shell find src -type f -not -path '*/obj/*' -not -path 'src/EchoNative.Trace/*') $(BUILD_FILES)
PUBLISHED := artifacts/publish/EchoNative/release_$(HOST_RID)/echo-native
# Other names of bin/echo-native.
LINK_NAMES := echo-server echo-client echo-bench
LINKS := $(addprefix bin/,$(LINK_NAMES))

# All files of echo-trace's folder, and those of other folders that its project names.
TRACE := src/EchoNative.Trace
TRACE_PROJECT := $(TRACE)/EchoNative.Trace.csproj
TRACE_SHARED := $(shell sed -n 's|.*<Compile Include="\(\.\./[^"]*\)".*|$(TRACE)/\1|p' $(TRACE_PROJECT))
TRACE_SOURCES := $(shell find $(TRACE) -type f -not -path '*/obj/*') $(wildcard $(TRACE_SHARED)) $(BUILD_FILES)

include mk/bench.mk mk/package.mk mk/platforms.mk mk/tool.mk mk/test-platforms.mk

# need-GROUP: checks, and installs where that is possible, what the group of tools/requirements lists.
need-%:
	@tools/require $*

.PHONY: all
all: bin/echo-native $(LINKS) ## build bin/echo-native, and the links echo-server, echo-client and echo-bench to it

$(REVISION_FILE):
	@mkdir -p $(@D)
	@echo '$(REVISION)' >$@

bin/echo-native: $(SOURCES) | need-build
	@echo "building bin/echo-native"
	@dotnet publish src/EchoNative --configuration Release --runtime $(HOST_RID) \
		$(HOST_TOOL_CHAIN) -nologo -verbosity:quiet
	@mkdir -p bin
	@install -m 755 $(PUBLISHED) bin/echo-native

$(LINKS): | bin/echo-native
	@ln -sf echo-native $@

.PHONY: run
run: all ## build, and serve on PORT (9190)
	@exec bin/echo-server $(PORT)

.PHONY: demo
demo: all ## run three clients at once through a server of their own, and show who said what
	@docs/demo

bin/echo-trace: $(TRACE_SOURCES) | need-build
	@echo "building bin/echo-trace"
	@dotnet publish $(TRACE) --configuration Release -nologo -verbosity:quiet
	@mkdir -p bin
	@install -m 755 $(TRACE)/echo-trace bin/echo-trace

.PHONY: trace
trace: need-trace all bin/echo-trace ## record three clients at once with strace, and draw trace.svg and trace.html
	@docs/record-trace trace.log 3 bin/echo-server 0
	@bin/echo-trace trace.log

# A server with the faults of many textbook listings.
CARELESS_C := artifacts/trace/careless-server

$(CARELESS_C): tests/c/careless-server.c Makefile | need-build
	@mkdir -p $(@D)
	@$(LINKER) -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wconversion -Werror -o $@ $<

.PHONY: docs
docs: need-trace all bin/echo-trace $(CARELESS_C) ## record runs, and draw the pictures of docs/trace
	@docs/draw-traces

# Everything that the tests need is looked for before anything is built.
TEST_GROUPS := build test soak trace browser dist deb package

.PHONY: test
test: ## install what the tests need, build, run all tests; the last line counts them
	@echo "all tests: about 12 minutes on two processors"
	@tools/require $(TEST_GROUPS)
	@$(MAKE) --no-print-directory test-all

.PHONY: test-all
test-all: all portable bin/echo-trace $(STATIC_C) $(CARELESS_C) $(DEB) rootfs
	@tools/run-tests UnitTests ProcessTests SyscallTests TraceTests PackageTests

.PHONY: test-unit
test-unit: need-build need-test ## run the tests of the pure parts and of the wrappers
	@tools/run-tests UnitTests

.PHONY: test-process
test-process: need-build need-test need-soak all portable $(STATIC_C) ## run the tests that drive the published binary
	@tools/run-tests ProcessTests

.PHONY: test-syscall
test-syscall: need-build need-test all ## run the tests that watch system calls and make them fail
	@tools/run-tests SyscallTests

.PHONY: test-trace
test-trace: need-build need-trace need-browser all bin/echo-trace $(STATIC_C) $(CARELESS_C) ## run the tests of echo-trace
	@tools/run-tests TraceTests

.PHONY: test-package
test-package: need-build need-test need-dist need-deb need-package all $(DEB) rootfs ## run the tests of what is installed
	@tools/run-tests PackageTests

.PHONY: test-faults
test-faults: need-build need-test all ## make every system call fail, deliver signals at each; writes docs/faults.md
	@dotnet run --project tests/EchoNative.Faults --configuration Release

.PHONY: mutants
mutants: need-build need-test ## make mistakes on purpose, one at a time, and see that a test notices each; about 10 minutes
	@tools/mutants

.PHONY: soak
soak: need-soak all ## five minutes (DURATION seconds) of disorder: clients that misbehave, children killed, limits hit
	@dotnet run --project tests/EchoNative.Soak --configuration Release -- $(DURATION)

.PHONY: restarts
restarts: need-test all ## restart servers behind HAProxy 30 times (RESTARTS) while 64 clients use them
	@dotnet run --project tests/EchoNative.Soak --configuration Release -- restarts $(RESTARTS)

.PHONY: forks
forks: all ## serve a million connections, a child for each, and look at how every one ended
	@tools/forks

.PHONY: memory
memory: all ## as root: how much memory 100, 1000 and 2000 clients need, in a control group
	@tools/memory

.PHONY: lint
lint: lint-house lint-format lint-analyzers ## check the house rules, the format and the analyzers' findings

# `make lint test` reports missing tools first, too.
ifneq ($(filter test,$(MAKECMDGOALS)),)
lint-house: $(addprefix need-,$(TEST_GROUPS))
endif

.PHONY: lint-house
lint-house:
	@tools/test-house-rules
	@tools/house-rules

.PHONY: lint-format
lint-format:
	@dotnet format EchoNative.sln --verify-no-changes --exclude artifacts

.PHONY: lint-analyzers
lint-analyzers:
	@dotnet build EchoNative.sln -nologo -verbosity:quiet -clp:NoSummary

.PHONY: format
format: ## format all C# files
	@dotnet format EchoNative.sln --exclude artifacts

.PHONY: clean
clean: ## remove everything that was built
	@rm -rf bin artifacts

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "%-14s %s\n", $$1, $$2 }'
