using EchoNative.Testing;

namespace EchoNative.PlatformTests.Kernels;

/// <summary>The kernel of Debian 12 for x86-64.</summary>
public sealed class Debian12Tests(Debian12Machine machine)
    : KernelTests(machine, ("6.1.", "-amd64"), pageSize: 4), IClassFixture<Debian12Machine>;

public sealed class Debian12Machine() : VirtualMachine("amd64", Binary.Native, ["qemu-system-x86_64"], "ttyS0");
