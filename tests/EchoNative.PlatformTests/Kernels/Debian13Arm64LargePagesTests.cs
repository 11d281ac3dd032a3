using EchoNative.Testing;

namespace EchoNative.PlatformTests.Kernels;

/// <summary>The kernel of Debian 13 for arm64 that has pages of 16 KiB.</summary>
public sealed class Debian13Arm64LargePagesTests(Debian13Arm64LargePagesMachine machine)
    : KernelTests(machine, ("6.12.", "-arm64-16k"), pageSize: 16), IClassFixture<Debian13Arm64LargePagesMachine>;

// Checking signed pointers takes this emulator much time, unless the processor has the simplest signature.
public sealed class Debian13Arm64LargePagesMachine()
    : VirtualMachine("arm64-16k", Binary.Arm64, ["qemu-system-aarch64", "-M", "virt", "-cpu", "max,pauth-impdef=on"], "ttyAMA0");
