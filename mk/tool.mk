# The program as a tool of the .NET SDK: three packages with the program, and one that names them, which is installed.
TOOL := artifacts/tool
TOOL_PACKAGE := $(TOOL)/EchoNative.$(VERSION).nupkg

# pack RID OPTIONS: what is packed is published into a folder of its own, since everything in that folder is packed.
pack = dotnet pack src/EchoNative --configuration Release --runtime $(1) --output $(TOOL) \
	-p:PublishDir="$(CURDIR)/$(TOOL)/publish/$(1)/" -nologo -verbosity:quiet $(2)

.PHONY: tool
tool: $(TOOL_PACKAGE) ## pack the program as a .NET tool: artifacts/tool/*.nupkg, native for Linux, managed for all others

# From arm64 nothing cross-builds for x86-64.
ifneq ($(HOST_RID),linux-x64)
$(TOOL_PACKAGE):
	@echo "the packages of the .NET tool are built on x86-64" >&2
	@exit 1
else
$(TOOL_PACKAGE): bin/echo-native bin/portable/echo-native.dll $(ARM64)/echo-native mk/tool.mk | need-build need-arm64
	@echo "packing $(TOOL)"
	@rm -rf $(TOOL)
	@$(call pack,linux-x64,$(HOST_TOOL_CHAIN))
	@$(call pack,linux-arm64,$(ARM64_TOOL_CHAIN))
	@$(call pack,any,-p:Portable=true)
	@dotnet pack src/EchoNative --configuration Release --no-build --output $(TOOL) -nologo -verbosity:quiet
	@touch $@
endif
