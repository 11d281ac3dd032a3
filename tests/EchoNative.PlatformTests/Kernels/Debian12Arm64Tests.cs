using EchoNative.Testing;

namespace EchoNative.PlatformTests.Kernels;

/// <summary>The kernel of Debian 12 for arm64.</summary>
public sealed class Debian12Arm64Tests(Debian12Arm64Machine machine)
    : KernelTests(machine, ("6.1.", "-arm64"), pageSize: 4), IClassFixture<Debian12Arm64Machine>;

public sealed class Debian12Arm64Machine()
    : VirtualMachine("arm64", Binary.Arm64, ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a72"], "ttyAMA0");
