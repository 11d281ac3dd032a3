# The tests of the programs on other systems, kernels, service managers and containers. Each target installs what it needs.

PLATFORM_TESTS :=

.PHONY: test-platforms
test-platforms: ## run all tests of other systems: a target for each is below, `make help` lists them
	@tools/total $(MAKE) --no-print-directory $(PLATFORM_TESTS)
