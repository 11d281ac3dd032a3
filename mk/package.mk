# What is installed and how it is packed.

# DESTDIR stands before all of these paths, for those who make packages.
DESTDIR ?=
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d

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

# The package is built in a copy of the tree, with the binary that is there and the commit that it names: dpkg-buildpackage
# writes its results beside the folder it works in, and its tools write into that folder.
DEB_ARCH := $(if $(filter linux-arm64,$(HOST_RID)),arm64,amd64)
DEB := artifacts/deb/echo-native_$(VERSION)_$(DEB_ARCH).deb
DEB_TREE := artifacts/deb/echo-native-$(VERSION)
PACKAGED := $(shell find man completions systemd debian -type f) docs/log-schema.json Makefile $(wildcard mk/*.mk) \
	README.md CHANGELOG.md LICENSE

.PHONY: deb
deb: need-deb $(DEB) ## build a Debian package of the binary: artifacts/deb/*.deb

$(DEB): bin/echo-native $(PACKAGED) | need-deb
	@echo "building $(DEB)"
	@rm -rf artifacts/deb
	@mkdir -p $(DEB_TREE)
	@tar -cf - --exclude=./.git --exclude=./artifacts --exclude=./TestResults . | tar -xf - -C $(DEB_TREE)
	@mkdir $(DEB_TREE)/artifacts
	@cp -p $(REVISION_FILE) $(DEB_TREE)/artifacts/
	@cd $(DEB_TREE) && SOURCE_REVISION='$(REVISION)' dpkg-buildpackage --build=binary --no-check-builddeps --no-pre-clean \
		--unsigned-changes >../build.log 2>&1 || { cat ../build.log >&2; exit 1; }
	@rm -rf $(DEB_TREE)

# Only what git has of the commit: no time, owner or file mode of this machine.
.PHONY: dist
dist: need-dist ## make the tarball of the commit that is checked out, the same bytes everywhere: artifacts/dist/*.tar.gz
	@git diff --quiet HEAD || echo "what is not committed is not in the tarball" >&2
	@mkdir -p artifacts/dist
	@git -c tar.umask=0022 -c core.autocrlf=false archive --format=tar --prefix=echo-native-$(VERSION)/ HEAD \
		| gzip --no-name --best >artifacts/dist/echo-native-$(VERSION).tar.gz
	@echo "artifacts/dist/echo-native-$(VERSION).tar.gz"

# See Dockerfile.
.PHONY: rootfs
rootfs: all ## lay out the root file system of the container image: artifacts/rootfs
	@rm -rf artifacts/rootfs
	@install -d -m 755 artifacts/rootfs/bin
	@install -m 755 bin/echo-native artifacts/rootfs/bin/echo-native
	@for link in $(LINK_NAMES); do ln -s echo-native artifacts/rootfs/bin/$$link; done
