# The benchmark, and the C programs that it compares with. The servers differ in how they are linked and how they echo.
BENCH_C := artifacts/bench
CFLAGS_BENCH := -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wconversion -Werror
SERVER_C := bench/c/echo-server.c bench/c/line.c
BENCH_PROGRAMS := $(addprefix $(BENCH_C)/,echo-server-dynamic echo-server-static echo-server-splice \
	echo-server-forkless start-time)
# The tests compare with this one, too.
STATIC_C := $(BENCH_C)/echo-server-static

$(BENCH_C)/echo-server-dynamic: $(SERVER_C) bench/c/echo-copy.c
$(BENCH_C)/echo-server-static: $(SERVER_C) bench/c/echo-copy.c
$(BENCH_C)/echo-server-splice: $(SERVER_C) bench/c/echo-splice.c
$(BENCH_C)/echo-server-forkless: $(SERVER_C) bench/c/echo-copy.c
$(BENCH_C)/start-time: bench/c/start-time.c
$(BENCH_C)/echo-server-static $(BENCH_C)/echo-server-splice $(BENCH_C)/echo-server-forkless: LDFLAGS_BENCH := -static-pie
$(BENCH_C)/echo-server-forkless: CPPFLAGS_BENCH := -DFORK=0

$(BENCH_PROGRAMS): bench/c/echo.h bench/c/line.h mk/bench.mk | need-build
	@mkdir -p $(BENCH_C)
	@$(LINKER) $(CPPFLAGS_BENCH) $(CFLAGS_BENCH) $(LDFLAGS_BENCH) -o $@ $(filter %.c,$^)

.PHONY: bench
bench: need-build need-bench all $(BENCH_PROGRAMS) ## measure beside C, socat and others, and write bench/results/latest.*
	@dotnet run --project bench/EchoNative.Benchmark --configuration Release

.PHONY: bench-quick
bench-quick: need-build need-bench all $(BENCH_PROGRAMS) ## the same in less than a minute: fewer and shorter rounds, so rougher
	@dotnet run --project bench/EchoNative.Benchmark --configuration Release -- --quick
