# The program for other systems and processors.

# The managed engine for any system that has the .NET runtime: dotnet bin/portable/echo-native.dll server 9190
.PHONY: portable
portable: bin/portable/echo-native.dll ## build bin/portable/echo-native.dll, which `dotnet` runs on every system .NET runs on

bin/portable/echo-native.dll: $(SOURCES) | need-build
	@echo "building bin/portable"
	@rm -rf $(@D) artifacts/portable/publish/EchoNative/release
	@dotnet publish src/EchoNative --configuration Release -p:Portable=true -nologo -verbosity:quiet
	@mkdir -p $(@D)
	@cp -R artifacts/portable/publish/EchoNative/release/. $(@D)/
	@touch $@

# Native AOT links only for the operating system it runs on. Other systems get the managed program and a launcher.
LAUNCHER_RIDS := win-x64 osx-arm64 osx-x64

.PHONY: publish
publish: publish-$(RID) ## build for RID: linux-x64, linux-arm64 (native code), win-x64, osx-arm64, osx-x64 (.NET runtime)

.PHONY: publish-$(HOST_RID)
publish-$(HOST_RID): all
	@echo "native code for $(HOST_RID): bin/echo-native"

LAUNCHERS := $(addprefix publish-,$(LAUNCHER_RIDS))

.PHONY: $(LAUNCHERS)
$(LAUNCHERS): publish-%: need-build
	@echo "native AOT does not cross operating systems: building for the .NET runtime on $*"
	@rm -rf artifacts/portable/publish/EchoNative/release_$*
	@dotnet publish src/EchoNative --configuration Release --runtime $* -p:Portable=true -nologo -verbosity:quiet
	@echo "for $*, where .NET 10 is installed: artifacts/portable/publish/EchoNative/release_$*"

# arm64, cross-built: docs/arm64.md. The tests start a script in the binary's place, which starts the emulator.
ARM64 := artifacts/arm64
ARM64_PUBLISHED := artifacts/publish/EchoNative/release_linux-arm64/echo-native
ARM64_TOOL_CHAIN := -p:CppCompilerAndLinker=aarch64-linux-gnu-gcc -p:ObjCopyName=aarch64-linux-gnu-objcopy
ARM64_LINKS := $(addprefix $(ARM64)/bin/,$(LINK_NAMES))

$(ARM64)/echo-native: $(SOURCES) | need-arm64
	@echo "building $@"
	@dotnet publish src/EchoNative --configuration Release --runtime linux-arm64 \
		$(ARM64_TOOL_CHAIN) -nologo -verbosity:quiet
	@mkdir -p $(ARM64)
	@install -m 755 $(ARM64_PUBLISHED) $@

# The program refuses to fork when its process has more than two threads, and the emulator has a thread of its own. The
# emulator takes files below sysroot/ in place of those that the program opens: there the program counts two threads.
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
test-arm64: ## run the tests that drive the binary with the one for arm64, under an emulator
	@tools/require build test soak arm64 emulator
	@$(MAKE) --no-print-directory test-arm64-all

.PHONY: test-arm64-all
test-arm64-all: $(ARM64)/bin/echo-native $(ARM64_LINKS) $(STATIC_C)
	@ECHO_NATIVE_BIN='$(CURDIR)/$(ARM64)/bin' ECHO_NATIVE_TIMEOUT_SECONDS=600 \
	ECHO_NATIVE_EXPECTED_ERROR='echo-server: seccomp() error: Function not implemented (serving without a filter of system calls)' \
		tools/run-tests --without tests/arm64-not-shown Arm64Tests ProcessTests
