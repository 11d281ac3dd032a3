# The tests of the programs on other systems, kernels, service managers and containers. Each target installs what it needs.

PLATFORM_TESTS :=

.PHONY: test-platforms
test-platforms: ## run all tests of other systems: a target for each is below, `make help` lists them
	@tools/total $(MAKE) --no-print-directory $(PLATFORM_TESTS)

# Windows: the portable program with a runtime of its own, run by Wine. The tests start a script in its place.
WINDOWS := artifacts/windows

$(WINDOWS)/program/echo-native.exe: $(SOURCES) | need-build
	@echo "building $@"
	@rm -rf $(@D)
	@dotnet publish src/EchoNative --configuration Release --runtime win-x64 -p:Portable=true -p:SelfContained=true \
		--output $(@D) -nologo -verbosity:quiet
	@touch $@

# What Wine keeps of a Windows: its registry and drives.
$(WINDOWS)/prefix: | need-windows
	@echo "preparing Wine"
	@rm -rf $@ $@.new
	@mkdir -p $(WINDOWS)
	@WINEPREFIX='$(CURDIR)/$@.new' WINEARCH=win64 WINEDEBUG=-all wineboot --init >$(WINDOWS)/wineboot.log 2>&1 \
		|| { cat $(WINDOWS)/wineboot.log >&2; exit 1; }
	@WINEPREFIX='$(CURDIR)/$@.new' wineserver --wait
	@mv $@.new $@

$(WINDOWS)/echo-native: tests/windows-emulated $(WINDOWS)/program/echo-native.exe | $(WINDOWS)/prefix
	@sed 's|@WINDOWS@|$(CURDIR)/$(WINDOWS)|g' $< >$@
	@chmod 755 $@

PLATFORM_TESTS += test-windows
.PHONY: test-windows
test-windows: need-build need-test need-windows all portable $(WINDOWS)/echo-native ## test the program for Windows, run by Wine
	@tests/wine-services $(WINDOWS)/prefix env ECHO_NATIVE_WINDOWS='$(CURDIR)/$(WINDOWS)/echo-native' \
		ECHO_NATIVE_TIMEOUT_SECONDS=120 \
		tools/run-tests --without tests/windows-not-shown --class 'Managed*' --class 'NativeToManaged*' ProcessTests

# macOS can not be run here. What can be checked of its launcher is its signature.
PLATFORM_TESTS += test-macos
.PHONY: test-macos
test-macos: need-build publish-osx-arm64 ## check the signature of the launcher for macOS
	@tools/run-tests PlatformTests/MacOS

# A copy of the tree in another folder, with its repository if it has one, built from nothing.
SECOND_TREE := artifacts/platforms/same-bytes/a folder with a longer path

.PHONY: test-same-bytes
test-same-bytes: need-build need-test need-dist all portable ## build again in another folder, and compare the bytes
	@rm -rf "$(SECOND_TREE)"
	@mkdir -p "$(SECOND_TREE)"
	@tar -cf - --exclude=./artifacts --exclude=./bin --exclude=obj . | tar -xf - -C "$(SECOND_TREE)"
	@$(MAKE) --no-print-directory --jobs=2 -C "$(SECOND_TREE)" all portable
	@tools/run-tests PlatformTests/SameBytes

PLATFORM_TESTS += test-same-bytes

.PHONY: test-tool
test-tool: need-build need-test need-tool tool ## install the .NET tool in a folder, and run it: native, managed, and by dnx
	@tools/run-tests PlatformTests/DotnetTool

PLATFORM_TESTS += test-tool

# A Debian system with systemd, for the units.
SYSTEMD_ROOT := artifacts/platforms/systemd.tar

$(SYSTEMD_ROOT): tools/fetch-root tools/debian-mirror | need-systemd
	@echo "fetching a root file system with systemd"
	@tools/fetch-root bookworm $@ systemd

PLATFORM_TESTS += test-systemd
.PHONY: test-systemd
test-systemd: need-build need-test need-systemd all $(SYSTEMD_ROOT) ## run the service under a systemd that runs, in a container
	@tools/run-tests PlatformTests/Systemd

# Kernels of Debian, each in a folder with a static busybox. Only the script that fetches them makes them anew.
KERNELS := artifacts/platforms/kernels
$(KERNELS)/amd64/vmlinuz: KERNEL := bookworm amd64 linux-image-amd64
$(KERNELS)/arm64/vmlinuz: KERNEL := bookworm arm64 linux-image-arm64
$(KERNELS)/arm64-16k/vmlinuz: KERNEL := trixie arm64 linux-image-arm64-16k
KERNEL_FILES := $(patsubst %,$(KERNELS)/%/vmlinuz,amd64 arm64 arm64-16k)

$(KERNEL_FILES): tools/fetch-kernel tools/debian-mirror | need-kernels
	@echo "fetching $(lastword $(KERNEL))"
	@tools/fetch-kernel $(KERNEL) $(@D)

PLATFORM_TESTS += test-kernels
.PHONY: test-kernels
test-kernels: need-build need-test need-kernels all arm64 $(KERNEL_FILES) ## run the binary on kernels of Debian, in QEMU
	@tools/run-tests PlatformTests/Kernels

# Minimal root file systems of Debian.
ROOTS := artifacts/platforms/roots
ROOT_FILES := $(patsubst %,$(ROOTS)/%.tar,bookworm trixie)

$(ROOT_FILES): $(ROOTS)/%.tar: tools/fetch-root tools/debian-mirror | need-roots
	@echo "fetching a root file system of Debian $*"
	@tools/fetch-root $* $@

# busybox comes with the kernel.
PLATFORM_TESTS += test-roots
.PHONY: test-roots
test-roots: need-build need-test need-roots all $(ROOT_FILES) $(KERNELS)/amd64/vmlinuz ## run it in bare root file systems
	@tools/run-tests PlatformTests/Roots

PLATFORM_TESTS += test-containers
.PHONY: test-containers
test-containers: need-build need-test need-containers rootfs ## run the tests of the container image, with podman
	@tools/run-tests PlatformTests/Containers

# The schema of the Kubernetes API, for node.
KUBERNETES := artifacts/platforms/kubernetes
KUBERNETES_PACKAGES := $(addprefix tests/EchoNative.PlatformTests/Kubernetes/,package.json package-lock.json)

$(KUBERNETES)/node_modules: $(KUBERNETES_PACKAGES) | need-kubernetes
	@echo "installing $@"
	@rm -rf $(KUBERNETES)
	@mkdir -p $(KUBERNETES).new
	@cp $(KUBERNETES_PACKAGES) $(KUBERNETES).new
	@npm ci --prefix $(KUBERNETES).new --ignore-scripts --no-audit --no-fund --silent
	@mv $(KUBERNETES).new $(KUBERNETES)
	@touch $@

PLATFORM_TESTS += test-kubernetes
.PHONY: test-kubernetes
test-kubernetes: need-build need-test need-kubernetes all $(KUBERNETES)/node_modules ## check the manifests for Kubernetes
	@tools/run-tests PlatformTests/Kubernetes
